package framework

import (
	"regexp"
	"slices"
	"strings"
)

// bokehResources are those of all pages that Bokeh's server makes. Measured with
// jupyter-server-proxy 4.6.0: 1.4 ignores the variable, and from 3.1.1 on the
// page is white behind the proxy.
var bokehResources = Resources{
	Variable: "BOKEH_RESOURCES", Chosen: []string{"cdn", "inline"},
	Setting: "settings.resources", Template: []string{"bokeh_js", "js_resources"},
	Package: "bokeh",
	Releases: []string{
		"1.2.0", "1.4.0", "2.0.2", "2.2.3", "2.3.3", "2.4.3", "3.0.3", "3.1.0", "3.1.1", "3.2.2", "3.3.4", "3.4.3", "3.5.2", "3.6.3", "3.7.3", "3.8.2", "3.9.2", "3.10.2",
	},
	Pythons: []Needs{{"3.10", "3.12"}, {"3.5", "3.10"}, {"3.2", "3.9"}, {"3.0", "3.8"}, {"2.4", "3.7"}, {"2.0", "3.6"}},
}

var bokehOrigin = Origin{Option: "--allow-websocket-origin", Variable: "BOKEH_ALLOW_WS_ORIGIN"}

var mains = []string{"main.py", "main.ipynb"}

// ofFolders is what an app's folder has that is used where the folder is served.
var ofFolders = []string{"templates/index.html", "static/", "theme.yaml", "app_hooks.py", "server_lifecycle.py", "request_handler.py"}

// rows is the table.
var rows = slices.Concat(servers, frameworks)

// frameworks are what apps are written for.
var frameworks = []*Framework{
	{
		Name: "Streamlit", Package: "streamlit", Module: "streamlit",
		Command: Command{Program: "streamlit", Verbs: []string{"run"}, Others: strings.Fields("activate cache config docs hello help init version"), Dotted: true, Refused: []string{".ipynb"}},
		Files:   []string{".py"},
		Port:    "8501", PortOption: "--server.port",
		Prefix: Prefix{Option: "--server.baseUrlPath"},
		Cookie: true,
		Entry:  Entry{Command: []string{"streamlit", "run", "FILE", "--server.port={port}", "--server.headless=true"}},
	},
	{
		Name: "Dash", Package: "dash", Module: "dash",
		Files: []string{".py"},
		Port:  "8050",
		Prefix: Prefix{
			Needed:    true,
			Variables: []string{"DASH_REQUESTS_PATHNAME_PREFIX", "DASH_URL_BASE_PATHNAME"},
			Names:     []string{"requests_pathname_prefix", "routes_pathname_prefix", "url_base_pathname"},
		},
		Cookie: true,
		Entry: Entry{
			Command: []string{"python", "FILE"},
			Environment: []Variable{
				{"PORT", "{port}"},
				{"DASH_REQUESTS_PATHNAME_PREFIX", "{base_url}NAME/"},
				{"DASH_ROUTES_PATHNAME_PREFIX", "/"},
			},
		},
	},
	{
		Name: "Voilà", Package: "voila", Module: "voila",
		Command: Command{Program: "voila", Dotted: true, Valued: strings.Fields("--port --base_url --theme --template --ip")},
		Files:   []string{".ipynb"},
		Port:    "8866", PortOption: "--port",
		Prefix:  Prefix{Option: "--base_url"},
		Cookie:  true,
		Frame:   &Frame{Header: "frame-ancestors", Policy: "Content-Security-Policy"},
		Configs: []string{"voila.json", "voila.py"}, Classes: strings.Fields("Voila VoilaConfiguration VoilaExecutor VoilaExporter"),
		Brings: []Brought{{Package: "voila", Base: "/voila/render/", Files: []string{".ipynb"}, Folders: "/voila/tree/"}},
		Entry: Entry{
			// The proxy fills in what stands in braces; two are one.
			Command: []string{"voila", "FILE", "--port={port}", "--no-browser", "--base_url={base_url}NAME/",
				"--Voila.tornado_settings={{'headers': {{'Content-Security-Policy': 'frame-ancestors *'}}}}"},
			AbsoluteURL: true,
		},
	},
	{
		Name: "marimo", Package: "marimo", Module: "marimo",
		Command: Command{Program: "marimo", Verbs: []string{"run", "edit"}, Others: strings.Fields("check config convert development env export new recover shell-completion tutorial"), Valued: strings.Fields("--port -p --host --base-url --proxy --token-password --session-ttl"), Ports: []string{"-p"}},
		Files:   []string{".py"},
		Port:    "2718", PortOption: "--port",
		Prefix: Prefix{Option: "--base-url"},
		Cookie: true,
		Brings: []Brought{
			{Package: "marimo-jupyter-extension", Base: "/marimo/", Whole: true, Proxied: true},
			{Package: "jupyter-marimo-proxy", Base: "/marimo/", Whole: true, Proxied: true},
		},
		Entry: Entry{Command: []string{"marimo", "run", "FILE", "--port={port}", "--headless", "--no-token"}},
	},
	{
		Name: "Shiny for Python", Package: "shiny", Module: "shiny",
		Command: Command{Program: "shiny", Verbs: []string{"run"}, Others: strings.Fields("add cells create static"), Work: true, Valued: strings.Fields("--port -p --host -h --app-dir -d --ws-max-size --log-level"), Ports: []string{"-p"}},
		Files:   []string{".py"},
		Port:    "8000", PortOption: "--port",
		Cookie: true,
		Entry:  Entry{Command: []string{"shiny", "run", "--port={port}", "FILE"}},
	},
	{
		Name: "Gradio", Package: "gradio", Module: "gradio",
		Files:  []string{".py"},
		Port:   "7860",
		Prefix: Prefix{Variables: []string{"GRADIO_ROOT_PATH"}, Names: []string{"root_path"}},
		Cookie: true,
		Entry: Entry{
			Command:     []string{"python", "FILE"},
			Environment: []Variable{{"GRADIO_SERVER_PORT", "{port}"}, {"GRADIO_ROOT_PATH", "{base_url}NAME"}},
		},
	},
	{Name: "Flask", Package: "flask", Module: "flask", Files: []string{".py"}, Port: "5000"},
	{Name: "Bottle", Package: "bottle", Module: "bottle", Files: []string{".py"}, Port: "8080"},
	{
		// Appmode 1.0 enables itself beside the classic notebook's server, whose
		// header its pages have.
		Name: "Appmode", Package: "appmode",
		Cookie: true,
		Frame:  &Frame{Header: "frame-ancestors", Policy: "Content-Security-Policy"},
		Brings: []Brought{{Package: "appmode", Base: "/apps/", Files: []string{".ipynb"}}},
	},
	{
		// repo2docker installs the proxy with R; it serves the working folder.
		Name: "Shiny",
		R: &R{
			Functions: strings.Fields("runApp shinyApp shinyAppDir shinyAppFile run run_app"), Names: strings.Fields("appDir appFile file"),
			Port: "port", Lists: strings.Fields("options shiny_args"), Option: "shiny.port",
		},
		Brings: []Brought{{
			Package: "jupyter-shiny-proxy", Base: "/shiny/", Route: RouteFolder, Proxied: true,
			Files: []string{".Rmd"}, Mark: "runtime: shiny", Mains: []string{"app.R", "server.R"},
		}},
	},
	{
		// repo2docker installs the first with R; the second had its name before.
		Name: "RStudio",
		Brings: []Brought{
			{Package: "jupyter-rsession-proxy", Base: "/rstudio/", Whole: true, Proxied: true},
			{Package: "nbrsessionproxy", Base: "/rstudio/", Whole: true, Proxied: true},
		},
	},
	{
		// It starts code-server, which comes from elsewhere.
		Name:   "VS Code",
		Brings: []Brought{{Package: "jupyter-vscode-proxy", Base: "/vscode/", Whole: true, Proxied: true}},
	},
	{
		Name: "Panel", Package: "panel", Module: "panel", Library: true, Mark: "servable",
		Command: Command{Program: "panel", Verbs: []string{"serve"}, Others: bokehOthers, Valued: bokehValued, Listed: bokehListed},
		Files:   []string{".py", ".ipynb", ".md"}, Mains: mains, OfFolders: ofFolders, Routes: true,
		Port: "5006", PortOption: "--port",
		Prefix: Prefix{Option: "--prefix"}, Origin: &bokehOrigin, Resources: &bokehResources,
		CDN: &CDN{
			Host: "cdn.holoviz.org", Folder: "panel/",
			Path: regexp.MustCompile(`^panel/(\d[\w.]*)/dist/([^?]*)$`),
			Info: "panel-$1.dist-info", File: "panel/dist/$2",
		},
		Brings: []Brought{{
			Package: "jupyter-panel-proxy", Base: "/panel/", Route: RouteStem, Files: []string{".ipynb", ".py"}, Proxied: true,
			Config: "jupyter-panel-proxy.yml", Prefer: "examples", Left: []string{"*setup.py", "*dodo.py", "*.ipynb_checkpoints*"},
		}},
		Entry: bokehEntry("panel"),
	},
	{
		Name: "Bokeh", Package: "bokeh", Module: "bokeh", Library: true, Mark: "curdoc",
		Command: Command{Program: "bokeh", Verbs: []string{"serve"}, Others: bokehOthers, Valued: bokehValued, Listed: append([]string{"--dev"}, bokehListed...)},
		Files:   []string{".py", ".ipynb"}, Mains: mains, OfFolders: ofFolders, MainOnly: true, Routes: true,
		Port: "5006", PortOption: "--port",
		Prefix: Prefix{Option: "--prefix"}, Origin: &bokehOrigin, Resources: bokehOwnResources(),
		CDN: &CDN{
			Host: "cdn.bokeh.org", Folder: "bokeh/release/",
			Path: regexp.MustCompile(`^bokeh/(?:release|dev)/(bokeh(?:-[a-z]+)*)-(\d[\w.]*?)((?:\.min)?\.js)$`),
			Info: "bokeh-$2.dist-info", File: "bokeh/server/static/js/$1$3",
		},
		Entry: bokehEntry("bokeh"),
	},
}

// bokehOwnResources are those of pages that are Bokeh's alone. Panel's work in a
// tab whatever the release.
func bokehOwnResources() *Resources {
	r := bokehResources
	r.White, r.Ignored = "3.1.1", Span{"1.4", "2"}
	return &r
}

// bokehEntry is the entry of a command with Bokeh's options.
func bokehEntry(program string) Entry {
	return Entry{
		Command:     []string{program, "serve", "FILE", "--port={port}", "--allow-websocket-origin=*"},
		Environment: []Variable{{"BOKEH_RESOURCES", "cdn"}},
	}
}
