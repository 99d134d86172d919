package kramdown

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// attributeList is what one attribute list says, or several lists put
// together.
type attributeList struct {
	// refs are the names of attribute list definitions that it refers to, and
	// of what kramdown does with the element: toc, standalone.
	refs []string
	// pairs in the order in which their names first occurred; each name once.
	// All classes are one pair.
	pairs []pair
}

type pair struct{ name, value string }

// space is what separates attributes.
const space = " \t\r\n\f\v"

// The parts of an attribute list, each of which must end at white space or at
// the list's end.
var (
	keyName = regexp.MustCompile(`^(\w[\w-]*)=["']`)
	refName = regexp.MustCompile(`^\w[\w-]*$`)
	idClass = regexp.MustCompile(`^(?:#[A-Za-z][\w:-]*|\.[^\s.#]+)+$`)
	idOr    = regexp.MustCompile(`#[A-Za-z][\w:-]*|\.[^\s.#]+`)
)

// parseAttributes reads what stands between "{:" and "}". What is not an
// attribute is left out, as kramdown does, and returned as junk.
func parseAttributes(s string) (list attributeList, junk []string) {
	open := "" // the quotes that nothing closes any more
	for {
		s = strings.TrimLeft(s, space)
		if s == "" {
			return list, junk
		}
		if m := keyName.FindStringSubmatchIndex(s); m != nil && !strings.Contains(open, s[m[1]-1:m[1]]) {
			if value, n := quoted(s[m[1]-1:]); n > 0 {
				list.set(s[m[2]:m[3]], value)
				s = s[m[1]-1+n:]
				continue
			}
			open += s[m[1]-1 : m[1]]
		}
		word := s
		if n := strings.IndexAny(s, space); n >= 0 {
			word = s[:n]
		}
		if !list.word(word) {
			junk = append(junk, word)
		}
		s = s[len(word):]
	}
}

// word adds a reference, or ids and classes, to the list. It reports whether
// it was one of these.
func (l *attributeList) word(word string) bool {
	if refName.MatchString(word) {
		l.refs = append(l.refs, word)
		return true
	}
	if !idClass.MatchString(word) {
		return false
	}
	for _, part := range idOr.FindAllString(word, -1) {
		if part[0] == '#' {
			l.set("id", part[1:])
		} else {
			l.set("class", part[1:])
		}
	}
	return true
}

// quoted reads the quoted value at the beginning of s, and how many bytes it
// takes: none if nothing closes it. A quote closes it if white space or the
// list's end follows and no backslash precedes it.
func quoted(s string) (value string, n int) {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == quote || s[i+1] == '}'):
			i++
		case s[i] == quote && (i+1 == len(s) || strings.IndexByte(space, s[i+1]) >= 0):
			return strings.NewReplacer(`\`+string(quote), string(quote), `\}`, `}`).Replace(s[1:i]), i + 1
		}
	}
	return "", 0
}

func (l *attributeList) empty() bool { return len(l.refs) == 0 && len(l.pairs) == 0 }

// set gives a name its value; a class is added to those there are.
func (l *attributeList) set(name, value string) {
	i := slices.IndexFunc(l.pairs, func(p pair) bool { return p.name == name })
	switch {
	case i < 0:
		l.pairs = append(l.pairs, pair{name, value})
	case name == "class":
		l.pairs[i].value += " " + value
	default:
		l.pairs[i].value = value
	}
}

// get returns the value of a name, or "".
func (l *attributeList) get(name string) string {
	for _, p := range l.pairs {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// add adds what another list says to l.
func (l *attributeList) add(other attributeList) {
	l.refs = append(l.refs, other.refs...)
	for _, p := range other.pairs {
		l.set(p.name, p.value)
	}
}

// has reports whether the list names ref.
func (l *attributeList) has(ref string) bool { return slices.Contains(l.refs, ref) }

// apply gives the list's attributes to a node, after the node's own.
func (l *attributeList) apply(n ast.Node) {
	for _, p := range l.pairs {
		value := []byte(p.value)
		if old, ok := attribute(n, p.name); ok && p.name == "class" && len(old) > 0 {
			value = slices.Concat(old, []byte(" "), value)
		}
		n.SetAttribute([]byte(p.name), value)
	}
}

// attribute returns a node's attribute as bytes.
func attribute(n ast.Node, name string) ([]byte, bool) {
	value, ok := n.AttributeString(name)
	if !ok {
		return nil, false
	}
	switch v := value.(type) {
	case []byte:
		return v, true
	case string:
		return []byte(v), true
	}
	return nil, false
}

// closingBrace returns the index of the brace that ends the list whose content
// begins at s[0], or -1. A brace after a backslash does not end it.
func closingBrace(s []byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && s[i+1] == '}' {
				i++
			}
		case '}':
			return i
		}
	}
	return -1
}

// isBlank reports whether s is white space alone.
func isBlank(s []byte) bool { return len(bytes.TrimSpace(s)) == 0 }
