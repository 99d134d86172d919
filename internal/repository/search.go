package repository

import (
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// maxPrograms bounds how many of a repository's modules one app is followed
// through.
const maxPrograms = 60

// pythonPath is the variable of the environment with more folders of modules.
const pythonPath = "PYTHONPATH"

// SearchPath lists the folders of the repository in which the Python of an app
// looks for modules; "" is the root. Where it may look elsewhere, too, they are
// not known to be all.
func (f *Facts) SearchPath(a *App) (dirs []string, all truth.Value) {
	all = truth.Yes
	add := func(dir string) {
		switch {
		case strings.Contains(dir, "{"):
			all = truth.Unknown
		case inRepository(dir) && !slices.Contains(dirs, dir):
			dirs = append(dirs, dir)
		}
	}
	add(dirOf(a.Entry))
	if a.Start.fromWorkingFolder() {
		add(a.Start.Dir)
	}
	if value, ok := f.environment(a.Start, pythonPath); ok {
		for dir := range strings.SplitSeq(value, ":") {
			add(shell.RepoPath(a.Start.Dir, dir))
		}
	}
	var projects []string
	for _, d := range f.Installed.Directs {
		if d.Local && d.Sure != truth.No {
			projects = append(projects, shell.RepoPath(d.Dir, d.Target))
		}
	}
	if f.Plan.Used("setup.py") || f.Plan.Used("pyproject.toml") {
		projects = append(projects, "")
	}
	for _, dir := range projects {
		add(dir)
		add(path.Join(dir, "src"))
	}
	if f.Docker() || len(projects)+len(f.Installed.Gaps) > 0 {
		all = truth.Unknown
	}
	return dirs, all
}

// inRepository says whether a path of a folder leads out of the repository.
func inRepository(dir string) bool { return dir != ".." && !strings.HasPrefix(dir, "../") }

// environment is what a variable is where a start runs: its own, or the start
// script's, which holds for all that follows.
func (f *Facts) environment(start *Start, name string) (string, bool) {
	if value, ok := start.Env[name]; ok {
		return value, true
	}
	if f.Start != nil {
		for i := range f.Start.Commands {
			if v, ok := f.Start.Commands[i].Env[name]; ok {
				return v.String(), true
			}
		}
	}
	return "", false
}

// fromWorkingFolder says whether a command's Python looks for modules in the
// working folder, as after "python -m".
func (s *Start) fromWorkingFolder() bool {
	if s.Call != nil && s.Call.Framework.Command.Work {
		return true
	}
	i := slices.IndexFunc(s.Args, shell.IsPython)
	return i >= 0 && slices.Contains(s.Args[i:], "-m")
}

// ModuleFiles lists the files that Python runs for a module of a repository's, by
// its whole name: those of the packages that it is in, and its own. There are none
// where no folder has it.
func (f *Facts) ModuleFiles(dirs []string, name string) []string {
	parts := strings.Split(name, ".")
	for _, dir := range dirs {
		var files []string
		for i := range parts {
			at := path.Join(dir, path.Join(parts[:i+1]...))
			for _, p := range []string{path.Join(at, "__init__.py"), at + ".py"} {
				if f.Snapshot.IsFile(p) {
					files = append(files, p)
					break
				}
			}
		}
		if len(files) > 0 || f.Snapshot.IsDir(path.Join(dir, parts[0])) {
			return files
		}
	}
	return nil
}

// Programs lists the Python files of the repository that an app surely runs: its
// entry, and the modules that they import.
func (f *Facts) Programs(a *App) []string {
	if path.Ext(a.Entry) != ".py" {
		return nil
	}
	dirs, _ := f.SearchPath(a)
	out, asked := []string{a.Entry}, map[[2]string]bool{}
	for i := 0; i < len(out); i++ {
		for _, imported := range ImportedNames(f.Module(out[i])) {
			from := [2]string{dirOf(out[i]), imported.Name}
			if imported.Tried || imported.Inner || asked[from] {
				continue
			}
			asked[from] = true
			for _, p := range f.importedFiles(out[i], imported.Name, dirs) {
				if !slices.Contains(out, p) && len(out) < maxPrograms {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// importedFiles lists the files that Python runs for a name which a source imports: it
// looks in folders, and for a relative name in the source's own.
func (f *Facts) importedFiles(source, name string, dirs []string) []string {
	if rest := strings.TrimLeft(name, "."); rest != name {
		up := strings.Repeat("../", len(name)-len(rest)-1)
		dirs, name = []string{path.Join(dirOf(source), up)}, rest
	}
	return f.ModuleFiles(dirs, name)
}

// Program is what is known of a Python file that an app runs: of one that Python
// is told to run, as such.
func (f *Facts) Program(a *App, p string) *python.Module {
	if p == a.Entry && a.Start.Call == nil {
		return f.program(p, a.Start.Env)
	}
	return f.Module(p)
}
