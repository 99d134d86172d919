package repository

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/strain"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Limits on what is listed.
const (
	maxListedApp  = 60 // of one app
	maxListedData = 50 // together
)

// roleOrder is the order in which a reader wants the files: what is installed,
// what starts the app, and then the app itself.
var roleOrder = map[card.Role]int{
	card.RoleEnvironment: 0, card.RoleServer: 1, card.RoleBuild: 2, card.RoleStart: 3,
	card.RoleApp: 4, card.RoleData: 5, card.RoleDocs: 6, card.RoleExtra: 7,
}

// entry is a file of the list.
type entry struct {
	file repo.File
	role card.Role
}

// lister collects the files of a card. A file has the first role that it is
// added with.
type lister struct {
	facts   *Facts
	entries []entry
	seen    map[string]bool
	data    int
	left    leavings
}

// room is what still fits on a card: text, and what it costs a highlighter.
type room struct {
	text    budget
	colours strain.Left
}

func newRoom() *room { return &room{card.MaxCardText, strain.NewLeft()} }

// piecesAndFiles returns the pieces and the files of the card. The pieces take their room
// first, since somebody named each of them.
func (f *Facts) piecesAndFiles() ([]card.Piece, []card.File) {
	left := newRoom()
	pieces := f.findPieces(left)
	return pieces, f.list(left)
}

// List returns the files of the card, with the text that there is room for where
// nobody asks for pieces.
func (f *Facts) List() []card.File { return f.list(newRoom()) }

func (f *Facts) list(left *room) []card.File { return f.lister().files(left) }

// lister returns the list without its text, which is made once.
func (f *Facts) lister() *lister {
	if f.listed != nil {
		return f.listed
	}
	l := &lister{facts: f, seen: map[string]bool{}}
	f.listed = l
	l.environment()
	l.servers()
	l.scripts()
	l.configDir()
	for _, app := range f.Apps {
		l.app(app)
	}
	for _, app := range f.Apps {
		l.dataOf(app)
	}
	l.readme()
	l.globs()
	slices.SortStableFunc(l.entries, func(a, b entry) int { return cmp.Compare(roleOrder[a.role], roleOrder[b.role]) })
	return l
}

// add adds the file at a path, and where that is a symbolic link what it leads
// to.
func (l *lister) add(p string, role card.Role) {
	if file, ok := l.facts.Snapshot.File(p); ok {
		l.addFile(file, role)
	}
	if target, ok := l.facts.Snapshot.Resolve(p); ok && target != p {
		if file, ok := l.facts.Snapshot.File(target); ok {
			l.addFile(file, role)
		}
	}
}

func (l *lister) addFile(file repo.File, role card.Role) {
	if l.seen[file.Path] {
		return
	}
	if role == card.RoleData {
		if l.data >= maxListedData {
			l.left.leave(LeftOfData, "", maxListedData)
			return
		}
		l.data++
	}
	l.seen[file.Path] = true
	l.entries = append(l.entries, entry{file, role})
}

// environment adds what says what is installed. A config folder hides the
// root's.
func (l *lister) environment() {
	for _, name := range binder.EnvironmentNames() {
		if l.facts.Plan.Dir == "" || !binder.RootOnly(name) {
			l.add(l.facts.Plan.Path(name), card.RoleEnvironment)
		}
	}
}

// servers adds what starts the apps beside Jupyter, then Jupyter's other
// configuration and extensions.
func (l *lister) servers() {
	for _, start := range l.facts.Starts {
		switch {
		case isBinderFile(path.Base(start.Path)): // has its own role
		case start.Kind == StartScript:
			l.add(start.Path, card.RoleStart)
		default:
			l.add(start.Path, card.RoleServer)
		}
	}
	for _, file := range l.facts.Snapshot.Known() {
		if l.hidden(file.Path) {
			continue
		}
		if jupyter.IsName(file.Path) || l.isJupyterJSON(file.Path) || path.Ext(file.Path) == ".py" && l.facts.IsExtension(file.Path) {
			l.addFile(file, card.RoleServer)
		}
	}
}

// isJupyterJSON says whether a file of the config folder is a Jupyter
// configuration by what it holds: postBuild may install it under any name.
func (l *lister) isJupyterJSON(p string) bool {
	dir := l.facts.Plan.Dir
	if dir == "" || !strings.HasPrefix(p, dir+"/") || path.Ext(p) != ".json" {
		return false
	}
	_, configures := l.facts.Jupyter.File(p)
	return configures
}

// hidden says whether a path is in the config folder that is not used.
func (l *lister) hidden(p string) bool {
	return l.facts.Plan.Dir == binder.DotBinder && strings.HasPrefix(p, binder.Binder+"/")
}

// scripts adds the two scripts that repo2docker runs.
func (l *lister) scripts() {
	l.add(l.facts.Plan.Path(binder.PostBuild), card.RoleBuild)
	l.add(l.facts.Plan.Path(binder.Start), card.RoleStart)
}

// configDir adds what else is in the config folder: it is there for the build.
func (l *lister) configDir() {
	dir := l.facts.Plan.Dir
	target, ok := l.facts.Snapshot.Resolve(dir)
	if dir == "" || !ok {
		return
	}
	if target != dir {
		l.add(dir, card.RoleBuild)
	}
	left := maxConfigFiles
	for _, file := range l.facts.Snapshot.Below(target) {
		if left--; left < 0 {
			l.left.leave(LeftOfConfig, dir, maxConfigFiles)
			return
		}
		role := card.RoleBuild
		switch natureOf(file.Path) {
		case natureData:
			if _, read := l.facts.Snapshot.blobs[file.Path]; !read {
				role = card.RoleData
			}
		case natureDocs:
			role = card.RoleDocs
		}
		l.addFile(file, role)
	}
}

// app adds an app's own files, with the one that is run first.
func (l *lister) app(app App) {
	l.add(app.Path, card.RoleApp) // a single file, a link to a folder, a submodule
	l.add(app.Entry, card.RoleApp)
	dir, ok := l.appDir(app)
	if !ok {
		return
	}
	left := maxListedApp
	for _, file := range l.facts.Snapshot.Below(dir) {
		if natureOf(file.Path) == natureSource && inApp(dir, file.Path) && !isBinderFile(path.Base(file.Path)) {
			if left--; left < 0 {
				l.left.leave(LeftOfApp, app.Path, maxListedApp)
				break
			}
			l.addFile(file, card.RoleApp)
		}
	}
}

// appDir returns the folder of an app that has one, "" for the root.
func (l *lister) appDir(app App) (string, bool) {
	if app.Entry == "" || app.Entry == app.Path {
		return "", false
	}
	dir, ok := l.facts.Snapshot.Resolve(app.Path)
	if dir == "." {
		dir = ""
	}
	return dir, ok
}

// dataOf adds what an app reads: the files beside its source, and those that
// its source names.
func (l *lister) dataOf(app App) {
	dir, ok := l.appDir(app)
	if !ok {
		l.named(app.Entry, dirOf(app.Entry))
		return
	}
	for _, file := range l.facts.Snapshot.Below(dir) {
		switch natureOf(file.Path) {
		case natureData:
			if rest := within(dir, file.Path); !skipped(file.Path) && (dir != "" || depth(rest) == 0 && !strings.HasPrefix(rest, ".")) {
				l.addFile(file, card.RoleData)
			}
		case natureDocs:
			if depth(within(dir, file.Path)) == 0 {
				l.addFile(file, card.RoleDocs)
			}
		}
	}
	for _, file := range l.facts.Snapshot.Below(dir) {
		if path.Ext(file.Path) == ".py" && inApp(dir, file.Path) {
			l.named(file.Path, dir)
		}
	}
}

// named adds the files that the calls of a Python file name: as seen from the
// root, where the server runs, or from the app's folder.
func (l *lister) named(source, dir string) {
	if path.Ext(source) != ".py" {
		return
	}
	m := l.facts.Module(source)
	if m == nil {
		return
	}
	for _, call := range m.Calls {
		for _, arg := range call.Args {
			text, ok := arg.(string)
			if !ok || text == "" || len(text) > 500 {
				continue
			}
			for _, base := range []string{"", dir} {
				p := shell.RepoPath(base, text)
				if file, ok := l.facts.Snapshot.File(p); ok && natureOf(p) == natureData {
					l.addFile(file, card.RoleData)
				}
			}
		}
	}
}

// readme adds the root's readme.
func (l *lister) readme() {
	for _, file := range l.facts.Snapshot.files {
		if depth(file.Path) == 0 && isReadme(file.Path) {
			l.add(file.Path, card.RoleDocs)
		}
	}
}

// globs adds the files that were asked for. Those that are listed already keep
// their role.
func (l *lister) globs() {
	if l.facts.over {
		l.left.leave(LeftOfRequests, "", maxGlobFiles)
	}
	for _, file := range l.facts.asked {
		l.addFile(file, card.RoleExtra)
	}
}

// files makes the card's files of the list. Text is given out in its order.
func (l *lister) files(left *room) []card.File {
	lfs := l.facts.lfsPatterns()
	out := []card.File{}
	for _, e := range l.entries {
		file := card.File{
			Path: DisplayPath(e.file.Path), Role: e.role, Size: e.file.Size, Mode: e.file.Mode,
			URL: l.facts.Address.FileURL(l.facts.Commit, e.file.Path),
		}
		blob, read := l.facts.Snapshot.blobs[e.file.Path]
		if read && file.Size < 0 {
			file.Size = blob.Size
		}
		size, pointer := lfsSize(blob.Data)
		switch {
		case e.file.Mode == repo.ModeSymlink:
			file.Omitted = card.OmittedSymlink
		case e.file.Mode == repo.ModeSubmodule:
			file.Omitted = card.OmittedSubmodule
		case pointer:
			file.Omitted, file.Size = card.OmittedLFS, size
		case !read && lfs.has(e.file.Path):
			file.Omitted = card.OmittedLFS
		case !read:
			file.Omitted = card.OmittedListed
		case isBinary(blob.Data):
			file.Omitted = card.OmittedBinary
		default:
			file.Text, file.Omitted = left.text.take(blob)
		}
		file.Language = left.language(e.file.Path, file.Text, file.Text)
		out = append(out, file)
	}
	return out
}

// language returns that of a text out of the file at a path that begins like this,
// "" where there is none or no room for its colours.
func (r *room) language(p, begin, text string) string {
	if language := languageOf(p, begin); language != "" && r.colours.Take(text) {
		return language
	}
	return ""
}
