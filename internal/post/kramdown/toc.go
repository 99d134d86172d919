package kramdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// replaceByTOC puts a table of contents in the place of a list: the headings
// that have an id and not the class no_toc, nested by their levels.
func replaceByTOC(list *ast.List, headings []*ast.Heading) {
	toc := newTOCList(list)
	for _, a := range list.Attributes() {
		toc.SetAttribute(a.Name, a.Value)
	}
	if _, ok := toc.AttributeString("id"); !ok {
		toc.SetAttributeString("id", []byte("markdown-toc"))
	}
	tocID, _ := attribute(toc, "id")
	type level struct {
		depth int
		item  ast.Node
	}
	var above []level
	for _, h := range headings {
		id, ok := attribute(h, "id")
		if !ok || hasClass(h, "no_toc") {
			continue
		}
		for len(above) > 0 && above[len(above)-1].depth >= h.Level {
			above = above[:len(above)-1]
		}
		item := newTOCItem(h, id, tocID)
		if len(above) == 0 {
			toc.AppendChild(toc, item)
		} else {
			parent := above[len(above)-1].item
			if parent.LastChild().Kind() != ast.KindList {
				parent.AppendChild(parent, newTOCList(list))
			}
			parent.LastChild().AppendChild(parent.LastChild(), item)
		}
		above = append(above, level{h.Level, item})
	}
	if toc.HasChildren() {
		list.Parent().InsertBefore(list.Parent(), list, toc)
	}
	list.Parent().RemoveChild(list.Parent(), list)
}

// newTOCList makes a list of the kind of the one that it replaces.
func newTOCList(like *ast.List) *ast.List {
	list := ast.NewList(like.Marker)
	list.IsTight = true
	if list.IsOrdered() {
		list.Start = 1
	}
	return list
}

// newTOCItem makes the item of a heading: a link to it.
func newTOCItem(h *ast.Heading, id, tocID []byte) ast.Node {
	link := ast.NewLink()
	link.Destination = append([]byte("#"), id...)
	link.SetAttributeString("id", bytes.Join([][]byte{tocID, id}, []byte("-")))
	copyText(link, h)
	block := ast.NewTextBlock()
	block.AppendChild(block, link)
	item := ast.NewListItem(0)
	item.AppendChild(item, block)
	return item
}

// hasClass reports whether a node has a class.
func hasClass(n ast.Node, class string) bool {
	classes, _ := attribute(n, "class")
	for _, c := range bytes.Fields(classes) {
		if string(c) == class {
			return true
		}
	}
	return false
}

// copyText copies what a heading holds into a link to it. Links become their
// text, since a link cannot hold another; footnotes stay behind.
func copyText(to, from ast.Node) {
	for c := from.FirstChild(); c != nil; c = c.NextSibling() {
		var twin ast.Node
		switch c := c.(type) {
		case *ast.Text:
			t := ast.NewTextSegment(c.Segment)
			t.SetSoftLineBreak(c.SoftLineBreak())
			t.SetRaw(c.IsRaw())
			twin = t
		case *ast.String:
			s := ast.NewString(c.Value)
			s.SetCode(c.IsCode())
			s.SetRaw(c.IsRaw())
			twin = s
		case *ast.CodeSpan:
			twin = ast.NewCodeSpan()
		case *ast.Emphasis:
			twin = ast.NewEmphasis(c.Level)
		case *extast.Strikethrough:
			twin = extast.NewStrikethrough()
		case *ast.RawHTML:
			raw := ast.NewRawHTML()
			raw.Segments = c.Segments
			twin = raw
		case *math:
			twin = &math{value: c.value}
		case *extast.FootnoteLink, *ast.Image:
			continue
		default:
			copyText(to, c)
			continue
		}
		for _, a := range c.Attributes() {
			if string(a.Name) != "id" {
				twin.SetAttribute(a.Name, a.Value)
			}
		}
		copyText(twin, c)
		to.AppendChild(to, twin)
	}
}
