// Package liquid makes goldmark understand the Liquid that posts for Jekyll
// are written with: code between {% highlight %} and {% endhighlight %}, text
// between {% raw %} and {% endraw %}, which is Markdown without Liquid, comments,
// and values of the post's front matter such as {{ page.title }}.
//
// All other Liquid needs a site, which there is none of here: it stays as text,
// and a remark names the place.
//
// Jekyll runs Liquid before Markdown, on the post as a text. Here it is part of
// the parsing, so that every byte of the post keeps its line and column. That
// makes these differences:
//
//   - Code is left as it is, but for the tags raw and endraw, which vanish.
//     Jekyll evaluates Liquid in code too, so that authors must guard it.
//   - A highlighted block within a list item or a quote stays in it, and loses
//     the indentation of the item. In Jekyll it ends the list.
//   - {% highlight %} must begin its line. A comment that begins within a
//     paragraph must end in it.
package liquid

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// Extension makes goldmark understand Liquid.
var Extension goldmark.Extender = extender{}

type extender struct{}

// The order of what this package adds. A smaller number comes first; goldmark's
// own are from 100 to 1000.
const (
	blockPriority     = 80  // Jekyll runs Liquid before anything else
	inlinePriority    = 140 // but code, with priority 100, is left as it is
	transformPriority = 110 // after attribute lists found their blocks
	renderPriority    = 500
)

func (extender) Extend(md goldmark.Markdown) {
	md.Parser().AddOptions(
		parser.WithBlockParsers(util.Prioritized(blockParser{}, blockPriority)),
		parser.WithInlineParsers(util.Prioritized(inlineParser{}, inlinePriority)),
		parser.WithASTTransformers(util.Prioritized(transformer{}, transformPriority)),
	)
	md.Renderer().AddOptions(renderer.WithNodeRenderers(
		util.Prioritized(nodeRenderer{}, renderPriority),
	))
}

// SetPage sets what {{ page.name }} stands for in the document that is parsed
// with the context.
func SetPage(pc parser.Context, values map[string]string) { pc.Set(pageKey, values) }

var pageKey = parser.NewContextKey()

// Disable leaves all Liquid in the document that is parsed with the context as
// text, without a remark.
func Disable(pc parser.Context) { pc.Set(disabledKey, true) }

var disabledKey = parser.NewContextKey()

func isDisabled(pc parser.Context) bool { return pc.Get(disabledKey) != nil }
