package kramdown

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Extension makes goldmark read Markdown as Jekyll's kramdown does. The
// Markdown that it extends must have the parser that [NewParser] makes, and
// write HTML as its author wrote it.
var Extension goldmark.Extender = extender{}

type extender struct{}

// The order of what this package adds among what goldmark has. A smaller number
// comes first; goldmark's own are from 100 to 1000.
const (
	blockPriority = 90  // before anything that could take a line with a brace
	spanPriority  = 150 // after code, before links
	linkPriority  = 200 // in the place of goldmark's parser of links
	htmlPriority  = 900 // in the place of goldmark's parser of HTML blocks
	// resolvePriority is early: what other extensions change in the tree is
	// not to stand between an attribute list and its element.
	resolvePriority  = 100
	footnotePriority = 1000 // after goldmark's footnotes at 999
	renderPriority   = 100  // over goldmark's renderers at 500 and 1000
)

// NewParser returns a parser with all that goldmark's has, but kramdown's rules
// for HTML blocks and for the addresses of links.
func NewParser() parser.Parser {
	var blocks []util.PrioritizedValue
	for _, p := range parser.DefaultBlockParsers() {
		if p.Priority == htmlPriority {
			p.Value = newHTMLParser()
		}
		blocks = append(blocks, p)
	}
	var inlines []util.PrioritizedValue
	for _, p := range parser.DefaultInlineParsers() {
		if p.Priority == linkPriority {
			p.Value = newLinkParser()
		}
		inlines = append(inlines, p)
	}
	return parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)
}

func (extender) Extend(md goldmark.Markdown) {
	for _, e := range []goldmark.Extender{
		extension.Table, extension.Strikethrough, extension.TaskList,
		extension.DefinitionList, extension.Footnote,
	} {
		e.Extend(md)
	}
	md.Parser().AddOptions(
		parser.WithBlockParsers(
			util.Prioritized(blockParser{}, blockPriority),
			util.Prioritized(mathBlockParser{}, blockPriority),
			util.Prioritized(abbreviationParser{}, blockPriority),
		),
		parser.WithInlineParsers(
			util.Prioritized(spanParser{}, spanPriority),
			util.Prioritized(mathParser{}, spanPriority),
			util.Prioritized(rawParser{}, spanPriority),
		),
		parser.WithASTTransformers(
			util.Prioritized(resolver{}, resolvePriority),
			util.Prioritized(footnotes{}, footnotePriority),
		),
	)
	md.Renderer().AddOptions(renderer.WithNodeRenderers(
		util.Prioritized(newHTMLRenderer(), renderPriority),
	))
}
