package lint

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

const proxy = "jupyter-server-proxy 4.6.0"

var startRules = []*Rule{
	noAppStart, commandWrong, appMissing, folderMeant, appAddressUnknown, originMissing, originNarrow, portMismatch, entryBraces, startRace, proxyTimeout,
}

// entries lists the starts that are entries of jupyter-server-proxy.
func (c *checker) entries() []*repository.Start {
	var out []*repository.Start
	for i := range c.facts.Starts {
		if start := &c.facts.Starts[i]; start.Kind == repository.StartProxy {
			out = append(out, start)
		}
	}
	return out
}

// bringsEntries says whether a package is installed that has an entry of
// ServerProxy.servers of its own, and what that serves is not known.
func bringsEntries(set *installed.Set) bool {
	return slices.ContainsFunc(set.Requirements, func(q installed.Requirement) bool {
		return strings.HasPrefix(q.Name, "jupyter-") && strings.HasSuffix(q.Name, "-proxy") && q.Name != repository.ProxyPackage && !framework.Known(q.Name)
	})
}

var noAppStart = &Rule{
	ID:       "no-app-start",
	Level:    card.LevelWarning,
	Title:    "Nothing starts an app",
	When:     "No entry of ServerProxy.servers, no extension of Jupyter's server, no start script and no installed package such as voila serves an app, and no launch link names one. It is a note where no file is written for a framework of apps, as in a repository of notebooks, where a package is installed from an address, such as that of a git repository, and with a Dockerfile, whose image may start one. Nothing is said where no build pack is chosen, since nothing is built.",
	Why:      "The session opens JupyterLab, and there is no app to show.",
	Evidence: "All ways to start a server beside Jupyter that repo2docker 2026.4 leaves were looked through.",
	Fix:      "if it is to show an app, start that with an entry of ServerProxy.servers in jupyter_server_config.py; bokehbinder init writes one",
	Check:    checkNoAppStart,
}

// checkNoAppStart names the files that look like an app. Where no build pack is chosen
// nothing starts at all.
func checkNoAppStart(c *checker) {
	if c.facts.Plan.Pack == "" || len(c.facts.Apps) > 0 || len(c.facts.Problems) > 0 || len(c.facts.Candidates) == 0 && bringsEntries(c.facts.Installed) || strayFolder(c.facts) != "" {
		return // or what starts it is in a folder that is not read
	}
	what, level, fix := "nothing in the repository starts an app", card.LevelNote, c.rule.Fix
	like, served := c.facts.Likely(), c.facts.Candidates
	if len(like)+len(served) == 0 && c.facts.Plan.Pack != binder.R {
		if like = c.facts.LikelyInR(); len(like) > 0 {
			fix = selectR + ", whose package serves Shiny's apps below /shiny/"
		}
	}
	switch {
	case len(served) > 0:
		what = fmt.Sprintf("nothing names an app, though %s serves %s", served[0].Start.Name, some(served))
	case len(like) > 0:
		what, level = what+", though "+looking(like), card.LevelWarning
	}
	switch plan := c.facts.Plan; {
	case c.facts.Docker():
		what, level = "nothing that can be read starts an app; what else the image starts cannot be told from the Dockerfile", card.LevelNote
		if command := c.imageApp(); command != "" {
			what = fmt.Sprintf("the hub runs a command of its own instead of %s, and nothing else that can be read starts an app; what else the image starts cannot be told from the Dockerfile", quote(command))
		}
		fix = "if it is to show an app, have the Dockerfile install jupyter-server-proxy, and copy a jupyter_server_config.py with an entry of ServerProxy.servers to /etc/jupyter/"
	case c.bringsUnread() != "":
		what, level = fmt.Sprintf("nothing that can be read starts an app; whether %s does cannot be told from the repository", quote(c.bringsUnread())), card.LevelNote
	case plan.Pack != "" && len(plan.Faults) == 0:
		what += ": the session opens " + c.facts.Opens()
	}
	f := c.report("", 0, "%s", what)
	f.Level, f.Fix = level, fix
}

// imageApp is the command of an app that CMD of a Dockerfile has, which the hub replaces;
// empty where it has none.
func (c *checker) imageApp() string {
	image := c.facts.Image
	if image == nil || image.Command == nil || len(image.Command.Commands) != 1 {
		return ""
	}
	args := shell.Strings(image.Command.Commands[0].Run())
	if framework.Parse(args) == nil {
		return ""
	}
	return strings.Join(args, " ")
}

// bringsUnread is a line that installs a package for the server from an address, which
// may start an app; empty where there is none. The frameworks themselves start none.
func (c *checker) bringsUnread() string {
	for _, d := range c.facts.Installed.Directs {
		source, _, _ := strings.Cut(d.Target, "#")
		source = strings.TrimSuffix(strings.Split(path.Base(source), "@")[0], ".git")
		isFramework := slices.ContainsFunc(framework.All(), func(f *framework.Framework) bool { return f.Package == packaging.Normalize(source) })
		if !d.Local && d.In&installed.Server != 0 && d.Sure != truth.No && !isFramework {
			return d.Text
		}
	}
	return ""
}

// looking says of files and folders that they look like apps.
func looking(like []string) string {
	var shown []string
	for _, p := range like[:min(len(like), 5)] {
		shown = append(shown, repository.DisplayPath(p))
	}
	if len(shown) > 1 {
		return strings.Join(shown, ", ") + " look like apps"
	}
	return shown[0] + " looks like one"
}

// some names a few apps.
func some(apps []repository.App) string {
	var out []string
	for _, a := range apps[:min(len(apps), 3)] {
		out = append(out, repository.DisplayPath(a.Path))
	}
	text := strings.Join(out, ", ")
	if more := len(apps) - len(out); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

var commandWrong = &Rule{
	ID:       "command-wrong",
	Level:    card.LevelWarning,
	Title:    "A command that its program does not have",
	When:     "What starts the app is bokeh, panel, streamlit, marimo or shiny with a command that is none of theirs, such as bokeh server.",
	Why:      "It ends with an error at once, and nothing serves the app.",
	Evidence: "Measured with bokeh 3.9.2: \"invalid choice: 'server'\", exit code 2. The commands of the others are those of late 2026.",
	Fix:      "write bokeh serve, panel serve, streamlit run, marimo run or shiny run",
	Check:    problems(repository.ProblemVerb),
}

var appMissing = &Rule{
	ID:       "app-missing",
	Level:    card.LevelError,
	Title:    "The app that is started is not there",
	When:     "A command serves a folder or a file that the repository does not have, a folder without a main.py or main.ipynb, or a file of another kind; or jupyter-panel-proxy.yml has a text in the place of the list apps; or an entry point of an installed package of the repository names what is not there. It is a warning where a script may fetch it, a note where what is served is not known, and with a Dockerfile, whose image may have it.",
	Why:      "The server ends with an error at once, and the app's page is an error.",
	Evidence: "Measured with bokeh 3.9.2: \"Path for Bokeh server application does not exist\", \"No 'main.py' or 'main.ipynb'\". jupyter-panel-proxy 0.2.0 gives each item of apps to Python's glob, and " + proxy + " warns of an entry point that it cannot load and goes on without it.",
	Fix:      "name a folder with a main.py or main.ipynb, or a single file, seen from the repository's root",
	Check:    problems(repository.ProblemMissing),
}

var folderMeant = &Rule{
	ID:       "folder-meant",
	Level:    card.LevelWarning,
	Title:    "A folder's main file is served without its folder",
	When:     "bokeh serve or panel serve is told the main.py or main.ipynb of a folder that has templates, static files, a theme or hooks beside it.",
	Why:      "A file that is named is an app of its own: what the folder has beside it is not used, and the address ends in main.",
	Evidence: "Measured with bokeh 3.9.2: without the folder's template and its static files, and a warning in the server's log.",
	Fix:      "name the folder in the command; the app's address then ends in the folder's name",
	Check:    checkFolderMeant,
}

func checkFolderMeant(c *checker) {
	for i := range c.facts.Apps {
		app := &c.facts.Apps[i]
		dir, name := path.Split(app.Path)
		if dir == "" || app.Start == nil || app.Start.Serve == nil || app.Known != repository.KnownStart || !slices.Contains(app.Start.Serve.Framework.Mains, name) {
			continue
		}
		var unused []string
		for _, p := range app.Start.Serve.Framework.OfFolders {
			if c.facts.Snapshot.Exists(strings.TrimSuffix(dir+p, "/")) {
				unused = append(unused, p)
			}
		}
		if len(unused) > 0 {
			c.report(app.Start.Path, app.Start.Line, "%s is told the file %s instead of its folder, and leaves out the folder's %s",
				app.Start.Serve, quote(app.Path), strings.Join(unused, ", "))
		}
	}
}

var appAddressUnknown = &Rule{
	ID:       "app-address-unknown",
	Level:    card.LevelError,
	Title:    "Where the app answers cannot be told",
	When:     "The command's port or prefix is only known when it runs, or the address would lead out of the Jupyter server.",
	Why:      "No link can name the app, so no reader gets to it.",
	Evidence: "BinderHub: a launch link has one fixed urlpath.",
	Fix:      "write the port and the prefix into the command itself, or use an entry of ServerProxy.servers with {port}",
	Check:    problems(repository.ProblemAddress),
}

// problems reports what of one kind keeps starts from being apps.
func problems(kind repository.ProblemKind) func(*checker) {
	return func(c *checker) {
		for _, p := range c.facts.Problems {
			if p.Kind != kind {
				continue
			}
			f := c.report(p.Start.Path, p.Start.Line, "%s", p.Text)
			f.Fix = cmp.Or(p.Fix, f.Fix)
			if p.Unsure {
				f.Level = card.LevelNote
			}
			if kind == repository.ProblemMissing && f.Level == card.LevelError && c.fetches() {
				f.Level = card.LevelWarning
				f.Message += "; whether a script fetches it cannot be told"
			}
			if p.Unsure && c.facts.Docker() {
				f.Message += "; whether the image has it cannot be told from the Dockerfile"
			}
		}
	}
}

// variable returns what a variable is known to be for a start: its own, or one
// that the start script gives to all that follows.
func (c *checker) variable(start *repository.Start, name string) (value string, known bool) {
	if v, ok := start.Env[name]; ok {
		return v, true
	}
	for _, arg := range start.Args {
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			return v, true
		}
	}
	if c.facts.Start != nil {
		for _, cmd := range c.facts.Start.Commands {
			if v, ok := cmd.Env[name]; ok {
				return v.String(), true
			}
		}
	}
	if d := c.facts.Image; d != nil && d.Sets(name) {
		return "{Dockerfile}", true
	}
	return "", false
}

// origins lists the hosts from which the server of a start takes websockets.
func (c *checker) origins(start *repository.Start) (hosts []string, given bool) {
	origin := start.Serve.Framework.Origin
	hosts, given = start.Serve.Options[origin.Option]
	if v, ok := c.variable(start, origin.Variable); ok {
		hosts, given = append(hosts, strings.Split(v, ",")...), true
	}
	return hosts, given
}

// originated lists the starts whose servers are told whose websockets to take.
func (c *checker) originated() []*repository.Start {
	var out []*repository.Start
	for i := range c.facts.Starts {
		if start := &c.facts.Starts[i]; start.Serve != nil && start.Serve.Framework.Origin != nil {
			out = append(out, start)
		}
	}
	return out
}

var originMissing = &Rule{
	ID:       "origin-missing",
	Level:    card.LevelError,
	Title:    "The app's websocket is refused",
	When:     "bokeh serve or panel serve is started without --allow-websocket-origin, and without BOKEH_ALLOW_WS_ORIGIN.",
	Why:      "The page is served, and its websocket is refused with 403, since the browser's origin is the hub's: the app stays empty.",
	Evidence: "Measured with bokeh 3.9.2 behind " + proxy + " and tornado 6.5.2, which repo2docker 2026.4 installs: \"Refusing websocket connection from Origin\", 403; with * the connection opens. Tornado 6.6 lets through what a browser marks as of the same origin, so that the app works there.",
	Fix:      "add --allow-websocket-origin=*",
	Check:    checkOriginMissing,
}

func checkOriginMissing(c *checker) {
	for _, start := range c.originated() {
		if _, given := c.origins(start); !given {
			f := c.report(start.Path, start.Line, "%s runs without %s, so the page's websocket is refused", start.Serve, start.Serve.Framework.Origin.Option)
			f.Changes = c.addArgument(start, start.Serve.Framework.Origin.Option+"=*")
		}
	}
}

var originNarrow = &Rule{
	ID:       "origin-narrow",
	Level:    card.LevelWarning,
	Title:    "The app's websocket is accepted from one host alone",
	When:     "--allow-websocket-origin names hosts.",
	Why:      "mybinder.org is a federation, today of " + strings.Join(binder.MyBinder().Members, ", ") + ", whose servers have hosts of their own: on those the websocket is refused.",
	Evidence: "mybinder.org answers /build with a redirect to a member; bokeh 3.9.2 compares the origin with the list.",
	Fix:      "write --allow-websocket-origin=*",
	Check:    checkOriginNarrow,
}

func checkOriginNarrow(c *checker) {
	for _, start := range c.originated() {
		hosts, given := c.origins(start)
		if !given || slices.ContainsFunc(hosts, func(h string) bool { return strings.ContainsAny(h, "*{") }) {
			continue
		}
		f := c.report(start.Path, start.Line, "the app's server accepts websockets of pages of %s alone", quote(strings.Join(hosts, ", ")))
		line := repository.LineAt(c.facts.Text(start.Path), start.Line)
		option := start.Serve.Framework.Origin.Option
		for _, h := range hosts {
			if old := option + "=" + h; strings.Contains(line, old) {
				f.Changes = c.once(start.Path, start.Line, old, option+"=*")
			}
		}
	}
}

// listEnd is where a list of texts ends.
var listEnd = regexp.MustCompile(`["']\]`)

// addArgument adds an argument to a command that stands on one line.
func (c *checker) addArgument(start *repository.Start, arg string) []Change {
	line := repository.LineAt(c.facts.Text(start.Path), start.Line)
	if path.Ext(start.Path) == ".py" || path.Ext(start.Path) == ".json" {
		ends := listEnd.FindAllStringIndex(line, 2)
		if len(ends) != 1 || !strings.Contains(line, "serve") {
			return nil // of two commands on one line nobody knows which
		}
		i := ends[0][0]
		changed := line[:i+1] + ", " + line[i:i+1] + arg + line[i:i+1] + line[i+1:]
		return onLine(start.Path, start.Line, changed)
	}
	command, rest := line, ""
	if i := strings.LastIndex(line, " &"); i > 0 {
		command, rest = line[:i], line[i:]
	}
	if !strings.Contains(command, "serve") || strings.HasSuffix(command, `\`) || strings.ContainsAny(command, "'>|;") {
		return nil
	}
	return onLine(start.Path, start.Line, strings.TrimRight(command, " ")+" '"+arg+"'"+rest)
}

var portMismatch = &Rule{
	ID:       "port-mismatch",
	Level:    card.LevelError,
	Title:    "The server listens on another port than the proxy asks",
	When:     "The command of an entry of ServerProxy.servers has a port of its own, and the entry has none or another.",
	Why:      "The proxy waits for the port that it chose, and gives 500 when the entry's timeout is over.",
	Evidence: "Measured with " + proxy + " and bokeh 3.9.2: 500 after 15.0 s with timeout 15.",
	Fix:      "write --port={port}",
	Check:    checkPortMismatch,
}

func checkPortMismatch(c *checker) {
	for _, start := range c.entries() {
		c.port(start)
	}
}

// ownPort is the port that the command of an entry names, or listens on without
// being told.
func ownPort(start *repository.Start) string {
	if start.Serve != nil {
		if port := start.Serve.Port(); port != "" {
			return port
		}
		return start.Serve.Framework.Port
	}
	words := strings.Fields(strings.Join(start.Args, " "))
	for i := range words {
		if call := framework.Parse(words[i:]); call != nil {
			port, _ := call.Told()
			return port
		}
	}
	return ""
}

// port reports a command whose port is not the entry's.
func (c *checker) port(start *repository.Start) {
	own := ownPort(start)
	if _, _, isSocket := start.Entry.Get("unix_socket"); isSocket {
		return
	}
	if _, err := strconv.Atoi(own); err != nil {
		return
	}
	asked, chosen := "a free port that it chooses", true
	if v, _, ok := start.Entry.Get("port"); ok {
		entry := python.Text(v)
		if entry == own || strings.Contains(entry, "{") {
			return
		}
		asked, chosen = "port "+entry, false
	}
	f := c.report(start.Path, start.Line, "the server listens on port %s, and the proxy asks for the entry %q on %s", own, start.Name, asked)
	line := repository.LineAt(c.facts.Text(start.Path), start.Line)
	switch {
	case strings.Contains(line, "--port="+own) && chosen:
		f.Changes = c.once(start.Path, start.Line, "--port="+own, "--port={port}")
	case !strings.Contains(line, "--port") && start.Serve != nil && chosen:
		f.Changes = c.addArgument(start, "--port={port}")
	}
}

var startRace = &Rule{
	ID:       "start-race",
	Level:    card.LevelWarning,
	Title:    "The app may be asked before it listens",
	When:     "The app's server is started by an extension, a configuration or a start script, and nothing waits for it. Nothing is said of an extension that sleeps for five seconds or more after it.",
	Why:      "Until it listens, a request gets 500 at once, an error page that an iframe does not show and that does not reload. Started from the disk's cache it takes 0.6 s, on a fresh server several.",
	Evidence: "Measured with bokeh 3.9.2 and " + proxy + ": 500 in 0.04 s until the first 200 at 0.55 to 0.70 s, or 8.1 s where Bokeh needs 7 s more; an entry of ServerProxy.servers with timeout 60 waits and answers 200.",
	Fix:      "start it with an entry of ServerProxy.servers, which waits for it",
	Check:    checkStartRace,
}

func checkStartRace(c *checker) {
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		if start.Kind == repository.StartProxy || c.sleepsAfter(start) {
			continue
		}
		server := "its server"
		switch {
		case start.Serve != nil:
			server = start.Serve.String()
		case start.Call != nil:
			server = start.Call.String()
		}
		c.report(start.Path, start.Line, "nothing waits until %s listens; a reader who comes earlier gets an error page", server)
	}
}

// longEnough are the seconds of a sleep in which a server comes up.
const longEnough = 5

// sleepsAfter says whether what starts a server as Jupyter's comes up sleeps after it, so
// that no reader is there before it listens.
func (c *checker) sleepsAfter(start *repository.Start) bool {
	if start.Kind != repository.StartExtension || path.Ext(start.Path) != ".py" {
		return false
	}
	m := c.facts.Module(start.Path)
	return m != nil && slices.ContainsFunc(m.Calls, func(call python.Called) bool {
		called := call.Func == "" || strings.TrimPrefix(call.Func, "_") == "load_jupyter_server_extension"
		if !called || call.Name != "time.sleep" || len(call.Args) != 1 || call.Line < start.Line {
			return false
		}
		seconds, err := strconv.ParseFloat(python.Text(call.Args[0]), 64)
		return err == nil && seconds >= longEnough
	})
}

var proxyTimeout = &Rule{
	ID:       "proxy-timeout",
	Level:    card.LevelWarning,
	Title:    "The proxy gives up after five seconds",
	When:     "An entry of ServerProxy.servers has no timeout, or one of 5 or less.",
	Why:      "A server that needs longer, as on a fresh machine, is stopped and answers 500; each request starts it afresh and stops it again.",
	Evidence: "Measured with " + proxy + ": without timeout, a server that needs 7 s more never comes up.",
	Fix:      "add \"timeout\": 60",
	Check:    checkProxyTimeout,
}

func checkProxyTimeout(c *checker) {
	for _, start := range c.entries() {
		c.timeout(start)
	}
}

// timeout reports an entry that gives its server no time.
func (c *checker) timeout(start *repository.Start) {
	v, line, given := start.Entry.Get("timeout")
	seconds, err := strconv.ParseFloat(python.Text(v), 64)
	if given && (err != nil || seconds > 5) {
		return
	}
	if !given {
		line, seconds = start.Line, 5
	}
	f := c.report(start.Path, line, "the entry %q gives its server only %g seconds to start", start.Name, seconds)
	if !given {
		f.Changes = c.addKey(start, `"timeout": 60`)
	} else if old := repository.LineAt(c.facts.Text(start.Path), line); strings.Contains(old, "timeout") && strings.Count(old, ":") == 1 {
		f.Changes = onLine(start.Path, line, regexp.MustCompile(`:\s*[0-9.]+`).ReplaceAllString(old, ": 60"))
	}
}

// addKey adds a key to an entry whose command stands on a line of its own.
func (c *checker) addKey(start *repository.Start, item string) []Change {
	line := repository.LineAt(c.facts.Text(start.Path), start.Line)
	trimmed := strings.TrimSpace(line)
	if !(strings.HasPrefix(trimmed, `"command"`) || strings.HasPrefix(trimmed, `'command'`)) || !strings.HasSuffix(trimmed, "],") {
		return nil
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return []Change{{Path: start.Path, Line: start.Line + 1, Delete: 0, Insert: []string{indent + item + ","}}}
}
