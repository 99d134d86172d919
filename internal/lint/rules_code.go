package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

var codeRules = []*Rule{
	importMissing, importElsewhere, nameRemoved, dataBesideApp, dataFromRoot, dataMissing, portClosed,
}

// program is a Python file that an app surely runs.
type program struct {
	app  *repository.App
	path string
}

// programs lists the Python files that the apps surely run.
func (c *checker) programs() []program {
	var out []program
	for i := range c.facts.Apps {
		app := &c.facts.Apps[i]
		for _, p := range c.facts.Programs(app) {
			out = append(out, program{app, p})
		}
	}
	return out
}

var importMissing = &Rule{
	ID:       "import-missing",
	Level:    card.LevelError,
	Title:    "An import that nothing installs",
	When:     "The app imports a module that is not Python's own, not the repository's, and of no package that the environment installs. Found only where all packages of the environment are known.",
	Why:      "The app ends with ModuleNotFoundError, which only the server's log says: its page is empty.",
	Evidence: "Measured with bokeh 3.9.2. The dependencies of the packages concerned, from PyPI in late 2026, and the packages that repo2docker 2026.4 installs itself.",
	Fix:      "add its package to the environment",
	Check:    checkImportMissing,
}

// checkImportMissing reports modules that nothing brings.
func checkImportMissing(c *checker) {
	for _, s := range c.programs() {
		for _, i := range repository.Imports(c.facts.Module(s.path)) {
			name, there := c.facts.Installed.Module(i.Name, installed.Both)
			if i.Tried || there != truth.No || c.facts.HasModule(i.Name) {
				continue
			}
			f := c.report(s.path, i.Line, "the app imports %s, and nothing installs the package %s", i.Name, name)
			f.Fix = "add " + name + " to the environment"
			f.Changes = insertPackage(c.facts.Installed, name)
		}
	}
}

// readers are functions that read the file which their first argument names.
var readers = setOf(`open pandas.read_csv pandas.read_table pandas.read_excel pandas.read_json pandas.read_parquet pandas.read_feather
pandas.read_pickle pandas.read_hdf pandas.read_fwf numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile xarray.open_dataset
xarray.load_dataset geopandas.read_file PIL.Image.open matplotlib.pyplot.imread joblib.load polars.read_csv polars.read_parquet
polars.scan_csv polars.scan_parquet h5py.File netCDF4.Dataset rasterio.open`)

// place says where a file lies that a source reads, as seen from where it
// looks.
type place uint8

const (
	placeFine place = iota
	placeBesideApp
	placeFromRoot
	placeMissing
)

var dataBesideApp = &Rule{
	ID:       "data-beside-app",
	Level:    card.LevelError,
	Title:    "A file is looked for in the wrong folder",
	When:     "The app reads a relative path that exists beside main.py and not in the folder where the server runs, which is the repository's root.",
	Why:      "The file is not found, which only the server's log says: the app's page is empty.",
	Evidence: "Measured with bokeh 3.9.2: an app's working directory is that in which the server was started.",
	Fix:      "write pathlib.Path(__file__).parent / NAME",
	Check:    reads(placeBesideApp),
}

var dataFromRoot = &Rule{
	ID:       "data-from-root",
	Level:    card.LevelNote,
	Title:    "A file is looked for from the working directory",
	When:     "The app reads a relative path that exists below the repository's root and not beside main.py.",
	Why:      "It works on Binder, where the server runs in the root, and wherever else somebody starts it there; it does not from another folder.",
	Evidence: "Measured with bokeh 3.9.2: an app's working directory is that in which the server was started.",
	Fix:      "write the path from pathlib.Path(__file__).parent",
	Check:    reads(placeFromRoot),
}

var dataMissing = &Rule{
	ID:       "data-missing",
	Level:    card.LevelWarning,
	Title:    "A file that the repository does not have",
	When:     "The app reads a file that is not in the repository, or one at a path of its author's machine, and nothing in postBuild or start seems to fetch it.",
	Why:      "The file is not found, which only the server's log says: the app's page is empty. It may be named in .gitignore.",
	Evidence: "Binder has what git has.",
	Fix:      "commit the file, or fetch it in postBuild",
	Check:    reads(placeMissing),
}

// reads reports the files that lie at one place.
func reads(wanted place) func(*checker) {
	return func(c *checker) {
		if c.fetches() {
			return
		}
		for _, s := range c.programs() {
			for _, r := range c.reads(s.path) {
				if c.placeOf(s.app, r.name) == wanted {
					c.report(s.path, r.line, "%s", wanted.message(s.app, r.name))
				}
			}
		}
	}
}

// message says what is wrong with a file's place.
func (p place) message(app *repository.App, name string) string {
	switch p {
	case placeBesideApp:
		return fmt.Sprintf("%s is looked for in the repository's root, and lies beside %s", quote(name), path.Base(app.Entry))
	case placeFromRoot:
		return fmt.Sprintf("%s is found only while the server runs in the repository's root", quote(name))
	}
	return fmt.Sprintf("the app reads %s, which the repository does not have", quote(strings.TrimPrefix(name, python.Home+"/")))
}

// read is a file that a source reads.
type read struct {
	name string
	line int
}

// reads lists the files that a source surely reads.
func (c *checker) reads(p string) []read {
	m := c.facts.Module(p)
	if m == nil {
		return nil
	}
	var out []read
	for _, call := range m.Calls {
		if !readers[call.Name] || len(call.Args) == 0 || writes(call) {
			continue
		}
		name, ok := call.Args[0].(string)
		if !ok || name == "" || strings.ContainsAny(name, "{*?\x00") || strings.Contains(name, "://") || path.Ext(name) == "" || c.guarded(m, name) {
			continue
		}
		out = append(out, read{name, call.Line})
	}
	return out
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
	for _, s := range c.scripts() {
		if !readable(s) {
			return true
		}
		for _, cmd := range s.Commands {
			args := shell.Strings(cmd.Run())
			if len(args) == 0 || cmd.Followed {
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
	return c.facts.Docker()
}

// placeOf tells where a file lies.
func (c *checker) placeOf(app *repository.App, name string) place {
	files := c.facts.Snapshot
	if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") {
		at := shell.RepoPath("", name)
		foreign := strings.HasPrefix(name, "/Users/") || strings.HasPrefix(name, "/home/") && strings.HasPrefix(at, "..")
		if foreign || !strings.HasPrefix(at, "..") && at != "" && !files.Exists(at) && !files.InSubmodule(at) {
			return placeMissing
		}
		return placeFine
	}
	fromRoot, beside := shell.RepoPath(app.Start.Dir, name), path.Join(path.Dir(app.Entry), name)
	root, own := files.Exists(fromRoot), files.Exists(beside)
	switch {
	case files.InSubmodule(fromRoot) || files.InSubmodule(beside):
		return placeFine
	case root && !own:
		return placeFromRoot
	case own && !root:
		return placeBesideApp
	case !own && !root:
		return placeMissing
	}
	return placeFine
}
