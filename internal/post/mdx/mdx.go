// Package mdx makes goldmark read MDX, as far as it takes to tell what is text in it:
// Markdown without HTML and indented code, with elements of JSX, expressions of
// JavaScript in braces, and lines that import and export. What is JavaScript is passed
// over as a whole.
package mdx

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/post/inert"
)

// Markdown returns a goldmark that reads MDX with GitHub's tables and footnotes.
func Markdown(extra ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(newParser()),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Footnote, inert.Extension),
		goldmark.WithExtensions(extra...),
	)
}

// Priorities are goldmark's own, but for what comes before or in place of them.
const (
	blockPriority   = 50  // JavaScript comes before all that is Markdown
	inlinePriority  = 205 // behind code (100), links (200) and the tag (201)
	elementPriority = -10 // before the tag is made a block
)

func newParser() parser.Parser {
	blocks := []util.PrioritizedValue{util.Prioritized(blockParser{}, blockPriority)}
	for _, p := range parser.DefaultBlockParsers() {
		switch b := p.Value.(parser.BlockParser); b {
		case parser.NewCodeBlockParser(), parser.NewHTMLBlockParser():
		case parser.NewFencedCodeBlockParser():
			blocks = append(blocks, util.Prioritized(fence{b}, p.Priority))
		default:
			blocks = append(blocks, util.Prioritized(indented{b}, p.Priority))
		}
	}
	inlines := []util.PrioritizedValue{util.Prioritized(inlineParser{}, inlinePriority)}
	for _, p := range parser.DefaultInlineParsers() {
		if v := p.Value.(parser.InlineParser); v != parser.NewAutoLinkParser() && v != parser.NewRawHTMLParser() {
			inlines = append(inlines, p)
		}
	}
	return parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(inlines...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithASTTransformers(util.Prioritized(elements{}, elementPriority)),
	)
}

// indented is a block of which any line may be indented, as in elements.
type indented struct{ parser.BlockParser }

// CanAcceptIndentedLine implements parser.BlockParser.
func (indented) CanAcceptIndentedLine() bool { return true }
