package kramdown

import (
	"bytes"
	"regexp"
	"strings"
)

// set makes a set of words.
func set(words string) map[string]bool {
	s := map[string]bool{}
	for _, word := range strings.Fields(words) {
		s[word] = true
	}
	return s
}

// What kramdown 2.4 knows of HTML's elements.
var (
	// textElements are part of a paragraph also at the beginning of a line.
	textElements = set(`a abbr acronym b bdo big br button cite code del dfn em i img input ins kbd label
		mark option q rb rbc rp rt rtc ruby samp select small span strong sub sup tt u var`)
	// emptyElements have no end tag.
	emptyElements = set(`area base br col command embed hr img input keygen link meta param source track wbr`)
	// rawElements hold no Markdown, whatever their attribute markdown says.
	rawElements = set(`script style math option textarea pre code kbd samp var
		colgroup table tbody thead tfoot tr ul ol`)
	// lineElements hold text, and no blocks.
	lineElements = set(`a abbr acronym b bdo big button cite caption del dfn dt em h1 h2 h3 h4 h5 h6 i ins
		label legend optgroup p q rb rbc rp rt rtc ruby select small span strong sub summary sup th tt`)
)

// span is where an element is in the source: its end tag, and behind that.
type span struct{ endTag, end int }

var anyTag = regexp.MustCompile(`<!--|</?([A-Za-z][\w:.-]*)`)

// findElements finds the elements of a source that have an end tag, by the
// offset of their start tags. An element without one does not hide others.
func findElements(source []byte) map[int]span {
	found := map[int]span{}
	open := map[string][]int{}
	for at := 0; ; {
		m := anyTag.FindSubmatchIndex(source[at:])
		if m == nil {
			return found
		}
		start := at + m[0]
		at += m[1]
		if m[2] < 0 { // a comment
			at += len(until(source[at:], "-->"))
			continue
		}
		name := strings.ToLower(string(source[start+m[2]-m[0] : start+m[3]-m[0]]))
		if source[start+1] == '/' {
			if n, rest := len(open[name]), tagEnd.Find(source[at:]); n > 0 && rest != nil {
				found[open[name][n-1]] = span{endTag: start, end: at + len(rest)}
				open[name] = open[name][:n-1]
			}
			continue
		}
		tag, ok := parseStartTag(source[start:])
		if !ok || tag.closed || emptyElements[name] {
			continue
		}
		at = start + tag.length
		open[name] = append(open[name], start)
		if end := endOfRaw[name]; end != nil {
			at += len(untilMatch(source[at:], end))
		}
	}
}

// until returns s up to and with the first stop, or all of it.
func until(s []byte, stop string) []byte {
	if i := bytes.Index(s, []byte(stop)); i >= 0 {
		return s[:i+len(stop)]
	}
	return s
}

// endOfRaw ends the elements in which tags are not tags.
var endOfRaw = map[string]*regexp.Regexp{
	"script": regexp.MustCompile(`(?i)</script\b`),
	"style":  regexp.MustCompile(`(?i)</style\b`),
}

// untilMatch returns s up to the first match, or all of it.
func untilMatch(s []byte, stop *regexp.Regexp) []byte {
	if i := stop.FindIndex(s); i != nil {
		return s[:i[0]]
	}
	return s
}
