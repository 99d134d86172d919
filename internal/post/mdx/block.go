package mdx

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/internal/post/inert"
)

// blockParser finds lines that have JSX and expressions alone, and those that import
// and export.
type blockParser struct{}

var ends = parser.NewContextKey() // where the block ends that is open

// Trigger implements parser.BlockParser.
func (blockParser) Trigger() []byte { return []byte{'<', '{', 'i', 'e'} }

// Open implements parser.BlockParser.
func (blockParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	rest := reader.Source()[segment.Start+pos-segment.Padding:]
	n := 0
	switch line[pos] {
	case '<', '{':
		n = flow(rest)
	default:
		if last := pc.LastOpenedBlock().Node; pos == 0 && parent.Kind() == ast.KindDocument && (last == nil || !ast.IsParagraph(last)) {
			n = module(rest)
		}
	}
	if n == 0 {
		return nil, parser.NoChildren
	}
	pc.Set(ends, segment.Start+pos-segment.Padding+n)
	node := &inert.Raw{}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

// Continue implements parser.BlockParser.
func (blockParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	_, segment := reader.PeekLine()
	if end, _ := pc.Get(ends).(int); segment.Start >= end {
		return parser.Close
	}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

// Close implements parser.BlockParser.
func (blockParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph implements parser.BlockParser.
func (blockParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine implements parser.BlockParser.
func (blockParser) CanAcceptIndentedLine() bool { return true }

// flow returns where the line ends in which JSX and expressions end that a text begins
// with, 0 if there is anything else in it.
func flow(text []byte) int {
	at := 0
	for {
		for at < len(text) && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r') {
			at++
		}
		if at == len(text) || text[at] == '\n' {
			return at
		}
		kind, n := script(text[at:])
		if kind == none {
			return 0
		}
		at += n
	}
}

var (
	moduleWord = regexp.MustCompile(`^(?:import|export)[ \t{*]`)
	blankLine  = regexp.MustCompile(`\n[ \t\r]*(?:\n|$)`)
)

// module returns where import and export end: at a blank line, unless a bracket is
// still open.
func module(text []byte) int {
	if !moduleWord.Match(text) {
		return 0
	}
	for at := 0; ; {
		m := blankLine.FindIndex(text[at:])
		if m == nil {
			return max(balanced(text, false), len(firstParagraph(text)))
		}
		if at += m[0] + 1; balanced(text[:at], false) >= 0 {
			return at
		}
	}
}

func firstParagraph(text []byte) []byte {
	if m := blankLine.FindIndex(text); m != nil {
		return text[:m[0]+1]
	}
	return text
}

// fence is code between fences, which may be indented as other blocks may.
type fence struct{ parser.BlockParser }

type fences struct {
	char   byte
	length int
}

var openFence = parser.NewContextKey()

// Open implements parser.BlockParser.
func (f fence) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	node, state := f.BlockParser.Open(parent, reader, pc)
	if node != nil {
		rest := line[pc.BlockOffset():]
		pc.Set(openFence, fences{rest[0], len(rest) - len(bytes.TrimLeft(rest, string(rest[:1])))})
	}
	return node, state
}

// Continue implements parser.BlockParser.
func (f fence) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, _ := reader.PeekLine()
	open, _ := pc.Get(openFence).(fences)
	rest := bytes.TrimLeft(line, " \t")
	after := bytes.TrimLeft(rest, string(open.char))
	if len(rest)-len(after) >= open.length && util.IsBlank(after) {
		reader.AdvanceToEOL()
		return parser.Close
	}
	return f.BlockParser.Continue(node, reader, pc)
}

// CanAcceptIndentedLine implements parser.BlockParser.
func (fence) CanAcceptIndentedLine() bool { return true }
