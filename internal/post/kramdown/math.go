package kramdown

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// math is a formula between $$ and $$. MathJax and KaTeX find it in the page
// between \( and \) in a line, between \[ and \] where it is a paragraph of
// its own.
type math struct {
	ast.BaseInline
	value []byte
}

// KindMath is the kind of a formula in a line.
var KindMath = ast.NewNodeKind("KramdownMath")

func (*math) Kind() ast.NodeKind { return KindMath }
func (m *math) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"Value": string(m.value)}, nil)
}

// mathBlock is a paragraph that is one formula: its lines, with the signs
// around it.
type mathBlock struct {
	ast.BaseBlock
	// left is the number of lines to come.
	left int
}

// KindMathBlock is the kind of a formula that is a paragraph of its own.
var KindMathBlock = ast.NewNodeKind("KramdownMathBlock")

func (*mathBlock) Kind() ast.NodeKind { return KindMathBlock }
func (*mathBlock) IsRaw() bool        { return true }
func (m *mathBlock) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"Value": string(m.formula(source))}, nil)
}

// formula returns what stands between the signs.
func (m *mathBlock) formula(source []byte) []byte {
	value := bytes.TrimSpace(m.Lines().Value(source))
	return bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimPrefix(value, mathSign), mathSign))
}

// mathParser finds formulas.
type mathParser struct{}

var _ parser.InlineParser = mathParser{}

var mathSign = []byte("$$")

func (mathParser) Trigger() []byte { return []byte{'$'} }

func (mathParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	lines := parent.Lines()
	if !bytes.HasPrefix(line, mathSign) || lines.Len() == 0 {
		return nil
	}
	from, limit := segment.Start+len(mathSign), lines.At(lines.Len()-1).Stop
	if s := stateOf(pc); from > limit || from >= s.mathless[0] && limit <= s.mathless[1] {
		return nil
	}
	end := bytes.Index(block.Source()[from:limit], mathSign)
	if end < 0 {
		stateOf(pc).mathless = [2]int{from, limit}
		return nil
	}
	value := readTo(block, from+end+len(mathSign))
	value = bytes.TrimSuffix(bytes.TrimPrefix(value, mathSign), mathSign)
	return &math{value: bytes.TrimSpace(value)}
}

// mathBlockParser finds paragraphs that are one formula. What would be a list
// or a heading is none within them.
type mathBlockParser struct{}

var _ parser.BlockParser = mathBlockParser{}

func (mathBlockParser) Trigger() []byte             { return []byte{'$'} }
func (mathBlockParser) CanInterruptParagraph() bool { return false }
func (mathBlockParser) CanAcceptIndentedLine() bool { return false }

func (mathBlockParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || !bytes.HasPrefix(line[pos:], mathSign) {
		return nil, parser.NoChildren
	}
	source := reader.Source()
	from := segment.Start + pos - segment.Padding + len(mathSign)
	limit := stateOf(pc).paragraphEnd(source, from-len(mathSign))
	i := bytes.Index(source[from:limit], mathSign)
	if i < 0 {
		return nil, parser.NoChildren
	}
	end := from + i + len(mathSign)
	next := lineAfter(source, end)
	if !isBlank(source[end:next]) || !isBoundary(source[next:lineAfter(source, next)], parent) {
		return nil, parser.NoChildren
	}
	node := &mathBlock{left: bytes.Count(source[from:end], []byte("\n"))}
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	return node, parser.NoChildren
}

var itemStart = regexp.MustCompile(`^\s*(?:[-+*]|\d{1,9}[.)])\s`)

// isBoundary reports whether a line ends what a formula is in: a paragraph, or
// the item of a list.
func isBoundary(line []byte, parent ast.Node) bool {
	return isBlankIn(line) || bytes.HasPrefix(bytes.Trim(line, space+">"), []byte("{:")) ||
		parent.Kind() == ast.KindListItem && itemStart.Match(line)
}

func (mathBlockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	m := node.(*mathBlock)
	if m.left == 0 {
		return parser.Close
	}
	m.left--
	_, segment := reader.PeekLine()
	m.Lines().Append(segment)
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (mathBlockParser) Close(ast.Node, text.Reader, parser.Context) {}
