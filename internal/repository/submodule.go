package repository

import (
	"strings"
)

// Submodule is a submodule as .gitmodules names it.
type Submodule struct {
	Name string
	// URL is where git fetches it from, and Line where that is said.
	URL  string
	Line int
}

// Submodules lists the submodules.
func (f *Facts) Submodules() []Submodule {
	var out []Submodule
	inside := false
	number := 0
	for line := range strings.Lines(f.Text(".gitmodules")) {
		number++
		line = strings.TrimSpace(line)
		if head, ok := strings.CutPrefix(line, "["); ok {
			section, name, _ := strings.Cut(head, " ")
			if inside = strings.EqualFold(section, "submodule"); inside {
				out = append(out, Submodule{Name: strings.Trim(name, ` "]`)})
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || !inside || !strings.EqualFold(strings.TrimSpace(key), "url") {
			continue
		}
		last := &out[len(out)-1]
		last.URL, last.Line = gitValue(value), number
	}
	return out
}

// gitValue is a value of git's configuration: what stands before a comment,
// without quotes.
func gitValue(text string) string {
	quoted := false
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case (r == '#' || r == ';') && !quoted:
			text = text[:i]
			return strings.Trim(strings.TrimSpace(text), `"`)
		}
	}
	return strings.Trim(strings.TrimSpace(text), `"`)
}
