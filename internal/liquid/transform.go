package liquid

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// transformer sees to the Liquid in what goldmark does not look into: code,
// HTML and the addresses of links.
type transformer struct{}

var _ parser.ASTTransformer = transformer{}

func (transformer) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	source := reader.Source()
	if isDisabled(pc) || !bytes.Contains(source, []byte("{%")) && !bytes.Contains(source, []byte("{{")) {
		return
	}
	d := documentOf(pc, source)
	var blocks []*ast.HTMLBlock
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			n.SetLines(d.cut(n.Lines()))
		case *ast.CodeSpan:
			d.cutSpan(n)
		case *ast.RawHTML:
			d.reportIn(pc, source, n.Segments)
			n.Segments = d.cut(n.Segments)
		case *ast.HTMLBlock:
			blocks = append(blocks, n)
		case *ast.Link:
			d.reportAddress(pc, n, n.Destination)
		case *ast.Image:
			d.reportAddress(pc, n, n.Destination)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range blocks {
		d.htmlBlock(n, source, pc)
	}
}

// cut returns segments without the tags raw and endraw.
func (d *document) cut(segments *text.Segments) *text.Segments {
	out := text.NewSegments()
	for i := range segments.Len() {
		s := segments.At(i)
		for _, piece := range d.between(s.Start, s.Stop) {
			if piece[0] == s.Start && piece[1] == s.Stop {
				out.Append(s)
			} else {
				out.Append(text.NewSegment(piece[0], piece[1]))
			}
		}
	}
	return out
}

// cutSpan takes the tags raw and endraw out of a code span.
func (d *document) cutSpan(span *ast.CodeSpan) {
	for n := span.FirstChild(); n != nil; {
		next := n.NextSibling()
		if t, ok := n.(*ast.Text); ok {
			for _, piece := range d.between(t.Segment.Start, t.Segment.Stop) {
				part := ast.NewRawTextSegment(text.NewSegment(piece[0], piece[1]))
				span.InsertBefore(span, n, part)
			}
			span.RemoveChild(span, n)
		}
		n = next
	}
}

// reportIn tells the author of the Liquid in HTML.
func (d *document) reportIn(pc parser.Context, source []byte, segments *text.Segments) {
	for i := range segments.Len() {
		s := segments.At(i)
		d.eachTag(source, s.Start, s.Stop, func(t tag) int {
			d.reportUnknown(pc, t, source[t.start:t.end])
			return t.end
		})
	}
}

// reportAddress tells the author of Liquid in the address of a link or image.
func (d *document) reportAddress(pc parser.Context, n ast.Node, address []byte) {
	i := bytes.IndexByte(address, '{')
	if i < 0 || n.Pos() < 0 {
		return
	}
	literal := address[i:]
	if end := bytes.LastIndexByte(literal, '}'); end >= 0 {
		literal = literal[:end+1]
	}
	if t, ok := parseTag(literal); ok {
		t.start = n.Pos()
		d.reportUnknown(pc, t, literal)
	}
}

// eachTag calls f for the tags in a stretch of the source that are neither raw,
// endraw nor literal. It goes on where f says.
func (d *document) eachTag(source []byte, from, to int, f func(t tag) int) {
	for from < to {
		i := bytes.IndexByte(source[from:to], '{')
		if i < 0 {
			return
		}
		from += i
		if end, ok := d.markers[from]; ok {
			from = end
			continue
		}
		t, ok := d.read(source, from, to)
		if !ok || d.isLiteral(from) {
			from++
			continue
		}
		from = f(t)
	}
}

// htmlBlock carries out the Liquid in an HTML block: code is highlighted, in
// the place of a part of the block; comments and the tags raw and endraw
// vanish.
func (d *document) htmlBlock(block *ast.HTMLBlock, source []byte, pc parser.Context) {
	lines := block.Lines()
	if lines.Len() == 0 || block.HTMLBlockType == ast.HTMLBlockType2 {
		return // in an HTML comment nobody sees it
	}
	if !isContiguous(lines) {
		d.reportIn(pc, source, lines)
		block.SetLines(d.cut(lines))
		return
	}
	from, to := lines.At(0).Start, lines.At(lines.Len()-1).Stop
	parent := block.Parent()
	// emit puts the HTML up to an offset before the block.
	emit := func(end int) {
		part := ast.NewHTMLBlock(block.HTMLBlockType)
		for _, piece := range d.between(from, end) {
			part.Lines().Append(text.NewSegment(piece[0], piece[1]))
		}
		for _, a := range block.Attributes() {
			part.SetAttribute(a.Name, a.Value)
		}
		block.RemoveAttributes()
		parent.InsertBefore(parent, block, part)
	}
	d.eachTag(source, from, to, func(t tag) int {
		start, end, ok := d.find("end"+t.name, t.end, to)
		var code *highlight
		if t.name == "highlight" && ok {
			code = newHighlight(t)
		}
		switch {
		case code != nil:
			code.setCode(d.withoutMarkers(source, t.end, start), 0, false)
			emit(t.start)
			parent.InsertBefore(parent, block, code)
		case t.name == "comment" && ok:
			emit(t.start)
		default:
			d.reportUnknown(pc, t, source[t.start:t.end])
			return t.end
		}
		from = end
		return end
	})
	rest := text.NewSegments()
	for _, piece := range d.between(from, to) {
		rest.Append(text.NewSegment(piece[0], piece[1]))
	}
	block.SetLines(rest)
}

// isContiguous reports whether nothing of the source is between segments.
func isContiguous(segments *text.Segments) bool {
	for i := 1; i < segments.Len(); i++ {
		if segments.At(i).Start != segments.At(i-1).Stop {
			return false
		}
	}
	return true
}
