package kramdown

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// setHeadingIDs gives the headings that have none an id made of their text, as
// kramdown's GFM parser makes it: in lower case, without punctuation, spaces
// as hyphens, and a number behind those that occurred before.
func (r *resolution) setHeadingIDs(headings []*ast.Heading) {
	seen := map[string]int{}
	for _, h := range headings {
		if id, ok := attribute(h, "id"); ok {
			r.pc.IDs().Put(id)
			continue
		}
		id := headingIDOf(plainText(h, r.source))
		n := seen[id]
		seen[id]++
		if n > 0 {
			id += "-" + strconv.Itoa(n)
		}
		if id != "" {
			h.SetAttributeString("id", []byte(id))
			r.pc.IDs().Put([]byte(id))
		}
	}
}

// headingIDOf makes an id of a heading's text.
func headingIDOf(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ' || c == '\t':
			return '-'
		case c == '-' || isWord(c):
			return c
		}
		return -1
	}, strings.ToLower(text))
}

// isWord reports whether Ruby counts a character as part of a word.
func isWord(c rune) bool {
	return unicode.In(c, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic)
}

// plainText returns the text of a node as a reader sees it, less images,
// footnotes and tags.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	writePlainText(&b, n, source)
	return b.String()
}

func writePlainText(b *strings.Builder, n ast.Node, source []byte) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.WriteString(html.UnescapeString(string(util.UnescapePunctuations(c.Segment.Value(source)))))
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			if !c.IsCode() {
				b.WriteString(html.UnescapeString(string(c.Value)))
			}
		case *ast.CodeSpan:
			b.Write(codeText(c, source))
		case *ast.AutoLink:
			b.Write(c.Label(source))
		case *math:
			b.Write(c.value)
		case *ast.RawHTML:
			text := markup.ReplaceAll(c.Segments.Value(source), nil)
			b.WriteString(html.UnescapeString(string(text)))
		case *ast.Image:
		default:
			writePlainText(b, c, source)
		}
	}
}

// markup is what is no text in a piece of HTML.
var markup = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)

// codeText returns what a code span holds.
func codeText(n *ast.CodeSpan, source []byte) (code []byte) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			code = append(code, t.Segment.Value(source)...)
		}
	}
	return code
}
