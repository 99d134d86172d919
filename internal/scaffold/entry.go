package scaffold

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
)

// partitionedCookie is what a server's configuration needs for frameworks
// whose pages need the login cookie in an iframe.
var partitionedCookie = `
# Its page needs the login cookie, which an iframe on another site only sends
# when it is partitioned. Python knows that attribute from 3.14 on.
` + strings.Join(lint.TeachMorsel, "\n") + `
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

// entryConfig writes the entry of an app: its framework, the file or folder that
// is served, and the name by which the proxy knows it. It adds to what else the
// configuration has, also where that is not a dict yet.
func entryConfig(f *framework.Framework, file, name string) string {
	fill := func(text string) string { return framework.Fill(text, file, name) }
	var command []string
	for _, word := range f.Entry.Command {
		command = append(command, fill(word))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "c.ServerProxy.servers.update({\n    %s: {\n        \"command\": [%s],\n", pythonString(name), joinStrings(command))
	switch variables := f.Entry.Environment; len(variables) {
	case 0:
	case 1:
		fmt.Fprintf(&b, "        \"environment\": {%s: %s},\n", pythonString(variables[0].Name), pythonString(fill(variables[0].Value)))
	default:
		b.WriteString("        \"environment\": {\n")
		for _, v := range variables {
			fmt.Fprintf(&b, "            %s: %s,\n", pythonString(v.Name), pythonString(fill(v.Value)))
		}
		b.WriteString("        },\n")
	}
	if f.Entry.AbsoluteURL {
		b.WriteString("        \"absolute_url\": True,\n")
	}
	b.WriteString("        \"timeout\": 60,\n    },\n})\n")
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
func servedFile(app *repository.App) string {
	if strings.HasPrefix(app.Path, "-") {
		return "./" + app.Path
	}
	return path.Clean(app.Path)
}
