package forge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What the sites accept as names. Old accounts break some of today's rules
// (two hyphens in a row, a hyphen at the end), so only characters and lengths
// are checked.
var (
	githubOwner = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	githubName  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
	plainName   = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}$`)
	bitbucketID = regexp.MustCompile(`^(?:[A-Za-z0-9_.-]{1,128}|\{[0-9A-Fa-f-]{36}\})$`)
	gistID      = regexp.MustCompile(`^(?:[0-9]{1,20}|[0-9a-f]{20,64})$`)
)

// form says how a site's addresses look.
type form struct {
	site    string
	example string // what follows the host
	min     int    // elements of the path
	max     int
	first   *regexp.Regexp // of the first element
	rest    *regexp.Regexp // of the others
}

var forms = map[Kind]form{
	GitHub:    {"GitHub", "owner/name", 2, 2, githubOwner, githubName},
	GitLab:    {"GitLab", "group/name", 2, 20, plainName, plainName},
	Codeberg:  {"Codeberg", "owner/name", 2, 2, plainName, plainName},
	Bitbucket: {"Bitbucket", "workspace/name", 2, 2, bitbucketID, bitbucketID},
	Gist:      {"Gist", "owner/id", 1, 2, githubOwner, gistID},
}

// checkNames says what is wrong with the path's elements on a known site, or
// nil.
func checkNames(kind Kind, host string, elements []string) *Error {
	f := forms[kind]
	hint := fmt.Sprintf("write https://%s/%s", host, f.example)
	if len(elements) < f.min {
		return &Error{Message: "the address names no repository", Hint: hint}
	}
	if len(elements) > f.max {
		return pageError(kind, host, elements)
	}
	for i, e := range elements {
		pattern := f.rest
		if i == 0 && len(elements) > 1 {
			pattern = f.first
		}
		if !pattern.MatchString(e) || e == "." || e == ".." || strings.HasSuffix(e, ".git") {
			return &Error{Message: fmt.Sprintf("%q is not a name on %s", e, f.site), Hint: hint}
		}
	}
	return nil
}

// pageError explains that an address is that of a page about a repository, and
// names the repository and, where the address shows it, the ref.
func pageError(kind Kind, host string, elements []string) *Error {
	n := forms[kind].max
	if kind == GitLab {
		n = max(gitlabDash(elements), 2)
	}
	hint := fmt.Sprintf("write repo=https://%s/%s", host, strings.Join(elements[:n], "/"))
	if ref := pageRef(kind, elements[n:]); ref != "" {
		hint += " ref=" + ref
	} else {
		hint += ", and ref= for a branch, tag or commit"
	}
	return &Error{Message: "the address is that of a page inside the repository", Hint: hint}
}

// gitlabDash returns how many elements stand before the "-" that separates a
// GitLab project from its pages, -1 if there is none. "-" cannot be the name
// of a group or a project.
func gitlabDash(elements []string) int { return slices.Index(elements, "-") }

// pageRef returns the ref that the rest of a page's address names, or "" if it
// names none for certain. A branch's name may hold slashes, so only an address
// that ends with the ref does.
func pageRef(kind Kind, rest []string) string {
	if len(rest) > 0 && rest[0] == "-" {
		rest = rest[1:]
	}
	var ref string
	switch {
	case kind == Gist && len(rest) == 1:
		ref = rest[0]
	case kind == Codeberg && len(rest) == 3 && rest[0] == "src":
		ref = rest[2]
	case kind == Bitbucket && len(rest) == 2 && (rest[0] == "src" || rest[0] == "commits"):
		ref = rest[1]
	case len(rest) == 2 && (rest[0] == "tree" || rest[0] == "commit"):
		ref = rest[1]
	case len(rest) == 3 && rest[0] == "releases" && rest[1] == "tag":
		ref = rest[2]
	}
	if !plainName.MatchString(ref) {
		return ""
	}
	return ref
}
