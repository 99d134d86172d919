package forge

import (
	"net/url"
	"regexp"
	"strings"
)

// FetchURL returns the address that git is asked for. Known sites answer at
// the form with ".git" without a redirect.
func (a Address) FetchURL() string {
	if a.Kind == Other {
		return a.URL
	}
	return a.URL + ".git"
}

// CommitURL returns the address of the page that shows the repository's files
// at a commit, or "" if the site's layout is not known.
func (a Address) CommitURL(commit string) string {
	if commit == "" {
		return ""
	}
	c := url.PathEscape(commit)
	switch a.Kind {
	case GitHub:
		return a.URL + "/tree/" + c
	case GitLab:
		return a.URL + "/-/tree/" + c
	case Codeberg:
		return a.URL + "/src/commit/" + c
	case Bitbucket:
		return a.URL + "/src/" + c
	case Gist:
		return a.gistURL(c)
	}
	return ""
}

// FileURL returns the address of the page that shows a file at a commit, or ""
// if the site's layout is not known. The path is the file's, in git's bytes.
func (a Address) FileURL(commit, path string) string {
	base := a.CommitURL(commit)
	if base == "" || path == "" {
		return ""
	}
	switch a.Kind {
	case GitHub:
		return a.URL + "/blob/" + url.PathEscape(commit) + "/" + escapePath(path)
	case GitLab:
		return a.URL + "/-/blob/" + url.PathEscape(commit) + "/" + escapePath(path)
	case Gist:
		return base + "#file-" + gistSlug(path)
	}
	return base + "/" + escapePath(path)
}

// gistURL returns the page of a gist's revision. Only the form with the owner
// has one.
func (a Address) gistURL(commit string) string {
	if !strings.Contains(a.Path, "/") {
		return ""
	}
	return a.URL + "/" + commit
}

// escapePath escapes each element of a path, byte by byte, for a URL.
func escapePath(path string) string {
	elements := strings.Split(path, "/")
	for i, e := range elements {
		elements[i] = url.PathEscape(e)
	}
	return strings.Join(elements, "/")
}

var notSlug = regexp.MustCompile(`[^a-z0-9_-]+`)
var hyphens = regexp.MustCompile(`-{2,}`)

// gistSlug returns a file's name as the fragment on a gist's page has it:
// lower case, everything but letters, digits, hyphens and underscores is one
// hyphen, none at either end. So My_file (1).py is my_file-1-py and .bashrc is
// bashrc.
func gistSlug(name string) string {
	slug := notSlug.ReplaceAllString(strings.ToLower(name), "-")
	return strings.Trim(hyphens.ReplaceAllString(slug, "-"), "-")
}
