package inspect

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

// StartKind says how a server is started beside Jupyter.
type StartKind string

// The ways to start a server, those first that wait for it.
const (
	StartProxy     StartKind = "proxy"     // an entry of jupyter-server-proxy, on demand
	StartExtension StartKind = "extension" // a Jupyter server extension or configuration, when Jupyter starts
	StartScript    StartKind = "script"    // the start script, before Jupyter starts
)

// Start is a command that starts a server beside Jupyter, and what says so.
type Start struct {
	Kind StartKind
	// Path and Line are where the command stands.
	Path string
	Line int
	// Args is the command; what is not known of it stands in braces, such as
	// jupyter-server-proxy's own "{port}".
	Args []string
	// Dir is its working directory, seen from the repository's root.
	Dir string
	// Serve is the command where it serves Bokeh apps, else nil.
	Serve *Serve
	// Globs says that a shell expands patterns in the arguments.
	Globs bool
	// Name is that of the entry of jupyter-server-proxy, and Entry the entry
	// itself.
	Name  string
	Entry *python.Dict
	// Env are the variables that it is known to be given.
	Env map[string]string
}

// findStarts finds everything that starts a server beside Jupyter.
func (f *Facts) findStarts() {
	sources := f.configSources()
	f.proxies(sources)
	f.entryPoints()
	f.extensions(sources)
	f.startScript(f.Build.Path(binder.Start), "", 0)
	order := map[StartKind]int{StartProxy: 0, StartExtension: 1, StartScript: 2}
	slices.SortStableFunc(f.Starts, func(a, b Start) int { return cmp.Compare(order[a.Kind], order[b.Kind]) })
}

// extensions finds the commands that Python modules run which Jupyter's server
// loads: its extensions and its configuration.
func (f *Facts) extensions(sources []source) {
	for _, src := range sources {
		if path.Ext(src.path) != ".py" || !strings.Contains(src.text, "serve") {
			continue
		}
		if !f.IsExtension(src.path) && !IsJupyterConfig(src.path) {
			continue
		}
		for _, call := range f.Module(src.path).Calls {
			f.called(StartExtension, src.path, call)
		}
	}
}

// loaders are the functions by which Jupyter's server loads an extension.
var loaders = []string{"_load_jupyter_server_extension", "load_jupyter_server_extension"}

// IsExtension says whether a Python file is an extension of Jupyter's server,
// or a module of a package that is one: the function that loads it is there.
func (f *Facts) IsExtension(p string) bool {
	return f.hasLoader(p) || f.hasLoader(path.Join(path.Dir(p), "__init__.py"))
}

func (f *Facts) hasLoader(p string) bool {
	if text, ok := f.Snapshot.Read(p); !ok || !strings.Contains(string(text), "load_jupyter_server_extension") {
		return false
	}
	for _, name := range loaders {
		switch v, _ := f.Module(p).Lookup(name); v.(type) {
		case *python.Func, python.Ref: // a Ref is one that is imported
			return true
		}
	}
	return false
}

// runners are the functions of Python's library that run a command, and
// whether its arguments are theirs.
var runners = map[string]bool{
	"subprocess.Popen": false, "subprocess.run": false, "subprocess.call": false,
	"subprocess.check_call": false, "subprocess.check_output": false, "subprocess.getoutput": false,
	"os.system": false, "os.popen": false, "pty.spawn": false,
	"asyncio.create_subprocess_shell": false, "asyncio.create_subprocess_exec": true,
	"asyncio.subprocess.create_subprocess_exec": true,
}

// called notes what a call of Python runs, if it runs a command that serves
// apps.
func (f *Facts) called(kind StartKind, p string, call python.Called) {
	name := call.Name
	if !strings.Contains(name, ".") { // after "from subprocess import *"
		for full := range runners {
			if strings.HasSuffix(full, "."+name) {
				name = full
			}
		}
	}
	spread, ok := runners[name]
	if !ok {
		return
	}
	var command any = call.Named["args"]
	if spread {
		command = &python.List{Items: call.Args}
	} else if len(call.Args) > 0 {
		command = call.Args[0]
	}
	start := Start{Kind: kind, Path: p, Line: call.Line, Env: f.environ(p, call)}
	if cwd, ok := call.Named["cwd"]; ok && cwd != nil {
		start.Dir = RepoPath("", python.Text(cwd))
	}
	switch command := command.(type) {
	case *python.List:
		start.Args = texts(command)
		if call.Named["shell"] == true && len(start.Args) > 0 {
			f.shell(start, start.Args[0])
			return
		}
		f.add(start)
	case string:
		// Without a shell, a text is the name of a program; who writes a whole
		// command there gets an error, unless on Windows.
		if call.Named["shell"] == true || strings.HasPrefix(name, "os.") || strings.HasSuffix(name, "_shell") || name == "subprocess.getoutput" {
			f.shell(start, command)
		}
	}
}

// environ returns the variables that a call of Python gives to what it runs, as
// far as they are known: those of its argument env, and those that the source
// sets in os.environ or a copy of it.
func (f *Facts) environ(p string, call python.Called) map[string]string {
	out := map[string]string{}
	if m := f.Module(p); m != nil {
		for _, s := range m.Sets {
			if strings.HasPrefix(s.Target, "os.environ") && len(s.Keys) == 1 {
				out[python.Text(s.Keys[0])] = python.Text(s.Value)
			}
		}
		for _, c := range m.Calls {
			if c.Name == "os.environ.setdefault" && len(c.Args) == 2 || c.Name == "os.putenv" && len(c.Args) == 2 {
				out[python.Text(c.Args[0])] = python.Text(c.Args[1])
			}
		}
	}
	if env, ok := call.Named["env"].(*python.Dict); ok {
		for _, it := range env.Items {
			out[python.Text(it.Key)] = python.Text(it.Value)
		}
	}
	return out
}

// texts returns the items of a list as arguments.
func texts(l *python.List) []string {
	out := make([]string, len(l.Items))
	for i, item := range l.Items {
		out[i] = python.Text(item)
	}
	return out
}

// add notes a start, if it serves apps. A shell within the command is looked
// into.
func (f *Facts) add(start Start) {
	if text, ok := script(start.Args); ok {
		f.shell(start, text)
		return
	}
	if serve, ok := parseServe(start.Args); ok {
		start.Serve = serve
		f.Starts = append(f.Starts, start)
	}
}

// maxShells bounds how deep shells within shells are looked into.
const maxShells = 3

// shell notes the commands of a shell's source that serve apps.
func (f *Facts) shell(start Start, source string) {
	if f.shells >= maxShells {
		return
	}
	f.shells++
	defer func() { f.shells-- }()
	commands, _ := ParseShell(source)
	for _, c := range commands {
		inner := start
		inner.Args, inner.Env, inner.Globs = c.Args, maps.Clone(start.Env), true
		if inner.Env == nil {
			inner.Env = map[string]string{}
		}
		maps.Copy(inner.Env, c.Env)
		if c.Dir != "" {
			inner.Dir = RepoPath(start.Dir, c.Dir)
		}
		f.add(inner)
	}
}

// startScript notes the commands of the start script that serve apps, and
// those of the scripts of the repository that it runs.
func (f *Facts) startScript(p, dir string, nested int) {
	if f.Build.Pack == binder.Docker || nested > maxShells {
		return
	}
	commands, _ := f.Script(p)
	for _, c := range commands {
		at := c.Dir
		if at == "" {
			at = dir
		}
		start := Start{Kind: StartScript, Path: p, Line: c.Line, Args: c.Args, Dir: at, Env: c.Env, Globs: true}
		before := len(f.Starts)
		f.add(start)
		if len(f.Starts) == before {
			f.runs(c.Args, at, nested)
		}
	}
}

// runs looks into the script of the repository that a command runs.
func (f *Facts) runs(args []string, dir string, nested int) {
	args = Unwrap(args)
	if len(args) == 0 {
		return
	}
	p := args[0]
	switch base := path.Base(p); {
	case base == "sh" || base == "bash" || base == "source" || base == "." || pythonName.MatchString(base):
		rest := dropOptions(args[1:], "")
		if len(rest) == 0 {
			return
		}
		p = rest[0]
	}
	p = RepoPath(dir, p)
	if !f.Snapshot.IsFile(p) || p == f.Build.Path(binder.Start) {
		return
	}
	if path.Ext(p) != ".py" {
		f.startScript(p, dir, nested+1)
		return
	}
	if m := f.Module(p); m != nil {
		for _, call := range m.Calls {
			f.called(StartScript, p, call)
		}
	}
}
