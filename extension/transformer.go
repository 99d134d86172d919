package extension

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// Transformer reads the arguments of the tags that [Parser] found, and turns
// those that stand directly in a paragraph, or in the text of a tight list
// item, into [Block] nodes, splitting the paragraph around each. It touches
// nothing else, and nothing at all in a document without tags.
type Transformer struct{}

var _ parser.ASTTransformer = (*Transformer)(nil)

// TransformerPriority is where [Transformer] stands among the transformers:
// that of Hugo's passthrough, before those that look at where paragraphs end,
// such as the footnotes' (999), which puts its links back into the last one.
const TransformerPriority = 0

// Transform finishes the tags of the document.
func (t *Transformer) Transform(root *ast.Document, reader text.Reader, pc parser.Context) {
	s, ok := pc.Get(stateKey).(*state)
	if !ok || s.root == root { // it is installed twice
		return
	}
	found := s.found
	s.found, s.unclosed, s.tags, s.root, s.reader = nil, nil, nil, root, nil
	if len(found) == 0 {
		return
	}
	// The last tag of a paragraph comes first, so that what follows a tag is
	// moved once, however many tags stand before it.
	for _, n := range slices.Backward(found) {
		if isSplit(n.Parent()) {
			split(n, reader.Source())
		}
	}
	slices.SortFunc(found, func(a, b *Inline) int { return cmp.Compare(a.Tag.Segment.Start, b.Tag.Segment.Start) })
	begin := position.Position{File: s.origin.File, Line: max(s.origin.Line, 1), Column: 1}
	lines := position.Count(begin, reader.Source())
	for _, n := range found {
		read(n.Tag, reader.Source(), lines)
		s.tags = append(s.tags, n.Tag)
	}
}

// isSplit says whether a tag directly in n is a block.
func isSplit(n ast.Node) bool {
	return n != nil && (n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock)
}

// split puts a block for the tag after its paragraph, and what follows the tag
// in the paragraph into one of its own. A paragraph that is left empty goes.
func split(n *Inline, source []byte) {
	paragraph := n.Parent()
	parent := paragraph.Parent()
	if rest := following(n); rest != nil {
		trimLeft(rest, source)
		parent.InsertAfter(parent, paragraph, rest)
	}
	n.Tag.Inline = false
	block := &Block{Tag: n.Tag}
	block.SetPos(n.Tag.Segment.Start)
	block.Lines().Append(n.Tag.Segment)
	parent.InsertAfter(parent, paragraph, block)
	paragraph.RemoveChild(paragraph, n)
	if !paragraph.HasChildren() {
		parent.RemoveChild(parent, paragraph)
		return
	}
	trimRight(paragraph, source)
}

// following moves what follows n in its paragraph to a new paragraph of the
// same kind. It returns nil if nothing follows.
func following(n ast.Node) ast.Node {
	next := n.NextSibling()
	if next == nil {
		return nil
	}
	var rest ast.Node = ast.NewParagraph()
	if n.Parent().Kind() == ast.KindTextBlock {
		rest = ast.NewTextBlock()
	}
	for next != nil {
		c := next
		next = c.NextSibling()
		rest.AppendChild(rest, c)
	}
	return rest
}

// In the text of a tight list item no paragraph's edges swallow the white space
// beside a tag, so trimLeft and trimRight remove it, as Hugo's passthrough does.
const spaces = " \t"

// trimLeft removes the spaces at the beginning of what follows a tag.
func trimLeft(block ast.Node, source []byte) {
	if t, ok := block.FirstChild().(*ast.Text); ok && block.Kind() == ast.KindTextBlock {
		value := t.Segment.Value(source)
		t.Segment.Start += len(value) - len(bytes.TrimLeft(value, spaces))
	}
}

// trimRight removes the spaces at the end of what stands before a tag.
func trimRight(block ast.Node, source []byte) {
	if t, ok := block.LastChild().(*ast.Text); ok && block.Kind() == ast.KindTextBlock {
		value := t.Segment.Value(source)
		t.Segment.Stop -= len(value) - len(bytes.TrimRight(value, spaces))
	}
}

// read reads the tag's arguments and finds its place.
func read(t *Tag, source []byte, lines *position.Counter) {
	t.Position = lines.At(t.Segment.Start).Token(t.Segment.Start)
	t.args, t.wrong = tag.Parse(innerOf(t, source))
}

// innerOf returns the text between the tag's delimiters, and where it begins.
func innerOf(t *Tag, source []byte) (string, position.Position) {
	inner := text.NewSegment(t.Segment.Start+len(opener), t.Segment.Stop-len(closer))
	at := position.Of(t.Position)
	at.Column += len(opener)
	return string(inner.Value(source)), at
}
