package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/releases"
)

var importElsewhere = &Rule{
	ID:       "import-elsewhere",
	Level:    card.LevelError,
	Title:    "A module that is not where Python looks",
	When:     "The app imports a module of the repository that lies in none of the folders in which the app's Python looks: for bokeh serve and most others that of the app itself, after python -m also the working folder, and those of PYTHONPATH. It is a warning where a package may bring a module of this name.",
	Why:      "The app ends with ModuleNotFoundError, which only the server's log says: its page is empty.",
	Evidence: "Measured with bokeh 3.9.2: bokeh serve app finds modules in app alone, python -m bokeh serve app in the working folder, too.",
	Fix:      "move the module beside the app, start the app with python -m, or set PYTHONPATH for its command",
	Check:    checkImportElsewhere,
}

func checkImportElsewhere(c *checker) {
	if c.fetches() {
		return
	}
	for i := range c.facts.Apps {
		app := &c.facts.Apps[i]
		dirs, all := c.facts.SearchPath(app)
		programs := c.facts.Programs(app)
		if all != truth.Yes || slices.ContainsFunc(programs, c.changesPath) {
			continue
		}
		for _, p := range programs {
			for _, i := range repository.Imports(c.facts.Module(p)) {
				c.misplaced(dirs, p, i)
			}
		}
	}
}

// changesPath says whether a Python file changes where Python looks for modules.
func (c *checker) changesPath(p string) bool {
	m := c.facts.Module(p)
	changes := func(name string) bool {
		return name == "sys.path" || strings.HasPrefix(name, "sys.path.") || strings.HasPrefix(name, "site.")
	}
	return m != nil && (slices.ContainsFunc(m.Calls, func(call python.Called) bool { return changes(call.Name) }) ||
		slices.ContainsFunc(m.Sets, func(s python.Set) bool { return changes(s.Target) }))
}

// misplaced reports a module that lies in another folder than those.
func (c *checker) misplaced(dirs []string, p string, i repository.Imported) {
	_, there := c.facts.Installed.Module(i.Name, installed.Both)
	found := func(dir string) bool {
		at := path.Join(dir, i.Name)
		return c.facts.Snapshot.Exists(at+".py") || c.facts.Snapshot.IsDir(at) || c.facts.Snapshot.InSubmodule(at)
	}
	if i.Tried || i.Inner || there == truth.Yes || slices.ContainsFunc(dirs, found) {
		return
	}
	if file, ok := c.facts.Snapshot.Module(i.Name); ok {
		f := c.report(p, i.Line, "the app imports %s, which lies at %s, and its Python looks in %s", i.Name, repository.DisplayPath(file.Path), folders(dirs))
		if there != truth.No {
			f.Level = card.LevelWarning
		}
	}
}

// folders names folders of the repository.
func folders(dirs []string) string {
	var out []string
	for _, dir := range dirs {
		if dir == "" {
			out = append(out, "the root")
		} else {
			out = append(out, "the folder "+repository.DisplayPath(dir))
		}
	}
	return strings.Join(out, " and ")
}

var nameRemoved = &Rule{
	ID:       "name-removed",
	Level:    card.LevelError,
	Title:    "A name that a package no longer has",
	When:     "The app, or a module of the repository that it imports, uses a name that Bokeh 3, Dash 3, pandas 2, numpy 2 or a newer release of another package removed, such as plot_width, the module dash_core_components or DataFrame.append, or that works only beside another package, such as Plotly's FigureWidget; and the environment takes that release. It is a warning where it is not known whether the app gets there, where other packages with pins may hold the release back, or where one may bring the module.",
	Why:      "The app ends with an error, which only the server's log says: its page is empty.",
	Evidence: "Measured with bokeh 2.4.3 and 3.0.3 to 3.9.2, and with dash 2.18.2 to 4.4.1: \"unexpected attribute 'plot_width' to figure\", the page is 200 and empty; \"No module named 'dash_core_components'\" from dash 3.0 on. Those of numpy, pandas, SciPy, xarray, Matplotlib, networkx, scikit-learn, Shapely, Streamlit and Plotly were looked for in the releases that the table names, on Python 3.10.",
	Fix:      "write what the release has instead, or pin an older one",
	Check:    checkNameRemoved,
}

func checkNameRemoved(c *checker) {
	for _, p := range c.programs() {
		m := c.facts.Program(p.app, p.path)
		if m == nil {
			continue
		}
		for _, r := range releases.RemovedNames() {
			if !strings.Contains(c.facts.Text(p.path), r.Module()) || !c.takes(&r) {
				continue
			}
			own := c.brings(&r)
			if own == truth.Yes {
				continue
			}
			for _, u := range usesOf(m, &r) {
				f := c.report(p.path, u.line, "%s %s and later have no %s%s", r.Package, r.From, u.what, insteadOf(&r))
				if u.maybe || own != truth.No || c.heldBack(&r) {
					f.Level = card.LevelWarning
				}
			}
		}
	}
}

// insteadOf says what to do about a name that is gone.
func insteadOf(r *releases.Removed) string {
	if r.Beside != "" {
		return " without " + r.Beside + ": list that, too"
	}
	return ": write " + r.Instead + " instead"
}

// takes says whether the environment takes a release that does not have a name
// any more.
func (c *checker) takes(r *releases.Removed) bool {
	set := c.facts.Installed
	if set.Asked(r.Package, installed.Server) != truth.Yes {
		return false
	}
	specs, known := set.Specs(r.Package, installed.Server)
	from, _ := packaging.ParseVersion(r.From)
	least, _ := packaging.ParseVersion(r.Python)
	have, err := packaging.ParseVersion(c.facts.Plan.Python)
	return known == truth.Yes && err == nil && have.Compare(least) >= 0 && releases.AllowsFrom(specs, from)
}

// brings says whether something else than the package brings the module that a
// name is of, or what the name works beside.
func (c *checker) brings(r *releases.Removed) truth.Value {
	module := r.Module()
	pkg := installed.Distribution(module)
	switch {
	case r.Beside != "":
		return c.facts.Installed.Has(r.Beside, installed.Both)
	case pkg == r.Package:
		return truth.No
	case c.facts.HasModule(module):
		return truth.Yes
	}
	return c.facts.Installed.Has(pkg, installed.Both)
}

// heldBack says whether something else that is asked for, with a condition of its
// own, may keep a package at a release that has the name.
func (c *checker) heldBack(r *releases.Removed) bool {
	set := c.facts.Installed
	specs, _ := set.Specs(r.Package, installed.Server)
	had, _ := packaging.ParseVersion(r.Had)
	return specs.Allow(had) && slices.ContainsFunc(set.Requirements, func(q installed.Requirement) bool {
		return len(q.Specs) > 0 && q.Name != r.Package && q.Name != repository.ProxyPackage && !installed.Apart(q.Name, r.Package)
	})
}

// use is a place where a source uses a name.
type use struct {
	line  int
	what  string
	maybe bool
}

// usesOf lists where a source uses a name that is gone.
func usesOf(m *python.Module, r *releases.Removed) []use {
	var out []use
	stars := starred(m)
	is := func(name string) bool {
		return r.Is(name) || slices.ContainsFunc(stars, func(module string) bool { return r.Is(module + "." + name) })
	}
	for _, call := range m.Calls {
		_, given := call.Named[r.Argument]
		switch {
		case r.Argument != "" && given && is(call.Name):
			out = append(out, use{call.Line, "argument " + r.Argument + " of " + path.Base(strings.ReplaceAll(call.Name, ".", "/")), call.Maybe})
		case r.Argument == "" && is(call.Name):
			out = append(out, use{call.Line, call.Name, call.Maybe})
		}
	}
	if r.Argument != "" {
		for _, s := range m.Sets {
			if owner, ok := strings.CutSuffix(s.Target, "()."+r.Argument); ok && is(owner) {
				out = append(out, use{s.Line, "attribute " + r.Argument + " of " + path.Base(strings.ReplaceAll(owner, ".", "/")), s.Maybe})
			}
		}
		return out
	}
	for _, i := range repository.ImportedNames(m) {
		switch {
		case r.Is(i.Name) && i.Tried:
			return nil // it goes on with another one
		case r.Is(i.Name):
			return []use{{i.Line, i.Name, i.Inner}} // its calls do not come
		}
	}
	return out
}

// starred lists the modules all of whose names a source imports.
func starred(m *python.Module) []string {
	var out []string
	for _, i := range repository.ImportedNames(m) {
		if module, ok := strings.CutSuffix(i.Name, ".*"); ok {
			out = append(out, module)
		}
	}
	return out
}
