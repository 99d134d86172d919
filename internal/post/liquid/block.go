package liquid

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// blockParser finds the tags that take up whole lines: highlight, comment, raw
// and endraw.
type blockParser struct{}

var _ parser.BlockParser = blockParser{}

func (blockParser) Trigger() []byte             { return []byte{'{'} }
func (blockParser) CanInterruptParagraph() bool { return true }
func (blockParser) CanAcceptIndentedLine() bool { return true }

func (b blockParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 || !bytes.HasPrefix(line[pos:], []byte("{%")) || isDisabled(pc) {
		return nil, parser.NoChildren
	}
	source := reader.Source()
	offset := segment.Start + pos - segment.Padding
	d := documentOf(pc, source)
	if rest := d.withoutMarkers(source, offset, segment.Stop); len(rest) < segment.Stop-offset && isBlank(rest) {
		return &nothing{}, parser.NoChildren
	}
	t, ok := d.read(source, offset, segment.Stop)
	if !ok || d.isLiteral(offset) {
		return nil, parser.NoChildren
	}
	switch t.name {
	case "highlight":
		return openHighlight(t, d, parent, reader)
	case "comment":
		return openComment(t, d, reader)
	}
	return nil, parser.NoChildren
}

func (blockParser) Continue(ast.Node, text.Reader, parser.Context) parser.State { return parser.Close }
func (blockParser) Close(ast.Node, text.Reader, parser.Context)                 {}

// openComment opens a comment after whose end nothing follows on the line.
func openComment(t tag, d *document, reader text.Reader) (ast.Node, parser.State) {
	source := reader.Source()
	_, end, ok := d.find("endcomment", t.end, len(source))
	if !ok || !isBlank(source[end:lineEnd(source, end)]) {
		return nil, parser.NoChildren
	}
	skipLines(reader, source[t.start:end])
	return &nothing{}, parser.NoChildren
}

// openHighlight opens a block of code. It is read at once, and not line by
// line: Liquid knows of no indentation that code would have to keep.
func openHighlight(t tag, d *document, parent ast.Node, reader text.Reader) (ast.Node, parser.State) {
	source := reader.Source()
	node := newHighlight(t)
	start, end, ok := d.find("endhighlight", t.end, len(source))
	if node == nil || !ok {
		return nil, parser.NoChildren
	}
	node.setCode(d.withoutMarkers(source, t.end, start), reader.LineOffset(), isQuoted(parent))
	skipLines(reader, source[t.start:end])
	rest := text.NewSegment(end, lineEnd(source, end))
	rest = rest.TrimLeftSpace(source)
	if rest = rest.TrimRightSpace(source); !rest.IsEmpty() {
		p := ast.NewParagraph()
		p.Lines().Append(rest)
		node.AppendChild(node, p)
	}
	return node, parser.NoChildren
}

// highlightSyntax is Jekyll's: a language, then options.
var highlightSyntax = regexp.MustCompile(`^([a-zA-Z0-9.+#_-]+)((?:\s+\w+(?:=(?:\w+|"(?:[0-9]+\s)*[0-9]+"))?)*)$`)

// newHighlight makes the node of a tag. It returns nil if the tag names no
// language.
func newHighlight(t tag) *highlight {
	m := highlightSyntax.FindStringSubmatch(t.markup)
	if m == nil {
		return nil
	}
	node := &highlight{language: strings.ToLower(m[1])}
	for _, option := range strings.Fields(m[2]) {
		name, _, _ := strings.Cut(option, "=")
		node.lineNumbers = node.lineNumbers || name == "linenos"
	}
	return node
}

// setCode sets the code, less the line breaks around it and what the block's
// containers have at the beginning of its lines: width columns.
func (h *highlight) setCode(code []byte, width int, quoted bool) {
	markers := " \t"
	if quoted {
		markers += ">"
	}
	lines := bytes.SplitAfter(code, []byte("\n"))
	for i, line := range lines {
		n := 0
		for i > 0 && n < min(width, len(line)) && strings.IndexByte(markers, line[n]) >= 0 {
			n++
		}
		lines[i] = line[n:]
	}
	code = bytes.TrimLeft(bytes.Join(lines, nil), "\r\n")
	h.code = bytes.TrimRight(code, " \t\r\n")
}

// isQuoted reports whether a block is in a block quote.
func isQuoted(n ast.Node) bool {
	for ; n != nil; n = n.Parent() {
		if n.Kind() == ast.KindBlockquote {
			return true
		}
	}
	return false
}

// skipLines moves the reader to the last line of a block.
func skipLines(reader text.Reader, block []byte) {
	for range bytes.Count(block, []byte("\n")) {
		reader.AdvanceLine()
	}
}

// lineEnd returns where the line that offset is in ends, without its break.
func lineEnd(source []byte, offset int) int {
	if i := bytes.IndexByte(source[offset:], '\n'); i >= 0 {
		return offset + i
	}
	return len(source)
}

func isBlank(s []byte) bool { return len(bytes.TrimSpace(s)) == 0 }
