package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
)

var linkRules = []*Rule{
	linkPort, linkNotApp, linkMissing, linkUnserved, linkBroken,
}

// whose is where launch links are looked for, and which of them are looked at.
const whose = "A launch link of this repository, at its default branch, in a readme or a document near the root, "

var linkPort = &Rule{
	ID:       "link-port",
	Level:    card.LevelError,
	Title:    "A link to a port where nothing listens",
	When:     whose + "has a urlpath /proxy/PORT, and no app is started on that port. Where something else may listen there, such as what a script starts, it is a warning; with a Dockerfile nothing is said.",
	Why:      "The reader who follows it gets 500.",
	Evidence: proxy + ": nothing listens, 500 at once.",
	Fix:      "write the app's address into the link",
	Check:    checkLinkPort,
}

func checkLinkPort(c *checker) {
	if len(c.facts.Apps) == 0 || c.facts.Docker() {
		return
	}
	certain := c.facts.Start == nil && len(c.facts.Problems) == 0
	listens := map[string]bool{}
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		listens[start.FixedPort()] = true
		certain = certain && start.Kind == repository.StartProxy
	}
	for _, l := range c.facts.OwnLinks() {
		if l.Place.Port != "" && !listens[l.Place.Port] {
			f := c.link(l, certain, "the link leads to %s, and %s", quote(l.Place.Address), c.answers())
			f.Changes = c.retarget(l)
		}
	}
}

var linkNotApp = &Rule{
	ID:       "link-not-app",
	Level:    card.LevelWarning,
	Title:    "A link that does not name the app",
	When:     whose + "has a urlpath that leads to the app's server and not to the app. A server of several apps lists them there.",
	Why:      "Bokeh redirects it to the app without the token: in a tab the cookie still helps, in an iframe the reader sees a refused login page.",
	Evidence: "Measured with bokeh 3.9.2: /NAME/?token=… goes to /NAME/bokeh-app without the query.",
	Fix:      "write the app's address into the link",
	Check:    checkLinkNotApp,
}

func checkLinkNotApp(c *checker) {
	for _, l := range c.facts.OwnLinks() {
		if c.leadsToServer(l) {
			f := c.link(l, true, "the link leads to %s, and %s", quote(l.Place.Address), c.answers())
			f.Changes = c.retarget(l)
		}
	}
}

// leadsToServer says whether a link leads to a server whose apps have addresses of
// their own, and neither to one of its apps nor to their list.
func (c *checker) leadsToServer(l repository.Link) bool {
	apps := 0
	for i := range c.facts.Apps {
		a := &c.facts.Apps[i]
		if l.Leads(a) {
			return false
		}
		if address, known := a.Address(); known && a.Start.Serve != nil && serverOf(address) == serverOf(l.Place.Address) {
			apps++
		}
	}
	return apps == 1 || apps > 1 && strings.Trim(l.Place.Address, "/") != serverOf(l.Place.Address)
}

// serverOf is the part of an address that stands for the server behind it.
func serverOf(address string) string {
	parts := strings.Split(strings.Trim(address, "/"), "/")
	if parts[0] == "proxy" && len(parts) > 1 {
		return "proxy/" + parts[1]
	}
	return parts[0]
}

// answers says where the apps answer.
func (c *checker) answers() string {
	if apps := c.facts.Apps; len(apps) == 1 {
		return "the app answers at " + apps[0].URLPath
	}
	var out []string
	for _, a := range c.facts.Apps[:min(len(c.facts.Apps), 5)] {
		out = append(out, a.URLPath)
	}
	return "the apps answer at " + strings.Join(out, ", ")
}

var linkMissing = &Rule{
	ID:       "link-missing",
	Level:    card.LevelWarning,
	Title:    "A link to a file that is not there",
	When:     whose + "opens a file or a folder, with filepath, labpath, or a urlpath such as lab/tree/FILE or voila/render/FILE, that the repository does not have, or has an address such as panel/NAME or shiny/FOLDER with a name that nothing there has. So does a link that has such an address as a file's path, behind filepath, labpath or lab/tree. With a Dockerfile, which may put files elsewhere, nothing is said, and of such an address as a path there is a note.",
	Why:      "The reader gets an error instead of the file: JupyterLab says that it cannot find the path, Voilà answers 404.",
	Evidence: "Measured with jupyter-server 2.17.0, JupyterLab 4.4.9 and voila 0.5.13.",
	Fix:      "write the path of a file that is there, seen from the repository's root, into the link",
	Check:    checkLinkMissing,
}

func checkLinkMissing(c *checker) {
	for _, l := range c.facts.Links {
		if l.Place.Meant != "" && l.Own != truth.No {
			c.meant(l)
			continue
		}
		if c.facts.Docker() {
			continue
		}
		file := l.Place.File
		if _, name, ok := c.brought(l.Place.Address); ok && path.Ext(name) != "" {
			file = name
		}
		if pkg, unserved := c.facts.Unserved(l.Place.Address); unserved && l.Own != truth.No && !c.fetches() {
			if c.fileOfApp(l) {
				continue
			}
			c.link(l, true, "the link leads to %s, and %s finds nothing of that name in the repository", quote(l.Place.Address), pkg)
			continue
		}
		if l.Own == truth.No || file == "" || file == "." || c.facts.Snapshot.Exists(file) || c.facts.Snapshot.InSubmodule(file) {
			continue
		}
		c.link(l, true, "the link opens %s, which the repository does not have", quote(file))
	}
}

// fileOfApp reports a link to the file of an app that answers at its folder's address.
func (c *checker) fileOfApp(l repository.Link) bool {
	for _, a := range slices.Concat(c.facts.Apps, c.facts.Candidates) {
		address, known := a.Address()
		if !known || a.Entry == "" || a.Path == a.Entry || path.Join(address, path.Base(a.Entry)) != l.Place.Address {
			continue
		}
		f := c.link(l, true, "the link leads to %s, the app's file; the app answers at %s", quote(l.Place.Address), a.URLPath)
		f.Fix = "write urlpath=" + a.URLPath + " into the link"
		f.Changes = c.readdress(l, a.URLPath)
		return true
	}
	return false
}

// meant reports a link that has an address where a file's path should be.
func (c *checker) meant(l repository.Link) {
	f := c.link(l, true, "the link opens %s, which the repository does not have", quote(l.Place.File))
	address := repository.EscapedPath(l.Place.Meant)
	for _, a := range c.facts.Apps {
		if l.Leads(&a) {
			address, _, _ = strings.Cut(a.URLPath, "?")
		}
	}
	instead := string(l.Opens) + "="
	if l.Opens == binder.OpensURL {
		instead = strings.TrimSuffix(l.Place.Address, l.Place.Meant)
	}
	f.Fix = fmt.Sprintf("write urlpath=%s instead of %s, since it is the address of an app and no file", address, instead)
	f.Changes = c.readdress(l, address)
	if c.facts.Docker() {
		f.Level = card.LevelNote
		f.Message += "; whether the image has it cannot be told from the Dockerfile"
	}
}

// brought returns the package that brings an address by itself, and what the
// address names below it.
func (c *checker) brought(address string) (pkg, name string, ok bool) {
	for _, f := range framework.All() {
		for _, b := range f.Brings {
			if rest, ok := strings.CutPrefix(address, b.Base); ok && b.Route == framework.RoutePath {
				return b.Package, rest, true
			}
		}
	}
	return "", "", false
}

var linkUnserved = &Rule{
	ID:       "link-unserved",
	Level:    card.LevelError,
	Title:    "A link to an app whose package is not installed",
	When:     whose + "has an address that only a package serves, such as voila/render/FILE, panel/NAME or rstudio, and the package is not installed, and no app of the repository has that address. Where a package that is not known here may bring it, it is a warning; so it is with a Dockerfile, where one of a few well-known images has no such package.",
	Why:      "The reader who follows it gets 404.",
	Evidence: "Measured with jupyter-server 2.17.0: an address that nobody serves answers 404.",
	Fix:      "add the package to what is installed",
	Check:    checkLinkUnserved,
}

func checkLinkUnserved(c *checker) {
	if c.facts.ImageServes() == truth.No {
		return // docker-without-jupyter tells of it
	}
	for _, l := range c.facts.OwnLinks() {
		server := serverOf(l.Place.Address)
		serving := bringing(server)
		there := func(p string) bool { return c.facts.HasModule(p) || c.facts.MayHave(p) != truth.No }
		if len(serving) == 0 || c.hasServer(server) || slices.ContainsFunc(serving, there) {
			continue
		}
		certain := !slices.ContainsFunc(serving, func(p string) bool { return c.facts.Installed.Has(p, installed.Server) != truth.No })
		if c.facts.Image != nil {
			f := c.link(l, false, "the link leads to %s, which %s would serve, and neither is it in %s, as far as is known, nor does the Dockerfile install it", quote(l.Place.Address), serving[0], quote(c.facts.Image.Base))
			f.Fix = "build with install.R and runtime.txt instead of the Dockerfile, which brings " + serving[0] + ", or install it and its server in the Dockerfile"
			continue
		}
		f := c.link(l, certain, "the link leads to %s, which %s would serve, and %s", quote(l.Place.Address), serving[0], c.absent(serving[0], "nothing installs it", "it is installed for the kernel alone"))
		f.Fix = "add " + serving[0] + " to what is installed for Jupyter's server"
	}
}

var linkBroken = &Rule{
	ID:       "link-broken",
	Level:    card.LevelError,
	Title:    "A launch link that no hub takes",
	When:     "A launch link of this repository, in a readme or a document near the root, names no branch, tag or commit, has a whole address in the place of owner and name, or a provider that mybinder.org does not know, such as github instead of gh. It is a warning where it ends in a slash, where the provider is one that a hub may learn, or where it is not known whose it is.",
	Why:      "The hub refuses it before it builds anything: the reader sees an error instead of the app.",
	Evidence: "Measured with BinderHub 0.2.0: 'Spec is not of the form \"user/repo/ref\", provided: \"demo/sine\". Did you mean \"demo/sine/HEAD\"?', and 'No provider found for prefix xx'.",
	Fix:      "write /HEAD behind the repository, which is its default branch",
	Check:    checkLinkBroken,
}

// misnamed are names that are surely no provider's.
var misnamed = setOf("github github.com gh gitlab gitlab.com gl")

func checkLinkBroken(c *checker) {
	for _, l := range c.facts.BrokenLinks {
		switch l.Kind {
		case repository.BrokenProvider:
			f := c.reportAt(l.At, "the link has the provider %s, which mybinder.org does not know", quote(l.Provider))
			if !misnamed[strings.ToLower(l.Provider)] {
				f.Level = card.LevelWarning
			}
			f.Fix = "write gh for GitHub, gl for GitLab, gist for a gist, or git and the escaped address for any other repository"
		case repository.BrokenAddress:
			f := c.reportAt(l.At, "the link has a whole address where the hub takes owner and name")
			f.Fix = "write owner/name/ref behind the provider, as in https://mybinder.org/v2/gh/owner/name/HEAD"
		case repository.BrokenRef:
			c.withoutRef(&l)
		}
	}
}

// withoutRef reports a link that names no ref.
func (c *checker) withoutRef(l *repository.BrokenLink) {
	f := c.reportAt(l.At, "the link names no branch, tag or commit, which the hub asks for")
	if l.Own != truth.Yes || l.Slash && len(f.Changes) == 0 {
		f.Level = card.LevelWarning
	}
	if l.Own != truth.Yes {
		return
	}
	old := c.facts.Text(l.At.File)[l.Start:l.End]
	end := strings.IndexAny(old+"?", "?#")
	f.Changes = c.relink(l.At, len(old), strings.TrimRight(old[:end], "/")+"/HEAD"+old[end:], f.Changes)
}

// relink puts another link in the place of one of so many bytes. The changes are those of
// the links before it on its line, if there are any.
func (c *checker) relink(at position.Position, size int, link string, changes []Change) []Change {
	line := repository.LineAt(c.facts.Text(at.File), at.Line)
	begin := at.Column - 1
	if len(changes) > 0 {
		changed := changes[0].Insert[0]
		begin, line = begin+len(changed)-len(line), changed
	}
	return onLine(at.File, at.Line, line[:begin]+link+line[begin+size:])
}

// absent says why the server lacks a package: in words for where nothing installs it,
// or for where the kernel alone has it.
func (c *checker) absent(pkg, nothing, kernel string) string {
	if c.facts.Plan.Kernel != "" && c.facts.Installed.Asked(pkg, installed.Kernel) == truth.Yes {
		return kernel
	}
	return nothing
}

// bringing lists the packages that serve by themselves below the first part of an
// address.
func bringing(server string) []string {
	var out []string
	for _, f := range framework.All() {
		for _, b := range f.Brings {
			if serverOf(b.Base) == server {
				out = append(out, b.Package)
			}
		}
	}
	return out
}

// hasServer says whether something in the repository answers at the first part of
// an address.
func (c *checker) hasServer(server string) bool {
	return slices.ContainsFunc(c.facts.Starts, func(s repository.Start) bool { return s.Kind == repository.StartProxy && s.Name == server })
}

// link reports a link, with less where it is not certain that it leads nowhere or
// whose it is.
func (c *checker) link(l repository.Link, certain bool, format string, args ...any) *Finding {
	f := c.reportAt(l.At, format, args...)
	if f.Level == card.LevelError && (!certain || l.Own != truth.Yes) {
		f.Level = card.LevelWarning
	}
	return f
}

// retarget writes an app's address into a link: the only app's, or that of the
// one whose name the link has.
func (c *checker) retarget(l repository.Link) []Change {
	var fits []string
	for _, a := range c.facts.Apps {
		if address, _ := a.Address(); len(c.facts.Apps) == 1 || path.Base(address) == path.Base(l.Place.Address) {
			fits = append(fits, a.URLPath)
		}
	}
	if len(fits) != 1 {
		return nil
	}
	return c.readdress(l, fits[0])
}

// readdress writes an address into a link, whose own query stays. One of which it is
// not known whose it is stays, and so does one that fetches what it opens.
func (c *checker) readdress(l repository.Link, urlpath string) []Change {
	if l.Own != truth.Yes || l.Pull != nil {
		return nil
	}
	address := strings.TrimLeft(urlpath, "/")
	if address, _, _ = strings.Cut(address, "?"); l.Place.Query != "" {
		address += "?" + l.Place.Query
	}
	text := c.facts.Text(l.At.File)
	link, ok := binder.Retarget(text[l.Start:l.End], address)
	if !ok {
		return nil
	}
	return c.relink(l.At, l.End-l.Start, link, nil)
}
