package mdx

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	bokehbinder "github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/post/inert"
)

// inlineParser finds JSX and expressions within text.
type inlineParser struct{}

// Trigger implements parser.InlineParser.
func (inlineParser) Trigger() []byte { return []byte{'<', '{'} }

var unclosed = parser.NewContextKey()

// Parse implements parser.InlineParser.
func (inlineParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if bytes.HasPrefix(line, []byte("<<")) || pc.Get(unclosed) == parent {
		return nil
	}
	rest := remaining(block)
	kind, n := script(rest)
	if kind == none {
		if line[0] == '{' { // so is what follows, and looking for it again is quadratic
			pc.Set(unclosed, parent)
		}
		return nil
	}
	block.Advance(n)
	return &scriptText{kind: kind}
}

// remaining is the text of a block from where its reader is.
func remaining(block text.Reader) []byte {
	number, segment := block.Position()
	defer block.SetPosition(number, segment)
	var rest []byte
	for {
		line, _ := block.PeekLine()
		if line == nil {
			return rest
		}
		rest = append(rest, line...)
		block.AdvanceLine()
	}
}

// scriptText is JSX or JavaScript within text.
type scriptText struct {
	inert.Code
	kind element
}

// elements puts what stands between the tags of an element within text into a node, so
// that a tag of ours there does not split the element. A paragraph that has nothing but
// elements is none for MDX: a tag of ours in its elements is a block, and stands there
// as it is.
type elements struct{}

// Transform implements parser.ASTTransformer.
func (elements) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	bare := make(map[int]bool)
	pc.Set(bareKey, bare)
	var paragraphs []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && (n.Kind() == ast.KindParagraph || n.Kind() == ast.KindTextBlock) {
			paragraphs = append(paragraphs, n)
		}
		return ast.WalkContinue, nil
	})
	for _, p := range paragraphs {
		if isBare(p, reader.Source()) {
			for c := p.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*bokehbinder.Inline); ok {
					bare[t.Tag.Segment.Start] = true
				}
			}
			continue
		}
		nest(p)
	}
}

var bareKey = parser.NewContextKey()

// Bare says whether the tag at an offset stands beside tags of JSX alone, and needs no
// empty lines around it.
func Bare(pc parser.Context, offset int) bool {
	bare, _ := pc.Get(bareKey).(map[int]bool)
	return bare[offset]
}

// isBare says whether a paragraph has elements with tags of ours, and nothing else.
func isBare(p ast.Node, source []byte) bool {
	has := false
	for c := p.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *scriptText:
			has = has || c.kind != expression
		case *bokehbinder.Inline:
		case *ast.Text:
			if len(bytes.TrimSpace(c.Segment.Value(source))) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return has
}

// nest moves what stands between tags into elements.
func nest(p ast.Node) {
	var open []*scriptText
	for c := p.FirstChild(); c != nil; {
		next := c.NextSibling()
		if s, ok := c.(*scriptText); ok && s.kind == opens {
			open = append(open, s)
		} else if ok && s.kind == closes && len(open) > 0 {
			begin := open[len(open)-1]
			open = open[:len(open)-1]
			e := &inert.Span{}
			p.InsertAfter(p, begin, e)
			for n := e.NextSibling(); n != c; n = e.NextSibling() {
				e.AppendChild(e, n)
			}
		}
		c = next
	}
}
