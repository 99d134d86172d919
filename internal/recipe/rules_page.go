package recipe

import (
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/packaging"
	"github.com/bokehbinder/bokehbinder/internal/python"
)

const measured = "Measured with jupyter-server 2.21.1, jupyter-server-proxy 4.6.0 and Chromium 156"

var pageRules = []Rule{
	{"white-page", card.LevelError, "The page stays white",
		"bokeh serve runs Bokeh 3.1.1 or later, which is also what an environment without a pin gets on Python 3.8 and later, and BOKEH_RESOURCES is neither cdn nor inline.",
		"The page asks for its scripts at the server's root, or up to 3.2.2 at localhost, where they are not: white in its own tab and in an iframe.",
		measured + ": 3.1.0 works in a tab, 3.1.1 to 3.10.2 do not; with cdn or inline all work, without any cookie.", "set BOKEH_RESOURCES=cdn for the command"},
	{"tab-only", card.LevelWarning, "The page works in a tab and not in an iframe",
		"bokeh serve runs a Bokeh before 3.1.1, or panel serve any Panel, and BOKEH_RESOURCES is neither cdn nor inline; or the app's own template or rewrite_response brings the scripts from the server.",
		"Each script is asked for without the token, and the login cookie is not sent in another site's iframe: the reader sees an empty frame.",
		measured + ": Bokeh 1.2.0 to 3.1.0 and Panel 1.9.4, yes / no / no.", "set BOKEH_RESOURCES=cdn for the command"},
	{"resources-ignored", card.LevelWarning, "A Bokeh that ignores BOKEH_RESOURCES",
		"The environment takes Bokeh 1.4, and BOKEH_RESOURCES is set.",
		"This version alone ignores it, so the page works in a tab and not in an iframe.",
		measured + ": 1.4.0; 1.2.0 and 2.0.2 do not ignore it.", "ask for Bokeh 2.0 or later"},
	{"prefix-cookie", card.LevelWarning, "A page that needs a cookie",
		"The app is served with --prefix and absolute_url, and BOKEH_RESOURCES is neither cdn nor inline.",
		"The scripts come from the Jupyter server, which wants its login cookie: in a tab it works, in another site's iframe it does not.",
		measured + ": yes / no / no with the default cookie.", "leave --prefix and absolute_url out, and set BOKEH_RESOURCES=cdn"},
	{"cookie-needed", card.LevelWarning, "A framework that needs a cookie in an iframe",
		"Streamlit, Dash or Voilà is started, and no configuration sets a partitioned cookie.",
		"Their pages ask for everything without the token. In a tab it works, in another site's iframe the login cookie is not sent.",
		measured + ": Streamlit 1.67.0, Dash 4.4.1, Voilà 0.5.13; with a partitioned cookie they work in all views, with https. Firefox ESR 153 as it comes keeps and sends the login cookie in an iframe, and none at all where the reader blocks cookies of other sites.", "set c.ServerApp.cookie_options = {\"SameSite\": \"None\", \"Secure\": True, \"Partitioned\": True}, before Python 3.14 after teaching http.cookies.Morsel the attribute; bokehbinder init writes both"},
	{"dash-prefix", card.LevelError, "Dash asks for its files at the wrong place",
		"Dash is started by an entry without DASH_REQUESTS_PATHNAME_PREFIX.",
		"Its page asks for everything at the server's root: nothing works, in a tab or in an iframe.",
		measured + ": Dash 4.4.1, no / no / no.", "give the entry the environment {\"DASH_REQUESTS_PATHNAME_PREFIX\": \"{base_url}NAME/\", \"DASH_ROUTES_PATHNAME_PREFIX\": \"/\"}"},
	{"voila-frame", card.LevelWarning, "Voilà refuses the iframe",
		"Voilà is started without a Content-Security-Policy of its own that names frame-ancestors.",
		"Its page says frame-ancestors 'self': another site's iframe stays empty, whatever the cookies.",
		measured + ": Voilà 0.5.13.", "give it --Voila.tornado_settings with the header Content-Security-Policy: frame-ancestors *, each brace of it written twice, since the proxy fills in what stands in single ones"},
}

// releases are the releases of Bokeh that were measured, and those on both
// sides of a change.
var releases = []string{
	"1.2.0", "1.4.0", "2.0.2", "2.2.3", "2.3.3", "2.4.3", "3.0.3", "3.1.0", "3.1.1", "3.2.2", "3.3.4", "3.4.3", "3.5.2", "3.6.3", "3.7.3", "3.8.2", "3.9.2", "3.10.2",
}

// needsPython lists from which release on Bokeh needs which Python: what pip
// chooses for each Python in late 2026.
var needsPython = []struct{ bokeh, python string }{
	{"3.10", "3.12"}, {"3.5", "3.10"}, {"3.2", "3.9"}, {"3.0", "3.8"}, {"2.4", "3.7"}, {"2.0", "3.6"},
}

// bokehVersion is the newest Bokeh that the environment and its Python take.
func (c *checker) bokehVersion() packaging.Version {
	asked := c.env.packages["bokeh"]
	newest, best := packaging.Version{}, packaging.Version{}
	consider := func(v packaging.Version) {
		if asked.Specs.Allow(v) && v.Compare(best) > 0 {
			best = v
		}
	}
	for _, r := range releases {
		if v, _ := packaging.ParseVersion(r); c.runsOn(v) {
			newest = v
			consider(v)
		}
	}
	for _, s := range asked.Specs {
		consider(s.Version)
	}
	if len(best.Release) == 0 {
		return newest
	}
	return best
}

// runsOn says whether a release of Bokeh is for the Python of the environment.
func (c *checker) runsOn(bokeh packaging.Version) bool {
	have, err := packaging.ParseVersion(c.plan.Python)
	if err != nil {
		return true // a Dockerfile's
	}
	for _, n := range needsPython {
		from, _ := packaging.ParseVersion(n.bokeh)
		if least, _ := packaging.ParseVersion(n.python); bokeh.Compare(from) >= 0 {
			return have.Compare(least) >= 0
		}
	}
	return true
}

// pages reports what the reader's browser will not show.
func (c *checker) pages() {
	for i := range c.facts.Apps {
		start := c.facts.Apps[i].Start
		if start.Serve != nil {
			c.bokehPage(&c.facts.Apps[i])
		} else {
			c.otherPage(start)
		}
	}
}

// bokehPage reports on the page of an app that Bokeh or Panel serves.
func (c *checker) bokehPage(app *inspect.App) {
	start, version := app.Start, c.bokehVersion()
	resources, known := c.variable(start, "BOKEH_RESOURCES")
	if strings.Contains(resources, "{") || c.setsResources(app) {
		return
	}
	if start.Entry != nil && !known {
		if env, _, ok := start.Entry.Get("environment"); ok {
			if _, isDict := env.(*python.Dict); !isDict {
				return // a function, whose result is not known
			}
		}
	}
	given := strings.HasPrefix(resources, "cdn") || strings.HasPrefix(resources, "inline")
	at := func(minor ...int) packaging.Version { return packaging.Version{Release: minor} }
	ignored := start.Serve.Program == "bokeh" && version.Compare(at(1, 4)) >= 0 && version.Compare(at(2)) < 0
	switch {
	case given && ignored:
		asked := c.env.packages["bokeh"]
		c.find("resources-ignored", asked.Path, asked.Line, "Bokeh %s ignores BOKEH_RESOURCES: the app works in a tab and not in an iframe", version)
		return
	case given:
		return
	}
	f := c.noResources(app, version)
	f.Changes = c.setResources(start)
}

// noResources chooses what to say where the scripts come from the server.
func (c *checker) noResources(app *inspect.App, version packaging.Version) *Finding {
	start := app.Start
	prefix, hasPrefix := start.Serve.Option("--prefix")
	absolute := false
	rewrites := false
	if start.Entry != nil {
		v, _, _ := start.Entry.Get("absolute_url")
		absolute = v == true
		_, _, rewrites = start.Entry.Get("rewrite_response")
	}
	if hasPrefix && prefix != "" && absolute {
		return c.find("prefix-cookie", start.Path, start.Line, "the app's scripts come from the Jupyter server, which wants a cookie: no iframe shows it")
	}
	first := packaging.Version{Release: []int{3, 1, 1}}
	if start.Serve.Program == "panel" || version.Compare(first) < 0 || rewrites || c.ownTemplate(app) {
		return c.find("tab-only", start.Path, start.Line, "without BOKEH_RESOURCES=cdn the app works in a tab and not in an iframe")
	}
	return c.find("white-page", start.Path, start.Line, "without BOKEH_RESOURCES=cdn the page of Bokeh %s stays white behind the proxy", version)
}

// setsResources says whether the app's own source chooses its resources.
func (c *checker) setsResources(app *inspect.App) bool {
	text := c.text(app.Entry)
	return strings.Contains(text, "BOKEH_RESOURCES") || strings.Contains(text, "settings.resources")
}

// ownTemplate says whether the app's template writes its scripts itself.
func (c *checker) ownTemplate(app *inspect.App) bool {
	text := c.text(path.Join(app.Path, "templates", "index.html"))
	return strings.Contains(text, "bokeh_js") || strings.Contains(text, "js_resources")
}

// setResources sets the variable where that is a change of one line.
func (c *checker) setResources(start *inspect.Start) []Change {
	if start.Kind == inspect.StartProxy {
		if _, _, ok := start.Entry.Get("environment"); ok {
			return nil
		}
		return c.addKey(start, `"environment": {"BOKEH_RESOURCES": "cdn"}`)
	}
	line := lineAt(c.text(start.Path), start.Line)
	trimmed := strings.TrimLeft(line, " \t")
	if start.Kind == inspect.StartScript && (strings.HasPrefix(trimmed, "bokeh ") || strings.HasPrefix(trimmed, "panel ") || strings.HasPrefix(trimmed, "nohup ")) {
		return []Change{{Path: start.Path, Line: start.Line, Delete: 1, Insert: []string{line[:len(line)-len(trimmed)] + "BOKEH_RESOURCES=cdn " + trimmed}}}
	}
	return nil
}

// Framework is a server of apps that is not Bokeh's.
type Framework string

// The frameworks that are known.
const (
	Streamlit Framework = "Streamlit"
	Dash      Framework = "Dash"
	Voila     Framework = "Voilà"
)

// frameworkOf tells the framework of a command, or "".
func (c *checker) frameworkOf(start *inspect.Start) Framework {
	args := inspect.Unwrap(start.Args)
	if len(args) == 0 {
		return ""
	}
	switch path.Base(args[0]) {
	case "streamlit":
		return Streamlit
	case "voila":
		return Voila
	}
	for _, arg := range args[1:] {
		if p := inspect.RepoPath(start.Dir, arg); path.Ext(p) == ".py" && FrameworkOf(c.text(p)) == Dash {
			return Dash
		}
	}
	return ""
}

// otherPage reports on the page of another framework.
func (c *checker) otherPage(start *inspect.Start) {
	framework := c.frameworkOf(start)
	if framework == "" {
		return
	}
	if !c.partitioned() {
		c.find("cookie-needed", start.Path, start.Line, "%s needs a cookie that no iframe on another site sends", framework)
	}
	_, prefixed := c.variable(start, "DASH_REQUESTS_PATHNAME_PREFIX")
	_, base := c.variable(start, "DASH_URL_BASE_PATHNAME")
	if framework == Dash && !prefixed && !base && !c.dashPrefix(start) {
		c.find("dash-prefix", start.Path, start.Line, "Dash is not told its address, and asks for its files at the server's root")
	}
	if framework == Voila && !strings.Contains(strings.Join(start.Args, " "), "frame-ancestors") {
		c.find("voila-frame", start.Path, start.Line, "Voilà's page refuses to be shown in an iframe of another site")
	}
}

// dashPrefix says whether the Dash app sets its prefix itself.
func (c *checker) dashPrefix(start *inspect.Start) bool {
	for _, arg := range start.Args {
		if text := c.text(inspect.RepoPath(start.Dir, arg)); strings.Contains(text, "pathname_prefix") || strings.Contains(text, "url_base_pathname") {
			return true
		}
	}
	return false
}

// partitioned says whether some configuration sets a partitioned cookie.
func (c *checker) partitioned() bool {
	for _, f := range c.facts.Snapshot.Files() {
		if isConfigFile(f.Path) {
			if asksPartitioned(c.text(f.Path)) {
				return true
			}
		}
	}
	return c.postBuild != nil && strings.Contains(c.postBuild.text, "Partitioned")
}
