package repository

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// App is an app that something in the repository starts.
type App struct {
	// Name by which a tag chooses it.
	Name string
	// Path is the app's folder, or its file when it is a single file; "." for
	// the root, and empty for an entry of jupyter-server-proxy whose command
	// names no file of the repository.
	Path string
	// Entry is the file that is run. It is empty where it is not known: in a
	// submodule, and where Path is empty.
	Entry string
	// URLPath is where the app answers below the Jupyter server.
	URLPath string
	// Start is what starts it.
	Start *Start
	// Framework that it is written for; nil where that is not known.
	Framework *framework.Framework
	// Known says what names it.
	Known Known
	// Link is the author's link whose address it is offered at; nil where that is the
	// one at which Start has it anyway.
	Link *Link
	// Other is the same app where something else serves it, and Link names the one of
	// Start; nil where nothing else does.
	Other *App
}

// Known says what an app is known from.
type Known uint8

// What names an app.
const (
	KnownStart Known = iota // a command, an entry or a configuration
	KnownLink               // a launch link of the author's
	KnownSole               // nothing: it is the one file that the framework would show
)

// from is what a card says of it.
var from = map[Known]card.From{KnownStart: card.FromStart, KnownLink: card.FromLink, KnownSole: card.FromPackage}

// from is where a card says that the address is known from.
func (a *App) from() card.From {
	if a.Link != nil {
		return card.FromLink
	}
	return from[a.Known]
}

// ProblemKind says why something that is started is not an app.
type ProblemKind string

// The kinds of problems.
const (
	ProblemMissing ProblemKind = "app-missing"         // what is started is not there
	ProblemAddress ProblemKind = "app-address-unknown" // where it answers cannot be told
	ProblemVerb    ProblemKind = "command-wrong"       // its program has no such command
	ProblemEntry   ProblemKind = "docker-entrypoint"   // it is what the image runs instead of the hub's command
	ProblemCommand ProblemKind = "docker-command"      // the hub runs its own command instead
)

// Problem is one reason why a start gives no app.
type Problem struct {
	Kind  ProblemKind
	Start *Start
	Text  string
	// Fix says what to do, where that is not what helps with all of the kind.
	Fix string
	// Unsure says that it may be none: the image may have what is missing, or
	// its program do what the hub's would.
	Unsure bool
}

// findApps finds the apps. Those that Bokeh or Panel serve come first, then
// those of other starts, what packages serve by themselves, and what some web
// server serves. Only where there is none of these, a file is taken for one. What
// is idle comes last.
func (f *Facts) findApps() {
	f.markIdle()
	f.findMeant()
	for i := range f.Starts {
		if start := &f.Starts[i]; start.Serve != nil && !start.Idle {
			f.served(start)
		}
	}
	f.singles(func(s *Start) bool { return s.Serve == nil && !s.isServer() })
	f.broughtApps()
	f.singles((*Start).isServer)
	f.soleApp()
	f.linkedWhole()
	f.idleApps()
	f.linkedAddresses()
	f.findCandidates()
}

// singles adds the apps of starts whose servers have one each.
func (f *Facts) singles(which func(*Start) bool) {
	for i := range f.Starts {
		if start := &f.Starts[i]; !start.Idle && which(start) {
			f.single(start)
		}
	}
}

// isServer says whether a start is that of some web server.
func (s *Start) isServer() bool {
	return s.Kind != StartProxy && s.Call != nil && s.Call.Framework.Server
}

// single adds the app of a start whose server has one.
func (f *Facts) single(start *Start) {
	if start.Kind == StartProxy {
		f.other(start, "/"+escapePath(start.Name)+"/")
		return
	}
	base, problem := start.base()
	if problem != "" {
		f.problem(ProblemAddress, start, problem+", so where it answers cannot be told from the repository")
		return
	}
	f.other(start, base+"/")
}

// served adds the apps of a command that serves them.
func (f *Facts) served(start *Start) {
	base, problem := start.base()
	if problem != "" {
		f.problem(ProblemAddress, start, problem+", so where its apps answer cannot be told from the repository")
		return
	}
	for _, arg := range f.serveFiles(start) {
		app, problem := f.resolve(start, arg)
		if problem != "" {
			f.problem(ProblemMissing, start, problem).Unsure = f.Docker() || !known(shell.RepoPath(start.Dir, arg))
			continue
		}
		app.URLPath = base + "/" + url.PathEscape(app.route())
		f.addApp(app)
	}
}

// base returns where a start's server answers below the Jupyter server, without
// a final slash. The problem says why that is not known.
func (s *Start) base() (address, problem string) {
	if s.Call == nil {
		return "/proxy/" + s.Port, ""
	}
	prefix, _ := s.Call.Option(s.Call.Framework.Prefix.Option)
	if !known(prefix) {
		// Jupyter's own base address, which stands first if at all: what
		// follows it is the address as the reader has it.
		_, rest, _ := strings.Cut(prefix, "}")
		if rest = strings.Trim(rest, "/"); strings.HasPrefix(prefix, "{") && rest != "" && known(rest) {
			return "/" + escapePath(rest), ""
		}
		return "", fmt.Sprintf("%s is told the prefix %q", s.Call, prefix)
	}
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix = "/" + escapePath(prefix)
	}
	if s.Kind == StartProxy {
		return "/" + escapePath(s.Name) + prefix, ""
	}
	if !isPort(s.Call.Port()) {
		return "", fmt.Sprintf("%s is told the port %q", s.Call, s.Call.Port())
	}
	return "/proxy/" + strings.TrimLeft(s.Call.Port(), "0") + prefix, ""
}

// escapePath escapes each element of a path for a URL.
func escapePath(p string) string {
	elements := strings.Split(strings.Trim(p, "/"), "/")
	for i, e := range elements {
		elements[i] = url.PathEscape(e)
	}
	return strings.Join(elements, "/")
}

// serveFiles returns the apps that a command names, patterns expanded.
func (f *Facts) serveFiles(start *Start) []string {
	_, globs := start.Serve.Options["--glob"]
	return f.globbed(start.Dir, start.Serve.Files, globs || start.Globs)
}

// globbed returns arguments of a command with the patterns expanded that the
// Python source expands, and where a shell runs it those that are left.
func (f *Facts) globbed(dir string, args []string, shells bool) []string {
	var out []string
	for _, arg := range args {
		pattern, globs := python.Glob(arg)
		if !globs && shells && strings.ContainsAny(arg, "*?[") {
			pattern, globs = arg, true
		}
		if !globs {
			out = append(out, arg)
		} else if p, err := glob.Compile(shell.RepoPath(dir, pattern)); err == nil {
			out = append(out, f.expand(p)...)
		}
	}
	return out
}

// expand lists the files and folders that a pattern stands for, as arguments
// that name them from anywhere. What is not known of them is one more.
func (f *Facts) expand(p *glob.Pattern) []string {
	found, whole := p.Expand(paths(f.Snapshot.files), &f.Snapshot.expanded, maxLooks)
	found = found[:min(len(found), maxGlobFiles)]
	for i := range found {
		found[i] = python.Home + "/" + found[i]
	}
	if !whole {
		found = append(found, "{"+p.String()+"}")
	}
	return found
}

// resolve finds the app that an argument of a command names. The problem says
// why there is none.
func (f *Facts) resolve(start *Start, arg string) (App, string) {
	p := shell.RepoPath(start.Dir, arg)
	says := fmt.Sprintf("%s is told %q", start.Serve, arg)
	switch {
	case !known(p):
		return App{}, says + ", and what that is cannot be told from the repository"
	case p == ".." || strings.HasPrefix(p, "../"):
		return App{}, says + ", which is not in the repository"
	case f.Snapshot.InSubmodule(path.Clean(p)):
		return App{Name: path.Base(p), Path: p, Start: start}, ""
	}
	p = path.Clean(p)
	if f.Snapshot.IsDir(p) {
		for _, name := range start.Serve.Framework.Mains {
			if entry := path.Join(p, name); f.Snapshot.IsFile(entry) {
				return App{Name: f.folderName(p), Path: p, Entry: entry, Start: start}, ""
			}
		}
		return App{}, says + ", a folder without a main.py or main.ipynb"
	}
	if !f.Snapshot.IsFile(p) {
		return App{}, says + ", which the repository does not have"
	}
	if start.Serve.Framework.Serves(p) {
		return App{Name: Stem(p), Path: p, Entry: p, Start: start}, ""
	}
	return App{}, says + ", which is neither a folder nor a .py or .ipynb file"
}

// folderName names the app in a folder. The root's is named after the
// repository, since its folder has another name wherever it lies.
func (f *Facts) folderName(p string) string {
	if p != "." {
		return path.Base(p)
	}
	if f.Address.Path != "" {
		return path.Base(f.Address.Path)
	}
	return f.Name
}

// route returns the last part of the address that Bokeh gives to an app: the
// folder's name, or the file's without its extension. The root is a folder
// with a name of its own on a BinderHub.
func (a App) route() string {
	if a.Path == "." {
		return path.Base(python.Home)
	}
	if a.Path == a.Entry {
		return strings.TrimSuffix(path.Base(a.Path), path.Ext(a.Path))
	}
	return path.Base(a.Path)
}

// other adds the app of a command whose server has one app: that of another
// framework, or any server.
func (f *Facts) other(start *Start, address string) {
	app := App{Name: start.Name, URLPath: address, Start: start}
	if start.Entry == nil {
		f.programApp(app)
		return
	}
	if info, _, _ := start.Entry.Get("launcher_entry"); info != nil {
		if d, ok := info.(*python.Dict); ok {
			if p, _, _ := d.Get("path_info"); p != nil && known(python.Text(p)) {
				app.URLPath = "/" + strings.TrimLeft(python.Text(p), "/")
			}
		}
	}
	f.programApp(app)
}

// programs are the extensions of files that are taken to be what a command runs.
var programs = []string{".py", ".ipynb", ".r", ".rmd", ".qmd", ".jl"}

// programApp adds an app by the file that its command runs.
func (f *Facts) programApp(app App) {
	start := app.Start
	if start.File != "" {
		f.addApp(f.appInR(app))
		return
	}
	for _, arg := range start.Args {
		p := path.Clean(shell.RepoPath(start.Dir, arg))
		ext := strings.ToLower(path.Ext(p))
		served := start.Call != nil && start.Call.Framework.Serves(p)
		if served || slices.Contains(programs, ext) {
			if f.Snapshot.IsFile(p) && start.refuses(p) {
				f.problem(ProblemMissing, start, fmt.Sprintf("%s is told %q, and takes no %s files", start.Call, arg, path.Ext(p)))
				return
			}
			if f.Snapshot.IsFile(p) {
				if app.Path, app.Entry = p, p; app.Name == "" {
					app.Name = Stem(p)
				}
				f.addApp(app)
				return
			}
		}
	}
	if missing := f.missingScript(start); missing != "" {
		runs := fmt.Sprintf("the entry %q runs", start.Name)
		if start.Entry == nil {
			runs = "it runs"
		}
		f.problem(ProblemMissing, start, fmt.Sprintf("%s %q, which the repository does not have", runs, missing))
		return
	}
	if app.Name == "" {
		app.Name = f.folderName(".")
	}
	f.addApp(app)
}

// refuses says whether the command of a start takes no files of a name.
func (s *Start) refuses(file string) bool {
	return s.Call != nil && slices.Contains(s.Call.Framework.Command.Refused, path.Ext(file))
}

// missingScript returns the file that a framework's or a Python command names,
// if it is known and not there.
func (f *Facts) missingScript(start *Start) string {
	args := shell.UnwrapTexts(start.Args)
	file := ""
	if call := framework.Parse(args); call != nil && len(call.Files) > 0 {
		file = call.Files[0]
	} else if len(args) > 1 && shell.IsPython(args[0]) {
		file = args[1]
	}
	p := shell.RepoPath(start.Dir, file)
	isScript := path.Ext(p) == ".py" || path.Ext(p) == ".ipynb"
	if !isScript || f.Snapshot.Exists(p) || f.Snapshot.InSubmodule(p) {
		return ""
	}
	return file
}

// staysBelow says whether an address stays below the Jupyter server's own
// wherever it is resolved: it has no element "..", escaped or not, and nothing
// that a browser takes for a slash or leaves out.
func staysBelow(urlpath string) bool {
	u, err := url.Parse(urlpath)
	if err != nil || u.IsAbs() || u.Host != "" || strings.Contains(u.Path, `\`) {
		return false
	}
	return !slices.Contains(strings.Split(u.Path, "/"), "..")
}

// maxApps bounds how many apps there are.
const maxApps = 200

// addApp adds an app, unless something before it starts the same. Of two apps
// with one name the later gets its path for a name.
func (f *Facts) addApp(app App) {
	if !staysBelow(app.URLPath) {
		f.problem(ProblemAddress, app.Start, fmt.Sprintf("the app %q would answer at %q, which leads out of the Jupyter server", app.Name, app.URLPath))
		return
	}
	if app.Framework == nil {
		app.Framework = f.frameworkOf(app.Start)
	}
	for _, other := range f.Apps {
		switch {
		case app.URLPath == other.URLPath:
			return
		case app.Path != "" && other.Path == app.Path && app.Start.Idle:
			return
		case app.Path != "" && other.Path == app.Path:
			f.again = append(f.again, app)
			return
		}
	}
	for _, name := range []string{app.Name, app.Path, strings.Trim(app.URLPath, "/")} {
		if taken := slices.ContainsFunc(f.Apps, func(other App) bool { return other.Name == name }); name != "" && !taken {
			app.Name = name
			break
		}
	}
	if len(f.Apps) == maxApps {
		f.Snapshot.left.leave(LeftApps, "", maxApps)
		return
	}
	f.Apps = append(f.Apps, app)
}

// problem notes why a start gives no app, and returns the note until the next one.
func (f *Facts) problem(kind ProblemKind, start *Start, text string) *Problem {
	unsure := kind == ProblemMissing && f.Docker() || kind == ProblemEntry && f.MeansHub(start) == truth.Yes
	f.Problems = append(f.Problems, Problem{Kind: kind, Start: start, Text: text, Unsure: unsure})
	return &f.Problems[len(f.Problems)-1]
}

// Mains lists the files that would make their folder an app, those of tools
// left out.
func (f *Facts) Mains() []string {
	var out []string
	for _, file := range f.Snapshot.files {
		if isMain(path.Base(file.Path)) && !skipped(file.Path) {
			out = append(out, file.Path)
		}
	}
	return out
}
