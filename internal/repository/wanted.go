package repository

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Limits on what is asked for. They keep the one request small whatever the
// repository is; a file that is over them is listed without its text.
const (
	maxConfigFiles = 80 // in the config folder
	maxFolders     = 30 // that look like apps or packages, of each kind
	maxFolderFiles = 40 // in one of them
	maxModules     = 60 // Python files and scripts at the root and one folder below
	maxLinkTargets = 40
	maxGlobFiles   = 100
	maxPieces      = 100
	maxWanted      = 500      // together
	maxLooks       = 64 << 20 // steps in which paths are compared with patterns
)

// wanted chooses the files whose content is asked for, from the names alone.
// Files of data are not among them, unless a pattern without a wildcard names
// one.
func (s *Snapshot) wanted(globs []repo.File, pieces []string) []string {
	w := &wishes{snapshot: s, seen: map[string]bool{}}
	w.survey()
	w.links()
	w.config()
	w.root()
	w.globs(globs)
	w.pieces(pieces)
	w.folders(w.apps, maxFolderFiles, w.ofApp)
	w.folders(w.packages, maxFolderFiles, w.ofPackage)
	w.modules()
	w.documents()
	w.note()
	return w.paths
}

// wishes collects wanted paths.
type wishes struct {
	snapshot *Snapshot
	paths    []string
	seen     map[string]bool
	apps     []string // folders with a main.py or main.ipynb
	packages []string // folders with packaging files or __init__.py
	rests    []rest
}

// rest is what a limit kept from being wanted, though something else may want it.
type rest struct {
	over    Left
	files   []repo.File
	belongs func(repo.File) bool
}

// note notes what nothing wanted.
func (w *wishes) note() {
	for _, r := range w.rests {
		if slices.ContainsFunc(r.files, func(f repo.File) bool { return !w.seen[f.Path] && r.belongs(f) }) {
			w.left().leave(r.over.Kind, r.over.Path, r.over.Limit)
		}
	}
}

// add wants a file, if it is one whose content can be had.
func (w *wishes) add(f repo.File) {
	if f.Mode == repo.ModeSubmodule || w.seen[f.Path] {
		return
	}
	if len(w.paths) >= maxWanted {
		w.left().leave(LeftWanted, "", maxWanted)
		return
	}
	w.seen[f.Path] = true
	w.paths = append(w.paths, f.Path)
}

// left is where it is noted what is not wanted for a limit.
func (w *wishes) left() *leavings { return &w.snapshot.left }

// depth returns how many folders a path is in.
func depth(p string) int { return strings.Count(p, "/") }

// dirOf returns the folder of a path, "" for the root.
func dirOf(p string) string {
	if dir := path.Dir(p); dir != "." {
		return dir
	}
	return ""
}

// survey finds the folders of apps and packages, those nearest to the root
// first.
func (w *wishes) survey() {
	for _, f := range w.snapshot.files {
		name := path.Base(f.Path)
		switch {
		case !isMain(name) && !isPackaging(name) && name != "__init__.py", skipped(f.Path):
		case isMain(name):
			w.apps = append(w.apps, dirOf(f.Path))
		case depth(f.Path) <= 3:
			w.packages = append(w.packages, dirOf(f.Path))
		}
	}
	for _, list := range []*[]string{&w.apps, &w.packages} {
		slices.SortFunc(*list, func(a, b string) int {
			return cmp.Or(cmp.Compare(depth(a), depth(b)), strings.Compare(a, b))
		})
		*list = slices.Compact(*list)
		if len(*list) > maxFolders {
			*list = (*list)[:maxFolders]
			w.left().leave(LeftFolders, "", maxFolders)
		}
	}
}

// links wants the targets of symbolic links near the root, and what they may
// lead to: where they do is known only once they are read. A link to a folder
// of configuration may lead to any folder of the root, a link to a file to one
// of the same name.
func (w *wishes) links() {
	names := map[string]bool{}
	folder := false
	for _, i := range w.snapshot.links {
		f := w.snapshot.files[i]
		if depth(f.Path) > 2 {
			continue
		}
		if len(names) >= maxLinkTargets {
			w.left().leave(LeftLinks, "", maxLinkTargets)
			break
		}
		w.add(f)
		names[path.Base(f.Path)] = true
		folder = folder || f.Path == binder.DotBinder || f.Path == binder.Binder
	}
	if len(names) == 0 {
		return
	}
	w.take(w.snapshot.files, Left{LeftLinks, "", maxLinkTargets}, func(f repo.File) bool {
		name := path.Base(f.Path)
		ofFolder := folder && depth(f.Path) == 1 && (isBinderFile(name) || jupyter.IsName(f.Path) || path.Ext(name) == ".py")
		return (names[name] && depth(f.Path) <= 3 || ofFolder) && natureOf(f.Path) == natureSource
	})
}

// take wants those of some files that belong, up to the limit, and keeps the rest.
func (w *wishes) take(files []repo.File, over Left, belongs func(repo.File) bool) {
	taken := 0
	for i, f := range files {
		switch {
		case !belongs(f):
		case taken == over.Limit:
			w.rests = append(w.rests, rest{over, files[i:], belongs})
			return
		default:
			w.add(f)
			taken++
		}
	}
}

// isBinderFile says whether repo2docker gives a file of this name a meaning.
func isBinderFile(name string) bool {
	return binder.EnvironmentRank(name) >= 0 || name == binder.PostBuild || name == binder.Start
}

// config wants what is in the config folders.
func (w *wishes) config() {
	for _, dir := range []string{binder.DotBinder, binder.Binder} {
		w.take(w.snapshot.Below(dir), Left{LeftFolder, dir, maxConfigFiles}, func(f repo.File) bool {
			return isBinderFile(path.Base(f.Path)) || path.Ext(f.Path) == ".json" || isExecutable(f) || natureOf(f.Path) != natureData
		})
	}
}

func isExecutable(f repo.File) bool {
	return f.Mode == repo.ModeExecutable && !binaries[strings.ToLower(path.Ext(f.Path))]
}

// root wants what has a meaning by its name wherever it lies near the root:
// what repo2docker reads, Jupyter's configuration, and the readme.
func (w *wishes) root() {
	w.take(w.snapshot.files, Left{LeftFolder, "", maxConfigFiles}, func(f repo.File) bool {
		name := path.Base(f.Path)
		atRoot := depth(f.Path) == 0 && (isBinderFile(name) || isReadme(name) || name == ".gitattributes" || name == ".gitmodules")
		if ext := path.Ext(name); ext == ".json" && depth(f.Path) <= 1 {
			// The list that enables an extension often has its module's name.
			_, beside := w.snapshot.File(strings.TrimSuffix(f.Path, ext) + ".py")
			atRoot = atRoot || beside
		}
		atRoot = atRoot || framework.IsConfig(f.Path) || depth(f.Path) <= 1 && slices.Contains(shell.MakefileNames, name)
		atRoot = atRoot || depth(f.Path) <= 2 && isList(name) && !skipped(f.Path)
		return atRoot || depth(f.Path) <= 5 && jupyter.IsName(f.Path) && !skipped(f.Path)
	})
}

// documents wants what may have the author's launch links.
func (w *wishes) documents() {
	read, more := w.snapshot.documents()
	if more {
		w.left().leave(LeftDocuments, "", maxDocuments)
	}
	for _, p := range read {
		if f, ok := w.snapshot.File(p); ok {
			w.add(f)
		}
	}
}

// isList says whether a file's name is one that lists of packages have, which
// another list may include.
func isList(name string) bool {
	name = strings.ToLower(name)
	return path.Ext(name) == ".txt" && (strings.Contains(name, "require") || strings.Contains(name, "constraint"))
}

// folders wants the files in each of the folders that belong says yes to.
func (w *wishes) folders(dirs []string, limit int, belong func(dir string, f repo.File) bool) {
	for _, dir := range dirs {
		w.take(w.snapshot.Below(dir), Left{LeftFolder, dir, limit}, func(f repo.File) bool { return belong(dir, f) })
	}
}

// within returns a path as seen from a folder above it.
func within(dir, p string) string {
	if dir == "" {
		return p
	}
	return p[len(dir)+1:]
}

// ofApp says whether a file is wanted as part of the app in a folder: its
// source and what explains it.
func (w *wishes) ofApp(dir string, f repo.File) bool {
	if natureOf(f.Path) == natureDocs {
		return depth(within(dir, f.Path)) == 0
	}
	return natureOf(f.Path) == natureSource && inApp(dir, f.Path) && !generated(within(dir, f.Path))
}

// generated says whether a file of an app is likely to be large because no
// person wrote it: a notebook with its results, a page that some library
// exported, a bundle of scripts.
func generated(p string) bool {
	name := path.Base(p)
	switch path.Ext(name) {
	case ".ipynb":
		return !isMain(name)
	case ".html", ".htm":
		return !strings.HasPrefix(p, "templates/") && name != "index.html"
	}
	return strings.Contains(name, ".min.") || strings.Contains(name, ".bundle.")
}

// inApp says whether a file is part of the app in a folder. In the root that
// is the folder's own files, templates and static files; in other folders also
// what lies two folders deep.
func inApp(dir, p string) bool {
	rest := within(dir, p)
	head, _, nested := strings.Cut(rest, "/")
	switch {
	case skipped(p):
		return false
	case !nested || head == "templates" || head == "static":
		return true
	}
	return dir != "" && depth(rest) <= 2
}

// ofPackage says whether a file is wanted as a module that an entry point or a
// Jupyter configuration may name.
func (w *wishes) ofPackage(dir string, f repo.File) bool {
	rest := within(dir, f.Path)
	if isPackaging(rest) {
		return true
	}
	return path.Ext(rest) == ".py" && (depth(rest) == 0 || depth(rest) <= 2 && dir != "" && !skipped(f.Path))
}

// modules wants Python's and R's files and scripts at the root and one folder below it:
// a server extension or an app of one file may be among them. Those whose name
// says so come first.
func (w *wishes) modules() {
	var found []repo.File
	for _, f := range w.snapshot.files {
		if ext := path.Ext(f.Path); (ext == ".py" || ext == ".sh" || ext == ".R") && depth(f.Path) <= 1 && !skipped(f.Path) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b repo.File) int {
		return cmp.Or(cmp.Compare(rankModule(a.Path), rankModule(b.Path)), cmp.Compare(depth(a.Path), depth(b.Path)))
	})
	w.take(found, Left{LeftModules, "", maxModules}, func(repo.File) bool { return true })
}

// rankModule orders modules by what their names promise.
func rankModule(p string) int {
	name := strings.ToLower(path.Base(p))
	for _, word := range []string{"ext", "proxy", "serve", "jupyter", "app", "start", "main"} {
		if strings.Contains(name, word) {
			return 0
		}
	}
	for _, f := range framework.All() {
		if f.Module != "" && strings.Contains(name, f.Module) {
			return 0
		}
	}
	return 1
}

// globs wants the files that patterns ask for, but for those that are never
// text.
func (w *wishes) globs(found []repo.File) {
	for _, f := range found {
		if !binaries[strings.ToLower(path.Ext(f.Path))] {
			w.add(f)
		}
	}
}

// pieces wants the files of the pieces that are asked for.
func (w *wishes) pieces(items []string) {
	for _, item := range items[:min(len(items), maxPieces)] {
		p, _, _ := piece.Split(item)
		if f, ok := w.snapshot.File(p); ok {
			w.add(f)
		}
	}
}

// matching lists the files that patterns stand for, in the order of the
// patterns, and says whether there are more than may be.
func (s *Snapshot) matching(patterns []*glob.Pattern) (found []repo.File, more bool) {
	seen := map[string]bool{}
	for _, p := range patterns {
		for _, f := range s.files {
			if s.looks > maxLooks {
				return found, true
			}
			if !s.matches(p, f.Path) || seen[f.Path] {
				continue
			}
			if len(found) == maxGlobFiles {
				return found, true
			}
			seen[f.Path] = true
			found = append(found, f)
		}
	}
	return found, s.looks > maxLooks
}

// matches says whether a path matches; no path does once all steps are taken.
func (s *Snapshot) matches(p *glob.Pattern, name string) bool {
	return s.looks <= maxLooks && p.Count(name, &s.looks)
}
