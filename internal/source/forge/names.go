package forge

import (
	"fmt"
	"slices"
	"strings"
)

// check says what is wrong with the elements of a path, or nil. Hugo's partial
// names.html says the same.
func (p *provider) check(elements []string) *Error {
	m := providers().Messages
	if n := p.before(elements); n < len(elements) {
		return p.pageError(elements, n)
	}
	hint := fmt.Sprintf(m.Write, p.Hosts[0], p.Example)
	if len(elements) < p.Min {
		return &Error{Message: m.None, Hint: hint}
	}
	for i, e := range elements {
		pattern := p.Rest
		if i == 0 && len(elements) > 1 {
			pattern = p.First
		}
		if !pattern.MatchString(e) || e == "." || e == ".." || strings.HasSuffix(e, ".git") {
			return &Error{Message: fmt.Sprintf(m.Name, e, p.Name), Hint: hint}
		}
	}
	return nil
}

// before returns how many elements are the repository's: all, unless others of
// a page follow.
func (p *provider) before(elements []string) int {
	if p.End != "" && len(elements) > p.Min {
		if i := slices.Index(elements[p.Min:], p.End); i >= 0 {
			return p.Min + i
		}
	}
	return min(len(elements), p.Max)
}

// pageError explains that an address is that of a page about a repository, and
// names the repository and, where the address shows it, the ref.
func (p *provider) pageError(elements []string, n int) *Error {
	m := providers().Messages
	hint := fmt.Sprintf(m.Repository, p.Hosts[0], strings.Join(elements[:n], "/"))
	if ref := p.pageRef(strings.Join(elements[n:], "/")); ref != "" {
		hint += fmt.Sprintf(m.Ref, ref)
	} else {
		hint += m.NoRef
	}
	return &Error{Message: m.Page, Hint: hint}
}

// pageRef returns the ref that the rest of a page's address names, or "" if it
// names none for certain.
func (p *provider) pageRef(rest string) string {
	for _, page := range p.Pages {
		if found := page.FindStringSubmatch(rest); found != nil {
			return found[1]
		}
	}
	return ""
}
