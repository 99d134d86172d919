package repository

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// StartKind says how a server is started beside Jupyter.
type StartKind string

// The ways to start a server, those first that wait for it.
const (
	StartProxy     StartKind = "proxy"     // an entry of jupyter-server-proxy, on demand
	StartExtension StartKind = "extension" // a Jupyter server extension or configuration, when Jupyter starts
	StartScript    StartKind = "script"    // the start script, before Jupyter starts
	StartPackage   StartKind = "package"   // an installed package, by itself
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
	// Call is the command of a framework's that it is, or nil.
	Call *framework.Call
	// Serve is Call where its server has apps of its own names, as
	// Bokeh's and Panel's have, else nil.
	Serve *framework.Call
	// Port is that on which a Python program listens that is no framework's
	// command, as its source says.
	Port string
	// Globs says that a shell expands patterns in the arguments.
	Globs bool
	// File is the app's folder or file that R code of the command names, and InR
	// the framework whose function serves it.
	File string
	InR  *framework.Framework
	// Name is that of the entry of jupyter-server-proxy, and Entry the entry
	// itself.
	Name  string
	Entry *python.Dict
	// Env are the variables that it is known to be given.
	Env map[string]string
	// Package is the file of the repository's package that gives the entry, such as
	// setup.py; empty where a configuration does.
	Package string
	// Idle says that surely nothing runs it, or that surely no reader gets to what it
	// serves: its apps are offered to nobody.
	Idle bool
	// Doubtful says that it is not known whether any reader gets to what it serves: its
	// apps are offered only where a link of the author's leads there.
	Doubtful bool
}

// FixedPort is the port that the server listens on by its own choice: that of a
// command, or of an entry of jupyter-server-proxy that names one. It is empty
// where the proxy chooses, or it is not known.
func (s *Start) FixedPort() string {
	switch {
	case s.Kind == StartProxy:
		if s.Entry != nil {
			if port, _, _ := s.Entry.Get("port"); port != nil {
				return python.Text(port)
			}
		}
	case s.Call != nil:
		return s.Call.Port()
	}
	return s.Port
}

// findStarts finds everything that starts a server beside Jupyter.
func (f *Facts) findStarts() {
	f.servers()
	f.extensions()
	f.startScript()
	f.image()
	order := map[StartKind]int{StartProxy: 0, StartExtension: 1, StartScript: 2}
	slices.SortStableFunc(f.Starts, func(a, b Start) int { return cmp.Compare(order[a.Kind], order[b.Kind]) })
}

// extensions finds the commands that Python modules run which Jupyter's server
// loads: its extensions and its configuration.
func (f *Facts) extensions() {
	for _, file := range f.Snapshot.Known() {
		target, ok := f.Snapshot.Resolve(file.Path)
		if !ok || target != file.Path || path.Ext(target) != ".py" || !f.IsExtension(target) && !jupyter.IsName(target) {
			continue
		}
		if m := f.Module(target); m != nil {
			for _, call := range m.Calls {
				f.called(StartExtension, target, call)
			}
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
		start.Dir = shell.RepoPath("", python.Text(cwd))
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
	if text, ok := shell.Source(start.Args); ok {
		f.shell(start, text)
		return
	}
	if args := shell.UnwrapTexts(start.Args); framework.Wrong(args) {
		f.problem(ProblemVerb, &start, fmt.Sprintf("%s has no command %q: %q serves nothing", args[0], args[1], strings.Join(args, " ")))
	}
	if f.reads(&start); start.Call != nil || start.Port != "" || start.Kind == StartProxy && start.File != "" {
		f.keep(start)
	}
}

// maxStarts bounds how many commands are taken for starts.
const maxStarts = 200

// keep adds a start to those that there are.
func (f *Facts) keep(start Start) {
	if len(f.Starts) == maxStarts {
		f.Snapshot.left.leave(LeftStarts, "", maxStarts)
		return
	}
	f.Starts = append(f.Starts, start)
}

// reads reads the command of a start as one of a framework's, or as one that
// runs a Python program which is a server.
func (f *Facts) reads(start *Start) {
	start.Call = framework.Parse(shell.UnwrapTexts(start.Args))
	if start.Call != nil {
		start.Call.Given(start.Env)
	}
	if start.Kind != StartProxy && start.Call != nil && start.Call.Framework.Server && !isPort(start.Call.Port()) {
		start.Call = nil // where it answers, if anywhere, is its own affair
	}
	if start.Call != nil && start.Call.Framework.Routes {
		start.Serve = start.Call
	}
	if start.Call == nil {
		f.readR(start)
	}
	if start.Call == nil && start.Port == "" && start.Kind != StartProxy {
		start.Port = f.programPort(start)
	}
}

// isPort says whether a text is the number of a port.
func isPort(text string) bool {
	port, err := strconv.ParseUint(text, 10, 16)
	return err == nil && port > 0
}

// programPort is the port on which the Python program listens that a command
// runs, as its source says or as its framework has it; empty where it is no
// server, or that is not known.
func (f *Facts) programPort(start *Start) string {
	args := shell.UnwrapTexts(start.Args)
	if len(args) < 2 || !shell.IsPython(args[0]) {
		return ""
	}
	file := slices.IndexFunc(args, func(a string) bool { return path.Ext(a) == ".py" })
	if file < 0 {
		return ""
	}
	m := f.program(path.Clean(shell.RepoPath(start.Dir, args[file])), start.Env)
	if m == nil {
		return ""
	}
	port := ""
	if fw := FrameworkOf(m); fw != nil && fw.Command.Program == "" {
		port = fw.Port
	}
	for _, call := range m.Calls {
		if !framework.Runs(call.Name) {
			continue
		}
		if v := python.Text(call.Named["port"]); call.Named["port"] != nil && known(v) {
			port = v
		}
	}
	return port
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
	s := shell.Parse(f.Snapshot, shell.Place{File: start.Path, Line: max(start.Line, 1), Column: 1}, source, f.budget, shell.WithDir(start.Dir))
	for i := range s.Commands {
		c := &s.Commands[i]
		if c.Followed {
			continue
		}
		inner := start
		inner.Args, inner.Env, inner.Globs, inner.Dir = shell.Strings(c.Args), maps.Clone(start.Env), true, c.Dir
		if inner.Env == nil {
			inner.Env = map[string]string{}
		}
		maps.Copy(inner.Env, c.Variables())
		f.add(inner)
	}
}

// startScript notes the commands of the start script, and of those that it
// runs, that serve apps.
func (f *Facts) startScript() {
	if f.Start == nil {
		return
	}
	for i := range f.Start.Commands {
		c := &f.Start.Commands[i]
		if c.Followed {
			continue
		}
		start := startOf(c)
		before := len(f.Starts)
		f.add(start)
		if len(f.Starts) == before {
			f.runs(c)
		}
	}
}

// image notes what the Dockerfile says that the image starts. A hub runs its own
// command instead of CMD, and gives it to ENTRYPOINT.
func (f *Facts) image() {
	if f.Image == nil {
		return
	}
	entry := f.Image.Entry
	if s := f.Image.EntryScript; s != nil && entry != nil && !slices.ContainsFunc(entry.Commands, func(c shell.Command) bool { return c.Followed }) {
		entry = s // it lies elsewhere in the image
	}
	f.imageRuns(entry, ProblemEntry)
	f.imageRuns(f.Image.Command, ProblemCommand)
}

// imageRuns notes what a script of the image's starts. Where it does not go on
// meanwhile, or is not run, that is a problem of a kind.
func (f *Facts) imageRuns(script *shell.Script, kind ProblemKind) {
	if script == nil {
		return
	}
	for i := range script.Commands {
		c := &script.Commands[i]
		start := startOf(c)
		f.reads(&start)
		switch serves := start.Call != nil || start.Port != ""; {
		case c.Followed || !serves || kind == ProblemCommand && f.servesAnyway():
		case kind == ProblemEntry && c.Background:
			f.keep(start)
		default:
			f.problem(kind, &start, strings.Join(shell.UnwrapTexts(start.Args), " "))
		}
	}
}

// hubWords are in the arguments, and in the calls of the program, of who knows of the
// hub: its variables, and the port that it asks. With hubModules, a Python program may
// read its command.
var (
	hubWords   = []string{"JUPYTERHUB", "jupyterhub", "8888"}
	hubModules = []string{"os", "sys", "argparse", "click", "typer", "fire", "subprocess", "jupyterhub", "notebook", "jupyter_server", "traitlets", "environs", "decouple", "dotenv"}
)

// MeansHub says whether a command, or the Python program that it runs, means to do what
// the hub's command would. It is not known of a program that may read its command or its
// variables, or is not there to be read.
func (f *Facts) MeansHub(start *Start) truth.Value {
	args := shell.UnwrapTexts(start.Args)
	if namesHub(start.Args...) {
		return truth.Yes
	}
	if len(args) < 2 || !shell.IsPython(args[0]) {
		return truth.No
	}
	p := path.Base(args[1])
	if f.Image != nil {
		if from, ok := f.Image.From(f.Snapshot, args[1]); ok || path.IsAbs(args[1]) {
			p = from
		}
	}
	m := f.Module(p)
	if m == nil {
		return truth.Unknown
	}
	for _, call := range m.Calls {
		for _, arg := range call.Args {
			if namesHub(python.Text(arg)) {
				return truth.Yes
			}
		}
	}
	if slices.ContainsFunc(modules(m), func(name string) bool {
		_, own := f.Snapshot.Module(name)
		return own || slices.Contains(hubModules, name)
	}) {
		return truth.Unknown
	}
	return truth.No
}

// namesHub says whether texts have one of hubWords.
func namesHub(texts ...string) bool {
	return slices.ContainsFunc(hubWords, func(word string) bool { return strings.Contains(strings.Join(texts, " "), word) })
}

// startOf is a command of a script as a start.
func startOf(c *shell.Command) Start {
	return Start{Kind: StartScript, Path: c.File, Line: c.Line, Args: shell.Strings(c.Args), Dir: c.Dir, Env: c.Variables(), Globs: true}
}

// runs looks into the Python file of the repository that a command runs.
func (f *Facts) runs(c *shell.Command) {
	args := shell.Strings(c.Run())
	if len(args) > 1 && shell.IsPython(args[0]) {
		args = args[1:]
		for len(args) > 1 && strings.HasPrefix(args[0], "-") {
			args = args[1:]
		}
	}
	if len(args) == 0 {
		return
	}
	p := shell.RepoPath(c.Dir, args[0])
	if path.Ext(p) != ".py" {
		return
	}
	if m := f.Module(p); m != nil {
		for _, call := range m.Calls {
			f.called(StartScript, p, call)
		}
	}
}
