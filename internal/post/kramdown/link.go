package kramdown

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// linkParser is goldmark's, and finds besides links and images whose address
// has spaces in it, as kramdown does: [plan](/files/my plan.pdf).
type linkParser struct{ parser.InlineParser }

var (
	_ parser.InlineParser = linkParser{}
	_ parser.CloseBlocker = linkParser{}
)

func newLinkParser() parser.InlineParser { return linkParser{parser.NewLinkParser()} }

// CloseBlock passes the call on.
func (p linkParser) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if closer, ok := p.InlineParser.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

func (p linkParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if !bytes.HasPrefix(line, []byte("](")) {
		return p.InlineParser.Parse(parent, block, pc)
	}
	address, title, n := spacedAddress(line[1:])
	if n == 0 {
		return p.InlineParser.Parse(parent, block, pc)
	}
	// goldmark is told that the text in brackets is a reference to a definition
	// with this address.
	reference := parser.NewReference(nil, address, title)
	node := p.InlineParser.Parse(parent, closedReader{block}, definedContext{pc, reference})
	switch link := node.(type) {
	case *ast.Link:
		link.Reference = nil
	case *ast.Image:
		link.Reference = nil
	default:
		return node
	}
	_, at := block.Position()
	block.Advance(segment.Start + 1 + n - at.Start)
	return node
}

// closedReader hides that something follows the bracket that closes a link's
// text.
type closedReader struct{ text.Reader }

func (closedReader) Peek() byte { return ' ' }

// definedContext knows one definition by every name.
type definedContext struct {
	parser.Context
	definition parser.Reference
}

func (c definedContext) Reference(string) (parser.Reference, bool) { return c.definition, true }

var spacedTitle = regexp.MustCompile(`^\s+(?:"(.+?)"|'(.+?)')\s*\)`)

// maxAddress bounds the length of an address with spaces, so that a line full of
// parentheses takes no time to speak of.
const maxAddress = 2000

// spacedAddress reads what stands in parentheses behind a link's text, and how
// many bytes it takes: none if it is not an address with a space in it.
func spacedAddress(s []byte) (address, title []byte, n int) {
	s = s[:min(len(s), maxAddress)]
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ' ', '\t':
			if i+1 == len(s) || s[i+1] != '"' && s[i+1] != '\'' {
				break
			}
			m := spacedTitle.FindSubmatch(s[i:])
			if m == nil || depth != 1 {
				return nil, nil, 0
			}
			return checkSpaced(s[1:i], append(m[1], m[2]...), i+len(m[0]))
		}
		if depth == 0 {
			return checkSpaced(s[1:i], nil, i+1)
		}
	}
	return nil, nil, 0
}

// aTitle is what goldmark takes for a title, or kramdown for one without an
// end.
var aTitle = regexp.MustCompile(`^\s+(?:["']|\([^()]*\)$)`)

// checkSpaced returns what it is given if goldmark would not take it for an
// address, perhaps with a title.
func checkSpaced(address, title []byte, n int) ([]byte, []byte, int) {
	address = bytes.TrimSpace(address)
	at := bytes.IndexAny(address, " \t")
	if at < 0 || address[0] == '<' || aTitle.Match(address[at:]) {
		return nil, nil, 0
	}
	return address, title, n
}
