package kramdown

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// abbreviationParser finds the lines that say what abbreviations stand for:
//
//	*[HTML]: Hypertext Markup Language
type abbreviationParser struct{}

var _ parser.BlockParser = abbreviationParser{}

var abbreviationLine = regexp.MustCompile(`^\*\[([^\n]+?)\]:([^\n]*)\s*$`)

func (abbreviationParser) Trigger() []byte             { return []byte{'*'} }
func (abbreviationParser) CanInterruptParagraph() bool { return false }
func (abbreviationParser) CanAcceptIndentedLine() bool { return false }

func (abbreviationParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	m := abbreviationLine.FindSubmatch(line[pos:])
	if m == nil || !utf8.Valid(m[1]) {
		return nil, parser.NoChildren
	}
	stateOf(pc).abbreviations[string(m[1])] = strings.TrimSpace(string(m[2]))
	return &mark{role: markBoundary}, parser.NoChildren
}

func (abbreviationParser) Continue(ast.Node, text.Reader, parser.Context) parser.State {
	return parser.Close
}
func (abbreviationParser) Close(ast.Node, text.Reader, parser.Context) {}

// abbreviation is an abbreviation within text, with what it stands for.
type abbreviation struct {
	ast.BaseInline
	title string
}

var kindAbbreviation = ast.NewNodeKind("KramdownAbbreviation")

func (*abbreviation) Kind() ast.NodeKind { return kindAbbreviation }
func (a *abbreviation) Dump(source []byte, level int) {
	ast.DumpHelper(a, source, level, map[string]string{"Title": a.title}, nil)
}

// markAbbreviations finds the abbreviations in the document's text. One counts
// where no letter, digit or underscore is beside it; of two that begin at the
// same place the longer.
func (r *resolution) markAbbreviations(doc ast.Node) {
	if len(r.abbreviations) == 0 {
		return
	}
	names := slices.SortedFunc(maps.Keys(r.abbreviations), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	found := regexp.MustCompile(strings.Join(names, "|"))
	var texts []*ast.Text
	each(doc, func(n ast.Node) {
		if t, ok := n.(*ast.Text); ok && !t.IsRaw() && n.Parent().Kind() != ast.KindCodeSpan {
			texts = append(texts, t)
		}
	})
	for _, t := range texts {
		r.splitText(t, found)
	}
}

// splitText puts abbreviations in the place of the parts of a text that
// names matches. What follows the last of them stays in the text.
func (r *resolution) splitText(t *ast.Text, names *regexp.Regexp) {
	parent, base := t.Parent(), t.Segment.Start
	value := r.source[base:t.Segment.Stop]
	for _, at := range names.FindAllIndex(value, -1) {
		if at[0] > 0 && isASCIIWord(value[at[0]-1]) || at[1] < len(value) && isASCIIWord(value[at[1]]) {
			continue
		}
		if before := text.NewSegment(t.Segment.Start, base+at[0]); !before.IsEmpty() {
			parent.InsertBefore(parent, t, ast.NewTextSegment(before))
		}
		abbr := &abbreviation{title: r.abbreviations[string(value[at[0]:at[1]])]}
		abbr.AppendChild(abbr, ast.NewTextSegment(text.NewSegment(base+at[0], base+at[1])))
		parent.InsertBefore(parent, t, abbr)
		t.Segment.Start = base + at[1]
	}
}

// isASCIIWord reports whether a byte is what \w stands for.
func isASCIIWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func renderAbbreviation(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n := node.(*abbreviation)
	switch {
	case !entering:
		_, _ = w.WriteString("</abbr>")
	case n.title == "":
		_, _ = w.WriteString("<abbr>")
	default:
		_, _ = w.WriteString(`<abbr title="`)
		_, _ = w.Write(util.EscapeHTML([]byte(n.title)))
		_, _ = w.WriteString(`">`)
	}
	return ast.WalkContinue, nil
}
