package liquid

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// inlineParser finds Liquid within text.
type inlineParser struct{}

var _ parser.InlineParser = inlineParser{}

func (inlineParser) Trigger() []byte { return []byte{'{'} }

func (inlineParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if len(line) < 2 || line[1] != '%' && line[1] != '{' || isDisabled(pc) {
		return nil
	}
	source, start := block.Source(), segment.Start
	d := documentOf(pc, source)
	if end, ok := d.markers[start]; ok {
		block.Advance(end - start)
		return ast.NewString(nil)
	}
	lines := parent.Lines()
	if d.isLiteral(start) || lines.Len() == 0 {
		return nil
	}
	limit := lines.At(lines.Len() - 1).Stop
	t, ok := d.read(source, start, limit)
	if !ok {
		return nil
	}
	if t.name == "comment" {
		if _, end, ok := d.find("endcomment", t.end, limit); ok {
			skipTo(block, end)
			return ast.NewString(nil)
		}
	}
	if value, ok := pageValue(t, pc); ok && (parent.HasChildren() || beginsNoBlock(value)) {
		skipTo(block, t.end)
		return rawString([]byte(value))
	}
	d.reportUnknown(pc, t, source[t.start:t.end])
	if t.end > segment.Stop {
		return nil // a text over several lines is read as any other
	}
	block.Advance(t.end - start)
	return rawString(source[start:t.end])
}

// rawString is text that Markdown has no part in.
func rawString(value []byte) ast.Node {
	s := ast.NewString(value)
	s.SetRaw(true)
	return s
}

// skipTo moves a block's reader to an offset behind its position.
func skipTo(block text.Reader, offset int) {
	for {
		line, at := block.PeekLine()
		if line == nil {
			return
		}
		if offset <= at.Stop {
			block.Advance(max(offset-at.Start, 0))
			return
		}
		block.AdvanceLine()
	}
}

// reportUnknown tells the author of Liquid that stays as text, and why.
func (d *document) reportUnknown(pc parser.Context, t tag, literal []byte) {
	literal = bytes.Join(bytes.Fields(literal), []byte(" "))
	if len(literal) > 60 {
		literal = append(literal[:utf8Floor(literal, 57)], "..."...)
	}
	reason := "only Jekyll can say what it stands for"
	_, _, ends := d.find("end"+t.name, t.end, math.MaxInt)
	switch {
	case t.name == "highlight" && newHighlight(t) == nil:
		reason = "it needs a language, as in {% highlight python %}"
	case (t.name == "highlight" || t.name == "comment" || t.name == "raw") && !ends:
		reason = "no {% end" + t.name + " %} follows"
	case t.name == "highlight":
		reason = "it must begin its line"
	case t.name == "comment":
		reason = "a comment within a paragraph must end in it"
	case t.name == "endhighlight" || t.name == "endcomment" || t.name == "endraw":
		reason = "it closes nothing"
	}
	remark.Add(pc, t.start, "%s stays as text: %s", literal, reason)
}

// utf8Floor returns the greatest index up to n that does not split a character.
func utf8Floor(s []byte, n int) int {
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

var pageOutput = regexp.MustCompile(`^page\.([\w-]+(?:\.[\w-]+)*)$`)

// pageValue returns what an output of the post's front matter stands for. In
// Jekyll the value is Markdown; one in which Markdown would change something is
// left alone.
func pageValue(t tag, pc parser.Context) (value string, ok bool) {
	m := pageOutput.FindStringSubmatch(t.markup)
	if t.name != "" || m == nil {
		return "", false
	}
	values, _ := pc.Get(pageKey).(map[string]string)
	value, ok = values[m[1]]
	return value, ok && !strings.ContainsAny(value, "\\`*_[]<>&{}~$|\r\n")
}

// beginsNoBlock reports whether a value at the beginning of a line is text for
// sure.
func beginsNoBlock(value string) bool {
	first, _ := utf8.DecodeRuneInString(value)
	return unicode.IsLetter(first) || value == ""
}
