package recipe

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/inspect"
)

// partitionedCookie is what a server's configuration needs for frameworks
// whose pages need the login cookie in an iframe.
var partitionedCookie = `
# Its page needs the login cookie, which an iframe on another site only sends
# when it is partitioned. Python knows that attribute from 3.14 on.
` + strings.Join(teachMorsel, "\n") + `
c.ServerApp.cookie_options = {"SameSite": "None", "Secure": True, "Partitioned": True}
`

// configHead begins a configuration.
const configHead = `# Jupyter's server starts the app when somebody asks for it, and waits until it
# answers.
c = get_config()  # noqa: F821

`

var unfit = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// entryName makes of an app's name one that an address can have as it is.
func entryName(name string) string {
	name = strings.Trim(unfit.ReplaceAllString(name, "-"), "-.")
	switch name {
	case "", "api", "lab", "proxy", "tree", "files", "static", "login", "logout", "hub", "doc", "view", "edit", "terminals", "nbconvert", "notebooks":
		return "app"
	}
	return name
}

// entryConfig writes the entry of an app: its program, the file or folder that
// it serves, and the name by which the proxy knows it. It adds to what else the
// configuration has, also where that is not a dict yet.
func entryConfig(program, file, name string) string {
	command := []string{program, "serve", file, "--port={port}", "--allow-websocket-origin=*"}
	environment := `{"BOKEH_RESOURCES": "cdn"}`
	extra := ""
	switch program {
	case "streamlit":
		command = []string{"streamlit", "run", file, "--server.port={port}", "--server.headless=true"}
		environment = ""
	case "dash":
		command = []string{"python", file}
		environment = fmt.Sprintf(`{
            "PORT": "{port}",
            "DASH_REQUESTS_PATHNAME_PREFIX": "{base_url}%s/",
            "DASH_ROUTES_PATHNAME_PREFIX": "/",
        }`, name)
	case "voila":
		// The proxy fills in what stands in braces; two are one.
		command = []string{"voila", file, "--port={port}", "--no-browser", "--base_url={base_url}" + name + "/",
			"--Voila.tornado_settings={{'headers': {{'Content-Security-Policy': 'frame-ancestors *'}}}}"}
		environment, extra = "", "        \"absolute_url\": True,\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "c.ServerProxy.servers.update({\n    %s: {\n        \"command\": [%s],\n", pythonString(name), joinStrings(command))
	if environment != "" {
		fmt.Fprintf(&b, "        \"environment\": %s,\n", environment)
	}
	fmt.Fprintf(&b, "%s        \"timeout\": 60,\n    },\n})\n", extra)
	return b.String()
}

// joinStrings writes the items of a list of Python's.
func joinStrings(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = pythonString(s)
	}
	return strings.Join(out, ", ")
}

// pythonString writes a string literal of Python's.
func pythonString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(s) + `"`
}

// servedFile is how a command that runs in the repository's root names an app.
func servedFile(app *inspect.App) string {
	if strings.HasPrefix(app.Path, "-") {
		return "./" + app.Path
	}
	return path.Clean(app.Path)
}
