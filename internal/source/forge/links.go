package forge

import (
	"net/url"
	"regexp"
	"strconv"
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
	p := a.provider()
	if commit == "" || !p.isFull(a.Path) {
		return ""
	}
	return a.link(p.Commit, commit, "", 0, 0)
}

// FileURL returns the address of the page that shows a file at a commit, or ""
// if the site's layout is not known. The path is the file's, in git's bytes.
func (a Address) FileURL(commit, path string) string {
	return a.LinesURL(commit, path, 0, 0)
}

// LinesURL returns the address of the page that shows lines of a file, from 1, as
// [Address.FileURL] does the whole, which the lines 0 to 0 are.
func (a Address) LinesURL(commit, path string, first, last int) string {
	p := a.provider()
	if commit == "" || path == "" || !p.isFull(a.Path) {
		return ""
	}
	form := p.Lines
	switch {
	case first == 0:
		form = p.File
	case first == last:
		form = p.Line
	}
	return a.link(form, commit, path, first, last)
}

// link fills in the form of a link.
func (a Address) link(form, commit, path string, first, last int) string {
	return strings.NewReplacer(
		"{url}", a.URL, "{commit}", url.PathEscape(commit), "{path}", escapePath(path), "{slug}", gistSlug(path),
		"{first}", strconv.Itoa(first), "{last}", strconv.Itoa(last),
	).Replace(form)
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
