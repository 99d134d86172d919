package kramdown

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
)

// state is what the parsers of one document share. Besides what they found, it
// remembers where there is nothing to find, so that a document with many lists
// or extensions that are not closed takes no longer than others.
type state struct {
	// definitions are the attribute lists with a name.
	definitions map[string]attributeList
	// references are the attributes of link definitions, by their labels.
	references map[string]attributeList

	// abbreviations are what abbreviations stand for.
	abbreviations map[string]string
	// elements are the source's HTML elements, once they were looked for.
	elements map[int]span
	// regions are the HTML blocks that end with an element, and where.
	regions map[ast.Node]int

	braceless [2]int         // a stretch without a brace that ends a list
	mathless  [2]int         // a stretch without $$
	paragraph [2]int         // a stretch without a blank line, and its end
	stopless  [2]int         // a stretch without {:/
	stops     map[string]int // where the next {:/name} is, by name; -1: nowhere
}

var stateKey = parser.NewContextKey()

func stateOf(pc parser.Context) *state {
	return pc.ComputeIfAbsent(stateKey, func() any {
		return &state{
			definitions: map[string]attributeList{},
			references:  map[string]attributeList{},

			abbreviations: map[string]string{},
			regions:       map[ast.Node]int{},
			stops:         map[string]int{},
		}
	}).(*state)
}

// element returns where the element whose start tag is at offset ends.
func (s *state) element(source []byte, offset int) (span, bool) {
	if s.elements == nil {
		s.elements = findElements(source)
	}
	found, ok := s.elements[offset]
	return found, ok
}

// brace returns the offset of the brace that ends the list whose content
// begins at from, before to, or -1.
func (s *state) brace(source []byte, from, to int) int {
	if from >= s.braceless[0] && to <= s.braceless[1] {
		return -1
	}
	if from > to {
		return -1
	}
	if i := closingBrace(source[from:to]); i >= 0 {
		return from + i
	}
	s.braceless = [2]int{from, to}
	return -1
}

// paragraphEnd returns where the lines without a blank one end that begin at
// from.
func (s *state) paragraphEnd(source []byte, from int) int {
	if from >= s.paragraph[0] && from < s.paragraph[1] {
		return s.paragraph[1]
	}
	end := from
	for {
		next := lineAfter(source, end)
		if next == end || isBlankIn(source[end:next]) {
			break
		}
		end = next
	}
	s.paragraph = [2]int{from, end}
	return end
}

// stop returns where the next line is that ends {::name}, or -1. The line may
// be in a container, behind its markers.
func (s *state) stop(source []byte, from int, name string) int {
	if at, ok := s.stops[name]; ok && (at < 0 || at >= from) {
		return at
	}
	s.stops[name] = -1
	stop := regexp.MustCompile(`(?m)^[ \t>]*\{:/(?:` + name + `)?\}[ \t\r]*$`)
	if found := stop.FindIndex(source[from:]); found != nil {
		s.stops[name] = from + found[0]
	}
	return s.stops[name]
}

// spanStop returns where the tag begins and ends that ends {::name} in a text
// from one offset to another. It returns -1 if there is none.
func (s *state) spanStop(source []byte, from, to int, name string) (start, end int) {
	if from > to || from >= s.stopless[0] && to <= s.stopless[1] {
		return -1, -1
	}
	for at := from; ; {
		i := bytes.Index(source[at:to], []byte("{:/"))
		if i < 0 {
			if at == from {
				s.stopless = [2]int{from, to}
			}
			return -1, -1
		}
		at += i
		for _, stop := range []string{"{:/}", "{:/" + name + "}"} {
			if bytes.HasPrefix(source[at:to], []byte(stop)) {
				return at, at + len(stop)
			}
		}
		at++
	}
}
