package repository

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/markup"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Link is a launch link of a document.
type Link struct {
	binder.Link
	// At is where it stands, and Start and End the bytes of the file that are it.
	At         position.Position
	Start, End int
	// Own says whether it launches this repository, at its default branch or at
	// the ref that was read. A fixed commit is not own: it stays as it is.
	Own truth.Value
	// Place is what it opens.
	Place Place
}

// Place is what a link opens on the Jupyter server.
type Place struct {
	// Address is its path, unescaped, with a slash before it and none after, and
	// Query what follows; both are empty where the link names none.
	Address, Query string
	// Port is the number in /proxy/PORT.
	Port string
	// File is the file or folder of the repository that Jupyter opens.
	File string
}

// maxLinkText bounds how much text is searched for links, of all documents, and
// of all notebooks.
const maxLinkText = 8 << 20

// HasLaunchLink says whether a document has a launch link to an address.
func HasLaunchLink(name, text string) bool {
	return slices.ContainsFunc(markup.Links(name, text), func(l markup.Link) bool {
		link, ok := binder.ParseLink(l.URL)
		return ok && link.Opens == binder.OpensURL
	})
}

// findLinks finds the launch links of documents that were read.
func (f *Facts) findLinks(documents []string, home func() repo.Home) {
	left := maxLinkText
	for _, p := range documents {
		text := f.Text(p)
		if !strings.Contains(text, "/v2/") || len(text) > left {
			continue
		}
		left -= len(text)
		count := position.Count(position.Position{File: p, Line: 1, Column: 1}, text)
		for _, l := range markup.Links(p, text) {
			if link, ok := binder.ParseLink(l.URL); ok {
				f.Links = append(f.Links, Link{
					Link: link, At: count.At(l.Start), Start: l.Start, End: l.End,
					Own: own(link, home()), Place: placeOf(link),
				})
			}
		}
	}
}

// own says whether a link launches what lies at home.
func own(l binder.Link, home repo.Home) truth.Value {
	if l.Ref == "" || binder.IsCommit(l.Ref) || l.Repo.URL == "" {
		return truth.No
	}
	here := truth.Unknown
	if home.Address.URL != "" {
		here = truth.Of(l.Repo.Same(home.Address))
	}
	if l.Pull != nil {
		here = here.And(truth.Of(l.Pull.Repo.Same(l.Repo) && (l.Pull.Branch == "" || l.Pull.Branch == l.Ref)))
	}
	switch {
	case l.Ref == "HEAD" || l.Ref == home.Ref || l.Ref == home.Default:
		return here
	case home.Default != "":
		return truth.No
	}
	return here.And(truth.Unknown)
}

// openers are the addresses below which Jupyter opens a file.
var openers = []string{
	"/lab/tree/", "/doc/tree/", "/tree/", "/notebooks/", "/edit/", "/view/", "/files/", "/retro/tree/", "/retro/notebooks/",
	"/nbclassic/tree/", "/nbclassic/notebooks/", "/nbclassic/edit/",
}

// placeOf reads what a link opens.
func placeOf(l binder.Link) Place {
	switch l.Opens {
	case binder.OpensNothing:
		return Place{}
	case binder.OpensFile, binder.OpensLab:
		return Place{File: path.Clean(strings.TrimLeft(l.Target, "/"))}
	}
	target, query, _ := strings.Cut(l.Target, "?")
	target, _, _ = strings.Cut(target, "#")
	query, _, _ = strings.Cut(query, "#")
	p := Place{Address: path.Clean("/" + binder.Unescape(target)), Query: query}
	if rest, ok := strings.CutPrefix(p.Address, "/proxy/"); ok {
		p.Port, _, _ = strings.Cut(rest, "/")
	}
	for _, opener := range openers {
		if rest, ok := strings.CutPrefix(p.Address, opener); ok {
			p.File = rest
		}
	}
	if l.Pull != nil && p.File != "" {
		// What was pulled lies in a folder of the repository's name.
		_, p.File, _ = strings.Cut(p.File, "/")
	}
	return p
}

// OwnLinks lists the author's links to this repository that name an address: the
// evidence of what is an app and where it answers. A link of which it is not
// known whose it is counts as well.
func (f *Facts) OwnLinks() []Link {
	var out []Link
	for _, l := range f.Links {
		if l.Own != truth.No && l.Place.Address != "" {
			out = append(out, l)
		}
	}
	return out
}

// Leads says whether the link leads to an app.
func (l *Link) Leads(a *App) bool {
	address, known := a.Address()
	return known && l.Place.Address != "" && address == l.Place.Address
}

// Address is the app's as a link's is kept: unescaped, without a final slash and
// without a query.
func (a *App) Address() (address string, known bool) {
	address, _, _ = strings.Cut(a.URLPath, "?")
	address, err := url.PathUnescape(address)
	return path.Clean(address), err == nil
}

// maxDocuments is how many are read.
const maxDocuments = 30

// documents lists the documents in which authors link to what they made: the
// readmes and what else there is to read in the root and in the folders below. It says
// whether there are more than are read.
func (s *Snapshot) documents() (read []string, more bool) {
	return s.written(func(p string) bool { return isDocument(p) && path.Ext(p) != notebook })
}

// notebooks lists those in which authors may link to what they made. They are
// looked into where a package is installed that serves some.
func (s *Snapshot) notebooks() (read []string, more bool) {
	return s.written(func(p string) bool { return isDocument(p) && path.Ext(p) == notebook })
}

// notebook is the extension of Jupyter's notebooks.
const notebook = ".ipynb"

// written lists the documents that belong says yes to, those first that are read
// first.
func (s *Snapshot) written(belong func(p string) bool) (read []string, more bool) {
	var out []string
	for _, f := range s.files {
		if f.Mode != repo.ModeSubmodule && f.Mode != repo.ModeSymlink && belong(f.Path) {
			out = append(out, f.Path)
		}
	}
	rank := func(p string) int {
		switch readme := isReadme(path.Base(p)); {
		case depth(p) == 0 && readme:
			return 0
		case depth(p) == 0:
			return 1
		case readme, strings.HasPrefix(strings.ToLower(p), "doc"):
			return 2
		}
		return 3
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	return out[:min(len(out), maxDocuments)], len(out) > maxDocuments
}

// isDocument says whether a path is of one.
func isDocument(p string) bool {
	name := strings.ToLower(path.Base(p))
	if depth(p) > 1 || !markup.Is(name) || skipped(p) || strings.HasPrefix(p, ".") {
		return false
	}
	switch path.Ext(name) {
	case "", ".txt":
		return isReadme(name)
	case ".html", ".htm":
		return isReadme(name) || strings.HasPrefix(name, "index.")
	}
	return true
}
