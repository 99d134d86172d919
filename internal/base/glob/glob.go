// Package glob matches the paths of a repository's files with patterns.
//
// Within a path element, "*" stands for any characters, "?" for one, and
// "[a-z]" for one of a set; a backslash takes a character's meaning away. An
// element "**" stands for any number of elements, also none. A pattern that
// ends in a slash stands for all that is below that folder.
package glob

import (
	"fmt"
	"path"
	"strings"
)

// Pattern is a compiled pattern.
type Pattern struct {
	source   string
	elements []string
}

// Compile reads a pattern. Its error says what is wrong with it.
func Compile(pattern string) (*Pattern, error) {
	p := &Pattern{source: pattern}
	clean := strings.TrimPrefix(strings.TrimPrefix(pattern, "./"), "/")
	if strings.HasSuffix(clean, "/") {
		clean += "**"
	}
	if clean == "" {
		return nil, fmt.Errorf("the pattern is empty")
	}
	for _, e := range strings.Split(clean, "/") {
		if e == "." || e == ".." || e == "" {
			return nil, fmt.Errorf("pattern %q has an element %q, which no path in a repository has", pattern, e)
		}
		if _, err := path.Match(e, ""); err != nil {
			return nil, fmt.Errorf("pattern %q has an open bracket or ends in a backslash", pattern)
		}
		if n := len(p.elements); e == "**" && n > 0 && p.elements[n-1] == "**" {
			continue
		}
		p.elements = append(p.elements, e)
	}
	return p, nil
}

// String returns the pattern as it was given.
func (p *Pattern) String() string { return p.source }

// CompileStars reads a pattern in which only the stars have a meaning, as in the
// files argument of a tag.
func CompileStars(pattern string) (*Pattern, error) {
	p, err := Compile(onlyStars.Replace(pattern))
	if err == nil {
		p.source = pattern
	}
	return p, err
}

var onlyStars = strings.NewReplacer(`\`, `\\`, `?`, `\?`, `[`, `\[`)

// Match says whether a path from the repository's root, with slashes, is what
// the pattern stands for.
func (p *Pattern) Match(name string) bool {
	// As in the classic match of "*" within one string: after a mismatch, the
	// last "**" takes one element more.
	rest, elements := name, p.elements
	retryRest, retryElements := "", []string(nil)
	for {
		switch {
		case len(elements) > 0 && elements[0] == "**":
			if len(elements) == 1 {
				return rest != ""
			}
			elements = elements[1:]
			retryRest, retryElements = rest, elements
			continue
		case len(elements) == 0 && rest == "":
			return true
		case len(elements) > 0 && rest != "":
			head, tail, _ := strings.Cut(rest, "/")
			if ok, _ := path.Match(elements[0], head); ok {
				rest, elements = tail, elements[1:]
				continue
			}
		}
		if retryElements == nil || retryRest == "" {
			return false
		}
		_, retryRest, _ = strings.Cut(retryRest, "/")
		rest, elements = retryRest, retryElements
	}
}
