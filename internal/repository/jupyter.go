package repository

import (
	"fmt"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// readJupyter reads Jupyter's configuration.
func (f *Facts) readJupyter() {
	in := jupyter.Input{Files: jupyterFiles{f.Snapshot}, Module: f.Module, Budget: f.python, Notebook: f.notebook(), Package: f.packaged}
	for _, s := range []*shell.Script{f.PostBuild, f.Start} {
		switch {
		case s == nil:
		case !s.Shell || s.Err != nil:
			in.Murky = append(in.Murky, position.Position{File: s.Path, Line: 1, Column: 1})
		default:
			for i := range s.Commands {
				// What is followed is listed, too.
				if c := &s.Commands[i]; c.Runs != shell.Never && !c.Followed && !f.onlyServes(c) {
					in.Steps = append(in.Steps, step(c))
				}
			}
		}
	}
	if f.Start != nil && len(f.Start.Commands) > 0 {
		in.Env = f.Start.Commands[len(f.Start.Commands)-1].Variables()
	}
	if f.Docker() || f.Plan.Pack == binder.Nix {
		in.Murky = append(in.Murky, position.Position{File: f.Plan.Path("Dockerfile"), Line: 1, Column: 1})
	}
	f.Jupyter = jupyter.Read(in)
}

// jupyterFile matches what names a file or a folder of Jupyter's configuration.
var jupyterFile = regexp.MustCompile(`jupyter_(?:\w+_)?config|\.jupyter\b|(?:etc|share)/jupyter`)

// Configures says whether a text names a file or a folder of Jupyter's configuration.
func Configures(text string) bool { return jupyterFile.MatchString(text) }

// onlyServes says whether a command runs an app that serves itself, calls no other
// program and names no file of Jupyter's, so that it is taken to write none.
func (f *Facts) onlyServes(c *shell.Command) bool {
	args := shell.Strings(c.Run())
	if len(args) < 2 || !strings.HasPrefix(path.Base(args[0]), "python") {
		return false
	}
	output, _ := c.Output()
	m := f.Module(path.Clean(shell.RepoPath(c.Dir, args[1])))
	fw := FrameworkOf(m)
	return fw != nil && fw.Command.Program == "" && !m.Cut && !jupyterFile.MatchString(output.String()) && !slices.ContainsFunc(m.Calls, mayConfigure)
}

// mayConfigure says whether a call in Python may write Jupyter's configuration.
func mayConfigure(c python.Called) bool {
	module, _, _ := strings.Cut(c.Name, ".")
	return slices.Contains([]string{"shutil", "subprocess"}, module) || slices.Contains([]string{"os.system", "os.popen", "os.rename", "os.replace", "os.symlink"}, c.Name) ||
		slices.ContainsFunc(c.Args, func(arg any) bool { return jupyterFile.MatchString(python.Text(arg)) })
}

// notebook says whether Notebook 7 is installed beside JupyterLab: repo2docker
// installs it where it has it for the server's Python.
func (f *Facts) notebook() jupyter.Answer {
	v, err := packaging.ParseVersion(f.Plan.Python)
	if err != nil || v.Compare(packaging.Version{Release: []int{3, 7}}) == 0 {
		return jupyter.Unknown
	}
	return jupyter.Yes
}

// Classic says whether postBuild finds the commands of the classic notebook. The
// environment of repo2docker's lock for Python 3.7 has them, with notebook 6.5 and
// jupyter_server 1, where they exit with 0 and do what they say. An environment of
// the kernel alone, which is on the path, too, has them with an old notebook, and so
// has a server's that asks for a notebook or JupyterLab of that time. An image has what
// its base has.
func (f *Facts) Classic() truth.Value {
	if f.Image != nil {
		return f.imageClassic()
	}
	if f.Plan.Python == "3.7" {
		return truth.Yes
	}
	if f.Plan.Kernel != "" && f.Installed.Has("notebook", installed.Kernel) != truth.No {
		return truth.Unknown
	}
	for _, row := range withoutClassic {
		if f.asksOlder(row) {
			return truth.Unknown
		}
	}
	return truth.No
}

// asksOlder says whether lines ask for a package of before a release; where something
// that cannot be read may have changed what they say, any line will do.
func (f *Facts) asksOlder(row withoutCommands) bool {
	older := func(specs packaging.Specifiers) bool {
		later := func(s packaging.Specifier) bool { return s.Op != "<" && s.Version.Compare(row.first) >= 0 }
		return len(specs) > 0 && !slices.ContainsFunc(specs, later) && !specs.Allow(packaging.Version{Release: []int{99}})
	}
	specs, sure := f.Installed.Specs(row.name, installed.Server)
	if !row.conda && sure != truth.Unknown {
		return older(specs)
	}
	return slices.ContainsFunc(f.Installed.Requirements, func(q installed.Requirement) bool {
		return q.Name == row.name && q.In&installed.Server != 0 && (q.Conda != "" || !row.conda) && older(q.Specs)
	})
}

// pinsClassic matches what asks for some release of the notebook or of JupyterLab, or for
// another Python.
var pinsClassic = regexp.MustCompile(`(?m)(?:^|[\s\-"'])(?:notebook|jupyterlab|jupyter-notebook|nbclassic|python)\s*(?:\[\w*\]\s*)?[=<>~!]`)

// imageClassic says whether the commands of a Dockerfile find those of the classic
// notebook: surely not where the base has Notebook 7 and nothing may put an older one in
// its place.
func (f *Facts) imageClassic() truth.Value {
	if base, _ := shell.BaseImageOf(f.Image.Base); !base.Notebook7 {
		return truth.Unknown
	}
	pins := func(arg string) bool {
		text, _ := f.Snapshot.Read(path.Base(arg))
		return pinsClassic.MatchString(arg) || strings.Contains(path.Base(arg), ".") && pinsClassic.Match(text)
	}
	for _, s := range f.Image.Runs {
		if s.Err != nil || s.Cut || slices.ContainsFunc(s.Commands, func(c shell.Command) bool {
			program := c.Program()
			return program == "" || slices.ContainsFunc(shell.Strings(c.Args), func(a string) bool {
				return pins(a) || strings.HasPrefix(program, "apt") && strings.Contains(a, "notebook") || strings.Contains(program, "conda") && (a == "create" || a == "env")
			})
		}) {
			return truth.Unknown
		}
	}
	return truth.No
}

// withoutCommands is a release of a package from which on the commands are gone.
type withoutCommands struct {
	name  string
	first packaging.Version
	// conda says that only conda takes an older notebook for it; pip leaves the one that
	// is there.
	conda bool
}

var withoutClassic = []withoutCommands{
	{name: "notebook", first: packaging.Version{Release: []int{7}}},
	{name: "jupyterlab", first: packaging.Version{Release: []int{4}}},
	{name: "tornado", first: packaging.Version{Release: []int{6, 2}}, conda: true},
}

// step is a command as what Jupyter's configuration is told by.
func step(c *shell.Command) jupyter.Step {
	out := jupyter.Step{Args: shell.Strings(c.Run()), Dir: c.Dir, At: c.Place, Maybe: c.Runs == shell.Perhaps}
	if text, at, ok := c.Here(); ok {
		out.Here, out.HereAt = text.String(), at
	}
	if file, ok := c.Output(); ok {
		out.Output = file.String()
		out.Append = slices.ContainsFunc(c.Redirects, func(r shell.Redirect) bool { return r.Output && r.Append })
	}
	return out
}

// jupyterFiles are a repository's files as package jupyter asks for them.
type jupyterFiles struct{ *Snapshot }

// Below implements [jupyter.Files].
func (s jupyterFiles) Below(dir string) iter.Seq[string] { return paths(s.Snapshot.Below(dir)) }

// Known implements [jupyter.Files].
func (s jupyterFiles) Known() iter.Seq[string] { return paths(s.Snapshot.Known()) }

// paths are those of some files.
func paths(files []repo.File) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, f := range files {
			if !yield(f.Path) {
				return
			}
		}
	}
}

// servers notes the entries of jupyter-server-proxy.
func (f *Facts) servers() {
	for i := range f.Jupyter.Servers {
		f.server(&f.Jupyter.Servers[i])
	}
	for i := range f.Jupyter.Absent {
		f.absent(&f.Jupyter.Absent[i])
	}
}

// absent notes an entry point that gives no entry, if its package is installed.
func (f *Facts) absent(a *jupyter.Absent) {
	root, _, _ := strings.Cut(a.Module, ".")
	if _, there := f.Installed.Module(root, installed.Server); a.Installed == jupyter.No || !a.Own && there != truth.No {
		return
	}
	what := "which the repository does not have"
	if a.File != "" {
		what = "and " + a.File + " has no such function"
	}
	start := &Start{Kind: StartProxy, Path: a.Package, Name: a.Name, Package: a.Package}
	p := f.problem(ProblemMissing, start, fmt.Sprintf("the entry point %q names %q, %s", a.Name, a.Target, what))
	p.Unsure, p.Fix = p.Unsure || a.Installed != jupyter.Yes, "name a module and a function that are there"
}

// server notes one entry. What its command is, and whether it serves Bokeh apps,
// may be unknown.
func (f *Facts) server(s *jupyter.Server) {
	start := Start{Kind: StartProxy, Path: s.At.File, Line: s.At.Line, Name: s.Name, Entry: s.Entry, Env: map[string]string{}, Package: s.Package, Idle: s.Read == jupyter.No && !f.wholeImage()}
	command, at, _ := s.Entry.Get("command")
	if fn, ok := command.(*python.Func); ok && s.Module != nil {
		command = s.Module.Call(fn)
	}
	if list, ok := command.(*python.List); ok {
		start.Args = texts(list)
	}
	if at > 0 {
		start.Line = at
	}
	env, _, _ := s.Entry.Get("environment")
	if d, ok := env.(*python.Dict); ok {
		for _, it := range d.Items {
			start.Env[python.Text(it.Key)] = python.Text(it.Value)
		}
	}
	before := len(f.Starts)
	f.add(start)
	if len(f.Starts) == before {
		f.keep(start)
	}
}

// Listed says whether a module is enabled as an extension of Jupyter's server:
// by a configuration that is read, or perhaps by one of which that is not known.
func (f *Facts) Listed(module func(name string) bool) jupyter.Answer {
	answer := jupyter.No
	for _, e := range f.Jupyter.Extensions {
		if !module(e.Module) || e.On == jupyter.No || e.Read == jupyter.No {
			continue
		}
		if e.On == jupyter.Yes && e.Read == jupyter.Yes {
			return jupyter.Yes
		}
		answer = jupyter.Unknown
	}
	if answer == jupyter.No && len(f.Jupyter.Gaps) > 0 {
		return jupyter.Unknown
	}
	return answer
}

// Teaches says whether a source of the repository teaches Python's cookies an
// attribute that they do not know: it changes http.cookies.Morsel.
func (f *Facts) Teaches(attribute string) bool {
	modules := f.Jupyter.Modules
	for _, file := range f.Snapshot.Known() {
		if strings.HasSuffix(file.Path, ".py") {
			modules = append(modules, f.Module(file.Path))
		}
	}
	for _, m := range modules {
		if m != nil && teaches(m, attribute) {
			return true
		}
	}
	return false
}

// reserved is where Python's cookies have the attributes that they know.
const reserved = "http.cookies.Morsel._reserved"

func teaches(m *python.Module, attribute string) bool {
	for _, s := range m.Sets {
		if s.Target == reserved && len(s.Keys) == 1 && (s.Keys[0] == attribute || isRef(s.Keys[0])) || s.Target == reserved && len(s.Keys) == 0 {
			return true
		}
	}
	for _, c := range m.Calls {
		method, ok := strings.CutPrefix(c.Name, reserved+".")
		if !ok || len(c.Args) == 0 {
			continue
		}
		if d, isDict := c.Args[0].(*python.Dict); isDict {
			_, _, ok = d.Get(attribute)
			if ok && method == "update" {
				return true
			}
		}
		if c.Args[0] == attribute || isRef(c.Args[0]) {
			return true
		}
	}
	return false
}

func isRef(v any) bool {
	_, ok := v.(python.Ref)
	return ok
}
