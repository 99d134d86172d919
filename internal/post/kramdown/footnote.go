package kramdown

import (
	"regexp"
	"strconv"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// footnoteName is the attribute in which the parts of a footnote keep its
// name: goldmark numbers footnotes, kramdown's ids have their names.
const footnoteName = "kramdown-footnote"

// footnotes prepares goldmark's footnotes for being written as kramdown writes
// them. It must run after goldmark's own transformer.
type footnotes struct{}

var _ parser.ASTTransformer = footnotes{}

var plainName = regexp.MustCompile(`^\w[\w-]*$`)

func (footnotes) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	list, ok := doc.LastChild().(*extast.FootnoteList)
	if !ok {
		return
	}
	names := map[int]string{}
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		note := n.(*extast.Footnote)
		names[note.Index] = strconv.Itoa(note.Index)
		if plainName.Match(note.Ref) {
			names[note.Index] = string(note.Ref)
		}
		wrapBacklinks(note)
	}
	each(doc, func(n ast.Node) {
		switch n := n.(type) {
		case *extast.Footnote:
			n.SetAttributeString(footnoteName, names[n.Index])
		case *extast.FootnoteLink:
			n.SetAttributeString(footnoteName, names[n.Index])
		case *extast.FootnoteBacklink:
			n.SetAttributeString(footnoteName, names[n.Index])
		}
	})
}

// wrapBacklinks puts the links back into a paragraph of their own where the
// footnote ends with something else.
func wrapBacklinks(note *extast.Footnote) {
	if note.LastChild() == nil || note.LastChild().Kind() != extast.KindFootnoteBacklink {
		return
	}
	p := ast.NewParagraph()
	for n := note.FirstChild(); n != nil; {
		next := n.NextSibling()
		if n.Kind() == extast.KindFootnoteBacklink {
			p.AppendChild(p, n)
		}
		n = next
	}
	note.AppendChild(note, p)
}
