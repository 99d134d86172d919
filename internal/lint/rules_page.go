package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

const measured = "Measured with jupyter-server 2.21.1, jupyter-server-proxy 4.6.0 and Chromium 156"

var pageRules = []*Rule{
	whitePage, tabOnly, resourcesIgnored, prefixCookie, cookieNeeded, staticCookie, dashPrefix, voilaFrame,
}

// page says what becomes of the page of an app that Bokeh or Panel serves.
type page uint8

const (
	pageFine page = iota
	pageWhite
	pageTabOnly
	pageIgnoresResources
	pageNeedsCookie
)

var whitePage = &Rule{
	ID:       "white-page",
	Level:    card.LevelError,
	Title:    "The page stays white",
	When:     "bokeh serve runs Bokeh 3.1.1 or later, which is also what an environment without a pin gets on Python 3.8 and later, and BOKEH_RESOURCES is neither cdn nor inline.",
	Why:      "The page asks for its scripts at the server's root, or up to 3.2.2 at localhost, where they are not: white in its own tab and in an iframe.",
	Evidence: measured + ": 3.1.0 works in a tab, 3.1.1 to 3.10.2 do not; with cdn or inline all work, without any cookie.",
	Fix:      "set BOKEH_RESOURCES=cdn for the command",
	Check:    pages(pageWhite),
}

var tabOnly = &Rule{
	ID:       "tab-only",
	Level:    card.LevelWarning,
	Title:    "The page works in a tab and not in an iframe",
	When:     "bokeh serve runs a Bokeh before 3.1.1, or panel serve any Panel, or jupyter-panel-proxy serves the app, and BOKEH_RESOURCES is neither cdn nor inline; or the app's own template or rewrite_response brings the scripts from the server; or it is not known which Bokeh is installed, as with a Dockerfile.",
	Why:      "Each script is asked for without the token, and the login cookie is not sent in another site's iframe: the reader sees an empty frame.",
	Evidence: measured + ": Bokeh 1.2.0 to 3.1.0 and Panel 1.9.4 show in a tab, and in no iframe of another site.",
	Fix:      "set BOKEH_RESOURCES=cdn for the command",
	Check:    pages(pageTabOnly),
}

var resourcesIgnored = &Rule{
	ID:       "resources-ignored",
	Level:    card.LevelWarning,
	Title:    "A Bokeh that ignores BOKEH_RESOURCES",
	When:     "The environment takes Bokeh 1.4, and BOKEH_RESOURCES is set.",
	Why:      "This version alone ignores it, so the page works in a tab and not in an iframe.",
	Evidence: measured + ": 1.4.0; 1.2.0 and 2.0.2 do not ignore it.",
	Fix:      "ask for Bokeh 2.0 or later",
	Check:    checkResourcesIgnored,
}

var prefixCookie = &Rule{
	ID:       "prefix-cookie",
	Level:    card.LevelWarning,
	Title:    "A page that needs a cookie",
	When:     "The app is served with --prefix and absolute_url, and BOKEH_RESOURCES is neither cdn nor inline.",
	Why:      "The scripts come from the Jupyter server, which wants its login cookie: in a tab it works, in another site's iframe it does not.",
	Evidence: measured + ": it shows in a tab, and with the default cookie in no iframe of another site.",
	Fix:      "leave --prefix and absolute_url out, and set BOKEH_RESOURCES=cdn",
	Check:    pages(pageNeedsCookie),
}

// pages reports the pages of which one thing becomes.
func pages(wanted page) func(*checker) {
	return func(c *checker) {
		for _, a := range c.served() {
			if a.page == wanted {
				f := c.report(a.app.Start.Path, a.app.Start.Line, "%s", wanted.message(a))
				if a.app.Start.Kind == repository.StartPackage {
					f.Fix = "export " + remedy(a.app) + " in start, or start the app with an entry of ServerProxy.servers of its own"
				} else {
					f.Changes = c.setResources(a.app.Start)
				}
			}
		}
	}
}

// remedy is the variable with a value that makes a page independent of the
// server.
func remedy(app *repository.App) string {
	return app.Framework.Resources.Variable + "=" + app.Framework.Resources.Chosen[0]
}

// message says what becomes of a page.
func (p page) message(a served) string {
	remedy := remedy(a.app)
	switch p {
	case pageWhite:
		return fmt.Sprintf("without %s the page of %s %s stays white behind the proxy", remedy, a.app.Framework.Name, a.version)
	case pageTabOnly:
		if a.app.Framework.Resources.White != "" && a.known != truth.Yes {
			return "without " + remedy + " no iframe shows the app"
		}
		return "without " + remedy + " the app works in a tab and not in an iframe"
	}
	return "the app's scripts come from the Jupyter server, which wants a cookie: no iframe shows it"
}

// served is an app whose page takes its scripts from somewhere else than its own
// address, the release that decides about it, and what becomes of it.
type served struct {
	app     *repository.App
	version packaging.Version
	known   truth.Value // whether the release is
	page    page
}

// shown lists the apps whose pages are judged. What a package would serve that no build
// pack installs is not: that nothing is built is said already.
func (c *checker) shown() []*repository.App {
	var out []*repository.App
	for i := range c.facts.Apps {
		if app := &c.facts.Apps[i]; app.Start.Kind != repository.StartPackage || c.facts.Plan.Pack != "" {
			out = append(out, app)
		}
	}
	return out
}

// served lists such apps.
func (c *checker) served() []served {
	var out []served
	for _, app := range c.shown() {
		if app.Framework != nil && app.Framework.Resources != nil && (app.Start.Serve != nil || app.Start.Kind == repository.StartPackage) {
			version, known := c.facts.Installed.Release(app.Framework.Resources)
			out = append(out, served{app, version, known, c.page(app, version)})
		}
	}
	return out
}

func checkResourcesIgnored(c *checker) {
	for _, a := range c.served() {
		if a.page == pageIgnoresResources {
			r := a.app.Framework.Resources
			asked, _ := c.facts.Installed.Find(r.Package)
			c.reportAt(asked.At, "%s %s ignores %s: the app works in a tab and not in an iframe", a.app.Framework.Name, a.version, r.Variable)
		}
	}
}

// page tells what becomes of the page of an app that Bokeh or Panel serves.
func (c *checker) page(app *repository.App, version packaging.Version) page {
	start, r := app.Start, app.Framework.Resources
	resources, known := c.variable(start, r.Variable)
	if strings.Contains(resources, "{") || c.setsResources(app) {
		return pageFine
	}
	if start.Entry != nil && !known {
		if env, _, ok := start.Entry.Get("environment"); ok {
			if _, isDict := env.(*python.Dict); !isDict {
				return pageFine // a function, whose result is not known
			}
		}
	}
	given := slices.ContainsFunc(r.Chosen, func(way string) bool { return strings.HasPrefix(resources, way) })
	ignored := r.Ignored.From != "" && atLeast(version, r.Ignored.From) && !atLeast(version, r.Ignored.Below)
	switch {
	case given && ignored:
		return pageIgnoresResources
	case given:
		return pageFine
	}
	return c.pageOfServer(app, version)
}

// atLeast says whether a release is one or later.
func atLeast(release packaging.Version, from string) bool {
	v, err := packaging.ParseVersion(from)
	return err == nil && release.Compare(v) >= 0
}

// pageOfServer tells what becomes of a page whose scripts come from the server.
func (c *checker) pageOfServer(app *repository.App, version packaging.Version) page {
	start, r := app.Start, app.Framework.Resources
	if start.Kind == repository.StartPackage {
		return pageTabOnly // its server is told a prefix, and its scripts want a cookie
	}
	prefix, hasPrefix := start.Serve.Option(app.Framework.Prefix.Option)
	absolute := false
	rewrites := false
	if start.Entry != nil {
		v, _, _ := start.Entry.Get("absolute_url")
		absolute = v == true
		_, _, rewrites = start.Entry.Get("rewrite_response")
	}
	if hasPrefix && prefix != "" && absolute {
		return pageNeedsCookie
	}
	if r.White == "" || !atLeast(version, r.White) || rewrites || c.ownTemplate(app) {
		return pageTabOnly
	}
	return pageWhite
}

// setsResources says whether the app's own source chooses its resources.
func (c *checker) setsResources(app *repository.App) bool {
	m, r := c.facts.Module(app.Entry), app.Framework.Resources
	return repository.SetsVariable(m, r.Variable) || repository.Sets(m, r.Setting)
}

// ownTemplate says whether the app's template writes its scripts itself.
func (c *checker) ownTemplate(app *repository.App) bool {
	used := c.facts.TemplateNames(path.Join(app.Path, "templates", "index.html"))
	return slices.ContainsFunc(app.Framework.Resources.Template, func(name string) bool { return used[name] })
}

// setResources sets the variable where that is a change of one line.
func (c *checker) setResources(start *repository.Start) []Change {
	r := start.Serve.Framework.Resources
	if start.Kind == repository.StartProxy {
		if _, _, ok := start.Entry.Get("environment"); ok {
			return nil
		}
		return c.addKey(start, fmt.Sprintf(`"environment": {%q: %q}`, r.Variable, r.Chosen[0]))
	}
	line := repository.LineAt(c.facts.Text(start.Path), start.Line)
	trimmed := strings.TrimLeft(line, " \t")
	if start.Kind == repository.StartScript && (strings.HasPrefix(trimmed, start.Serve.Framework.Command.Program+" ") || strings.HasPrefix(trimmed, "nohup ")) {
		return onLine(start.Path, start.Line, line[:len(line)-len(trimmed)]+r.Variable+"="+r.Chosen[0]+" "+trimmed)
	}
	return nil
}

// setPartitioned is how a server's cookie gets into another site's iframe.
const setPartitioned = "set c.ServerApp.cookie_options = {\"SameSite\": \"None\", \"Secure\": True, \"Partitioned\": True}, before Python 3.14 after teaching http.cookies.Morsel the attribute"

var cookieNeeded = &Rule{
	ID:       "cookie-needed",
	Level:    card.LevelWarning,
	Title:    "A framework that needs a cookie in an iframe",
	When:     "Streamlit, Dash, Voilà, Shiny for Python, marimo or Gradio is started, or Voilà or Appmode serves notebooks by itself, and no configuration sets a partitioned cookie. With a Dockerfile it is told where its base is one of Jupyter's own or of a few well-known images, and nothing that it runs or copies may configure Jupyter.",
	Why:      "The page asks for everything without the token. In a tab the login cookie stands in for that; in an iframe of another site the browser does not send it, and the page stays empty.",
	Evidence: measured + ": Streamlit 1.67.0, Dash 4.4.1, Voilà 0.5.13, Shiny 1.8.0, marimo 0.25.2, Gradio 6.31.0; with a partitioned cookie they work in all views, with https. Firefox ESR 153 as it comes keeps and sends the login cookie in an iframe, and none at all where the reader blocks cookies of other sites.",
	Fix:      setPartitioned + "; bokehbinder init writes both",
	Check:    checkCookieNeeded,
}

func checkCookieNeeded(c *checker) {
	for _, app := range c.shown() {
		if app.Framework != nil && app.Framework.Cookie && !c.partitioned() {
			c.report(app.Start.Path, app.Start.Line, "%s needs a cookie that no iframe on another site sends", app.Framework.Name)
		}
	}
}

var dashPrefix = &Rule{
	ID:       "dash-prefix",
	Level:    card.LevelError,
	Title:    "Dash asks for its files at the wrong place",
	When:     "Dash is started without DASH_REQUESTS_PATHNAME_PREFIX, and its own source does not say requests_pathname_prefix or url_base_pathname either.",
	Why:      "Its page asks for everything at the server's root: nothing works, in a tab or in an iframe.",
	Evidence: measured + ": Dash 4.4.1 shows neither in a tab nor in an iframe.",
	Fix:      "give the entry the environment {\"DASH_REQUESTS_PATHNAME_PREFIX\": \"{base_url}NAME/\", \"DASH_ROUTES_PATHNAME_PREFIX\": \"/\"}",
	Check:    checkDashPrefix,
}

func checkDashPrefix(c *checker) {
	for _, app := range c.facts.Apps {
		if app.Framework != nil && app.Framework.Prefix.Needed && !c.prefixed(&app) {
			f := c.report(app.Start.Path, app.Start.Line, "%s is not told its address, and asks for its files at the server's root", app.Framework.Name)
			if app.Start.Kind == repository.StartScript {
				f.Fix = fmt.Sprintf("write export DASH_REQUESTS_PATHNAME_PREFIX=\"${JUPYTERHUB_SERVICE_PREFIX%%/}%s\" DASH_ROUTES_PATHNAME_PREFIX=/ above it", app.URLPath)
			}
		}
	}
}

// prefixed says whether an app is told its address by its environment or by its
// own source.
func (c *checker) prefixed(app *repository.App) bool {
	prefix := app.Framework.Prefix
	for _, name := range prefix.Variables {
		if _, ok := c.variable(app.Start, name); ok {
			return true
		}
	}
	for _, arg := range app.Start.Args {
		m := c.facts.Module(path.Clean(shell.RepoPath(app.Start.Dir, arg)))
		if repository.Passes(m, prefix.Names, app.Framework.Module) || slices.ContainsFunc(prefix.Variables, func(name string) bool { return repository.SetsVariable(m, name) }) {
			return true
		}
	}
	return false
}

var voilaFrame = &Rule{
	ID:       "voila-frame",
	Level:    card.LevelWarning,
	Title:    "A page that refuses the iframe",
	When:     "Voilà is started, or Voilà or Appmode is installed and so serves notebooks by itself, without a Content-Security-Policy that names frame-ancestors. With a Dockerfile it is told where nothing in it may configure Jupyter, as for cookie-needed.",
	Why:      "The page says frame-ancestors 'self': another site's iframe stays empty, whatever the cookies.",
	Evidence: measured + ": Voilà 0.5.13, Appmode 1.3.0.",
	Fix:      "give it --Voila.tornado_settings with the header Content-Security-Policy: frame-ancestors *, each brace of it written twice, since the proxy fills in what stands in single ones",
	Check:    checkVoilaFrame,
}

func checkVoilaFrame(c *checker) {
	for _, app := range c.shown() {
		if app.Framework == nil || app.Framework.Frame == nil || strings.Contains(strings.Join(app.Start.Args, " "), app.Framework.Frame.Header) {
			continue
		}
		brought := app.Start.Kind == repository.StartPackage
		if brought && c.headers(app.Framework.Frame) {
			continue
		}
		f := c.report(app.Start.Path, app.Start.Line, "%s's page refuses to be shown in an iframe of another site", app.Framework.Name)
		switch {
		case !brought:
		case app.Framework.Entry.Command == nil:
			f.Fix = "set c.ServerApp.tornado_settings = {\"headers\": {\"Content-Security-Policy\": \"frame-ancestors *\"}}"
		default:
			f.Fix = "start it with an entry of ServerProxy.servers whose command gives the header Content-Security-Policy: frame-ancestors *; bokehbinder init writes one"
		}
	}
}

// headers says whether the configuration gives the answers of Jupyter's server, and of
// what it serves itself, the header by which a framework refuses frames, or may.
func (c *checker) headers(frame *framework.Frame) bool {
	if c.plainServer() {
		return false
	}
	for _, class := range []string{"ServerApp", "NotebookApp"} { // Notebook hands its own on
		settings, set := c.facts.Jupyter.Get(class, "tornado_settings")
		if set == jupyter.Unknown || set == jupyter.Yes && mayHave(&settings, "headers", frame.Policy) {
			return true
		}
	}
	return false
}

// mayHave says whether a dict has a dict at a key that has another key, or may.
func mayHave(v *jupyter.Value, key, inner string) bool {
	it, ok := v.Get(key)
	if !v.Dict || !ok && slices.ContainsFunc(v.Items, func(it jupyter.Item) bool { return strings.Contains(it.Key, "{") }) {
		return true
	}
	headers, isDict := it.Value.(*python.Dict)
	return ok && (!isDict || it.Maybe || slices.ContainsFunc(headers.Items, func(h python.Item) bool {
		name, known := h.Key.(string)
		return !known || name == inner || strings.Contains(name, "{")
	}))
}

// partitioned says whether the configuration sets a partitioned cookie, or may.
func (c *checker) partitioned() bool {
	if c.plainServer() {
		return false
	}
	cookie, set := c.facts.Jupyter.Cookie("Partitioned")
	return set == jupyter.Unknown || set == jupyter.Yes && cookie.Value != false
}
