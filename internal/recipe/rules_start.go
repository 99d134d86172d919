package recipe

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

const proxy = "jupyter-server-proxy 4.6.0"

var startRules = []Rule{
	{"no-app-start", card.LevelError, "Nothing starts an app",
		"No entry of ServerProxy.servers, no extension of Jupyter's server and no start script starts a server, and no package such as jupyter-panel-proxy brings an entry.",
		"The session opens JupyterLab, and there is no app to show.",
		"All ways to start a server beside Jupyter that repo2docker 2026.4 leaves were looked through.", "start it with an entry of ServerProxy.servers in jupyter_server_config.py; bokehbinder init writes one"},
	{"app-missing", card.LevelError, "The app that is started is not there",
		"A command serves a folder or a file that the repository does not have, a folder without a main.py or main.ipynb, or a file of another kind.",
		"The server ends with an error at once, and the app's page is an error.",
		"Measured with bokeh 3.9.2: \"Path for Bokeh server application does not exist\", \"No 'main.py' or 'main.ipynb'\".", "name a folder with a main.py or main.ipynb, or a single file, seen from the repository's root"},
	{"app-address-unknown", card.LevelError, "Where the app answers cannot be told",
		"The command's port or prefix is only known when it runs, or the address would lead out of the Jupyter server.",
		"No link can name the app, so no reader gets to it.",
		"BinderHub: a launch link has one fixed urlpath.", "write the port and the prefix into the command itself, or use an entry of ServerProxy.servers with {port}"},
	{"origin-missing", card.LevelError, "The app's websocket is refused",
		"bokeh serve or panel serve is started without --allow-websocket-origin, and without BOKEH_ALLOW_WS_ORIGIN.",
		"The page is served, and its websocket is refused with 403, since the browser's origin is the hub's: the app stays empty.",
		"Measured with bokeh 3.9.2 behind " + proxy + " and tornado 6.5.2, which repo2docker 2026.4 installs: \"Refusing websocket connection from Origin\", 403; with * the connection opens. Tornado 6.6 lets through what a browser marks as of the same origin, so that the app works there.", "add --allow-websocket-origin=*"},
	{"origin-narrow", card.LevelWarning, "The app's websocket is taken from one host alone",
		"--allow-websocket-origin names hosts.",
		"mybinder.org is a federation of hubs whose servers have other hosts: on those the websocket is refused.",
		"mybinder.org answers /build with a redirect to a member; bokeh 3.9.2 compares the origin with the list.", "write --allow-websocket-origin=*"},
	{"port-mismatch", card.LevelError, "The server listens on another port than the proxy asks",
		"The command of an entry of ServerProxy.servers has a port of its own, and the entry has none or another.",
		"The proxy waits for the port that it chose, and gives 500 when the entry's timeout is over.",
		"Measured with " + proxy + " and bokeh 3.9.2: 500 after 15.0 s with timeout 15.", "write --port={port}"},
	bracesRule,
	{"start-race", card.LevelWarning, "The app may be asked before it listens",
		"The app's server is started by an extension, a configuration or a start script, and nothing waits for it.",
		"Until it listens, a request gets 500 at once, an error page that an iframe does not show and that does not reload. Started from the disk's cache it takes 0.6 s, on a fresh server several.",
		"Measured with bokeh 3.9.2 and " + proxy + ": 500 in 0.04 s until the first 200 at 0.55 to 0.70 s, or 8.1 s where Bokeh needs 7 s more; an entry of ServerProxy.servers with timeout 60 waits and answers 200.", "start it with an entry of ServerProxy.servers, which waits for it"},
	{"proxy-timeout", card.LevelWarning, "The proxy gives up after five seconds",
		"An entry of ServerProxy.servers has no timeout, or one of 5 or less.",
		"A server that needs longer, as on a fresh machine, is stopped and answers 500; each request starts it afresh and stops it again.",
		"Measured with " + proxy + ": without timeout, a server that needs 7 s more never comes up.", "add \"timeout\": 60"},
	{"link-port", card.LevelError, "A link to a port where nothing listens",
		"A launch link in the readme has a urlpath /proxy/PORT, and no app is started on that port.",
		"The reader who follows it gets 500.",
		proxy + ": nothing listens, 500 at once.", "write the app's address into the link"},
	{"link-not-app", card.LevelWarning, "A link that does not name the app",
		"A launch link in the readme has a urlpath that leads to the app's server and not to the app.",
		"Bokeh redirects it to the app without the token: in a tab the cookie still helps, in an iframe the reader sees a refused login page.",
		"Measured with bokeh 3.9.2: /NAME/?token=… goes to /NAME/bokeh-app without the query.", "write the app's address into the link"},
}

// starts reports what is wrong with how the apps are started.
func (c *checker) starts() {
	for _, p := range c.facts.Problems {
		c.find(string(p.Kind), p.Start.Path, p.Start.Line, "%s", p.Text)
	}
	if len(c.facts.Apps) == 0 && len(c.facts.Problems) == 0 && !c.env.bringsEntries() {
		c.noStart()
	}
	for i := range c.facts.Starts {
		start := &c.facts.Starts[i]
		if start.Serve != nil {
			c.origin(start)
		}
		if start.Kind == inspect.StartProxy {
			c.port(start)
			c.timeout(start)
			c.braces(start)
		} else {
			c.find("start-race", start.Path, start.Line, "nothing waits until %s listens; a reader who comes earlier gets an error page", program(start))
		}
	}
	c.links()
}

// program names the program of a start.
func program(start *inspect.Start) string {
	if start.Serve != nil {
		return start.Serve.Program + " serve"
	}
	return "it"
}

// bringsEntries says whether a package is installed that has an entry of
// ServerProxy.servers of its own, as jupyter-panel-proxy does.
func (e *environment) bringsEntries() bool {
	for name := range e.packages {
		if strings.HasPrefix(name, "jupyter-") && strings.HasSuffix(name, "-proxy") && name != "jupyter-server-proxy" {
			return true
		}
	}
	return false
}

// noStart is the finding that nothing starts an app. It names the files that
// look like one.
func (c *checker) noStart() {
	message := "nothing in the repository starts an app"
	var like []string
	for _, p := range c.facts.Mains() {
		if len(like) < 5 {
			like = append(like, inspect.DisplayPath(p))
		}
	}
	switch len(like) {
	case 0:
	case 1:
		message += ", though there is " + like[0]
	default:
		message += ", though there are " + strings.Join(like, ", ")
	}
	c.find("no-app-start", "", 0, "%s", message)
}

// variable returns what a variable is known to be for a start: its own, or one
// that the start script gives to all that follows.
func (c *checker) variable(start *inspect.Start, name string) (value string, known bool) {
	if v, ok := start.Env[name]; ok {
		return v, true
	}
	for _, arg := range start.Args {
		if v, ok := strings.CutPrefix(arg, name+"="); ok {
			return v, true
		}
	}
	if c.start != nil && c.start.shell {
		for _, cmd := range c.start.commands {
			if v, ok := cmd.Env[name]; ok && strings.Contains(c.start.text, "export") {
				return v, true
			}
		}
	}
	if c.docker() && strings.Contains(c.text(c.plan.Path("Dockerfile")), name) {
		return "{Dockerfile}", true
	}
	return "", false
}

// origin reports what --allow-websocket-origin lacks.
func (c *checker) origin(start *inspect.Start) {
	values, given := start.Serve.Options["--allow-websocket-origin"]
	if v, ok := c.variable(start, "BOKEH_ALLOW_WS_ORIGIN"); ok {
		values, given = append(values, strings.Split(v, ",")...), true
	}
	if !given {
		f := c.find("origin-missing", start.Path, start.Line, "%s serve is not told --allow-websocket-origin, so the page's websocket is refused", start.Serve.Program)
		f.Changes = c.addArgument(start, "--allow-websocket-origin=*")
		return
	}
	for _, v := range values {
		if strings.Contains(v, "*") || strings.Contains(v, "{") {
			return
		}
	}
	f := c.find("origin-narrow", start.Path, start.Line, "the websocket is taken from %s alone", quote(strings.Join(values, ", ")))
	line := lineAt(c.text(start.Path), start.Line)
	for _, v := range values {
		if old := "--allow-websocket-origin=" + v; strings.Contains(line, old) {
			f.Changes = []Change{{Path: start.Path, Line: start.Line, Delete: 1, Insert: []string{strings.Replace(line, old, "--allow-websocket-origin=*", 1)}}}
		}
	}
}

// addArgument adds an argument to a command that stands on one line.
func (c *checker) addArgument(start *inspect.Start, arg string) []Change {
	line := lineAt(c.text(start.Path), start.Line)
	if path.Ext(start.Path) == ".py" || path.Ext(start.Path) == ".json" {
		i := strings.LastIndex(line, `"]`)
		if i < 0 {
			i = strings.LastIndex(line, `']`)
		}
		if i < 0 || !strings.Contains(line, "serve") {
			return nil
		}
		changed := line[:i+1] + ", " + line[i:i+1] + arg + line[i:i+1] + line[i+1:]
		return []Change{{Path: start.Path, Line: start.Line, Delete: 1, Insert: []string{changed}}}
	}
	command, rest := line, ""
	if i := strings.LastIndex(line, " &"); i > 0 {
		command, rest = line[:i], line[i:]
	}
	if !strings.Contains(command, "serve") || strings.HasSuffix(command, `\`) || strings.ContainsAny(command, "'>|;") {
		return nil
	}
	return []Change{{Path: start.Path, Line: start.Line, Delete: 1, Insert: []string{strings.TrimRight(command, " ") + " '" + arg + "'" + rest}}}
}

// port reports a command whose port is not the entry's.
func (c *checker) port(start *inspect.Start) {
	var own string
	if start.Serve != nil {
		own, _ = start.Serve.Option("--port")
	} else if i := strings.Index(strings.Join(start.Args, " "), "--server.port"); i >= 0 {
		own, _, _ = strings.Cut(strings.Join(start.Args, " ")[i+len("--server.port")+1:], " ")
	}
	if _, _, isSocket := start.Entry.Get("unix_socket"); isSocket || start.Serve == nil && own == "" {
		return
	}
	if own == "" {
		own = inspect.DefaultPort
	}
	if _, err := strconv.Atoi(own); err != nil {
		return
	}
	entry := "any free port"
	if v, _, ok := start.Entry.Get("port"); ok {
		if entry = python.Text(v); entry == own || strings.Contains(entry, "{") {
			return
		}
	}
	f := c.find("port-mismatch", start.Path, start.Line, "the server listens on port %s, and the entry %q asks %s", own, start.Name, entry)
	line := lineAt(c.text(start.Path), start.Line)
	switch {
	case strings.Contains(line, "--port="+own) && entry == "any free port":
		f.Changes = []Change{{Path: start.Path, Line: start.Line, Delete: 1, Insert: []string{strings.Replace(line, "--port="+own, "--port={port}", 1)}}}
	case !strings.Contains(line, "--port") && start.Serve != nil && entry == "any free port":
		f.Changes = c.addArgument(start, "--port={port}")
	}
}

// timeout reports an entry that gives its server no time.
func (c *checker) timeout(start *inspect.Start) {
	v, line, given := start.Entry.Get("timeout")
	seconds, err := strconv.ParseFloat(python.Text(v), 64)
	if given && (err != nil || seconds > 5) {
		return
	}
	if !given {
		line = start.Line
	}
	f := c.find("proxy-timeout", start.Path, line, "the entry %q gives its server 5 seconds to come up", start.Name)
	if !given {
		f.Changes = c.addKey(start, `"timeout": 60`)
	} else if old := lineAt(c.text(start.Path), line); strings.Contains(old, "timeout") && strings.Count(old, ":") == 1 {
		f.Changes = []Change{{Path: start.Path, Line: line, Delete: 1, Insert: []string{regexp.MustCompile(`:\s*[0-9.]+`).ReplaceAllString(old, ": 60")}}}
	}
}

// addKey adds a key to an entry whose command stands on a line of its own.
func (c *checker) addKey(start *inspect.Start, item string) []Change {
	line := lineAt(c.text(start.Path), start.Line)
	trimmed := strings.TrimSpace(line)
	if !(strings.HasPrefix(trimmed, `"command"`) || strings.HasPrefix(trimmed, `'command'`)) || !strings.HasSuffix(trimmed, "],") {
		return nil
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return []Change{{Path: start.Path, Line: start.Line + 1, Delete: 0, Insert: []string{indent + item + ","}}}
}

var launchLink = regexp.MustCompile(`/v2/[^\s)"'\]>]*[?&;]urlpath=([^\s)"'\]>&]+)`)

// links compares the launch links of the readme with where the apps answer.
func (c *checker) links() {
	if len(c.facts.Apps) == 0 {
		return
	}
	for _, f := range c.facts.Snapshot.Files() {
		if strings.Contains(f.Path, "/") || !strings.HasPrefix(strings.ToLower(f.Path), "readme") {
			continue
		}
		number := 0
		for line := range strings.Lines(c.text(f.Path)) {
			number++
			for _, m := range launchLink.FindAllStringSubmatch(line, -1) {
				if target, err := url.PathUnescape(m[1]); err == nil {
					c.link(f.Path, number, target, Change{f.Path, number, 1, []string{strings.Replace(strings.TrimRight(line, "\r\n"), m[1], c.linkTarget(), 1)}, false})
				}
			}
		}
	}
}

// linkTarget is the urlpath of a link to the first app.
func (c *checker) linkTarget() string {
	return url.QueryEscape(strings.TrimLeft(c.facts.Apps[0].URLPath, "/"))
}

// link reports one link, where it is meant for an app and misses it.
func (c *checker) link(file string, line int, target string, mend Change) {
	target, _, _ = strings.Cut("/"+strings.Trim(target, "/"), "?")
	first := func(p string) string {
		parts := strings.Split(strings.Trim(p, "/"), "/")
		if parts[0] == "proxy" && len(parts) > 1 {
			return "proxy/" + parts[1]
		}
		return parts[0]
	}
	server := false
	for _, a := range c.facts.Apps {
		have, err := url.PathUnescape(a.URLPath)
		if err != nil || strings.TrimRight(have, "/") == target || a.Start.Serve == nil {
			return
		}
		server = server || first(have) == first(target)
	}
	id := "link-not-app"
	switch {
	case server:
	case strings.HasPrefix(first(target), "proxy/"):
		id = "link-port"
	default:
		return
	}
	f := c.find(id, file, line, "the link leads to %s, and the app answers at %s", quote(target), c.facts.Apps[0].URLPath)
	f.Changes = []Change{mend}
}
