// Package element finds the start tags of HTML, with their attributes and where
// these stand, so that a value can be changed and all else stays as it is.
package element

import (
	"html"
	"regexp"
	"strings"
)

// Attribute is one of a start tag.
type Attribute struct {
	// Name is in lower case.
	Name string
	// Value is what it means: character references are resolved.
	Value string
	// Start and End are where the value is written, without quotes; both are 0 where
	// there is none.
	Start, End int
}

var (
	// tag is the beginning of a tag, a comment, or an element whose content is no
	// markup.
	tag = regexp.MustCompile(`(?i)<!--|<(script|style|textarea|title)\b|<([a-z][a-z0-9-]*)`)
	// attribute is one of a tag, and spaces before it.
	attribute = regexp.MustCompile(`^[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>` + "`" + `]+)))?`)
)

// Each calls f for each start tag outside of comments, of scripts and of what else has
// no markup, with the element's name in lower case.
func Each(text string, f func(name string, attributes []Attribute)) {
	for i := 0; i < len(text); {
		m := tag.FindStringSubmatchIndex(text[i:])
		if m == nil {
			return
		}
		begin, end := i+m[0], i+m[1]
		if m[2] < 0 && m[4] < 0 {
			i = after(text, begin+len("<!--"), "-->")
			continue
		}
		name := strings.ToLower(text[begin+1 : end])
		var attributes []Attribute
		attributes, i = read(text, end)
		f(name, attributes)
		if m[2] >= 0 {
			i = after(text, i, "</"+name)
		}
	}
}

// after returns what follows a mark, in whatever case, or the text's end.
func after(text string, from int, mark string) int {
	for i := from; i+len(mark) <= len(text); i++ {
		if strings.EqualFold(text[i:i+len(mark)], mark) {
			return i + len(mark)
		}
	}
	return len(text)
}

// read reads the attributes of a tag, and returns where they end.
func read(text string, i int) ([]Attribute, int) {
	var out []Attribute
	for {
		m := attribute.FindStringSubmatchIndex(text[i:])
		if m == nil {
			return out, i
		}
		a := Attribute{Name: strings.ToLower(text[i+m[2] : i+m[3]])}
		for _, group := range []int{4, 6, 8} {
			if m[group] >= 0 {
				a.Start, a.End = i+m[group], i+m[group+1]
				a.Value = html.UnescapeString(text[a.Start:a.End])
			}
		}
		out = append(out, a)
		i += m[1]
	}
}
