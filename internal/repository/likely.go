package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Likely lists what looks like an app though nothing names it: folders with a
// main file, or else files of the root, or else of the folders in it.
func (f *Facts) Likely() []string {
	var out []string
	for _, p := range f.Mains() {
		m := f.Module(p)
		unsaid := m == nil || len(m.Imports)+len(m.Calls) == 0 // it was not read, or is still to be written
		if path.Ext(p) == ".ipynb" || looksLikeApp(m) || path.Dir(p) != "." && unsaid {
			if dir := path.Dir(p); !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	helpers := f.helpers()
	for deep := range 2 {
		for _, file := range f.Snapshot.Known() {
			if path.Ext(file.Path) == ".py" && depth(file.Path) == deep && !skipped(file.Path) && looksLikeApp(f.Module(file.Path)) && !helpers[file.Path] {
				out = append(out, file.Path)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// LikelyInR lists what a package of R's would serve if the build took R: the folders of
// its apps, or the file of one that lies in the root.
func (f *Facts) LikelyInR() []string {
	var out []string
	for _, fw := range framework.InR() {
		for _, file := range f.Snapshot.files {
			dir, name := path.Split(file.Path)
			main := slices.ContainsFunc(fw.Brings, func(b framework.Brought) bool { return slices.Contains(b.Mains, name) })
			if !main || depth(file.Path) > 1 || skipped(file.Path) {
				continue
			}
			if dir = path.Clean(dir); dir == "." {
				dir = file.Path
			}
			if !slices.Contains(out, dir) && len(out) < maxFolders {
				out = append(out, dir)
			}
		}
	}
	return out
}

// unlike are files that import an app and are none: they test it, or hand it to a
// server.
var unlike = []string{"wsgi.py", "asgi.py", "conftest.py", "setup.py"}

// helpers are the files that look like apps and of which another file uses a
// function: what they show is a part of what that does. One that runs a server is a
// way to start an app, and no such file.
func (f *Facts) helpers() map[string]bool {
	if f.helping != nil {
		return f.helping
	}
	out := map[string]bool{}
	for _, file := range f.Snapshot.Known() {
		p := file.Path
		name := path.Base(p)
		if skipped(p) || slices.Contains(unlike, name) || strings.HasPrefix(name, "test_") {
			continue
		}
		m := f.Module(p)
		if m == nil || slices.ContainsFunc(m.Calls, func(c python.Called) bool { return framework.Runs(c.Name) }) {
			continue
		}
		for _, other := range f.usesFunctionsOf(p, m) {
			out[other] = looksLikeApp(f.Module(other))
		}
	}
	f.helping = out
	return out
}

// usesFunctionsOf lists the other files of the repository of which a source imports a
// function, or calls one.
func (f *Facts) usesFunctionsOf(p string, m *python.Module) []string {
	names := ImportedNames(m)
	for _, c := range m.Calls {
		names = append(names, Imported{Name: c.Name})
	}
	var out []string
	asked := map[string]bool{}
	for _, i := range names {
		name := i.Name
		if asked[name] {
			continue
		}
		asked[name] = true
		dot := strings.LastIndexByte(name, '.')
		for _, other := range f.importedFiles(p, name, []string{dirOf(p), ""}) {
			v, _ := f.Module(other).Lookup(name[dot+1:])
			if _, isFunc := v.(*python.Func); isFunc && dot > 0 && other != p {
				out = append(out, other)
			}
		}
	}
	return out
}

// looksLikeApp says whether a Python source is of an app that a server runs.
func looksLikeApp(m *python.Module) bool {
	if f := FrameworkOf(m); f == nil || !f.Library {
		return f != nil
	}
	for _, i := range Imports(m) {
		for _, f := range framework.All() {
			if f.Module == i.Name && f.Mark != "" && uses(m, f.Mark) {
				return true
			}
		}
	}
	return false
}

// Opens says what a session opens that has no app: JupyterLab, and what the author's
// own link opens instead.
func (f *Facts) Opens() string {
	for _, l := range f.Links {
		if p := l.Place.File; l.Own != truth.No && p != "" && f.Snapshot.Exists(p) {
			return "JupyterLab, and with the link in " + l.At.File + " " + DisplayPath(p)
		}
	}
	return "JupyterLab"
}
