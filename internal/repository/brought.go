package repository

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// brought is a package that serves apps by itself, where it is installed or may
// be.
type brought struct {
	*framework.Brought
	framework *framework.Framework
	// there says whether it is installed, or, with Unknown, that it may be.
	there truth.Value
	start *Start
	// named are the files that its configuration names, and chosen says that it
	// names any.
	named  []string
	chosen bool
	// letters is what its configuration has in the place of a list of them.
	letters string
	// files are all that it serves, and they are whole where what it would show
	// of them is known.
	files []string
}

// findBrought finds the packages that serve apps by themselves, and the files
// that they serve.
func (f *Facts) findBrought() {
	for _, fw := range framework.All() {
		for i := range fw.Brings {
			b := &brought{Brought: &fw.Brings[i], framework: fw}
			b.there = f.MayHave(b.Package)
			image, runs := f.inCommand(b.Brought, fw)
			if runs {
				b.there = truth.Yes // or the image's command would be of no use
			}
			if b.there == truth.No {
				continue
			}
			b.start = &Start{Kind: StartPackage, Name: b.Package, Env: map[string]string{}}
			if q, ok := f.Installed.Bringing(b.Package); ok {
				b.start.Path, b.start.Line = q.At.File, q.At.Line
			} else if f.Docker() {
				b.start.Path = f.Plan.Path("Dockerfile")
			}
			b.named, b.chosen = f.configured(b)
			if b.files = b.named; !b.chosen {
				b.files = f.servedFiles(b)
			}
			if image != "" {
				b.named = []string{image}
			}
			f.brought = append(f.brought, b)
		}
	}
}

// MayHave says whether a package is in the environment of the server. Of a
// Dockerfile that is not known, since its base may have it.
func (f *Facts) MayHave(name string) truth.Value {
	there := f.Installed.Asked(name, installed.Server)
	for _, d := range f.Installed.Directs { // its own repository has its name
		source, _, _ := strings.Cut(strings.TrimSuffix(d.Target, "/"), "@")
		if packaging.Normalize(strings.TrimSuffix(path.Base(source), ".git")) == name && !d.Local {
			there = there.Or(d.Sure)
		}
	}
	switch {
	case f.Plan.Pack == "": // some hubs take Python's, which runs postBuild
		return f.Installed.Named(name, installed.Server)
	case f.Docker():
		if f.Image != nil && f.imageInstalls(name) {
			return truth.Yes
		}
		if f.imageLacks(name) {
			return truth.No
		}
		return truth.Unknown
	case there == truth.Unknown && f.Plan.Kernel != "" && f.Installed.Asked(name, installed.Kernel) == truth.Yes:
		return truth.No // it was meant for the one environment, and is in the other
	default:
		return there
	}
}

// imageInstalls says whether a command of the Dockerfile surely asks for a
// package by its name.
func (f *Facts) imageInstalls(name string) bool {
	return slices.ContainsFunc(f.Image.Runs, func(s *shell.Script) bool {
		return slices.ContainsFunc(s.Commands, func(c shell.Command) bool {
			args := shell.Strings(c.Run())
			asks := slices.ContainsFunc(args, func(a string) bool { return asksFor(a, name) || f.listAsks(path.Base(a), name) })
			installs := slices.ContainsFunc(args, func(a string) bool { return slices.Contains(imageVerbs, a) })
			return asks && installs && c.Runs == shell.Surely
		})
	})
}

// imageVerbs are the commands of installers.
var imageVerbs = strings.Fields("install create update")

// asksFor says whether a requirement of pip's or conda's asks for a package.
func asksFor(text, name string) bool {
	word := strings.IndexFunc(text, func(r rune) bool {
		return !strings.ContainsRune("._-", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if word < 0 {
		word = len(text)
	}
	return packaging.Normalize(text[:word]) == name
}

// listAsks says whether a list of the root, under the name that a command of the
// Dockerfile has for it, asks for a package.
func (f *Facts) listAsks(list, name string) bool {
	text, ok := f.Snapshot.Read(list)
	if ext := path.Ext(list); !ok || ext != ".txt" && ext != ".yml" && ext != ".yaml" {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if asksFor(strings.TrimLeft(line, " \t-"), name) {
			return true
		}
	}
	return false
}

// inImage says whether a file of the repository is where the server sees it: without
// a Dockerfile each is.
func (f *Facts) inImage(p string) bool {
	if f.Image == nil {
		return true
	}
	_, there := f.lies(p)
	return there
}

// inCommand finds what the command of a Dockerfile's says of a package that serves
// notebooks by itself: whether it runs the package's program, and the one file that it
// names. The hub does not run the command, and the package serves the file all the same.
func (f *Facts) inCommand(b *framework.Brought, fw *framework.Framework) (file string, runs bool) {
	if f.Image == nil || f.Image.Command == nil || b.Route != framework.RoutePath || b.Whole {
		return "", false
	}
	var found []string
	for i := range f.Image.Command.Commands {
		args := shell.UnwrapTexts(shell.Strings(f.Image.Command.Commands[i].Run()))
		if len(args) > 2 && shell.IsPython(args[0]) && args[1] == "-m" {
			args = args[2:]
		}
		own := len(args) > 0 && fw.Command.Program != "" && slices.Contains([]string{path.Base(args[0]), args[min(len(args)-1, 1)]}, fw.Command.Program)
		if !own && (len(args) == 0 || !strings.HasPrefix(path.Base(args[0]), "jupyter") && !strings.HasPrefix(path.Base(args[0]), "start")) {
			continue
		}
		runs = runs || own
		found = append(found, f.servedInArgs(b, args[1:])...)
	}
	if slices.Sort(found); len(slices.Compact(found)) == 1 {
		return found[0], runs
	}
	return "", runs
}

// servedInArgs lists the files that arguments name and a package serves, as the image has
// them: by their path, or behind the package's address.
func (f *Facts) servedInArgs(b *framework.Brought, args []string) []string {
	var out []string
	base := strings.TrimPrefix(b.Base, "/")
	for _, word := range strings.FieldsFunc(strings.Join(args, " "), func(r rune) bool { return strings.ContainsRune("='\"[](), ", r) }) {
		if i := strings.Index(word, base); i >= 0 {
			word = word[i+len(base):]
		}
		if !b.Serves(word) {
			continue
		}
		if !path.IsAbs(word) {
			word = path.Join(f.Image.Dir, word)
		}
		for file := range f.Snapshot.Named(path.Base(word)) {
			if at, there := f.lies(file.Path); there && path.Clean(word) == path.Join(f.Image.Dir, at) {
				out = append(out, file.Path)
			}
		}
	}
	return out
}

// servesAnyway says whether what the command of a Dockerfile starts is served without it,
// by a package that is there.
func (f *Facts) servesAnyway() bool {
	return slices.ContainsFunc(framework.All(), func(fw *framework.Framework) bool {
		return slices.ContainsFunc(fw.Brings, func(b framework.Brought) bool {
			_, runs := f.inCommand(&b, fw)
			return runs
		})
	})
}

// configured lists the files that a package's own configuration names.
func (f *Facts) configured(b *brought) (files []string, chosen bool) {
	text, ok := f.Snapshot.Read(b.Config)
	if b.Config == "" || !ok {
		return nil, false
	}
	var doc yaml.Node
	var config struct{ Apps yaml.Node }
	if yaml.Unmarshal(text, &doc) != nil || tables.DecodeYAML(&doc, &config) != nil || config.Apps.Kind == 0 {
		return nil, false
	}
	b.start.Path, b.start.Line = b.Config, config.Apps.Line
	if config.Apps.Kind == yaml.ScalarNode {
		b.letters = config.Apps.Value
	}
	for i, node := range config.Apps.Content {
		if i == 0 {
			b.start.Line = node.Line
		}
		p, err := glob.Compile(path.Clean(node.Value))
		if err != nil {
			continue
		}
		for _, file := range f.Snapshot.files {
			if f.Snapshot.Matches(p, file.Path) == truth.Yes && !b.leaves(file.Path) && !slices.Contains(files, file.Path) && len(files) < maxGlobFiles {
				files = append(files, file.Path)
			}
		}
	}
	return files, true
}

// leaves says whether a package leaves a file out.
func (b *brought) leaves(p string) bool {
	return slices.ContainsFunc(b.Left, func(pattern string) bool {
		return strings.Contains(p, strings.Trim(pattern, "*"))
	})
}

// servedFiles lists the files that a package serves by itself, folders by the
// file that makes them an app.
func (f *Facts) servedFiles(b *brought) []string {
	files := f.Snapshot.files
	if b.Prefer != "" && f.Snapshot.IsDir(b.Prefer) {
		files = f.Snapshot.Below(b.Prefer)
	}
	var out []string
	for _, file := range files {
		if (b.Serves(file.Path) || slices.Contains(b.Mains, path.Base(file.Path))) && file.Mode != repo.ModeSubmodule && f.inImage(file.Path) && !skipped(file.Path) && !b.leaves(file.Path) {
			out = append(out, file.Path)
		}
	}
	return out
}

// shown is the one of the files that a package's framework would show: the only
// one that is written for it, libraries and helpers left out.
func (f *Facts) shown(b *brought) (string, bool) {
	var found []string
	helpers := f.helpers()
	for _, p := range b.files {
		if f.isModule(p) || helpers[p] || b.framework.Mark != "" && f.isBlank(p) {
			continue
		}
		switch f.marked(b, p) {
		case truth.Unknown:
			if len(b.files) > 1 {
				return "", false
			}
		case truth.No:
			continue
		}
		if len(found) == 0 || b.Mains == nil || path.Dir(p) != path.Dir(found[0]) {
			found = append(found, p)
		}
	}
	if len(found) > 1 && b.framework.Mark == "" {
		found = slices.DeleteFunc(found, f.isBlank)
	}
	if len(found) > 1 && b.framework.Mark == "" {
		found = f.written(found)
	}
	return strings.Join(found, ""), len(found) == 1
}

// written leaves those of some files that are written for another framework, such as
// a notebook with an app of Panel's among others that a package serves as well.
func (f *Facts) written(files []string) []string {
	return slices.DeleteFunc(files, func(p string) bool {
		m := f.Module(p)
		return m != nil && !looksLikeApp(m)
	})
}

// isBlank says whether a notebook has surely nothing in it.
func (f *Facts) isBlank(p string) bool {
	text, read := f.Snapshot.Read(p)
	return read && path.Ext(p) == notebook && blankNotebook(string(text))
}

// marked says whether a file is written for a package's framework.
func (f *Facts) marked(b *brought, p string) truth.Value {
	text, read := f.Snapshot.Read(p)
	switch {
	case b.Mark != "" && b.Serves(p):
		if !read {
			return truth.Unknown
		}
		return truth.Of(strings.Contains(string(text), b.Mark))
	case b.framework.Mark != "":
		m := f.Module(p)
		if m == nil {
			return truth.Unknown
		}
		return truth.Of(uses(m, b.framework.Mark))
	}
	return truth.Yes
}

// readShown reads what decides which of its files a package would show, and the
// notebooks that may link to what one shows. This takes one more request, where
// such a package is installed or may be.
func (f *Facts) readShown(ctx context.Context, t repo.Tree) error {
	var unread []string
	read := func(files []string) {
		for _, p := range files {
			if _, ok := f.Snapshot.blobs[p]; !ok && len(unread) < maxLinkTargets && !slices.Contains(unread, p) {
				unread = append(unread, p)
			}
		}
	}
	for _, b := range f.brought {
		if (b.framework.Mark != "" || b.Mark != "") && b.there == truth.Yes && !b.chosen {
			read(b.files)
		}
	}
	if slices.ContainsFunc(f.brought, func(b *brought) bool { return b.Serves(notebook) }) {
		notebooks, more := f.Snapshot.notebooks()
		if read(notebooks); more {
			f.Snapshot.left.leave(LeftDocuments, "", maxDocuments)
		}
	}
	if len(unread) == 0 {
		return nil
	}
	for _, p := range unread {
		delete(f.modules, p)
	}
	return f.Snapshot.more(ctx, t, unread)
}

// broughtApps adds the apps that packages serve by themselves: those that their
// configuration names, and those that the author's own links name.
func (f *Facts) broughtApps() {
	for _, b := range f.brought {
		if b.there == truth.Yes {
			f.lettered(b)
			for _, p := range b.named {
				f.addApp(f.broughtApp(b, p, KnownStart))
			}
		}
	}
	var lists []App
	for _, link := range f.namingLinks() {
		switch app, ok := f.broughtAt(link.Place.Named()); {
		case !ok:
		case app.Path == "." && app.Entry == "":
			lists = append(lists, app)
		default:
			f.addApp(app)
		}
	}
	if len(f.Apps) == 0 {
		for _, app := range lists {
			f.addApp(app)
		}
	}
}

// lettered notes a text in the place of a list of patterns: each of its letters is
// taken for one, and a full stop for the root.
func (f *Facts) lettered(b *brought) {
	root := slices.ContainsFunc(f.Mains(), func(p string) bool { return path.Dir(p) == "." })
	if b.letters == "" || strings.ContainsAny(b.letters, "*?[") || root {
		return
	}
	p := f.problem(ProblemMissing, b.start, fmt.Sprintf("%s takes each letter of %q for the name of an app, since apps is no list", b.Package, b.letters))
	p.Fix = "write apps: [" + b.letters + "]"
}

// soleApp adds the one app that a package's framework would show, where nothing
// names any. The other files that are served are candidates.
func (f *Facts) soleApp() {
	for _, b := range f.brought {
		if b.there != truth.Yes || b.chosen || len(f.Apps)+len(f.Problems) > 0 {
			continue
		}
		if p, ok := f.shown(b); ok {
			if _, there := f.lies(p); there {
				f.addApp(f.broughtApp(b, p, KnownSole))
			}
		}
	}
}

// isModule says whether a file is a module of a package of Python's or of R's: a
// library's may be written for a framework without being an app.
func (f *Facts) isModule(p string) bool {
	dir := path.Dir(p)
	switch path.Ext(p) {
	case ".py":
		return f.Snapshot.IsFile(path.Join(dir, "__init__.py"))
	case ".R":
		return path.Base(dir) == "R" && f.Snapshot.IsFile(path.Join(path.Dir(dir), "NAMESPACE"))
	}
	return false
}

// linkedWhole adds what a package serves besides apps, where an own link names it. It
// comes before what nothing names.
func (f *Facts) linkedWhole() {
	sole := !slices.ContainsFunc(f.Apps, func(a App) bool { return a.Known != KnownSole })
	before := len(f.Apps)
	if before == 0 && len(f.Problems) > 0 {
		return
	}
	for _, link := range f.namingLinks() {
		for _, b := range f.brought {
			if base := path.Clean(b.Base); b.Whole && link.Place.Named() == base {
				f.addApp(App{Name: path.Base(base), URLPath: b.Base, Start: b.start, Framework: b.framework, Known: KnownLink})
			}
		}
	}
	if sole {
		f.Apps = slices.Concat(f.Apps[before:], f.Apps[:before])
	}
}

// findCandidates notes what is served and is no app.
func (f *Facts) findCandidates() {
	for _, b := range f.brought {
		if b.there != truth.Yes {
			continue
		}
		for _, p := range b.files {
			c := f.broughtApp(b, p, KnownSole)
			same := func(a App) bool { return a.Path == c.Path }
			if !slices.ContainsFunc(f.Apps, same) && !slices.ContainsFunc(f.Candidates, same) {
				f.Candidates = append(f.Candidates, c)
			}
		}
	}
}

// broughtApp is the app that a package serves of a file.
func (f *Facts) broughtApp(b *brought, p string, by Known) App {
	app := App{Name: Stem(p), Path: p, Entry: p, Start: b.start, Framework: b.framework, Known: by}
	served := p
	if at, there := f.lies(p); there {
		served = at
	}
	if slices.Contains(b.Mains, path.Base(p)) {
		app.Path, served = path.Dir(p), path.Dir(served)
		app.Name = f.folderName(app.Path)
	}
	switch b.Route {
	case framework.RouteStem:
		app.URLPath = b.Base + url.PathEscape(strings.TrimSuffix(path.Base(p), path.Ext(p)))
	case framework.RouteFolder:
		app.URLPath = b.Base
		if served != "." {
			app.URLPath += escapePath(served)
		}
		if app.Path != p && served != "." {
			app.URLPath += "/"
		}
	default:
		app.URLPath = b.Base + escapePath(served)
	}
	return app
}

// broughtAt returns the app that an address names, if a package may serve it and
// the repository has it.
func (f *Facts) broughtAt(target string) (App, bool) {
	for _, b := range f.brought {
		if rest, ok := strings.CutPrefix(target, b.Base); ok && rest != "" {
			if p, ok := f.broughtFile(b, rest); ok {
				app := f.broughtApp(b, p, KnownLink)
				if f.Docker() {
					app.URLPath = EscapedPath(target)
				} else if app.Path == p && path.Ext(rest) != path.Ext(p) && b.Route == framework.RouteFolder {
					app.URLPath = EscapedPath(target) + "/" // the file that its folder shows
				}
				return app, true
			}
		}
		if app, ok := f.broughtFolder(b, target); ok {
			return app, true
		}
	}
	return App{}, false
}

// Unserved returns the package whose server answers below an address, where it is
// installed and has nothing at the address: no app, and no folder to list.
func (f *Facts) Unserved(address string) (pkg string, unserved bool) {
	for _, b := range f.brought {
		rest, below := strings.CutPrefix(address, b.Base)
		if !below || rest == "" || !b.Proxied || b.Whole || b.there != truth.Yes || f.Snapshot.InSubmodule(rest) {
			continue
		}
		_, served := f.broughtFile(b, rest)
		if b.Route == framework.RouteFolder {
			served = f.Snapshot.IsDir(f.origin(rest)) || served && b.Serves(rest)
		}
		return b.Package, !served
	}
	return "", false
}

// broughtFile finds the file that the end of an address names.
func (f *Facts) broughtFile(b *brought, rest string) (string, bool) {
	switch b.Route {
	case framework.RouteStem:
		for _, p := range b.files {
			if Stem(p) == rest {
				return p, true
			}
		}
		return "", false
	case framework.RouteFolder:
		for _, name := range b.Mains {
			if p := f.origin(path.Join(rest, name)); f.Snapshot.IsFile(p) {
				return p, true
			}
		}
		if p, ok := f.alone(b, f.origin(rest)); ok {
			return p, true
		}
		if p, ok := f.inCopy(b, rest); ok {
			return p, true
		}
	}
	if f.Docker() && !f.Snapshot.IsFile(rest) {
		return f.copied(rest)
	}
	p := f.origin(rest)
	return p, f.Snapshot.IsFile(p)
}

// inCopy finds the file of an app in a folder of the image to which a Dockerfile copies
// the whole repository, by what the address has behind the folder's name.
func (f *Facts) inCopy(b *brought, rest string) (string, bool) {
	folder, below, _ := strings.Cut(rest, "/")
	if f.Image == nil || !slices.ContainsFunc(f.Image.Copies, func(c shell.Copy) bool {
		return path.Base(c.To) == folder && slices.ContainsFunc(c.Sources, func(s string) bool { return path.Clean(s) == "." })
	}) {
		return "", false
	}
	for _, name := range b.Mains {
		if p := path.Join(below, name); f.Snapshot.IsFile(p) {
			return p, true
		}
	}
	return "", false
}

// alone finds the one file of a folder that its package shows at the folder's
// address.
func (f *Facts) alone(b *brought, dir string) (string, bool) {
	var found []string
	for _, p := range b.files {
		if path.Dir(p) == dir && b.Serves(p) {
			found = append(found, p)
		}
	}
	return strings.Join(found, ""), len(found) == 1 && f.marked(b, found[0]) != truth.No
}

// copied finds the file that a Dockerfile may have put at a path: the only one of
// its name.
func (f *Facts) copied(p string) (string, bool) {
	var found []string
	for file := range f.Snapshot.Named(path.Base(p)) {
		if !skipped(file.Path) {
			found = append(found, file.Path)
		}
	}
	return strings.Join(found, ""), len(found) == 1
}

// broughtFolder is the folder whose list an address names.
func (f *Facts) broughtFolder(b *brought, target string) (App, bool) {
	app := App{Path: ".", Start: b.start, Framework: b.framework, Known: KnownLink, URLPath: EscapedPath(target)}
	base, _, _ := strings.Cut(strings.TrimPrefix(b.Base, "/"), "/")
	switch rest, below := strings.CutPrefix(target, b.Folders); {
	case b.Route == framework.RouteFolder && target+"/" == b.Base:
		for _, name := range b.Mains {
			if f.Snapshot.IsFile(name) {
				return f.broughtApp(b, name, KnownLink), true
			}
		}
		return App{}, false
	case b.Folders == "":
		return App{}, false
	case below && f.Snapshot.IsDir(rest):
		app.Path = rest
	case target != "/"+base && target+"/" != b.Folders:
		return App{}, false
	}
	app.Name = f.folderName(app.Path)
	return app, true
}

// EscapedPath is an address as a URL has it.
func EscapedPath(target string) string { return "/" + escapePath(target) }
