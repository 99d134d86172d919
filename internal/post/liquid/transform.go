package liquid

import (
	"bytes"
	"regexp"
	"strings"

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
			d.keepAddress(pc, n, n.Destination, "href")
		case *ast.Image:
			d.keepAddress(pc, n, n.Destination, "src")
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

// keepAddress keeps Liquid in the address of a link or image as it stands, and
// tells the author of it. As an address it would be escaped.
func (d *document) keepAddress(pc parser.Context, n ast.Node, address []byte, attribute string) {
	found := addressLiquid.Find(address)
	if found == nil || n.Pos() < 0 {
		return
	}
	if t, ok := parseTag(found); ok {
		t.start = n.Pos()
		d.reportUnknown(pc, t, found)
		n.SetAttributeString(attribute, address)
	}
}

var addressLiquid = regexp.MustCompile(`\{%.*?%\}|\{\{.*?\}\}`)

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

// htmlBlock carries out the Liquid in an HTML block: code is highlighted, and
// values of the front matter are written, in the place of a part of the block;
// comments and the tags raw and endraw vanish.
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
	d.eachTag(source, from, to, func(t tag) int {
		inPlace, end, ok := d.inHTML(t, source, to, pc)
		if !ok {
			d.reportUnknown(pc, t, source[t.start:t.end])
			return t.end
		}
		part := ast.NewHTMLBlock(block.HTMLBlockType)
		part.SetLines(d.segments(from, t.start))
		for _, a := range block.Attributes() {
			part.SetAttribute(a.Name, a.Value)
		}
		block.RemoveAttributes()
		parent.InsertBefore(parent, block, part)
		if inPlace != nil {
			parent.InsertBefore(parent, block, inPlace)
		}
		from = end
		return end
	})
	block.SetLines(d.segments(from, to))
}

// inHTML returns what stands in HTML in the place of a tag, up to an end before
// limit. That may be nothing.
func (d *document) inHTML(t tag, source []byte, limit int, pc parser.Context) (inPlace ast.Node, end int, ok bool) {
	start, end, closed := d.find("end"+t.name, t.end, limit)
	if t.name == "comment" && closed {
		return nil, end, true
	}
	if code := newHighlight(t); t.name == "highlight" && closed && code != nil {
		code.setCode(d.withoutMarkers(source, t.end, start), 0, false)
		return code, end, true
	}
	if text, ok := pageValue(t, pc); ok && !strings.ContainsAny(text, `"'`) {
		return &value{text: text}, t.end, true
	}
	return nil, 0, false
}

// segments returns a stretch of the source without the tags raw and endraw.
func (d *document) segments(from, to int) *text.Segments {
	out := text.NewSegments()
	for _, piece := range d.between(from, to) {
		out.Append(text.NewSegment(piece[0], piece[1]))
	}
	return out
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
