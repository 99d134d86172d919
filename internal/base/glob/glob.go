// Package glob matches the paths of a repository's files with patterns.
//
// Within a path element, "*" stands for any characters, "?" for one, and
// "[a-z]" for one of a set; a backslash takes a character's meaning away. An
// element "**" stands for any number of elements, also none. A pattern that
// ends in a slash stands for all that is below that folder.
package glob

import (
	"fmt"
	"iter"
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/common"
)

// Pattern is a compiled pattern.
type Pattern struct {
	source   string
	elements []element
	// prefix and suffix begin and end each path that matches.
	prefix, suffix string
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
		if n := len(p.elements); e == "**" && n > 0 && p.elements[n-1].any() {
			continue
		}
		p.elements = append(p.elements, newElement(e))
	}
	p.ends()
	return p, nil
}

// special are the characters with a meaning.
const special = `*?[]\`

// ends finds what all paths that match begin and end with.
func (p *Pattern) ends() {
	for i := range p.elements {
		e := p.elements[i].source
		if i > 0 {
			p.prefix += "/"
		}
		at := strings.IndexAny(e, special)
		if at >= 0 {
			if p.prefix += e[:at]; e == "**" {
				p.prefix = strings.TrimSuffix(p.prefix, "/") // it may stand for no element
			}
			break
		}
		p.prefix += e
	}
	if last := p.elements[len(p.elements)-1].source; last != "**" {
		p.suffix = last[strings.LastIndexAny(last, special)+1:]
	}
}

// may says no where a path surely does not match, at a glance.
func (p *Pattern) may(name string) bool {
	return strings.HasPrefix(name, p.prefix) && strings.HasSuffix(name, p.suffix)
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
	var steps int
	return p.Count(name, &steps)
}

// Count is Match, and adds to steps how many it takes: one for each look at an element of
// the path, and more where that is long.
func (p *Pattern) Count(name string, steps *int) bool {
	if *steps++; !p.may(name) {
		return false
	}
	// As in the classic match of "*" within one string: after a mismatch, the
	// last "**" takes one element more.
	rest, elements := name, p.elements
	retryRest, retryElements := "", []element(nil)
	for {
		switch {
		case len(elements) > 0 && elements[0].any():
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
			if *steps += elements[0].cost(head); elements[0].match(head) {
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

// Expand lists which of some paths in their order, and of the folders above them, the
// pattern stands for. It adds to steps as [Pattern.Count] does, and one for each path, and
// says whether it came to the end before there were more than may be.
func (p *Pattern) Expand(paths iter.Seq[string], steps *int, most int) (found []string, whole bool) {
	folder := ""
	for name := range paths {
		*steps++
		// What is above the last path, too, was looked at.
		above := max(strings.LastIndexByte(name, '/'), 0)
		first := above + 1
		if name[:above] != folder {
			first = common.Prefix(folder+"/", name)
			folder = name[:above]
		}
		for i := first; i <= len(name); i++ {
			if i < len(name) && name[i] != '/' {
				continue
			}
			if *steps > most {
				return found, false
			}
			if p.Count(name[:i], steps) {
				found = append(found, name[:i])
			}
		}
	}
	return found, true
}
