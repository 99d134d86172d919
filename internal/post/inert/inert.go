// Package inert has nodes for what a post's tags are looked for in, and which nobody
// draws: text of which only its place in the document counts.
package inert

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

type (
	// Raw is a block without text, such as code.
	Raw struct{ ast.BaseBlock }
	// Line is a block with text that is no paragraph, such as a title.
	Line struct{ ast.BaseBlock }
	// Code is no text, within text.
	Code struct{ ast.BaseInline }
	// Span is text within text.
	Span struct{ ast.BaseInline }
)

var (
	kindRaw  = ast.NewNodeKind("InertRaw")
	kindLine = ast.NewNodeKind("InertLine")
	kindCode = ast.NewNodeKind("InertCode")
	kindSpan = ast.NewNodeKind("InertSpan")
)

// Kind implements ast.Node.
func (*Raw) Kind() ast.NodeKind { return kindRaw }

// Kind implements ast.Node.
func (*Line) Kind() ast.NodeKind { return kindLine }

// Kind implements ast.Node.
func (*Code) Kind() ast.NodeKind { return kindCode }

// Kind implements ast.Node.
func (*Span) Kind() ast.NodeKind { return kindSpan }

// IsRaw implements ast.Node.
func (*Raw) IsRaw() bool { return true }

// Dump implements ast.Node.
func (n *Raw) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *Line) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *Code) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *Span) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Extension lets a document with such nodes be rendered without them.
var Extension goldmark.Extender = extension{}

type extension struct{}

// Extend implements goldmark.Extender.
func (extension) Extend(md goldmark.Markdown) {
	md.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(extension{}, 500)))
}

// RegisterFuncs implements renderer.NodeRenderer.
func (extension) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	for _, kind := range []ast.NodeKind{kindRaw, kindLine, kindCode, kindSpan} {
		reg.Register(kind, func(util.BufWriter, []byte, ast.Node, bool) (ast.WalkStatus, error) {
			return ast.WalkContinue, nil
		})
	}
}
