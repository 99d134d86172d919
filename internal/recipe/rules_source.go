package recipe

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/packaging"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

var sourceRules = []Rule{
	{"import-missing", card.LevelError, "An import that nothing installs",
		"The app imports a module that is not Python's own, not the repository's, and of no package that the environment installs. Found only where all packages of the environment are known.",
		"The app ends with ModuleNotFoundError, which only the server's log says: its page is empty.",
		"Measured with bokeh 3.9.2. The dependencies of the packages concerned, from PyPI in late 2026, and the packages that repo2docker 2026.4 installs itself.", "add its package to the environment"},
	{"data-beside-app", card.LevelError, "A file is looked for in the wrong folder",
		"The app reads a relative path that exists beside main.py and not in the folder where the server runs, which is the repository's root.",
		"The file is not found, which only the server's log says: the app's page is empty.",
		"Measured with bokeh 3.9.2: an app's working directory is that in which the server was started.", "write pathlib.Path(__file__).parent / NAME"},
	{"data-from-root", card.LevelNote, "A file is looked for from the working directory",
		"The app reads a relative path that exists below the repository's root and not beside main.py.",
		"It works on Binder, where the server runs in the root, and wherever else somebody starts it there; it does not from another folder.",
		"Measured with bokeh 3.9.2: an app's working directory is that in which the server was started.", "write the path from pathlib.Path(__file__).parent"},
	{"data-missing", card.LevelWarning, "A file that the repository does not have",
		"The app reads a file that is not in the repository, or one at a path of its author's machine, and nothing in postBuild or start seems to fetch it.",
		"The file is not found, which only the server's log says: the app's page is empty. It may be named in .gitignore.",
		"Binder has what git has.", "commit the file, or fetch it in postBuild"},
}

// sources reports on the apps' own source.
func (c *checker) sources() {
	for i := range c.facts.Apps {
		app := &c.facts.Apps[i]
		if path.Ext(app.Entry) != ".py" {
			continue
		}
		for _, p := range c.appSources(app) {
			c.imports(p)
			c.reads(app, p)
		}
	}
}

// appSources lists the Python files that are surely run: the entry, and the
// modules beside it that the entry imports.
func (c *checker) appSources(app *inspect.App) []string {
	out := []string{app.Entry}
	for _, i := range Imports(c.text(app.Entry)) {
		if p := path.Join(path.Dir(app.Entry), i.Name+".py"); c.facts.Snapshot.IsFile(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// imports reports modules that nothing brings.
func (c *checker) imports(p string) {
	if !c.env.closed() || c.plan.Pack == "" || c.docker() || c.plan.Pack == binder.Nix {
		return
	}
	for _, i := range Imports(c.text(p)) {
		name := distribution(i.Name)
		if i.Tried || standard[i.Name] || inBase[name] || c.env.has(name) || c.ours(i.Name) {
			continue
		}
		if _, known := needs[name]; !known && distributions[i.Name] == "" && c.env.mayBring(name) {
			continue
		}
		f := c.find("import-missing", p, i.Line, "the app imports %s, and nothing installs the package %s", i.Name, name)
		f.Changes = c.env.request(name)
	}
}

// distribution is the package of a module.
func distribution(module string) string {
	if d, ok := distributions[module]; ok {
		return d
	}
	return packaging.Normalize(module)
}

// mayBring says whether a package of the environment may have a module of this
// name, since their names are alike.
func (e *environment) mayBring(name string) bool {
	for asked := range e.packages {
		if strings.Contains(asked, name) || strings.Contains(name, asked) {
			return true
		}
	}
	return false
}

// ours says whether the repository has a module of the name anywhere.
func (c *checker) ours(name string) bool {
	for _, f := range c.facts.Snapshot.Files() {
		if path.Base(f.Path) == name+".py" || f.Path == name || strings.HasPrefix(f.Path, name+"/") || strings.Contains(f.Path, "/"+name+"/") {
			return true
		}
	}
	return false
}

// readers are functions that read the file which their first argument names.
var readers = set(`open pandas.read_csv pandas.read_table pandas.read_excel pandas.read_json pandas.read_parquet pandas.read_feather
pandas.read_pickle pandas.read_hdf pandas.read_fwf numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile xarray.open_dataset
xarray.load_dataset geopandas.read_file PIL.Image.open matplotlib.pyplot.imread joblib.load polars.read_csv polars.read_parquet
polars.scan_csv polars.scan_parquet h5py.File netCDF4.Dataset rasterio.open`)

// reads reports files that the source names and that are not where it looks.
func (c *checker) reads(app *inspect.App, p string) {
	m := c.facts.Module(p)
	if m == nil || c.fetches() {
		return
	}
	for _, call := range m.Calls {
		if !readers[call.Name] || len(call.Args) == 0 || writes(call) {
			continue
		}
		name, ok := call.Args[0].(string)
		if !ok || name == "" || strings.ContainsAny(name, "{*?\x00") || strings.Contains(name, "://") || path.Ext(name) == "" || c.guarded(m, name) {
			continue
		}
		c.read(app, p, call.Line, name)
	}
}

// writes says whether a call of open or the like makes the file.
func writes(call python.Called) bool {
	mode := call.Named["mode"]
	if mode == nil && len(call.Args) > 1 && (call.Name == "open" || call.Name == "h5py.File" || call.Name == "netCDF4.Dataset") {
		mode = call.Args[1]
	}
	return mode != nil && strings.ContainsAny(python.Text(mode), "wax+{")
}

// guarded says whether the source makes the file itself or asks first whether
// it is there.
func (c *checker) guarded(m *python.Module, name string) bool {
	for _, call := range m.Calls {
		for i, arg := range call.Args {
			if text, ok := arg.(string); ok && text == name && (!readers[call.Name] || writes(call) || i > 0) {
				return true
			}
		}
	}
	return false
}

// fetches says whether the build or the start may bring files.
func (c *checker) fetches() bool {
	for _, s := range []*script{c.postBuild, c.start} {
		if s == nil {
			continue
		}
		if !s.shell || s.err != nil {
			return true
		}
		for _, cmd := range s.commands {
			args := inspect.Unwrap(cmd.Args)
			if len(args) == 0 {
				continue
			}
			switch name := path.Base(args[0]); {
			case strings.HasPrefix(name, "python"), strings.HasPrefix(name, "{"):
				return true
			case slices.Contains([]string{"wget", "curl", "git", "unzip", "tar", "make", "sh", "bash", "source", ".", "gunzip", "aws", "gdown", "dvc", "kaggle"}, name):
				return true
			}
		}
	}
	return c.docker()
}

// read reports one file.
func (c *checker) read(app *inspect.App, p string, line int, name string) {
	files := c.facts.Snapshot
	if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") {
		at := inspect.RepoPath("", name)
		foreign := strings.HasPrefix(name, "/Users/") || strings.HasPrefix(name, "/home/") && strings.HasPrefix(at, "..")
		if foreign || !strings.HasPrefix(at, "..") && at != "" && !files.Exists(at) && !files.InSubmodule(at) {
			c.find("data-missing", p, line, "the app reads %s, which the repository does not have", quote(strings.TrimPrefix(name, python.Home+"/")))
		}
		return
	}
	fromRoot, beside := inspect.RepoPath(app.Start.Dir, name), path.Join(path.Dir(app.Entry), name)
	switch root, own := files.Exists(fromRoot), files.Exists(beside); {
	case files.InSubmodule(fromRoot) || files.InSubmodule(beside):
	case root && !own:
		c.find("data-from-root", p, line, "%s is found from the folder where the server runs alone", quote(name))
	case own && !root:
		c.find("data-beside-app", p, line, "%s is looked for in the repository's root, and lies beside %s", quote(name), path.Base(app.Entry))
	case !own && !root:
		c.find("data-missing", p, line, "the app reads %s, which the repository does not have", quote(name))
	}
}
