package glob

import (
	"path"
	"strings"
)

// element is what a pattern has between two slashes.
type element struct {
	source string
	// literals are the texts before, between and after the stars, which stand for any
	// characters; nil where something else than stars has a meaning.
	literals []string
	// least is how many bytes they have together.
	least int
}

// newElement reads an element that is valid.
func newElement(source string) element {
	e := element{source: source}
	var literals []string
	var b strings.Builder
	for i := 0; i < len(source); i++ {
		switch c := source[i]; c {
		case '?', '[':
			return e
		case '*':
			literals = append(literals, b.String())
			b.Reset()
		case '\\':
			i++
			b.WriteByte(source[i])
		default:
			b.WriteByte(c)
		}
	}
	e.literals = append(literals, b.String())
	for _, l := range e.literals {
		e.least += len(l)
	}
	return e
}

// any says whether it stands for any number of elements.
func (e *element) any() bool { return e.source == "**" }

// cost is how many steps a look at the element of a path takes.
func (e *element) cost(name string) int {
	if e.literals == nil {
		return 1 + len(name)*len(e.source)/stepBytes
	}
	return 1 + len(name)/stepBytes
}

// stepBytes is how many bytes more are a step more.
const stepBytes = 32

// match says whether the element of a path is what the element stands for.
func (e *element) match(name string) bool {
	if e.literals == nil {
		ok, _ := path.Match(e.source, name)
		return ok
	}
	last := len(e.literals) - 1
	if last == 0 {
		return name == e.literals[0]
	}
	if len(name) < e.least || !strings.HasPrefix(name, e.literals[0]) || !strings.HasSuffix(name, e.literals[last]) {
		return false
	}
	name = name[len(e.literals[0]) : len(name)-len(e.literals[last])]
	for _, l := range e.literals[1:last] {
		_, after, ok := strings.Cut(name, l)
		if !ok {
			return false
		}
		name = after
	}
	return true
}
