package inspect

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/glob"
	"github.com/bokehbinder/bokehbinder/internal/python"
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
}

// ProblemKind says why something that is started is not an app.
type ProblemKind string

// The kinds of problems.
const (
	ProblemMissing ProblemKind = "app-missing"         // what is started is not there
	ProblemAddress ProblemKind = "app-address-unknown" // where it answers cannot be told
)

// Problem is one reason why a start gives no app.
type Problem struct {
	Kind  ProblemKind
	Start *Start
	Text  string
}

// findApps finds the apps of the starts. Those that Bokeh or Panel serve come
// first, then other entries of jupyter-server-proxy.
func (f *Facts) findApps() {
	for i := range f.Starts {
		if start := &f.Starts[i]; start.Serve != nil {
			f.served(start)
		}
	}
	for i := range f.Starts {
		if start := &f.Starts[i]; start.Serve == nil {
			f.other(start)
		}
	}
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
			f.problem(ProblemMissing, start, problem)
			continue
		}
		app.URLPath = base + "/" + url.PathEscape(app.route())
		f.addApp(app)
	}
}

// base returns where a start's server answers below the Jupyter server, without
// a final slash. The problem says why that is not known.
func (s *Start) base() (address, problem string) {
	prefix, _ := s.Serve.Option("--prefix")
	if !known(prefix) {
		// Jupyter's own base address, which stands first if at all: what
		// follows it is the address as the reader has it.
		_, rest, _ := strings.Cut(prefix, "}")
		if rest = strings.Trim(rest, "/"); strings.HasPrefix(prefix, "{") && rest != "" && known(rest) {
			return "/" + escapePath(rest), ""
		}
		return "", fmt.Sprintf("%s serve is told the prefix %q", s.Serve.Program, prefix)
	}
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix = "/" + escapePath(prefix)
	}
	if s.Kind == StartProxy {
		return "/" + escapePath(s.Name) + prefix, ""
	}
	port, err := strconv.ParseUint(s.Serve.Port(), 10, 16)
	if err != nil || port == 0 {
		return "", fmt.Sprintf("%s serve is told the port %q", s.Serve.Program, s.Serve.Port())
	}
	return fmt.Sprintf("/proxy/%d%s", port, prefix), ""
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
	var out []string
	for _, arg := range start.Serve.Files {
		if !strings.ContainsAny(arg, "*?[") || !globs && !start.Globs {
			out = append(out, arg)
			continue
		}
		p, err := glob.Compile(RepoPath(start.Dir, arg))
		if err != nil {
			continue
		}
		out = append(out, f.expand(p)...)
	}
	return out
}

// expand lists the files and folders that a pattern stands for, as arguments
// that name them from anywhere.
func (f *Facts) expand(p *glob.Pattern) []string {
	var out []string
	last := ""
	for _, file := range f.Snapshot.files {
		for i := 0; i <= len(file.Path) && len(out) < maxGlobFiles; i++ {
			if i < len(file.Path) && file.Path[i] != '/' {
				continue
			}
			if part := file.Path[:i]; part != last && p.Match(part) && !slices.Contains(out, part) {
				out, last = append(out, part), part
			}
		}
	}
	for i := range out {
		out[i] = python.Home + "/" + out[i]
	}
	return out
}

// resolve finds the app that an argument of a command names. The problem says
// why there is none.
func (f *Facts) resolve(start *Start, arg string) (App, string) {
	p := RepoPath(start.Dir, arg)
	says := fmt.Sprintf("%s serve is told %q", start.Serve.Program, arg)
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
		for _, name := range []string{"main.py", "main.ipynb"} {
			if entry := path.Join(p, name); f.Snapshot.IsFile(entry) {
				return App{Name: f.folderName(p), Path: p, Entry: entry, Start: start}, ""
			}
		}
		return App{}, says + ", a folder without a main.py or main.ipynb"
	}
	if !f.Snapshot.IsFile(p) {
		return App{}, says + ", which the repository does not have"
	}
	switch ext := path.Ext(p); {
	case ext == ".py", ext == ".ipynb", ext == ".md" && start.Serve.Program == "panel":
		return App{Name: strings.TrimSuffix(path.Base(p), ext), Path: p, Entry: p, Start: start}, ""
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

// other adds the app of an entry of jupyter-server-proxy whose command serves
// no Bokeh apps: another framework, or any server.
func (f *Facts) other(start *Start) {
	app := App{Name: start.Name, URLPath: "/" + escapePath(start.Name) + "/", Start: start}
	if info, _, _ := start.Entry.Get("launcher_entry"); info != nil {
		if d, ok := info.(*python.Dict); ok {
			if p, _, _ := d.Get("path_info"); p != nil && known(python.Text(p)) {
				app.URLPath = "/" + strings.TrimLeft(python.Text(p), "/")
			}
		}
	}
	for _, arg := range start.Args {
		p := path.Clean(RepoPath(start.Dir, arg))
		switch strings.ToLower(path.Ext(p)) {
		case ".py", ".ipynb", ".r", ".rmd", ".qmd", ".jl":
			if f.Snapshot.IsFile(p) {
				app.Path, app.Entry = p, p
				f.addApp(app)
				return
			}
		}
	}
	if missing := f.missingScript(start); missing != "" {
		f.problem(ProblemMissing, start, fmt.Sprintf("the entry %q runs %q, which the repository does not have", start.Name, missing))
		return
	}
	f.addApp(app)
}

// missingScript returns the file that a Streamlit, Voilà or Python command
// names, if it is known and not there.
func (f *Facts) missingScript(start *Start) string {
	args := Unwrap(start.Args)
	if len(args) < 2 {
		return ""
	}
	file := args[1]
	switch base := path.Base(args[0]); {
	case base == "streamlit" && args[1] == "run" && len(args) > 2:
		file = args[2]
	case base == "voila" || pythonName.MatchString(base):
	default:
		return ""
	}
	p := RepoPath(start.Dir, file)
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

// addApp adds an app, unless something before it starts the same. Of two apps
// with one name the later gets its path for a name.
func (f *Facts) addApp(app App) {
	if !staysBelow(app.URLPath) {
		f.problem(ProblemAddress, app.Start, fmt.Sprintf("the app %q would answer at %q, which leads out of the Jupyter server", app.Name, app.URLPath))
		return
	}
	for _, other := range f.Apps {
		if app.Path != "" && other.Path == app.Path || app.URLPath == other.URLPath {
			return
		}
	}
	for _, other := range f.Apps {
		if other.Name == app.Name && app.Path != "" {
			app.Name = app.Path
		}
	}
	f.Apps = append(f.Apps, app)
}

// problem notes why a start gives no app.
func (f *Facts) problem(kind ProblemKind, start *Start, text string) {
	f.Problems = append(f.Problems, Problem{kind, start, text})
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
