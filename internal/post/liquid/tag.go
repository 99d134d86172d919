package liquid

import (
	"bytes"
	"regexp"
	"sort"

	"github.com/yuin/goldmark/parser"
)

// tag is one Liquid tag, {% name markup %}, or one output, {{ markup }}, and
// where in the source it is.
type tag struct {
	name       string // empty for an output
	markup     string
	start, end int
}

var (
	tagSyntax    = regexp.MustCompile(`(?s)^\{%-?\s*(\w+)\s*(.*?)\s*-?%\}$`)
	outputSyntax = regexp.MustCompile(`(?s)^\{\{-?\s*(.*?)\s*-?\}\}$`)
)

// literal is a text between {% raw %} and {% endraw %}.
type literal struct{ open, close [2]int }

// document is what is known of the source as a whole.
type document struct {
	literals []literal
	// markers are the tags raw and endraw: from where they begin to where
	// they end.
	markers map[int]int
	// ends are the tags that end something, by their names, in order.
	ends map[string][][2]int
	// next is where a closing bracket was found the last time one was looked
	// for: from where, and where. It saves to look again.
	next map[string][2]int
}

var documentKey = parser.NewContextKey()

func documentOf(pc parser.Context, source []byte) *document {
	return pc.ComputeIfAbsent(documentKey, func() any { return newDocument(source) }).(*document)
}

var (
	rawTag = regexp.MustCompile(`\{%-?\s*raw\s*-?%\}`)
	endTag = regexp.MustCompile(`\{%-?\s*(end\w+)\s*-?%\}`)
	endRaw = regexp.MustCompile(`\{%-?\s*endraw\s*-?%\}`)
)

func newDocument(source []byte) *document {
	d := &document{markers: map[int]int{}, ends: map[string][][2]int{}, next: map[string][2]int{}}
	for at := 0; ; {
		open := rawTag.FindIndex(source[at:])
		if open == nil {
			break
		}
		from := at + open[1]
		end := endRaw.FindIndex(source[from:])
		if end == nil {
			break
		}
		l := literal{[2]int{at + open[0], from}, [2]int{from + end[0], from + end[1]}}
		d.literals = append(d.literals, l)
		d.markers[l.open[0]], d.markers[l.close[0]] = l.open[1], l.close[1]
		at = l.close[1]
	}
	for _, m := range endTag.FindAllSubmatchIndex(source, -1) {
		if name := string(source[m[2]:m[3]]); !d.isLiteral(m[0]) {
			d.ends[name] = append(d.ends[name], [2]int{m[0], m[1]})
		}
	}
	return d
}

// isLiteral reports whether an offset is between {% raw %} and {% endraw %}.
func (d *document) isLiteral(offset int) bool {
	i := sort.Search(len(d.literals), func(i int) bool { return d.literals[i].close[0] > offset })
	return i < len(d.literals) && d.literals[i].open[1] <= offset
}

// find returns where the first end tag of a name is that begins at or after
// from and ends before limit.
func (d *document) find(name string, from, limit int) (start, end int, ok bool) {
	ends := d.ends[name]
	i := sort.Search(len(ends), func(i int) bool { return ends[i][0] >= from })
	if i == len(ends) || ends[i][1] > limit {
		return 0, 0, false
	}
	return ends[i][0], ends[i][1], true
}

// read reads the tag or output at start, which must end before limit.
func (d *document) read(source []byte, start, limit int) (t tag, ok bool) {
	bracket := ""
	switch {
	case bytes.HasPrefix(source[start:], []byte("{%")):
		bracket = "%}"
	case bytes.HasPrefix(source[start:], []byte("{{")):
		bracket = "}}"
	default:
		return t, false
	}
	end := d.nextBracket(source, start+2, bracket) + len(bracket)
	if end > limit {
		return t, false
	}
	t, ok = parseTag(source[start:end])
	t.start, t.end = start, end
	return t, ok
}

// parseTag reads a text that is a tag or an output.
func parseTag(text []byte) (t tag, ok bool) {
	if m := tagSyntax.FindSubmatch(text); m != nil {
		return tag{name: string(m[1]), markup: string(m[2])}, true
	}
	if m := outputSyntax.FindSubmatch(text); m != nil {
		return tag{markup: string(m[1])}, true
	}
	return t, false
}

// nextBracket returns where a closing bracket is at or after from, or the
// source's length.
func (d *document) nextBracket(source []byte, from int, bracket string) int {
	if found, ok := d.next[bracket]; ok && found[0] <= from && from <= found[1] {
		return found[1]
	}
	at := len(source)
	if i := bytes.Index(source[from:], []byte(bracket)); i >= 0 {
		at = from + i
	}
	d.next[bracket] = [2]int{from, at}
	return at
}

// withoutMarkers returns a stretch of the source without the tags raw and
// endraw.
func (d *document) withoutMarkers(source []byte, from, to int) (text []byte) {
	for _, piece := range d.between(from, to) {
		text = append(text, source[piece[0]:piece[1]]...)
	}
	return text
}

// between returns the pieces of a stretch of the source that are between the
// tags raw and endraw.
func (d *document) between(from, to int) (pieces [][2]int) {
	i := sort.Search(len(d.literals), func(i int) bool { return d.literals[i].close[1] > from })
	for ; i < len(d.literals) && d.literals[i].open[0] < to; i++ {
		for _, marker := range [][2]int{d.literals[i].open, d.literals[i].close} {
			if marker[0] >= to || marker[1] <= from {
				continue
			}
			if marker[0] > from {
				pieces = append(pieces, [2]int{from, marker[0]})
			}
			from = marker[1]
		}
	}
	if from < to {
		pieces = append(pieces, [2]int{from, to})
	}
	return pieces
}
