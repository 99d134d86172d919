package repository

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
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
	// Meant is the address that stands where a file's path should; empty where that
	// is one, or may be.
	Meant string
}

// Named is the address that the author has in mind: Meant, or else Address.
func (p Place) Named() string { return cmp.Or(p.Meant, p.Address) }

// BrokenKind says what a hub refuses of a launch link.
type BrokenKind string

// What a hub refuses.
const (
	BrokenRef      BrokenKind = "ref"      // the link has none
	BrokenProvider BrokenKind = "provider" // the hub does not know it
	BrokenAddress  BrokenKind = "address"  // a whole one stands in the place of owner and name
)

// BrokenLink is a launch link that its hub refuses, whatever the repository is.
type BrokenLink struct {
	Kind BrokenKind
	// At is where it stands, and Start and End the bytes of the file that are it.
	At         position.Position
	Start, End int
	// Own says whether it means this repository.
	Own truth.Value
	// Provider is the one that the hub does not know.
	Provider string
	// Slash says that the link has no ref, and the slash before it.
	Slash bool
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
			if b := broken(l.URL, home); b.Own != truth.No && !goesOn(l.URL, text[l.End:]) {
				b.At, b.Start, b.End = count.At(l.Start), l.Start, l.End
				f.BrokenLinks = append(f.BrokenLinks, b)
			} else if link, ok := binder.ParseLink(l.URL); ok {
				f.Links = append(f.Links, Link{
					Link: link, At: count.At(l.Start), Start: l.Start, End: l.End,
					Own: own(link, home()), Place: placeOf(link),
				})
			}
		}
	}
}

// goesOn says whether a link is the beginning of a pattern, such as …/owner/name/<REF>.
func goesOn(link, rest string) bool {
	return strings.HasSuffix(link, "/") && placeholder.MatchString(rest)
}

var placeholder = regexp.MustCompile(`^(?:<[A-Za-z]|[{$])`)

// broken says what a hub refuses of a link that means what lies at home.
func broken(text string, home func() repo.Home) BrokenLink {
	if provider, spec, wrong := binder.WrongProvider(text); wrong {
		here := home().Address
		return BrokenLink{Kind: BrokenProvider, Provider: provider, Own: truth.Of(here.Path != "" && strings.HasPrefix(strings.ToLower(spec)+"/", strings.ToLower(here.Path)+"/"))}
	}
	if binder.HasAddress(text) {
		here := home().Address
		return BrokenLink{Kind: BrokenAddress, Own: truth.Of(here.Path != "" && strings.Contains(strings.ToLower(text)+"/", "/"+strings.ToLower(here.Path)+"/"))}
	}
	l, ok := binder.ParseLink(text)
	if !ok || !l.NeedsRef() {
		return BrokenLink{Own: truth.No}
	}
	own := truth.Unknown
	if here := home().Address; here.URL != "" {
		own = truth.Of(l.Repo.Same(here))
	}
	before, _, _ := strings.Cut(text, "?")
	return BrokenLink{Kind: BrokenRef, Own: own, Slash: strings.HasSuffix(before, "/")}
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
		return fileOf(l)
	}
	target, query := cutQuery(l.Target)
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

// cutQuery cuts what a link opens into the path and the query.
func cutQuery(target string) (before, query string) {
	target, _, _ = strings.Cut(target, "#")
	before, query, _ = strings.Cut(target, "?")
	return before, query
}

// fileOf reads what a link with a parameter for files opens. The hub puts the path
// behind the address of what opens it, and a path that leads out of there is another
// address.
func fileOf(l binder.Link) Place {
	opener := "/tree"
	if l.Opens == binder.OpensLab {
		opener = "/doc/tree"
	}
	target, query := cutQuery(l.Target)
	file := path.Clean(strings.TrimLeft(target, "/"))
	if address := path.Join(opener, file); !strings.HasPrefix(address, opener) {
		return placeOf(binder.Link{Opens: binder.OpensURL, Target: strings.ReplaceAll(address, "%", "%25") + "?" + query, Pull: l.Pull})
	}
	return Place{File: file, Query: query}
}

// proxied matches an address of jupyter-server-proxy's.
var proxied = regexp.MustCompile(`^/proxy/(?:absolute/)?[0-9]+(?:/|$)`)

// findMeant finds the links that have an address where a file's path should be: no
// such file is there, and something in the repository answers at the address, or
// nothing but a server has such a one.
func (f *Facts) findMeant() {
	for i := range f.Links {
		p := &f.Links[i].Place
		if p.File == "" || p.File == "." || f.Snapshot.Exists(p.File) || f.Snapshot.InSubmodule(p.File) {
			continue
		}
		address := "/" + p.File
		if _, served := f.broughtAt(address); served || proxied.MatchString(address) || f.isEntry(p.File) || f.isBelow(address) {
			p.Meant = address
		}
	}
}

// isEntry says whether a path begins with the name of an entry of jupyter-server-proxy,
// and is no file's.
func (f *Facts) isEntry(p string) bool {
	first, _, _ := strings.Cut(p, "/")
	return (path.Ext(p) == "" || !f.Snapshot.IsDir(first)) &&
		slices.ContainsFunc(f.Starts, func(s Start) bool { return s.Kind == StartProxy && s.Name == first })
}

// isBelow says whether an address is below one of several parts that a package brings.
func (f *Facts) isBelow(address string) bool {
	return slices.ContainsFunc(framework.All(), func(fw *framework.Framework) bool {
		return slices.ContainsFunc(fw.Brings, func(b framework.Brought) bool {
			base := strings.Trim(b.Base, "/")
			return strings.Contains(base, "/") && strings.HasPrefix(address, b.Base) && !f.Snapshot.IsDir(base)
		})
	})
}

// namingLinks lists those of the author's links to this repository that name an
// address, be it in the wrong place.
func (f *Facts) namingLinks() []Link {
	return slices.DeleteFunc(slices.Clone(f.Links), func(l Link) bool { return l.Own == truth.No || l.Place.Named() == "" })
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
	return known && l.Place.Named() != "" && address == l.Place.Named()
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
