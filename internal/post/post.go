package post

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/post/kramdown"
	"github.com/bokehbinder/bokehbinder/internal/post/liquid"
	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// Post is a post as its author wrote it.
type Post struct {
	// File is the name that [Parse] was given.
	File string
	// Meta is what the front matter says.
	Meta Meta
	// Body is the Markdown behind the front matter.
	Body []byte
	// FirstLine is the number in the file of the body's first line.
	FirstLine int

	// page is what {{ page.name }} stands for.
	page map[string]string
	// noLiquid is set where the front matter says render_with_liquid: false.
	noLiquid bool
	// told is what is worth telling of the front matter.
	told []Warning
}

// Meta is what a post's front matter says, as far as it is used. What it does
// not say is empty.
type Meta struct {
	// Title, or for a file with a Jekyll name the one that Jekyll makes of it.
	Title string
	// Date, or for a file with a Jekyll name the one in it.
	Date time.Time
	// Authors by their names.
	Authors []string
	Tags    []string
	// Description of the post in a sentence or two.
	Description string
	// Lang is the post's language, as HTML's attribute lang has it.
	Lang string
	// Format is the one that Docusaurus reads the post in: mdx, md or detect.
	Format string
}

// Warning is something in a post that is probably not what its author wants,
// and does not keep it from being rendered.
type Warning struct {
	Pos position.Position
	// Message in lower case without a full stop.
	Message string
}

// String returns file:line:column: message.
func (w Warning) String() string { return w.Pos.String() + ": " + w.Message }

// Error is something in a post that keeps it from being read.
type Error struct {
	Pos position.Position
	// Message in lower case without a full stop.
	Message string
}

// Error returns file:line:column: message.
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

// Smart is smart punctuation: curly quotes, dashes and ellipses. Jekyll has it
// on. Here it is off unless it is among the extensions of [Markdown].
var Smart goldmark.Extender = extension.Typographer

// Markdown returns a goldmark that reads what Jekyll's does: kramdown's GFM,
// with attribute lists, footnotes, definition lists, formulas, ids of headings,
// HTML as it stands, and Liquid.
func Markdown(extra ...goldmark.Extender) goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(kramdown.NewParser()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
		goldmark.WithExtensions(kramdown.Extension, liquid.Extension),
		goldmark.WithExtensions(extra...),
	)
}

// Render writes the post's body as HTML. It returns what is worth telling its
// author, in the order of the places. Each of prepare is called with the
// context before the body is parsed with it, for what other extensions want to
// be told.
func (p *Post) Render(w io.Writer, md goldmark.Markdown, prepare ...func(parser.Context)) ([]Warning, error) {
	pc := p.context(prepare)
	err := md.Convert(p.Body, w, parser.WithContext(pc))
	return p.warnings(pc), err
}

// Tree parses the post's body, and does what Render does but for the HTML.
func (p *Post) Tree(md goldmark.Markdown, prepare ...func(parser.Context)) (ast.Node, []Warning) {
	pc := p.context(prepare)
	root := md.Parser().Parse(text.NewReader(p.Body), parser.WithContext(pc))
	return root, p.warnings(pc)
}

// context is what the body is parsed with.
func (p *Post) context(prepare []func(parser.Context)) parser.Context {
	pc := parser.NewContext()
	liquid.SetPage(pc, p.page)
	if p.noLiquid {
		liquid.Disable(pc)
	}
	for _, f := range prepare {
		f(pc)
	}
	return pc
}

// warnings returns the remarks about the front matter and the body with their places
// in the file.
func (p *Post) warnings(pc parser.Context) []Warning {
	warnings := slices.SortedFunc(slices.Values(p.told), func(a, b Warning) int { return cmp.Compare(a.Pos.Line, b.Pos.Line) })
	places := position.Count(position.Position{File: p.File, Line: p.FirstLine, Column: 1}, p.Body)
	for _, r := range remark.All(pc) {
		warnings = append(warnings, Warning{Pos: places.At(r.Offset), Message: r.Message})
	}
	return warnings
}
