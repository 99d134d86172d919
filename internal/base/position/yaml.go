package position

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var yamlLine = regexp.MustCompile(`^line (\d+): `)

var tabHint = regexp.MustCompile("cannot start any token|tab character")

// fromZero are the problems that the YAML package's parser finds itself, of
// which it counts the lines from 0. What its scanner finds counts from 1.
var fromZero = []string{
	"did not find expected <stream-start>", "did not find expected <document start>", "did not find expected node content",
	"did not find expected '-' indicator", "did not find expected key", "did not find expected ',' or ']'", "did not find expected ',' or '}'",
	"found undefined tag handle", "found duplicate %YAML directive", "found incompatible YAML document", "found duplicate %TAG directive",
}

// YAML takes an error of the YAML package about a text apart: in which of the
// text's lines it is, 0 if that is not known, and what it says. Of several errors it is
// the first.
func YAML[T string | []byte](err error, text T) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	message = strings.TrimSpace(strings.TrimPrefix(message, "unmarshal errors:"))
	message, _, _ = strings.Cut(message, "\n")
	lines := bytes.SplitAfter([]byte(text), []byte{'\n'})
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	if slices.Contains(fromZero, message) {
		line++
	}
	if in := YAMLPlaces(text); in != nil && line > 0 {
		line, _ = in(line, 1)
	}
	line = min(line, len(lines))
	// Of tabs it says only that they cannot begin anything, or names the line
	// before.
	for _, at := range []int{max(line, 1), line + 1} {
		if tabHint.MatchString(message) && at <= len(lines) && bytes.HasPrefix(bytes.TrimLeft(lines[at-1], " "), []byte{'\t'}) {
			return at, "a tab stands where only spaces may"
		}
	}
	return line, message
}

var (
	yamlBreak = regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")
	oddBreak  = regexp.MustCompile("\r(?:[^\n]|$)|[\u0085\u2028\u2029]")
)

// YAMLPlaces returns what makes of the lines and columns that the YAML package counts in a
// text those of this package. It is nil where they are the same but for columns behind what
// is not ASCII: YAML has ends of lines that are none for others.
func YAMLPlaces[T string | []byte](text T) func(line, column int) (int, int) {
	source := []byte(text)
	if !oddBreak.Match(source) {
		return nil
	}
	starts := []int{0}
	for _, m := range yamlBreak.FindAllIndex(source, -1) {
		starts = append(starts, m[1])
	}
	counter := Count(Position{Line: 1, Column: 1}, source)
	return func(line, column int) (int, int) {
		at := starts[min(max(line, 1), len(starts))-1]
		for ; column > 1 && at < len(source); column-- {
			_, size := utf8.DecodeRune(source[at:])
			at += size
		}
		p := counter.At(at)
		return p.Line, p.Column
	}
}
