package post

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// telling is an extension that adds remarks about a document that is parsed.
type telling func(*ast.Document, text.Reader, parser.Context)

// Extend installs a transformer that comes after those that make tags of text.
func (t telling) Extend(md goldmark.Markdown) {
	md.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(t, 1000)))
}

// Transform adds the remarks.
func (t telling) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	t(doc, reader, pc)
}
