package repository

import (
	"path"
	"slices"

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
	for deep := range 2 {
		for _, file := range f.Snapshot.files {
			if path.Ext(file.Path) == ".py" && depth(file.Path) == deep && !skipped(file.Path) && looksLikeApp(f.Module(file.Path)) {
				out = append(out, file.Path)
			}
		}
		if len(out) > 0 {
			break
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

// Opens says what a session opens that has no app: JupyterLab, or what the
// author's own link names.
func (f *Facts) Opens() string {
	for _, l := range f.Links {
		if p := l.Place.File; l.Own != truth.No && p != "" && f.Snapshot.Exists(p) {
			return DisplayPath(p) + " in Jupyter, as the link in " + l.At.File + " says"
		}
	}
	return "JupyterLab"
}
