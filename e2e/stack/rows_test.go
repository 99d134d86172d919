package stack_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
)

// ports are programs that print on which port the server of a row listens where
// nobody says it, as the package itself has it.
var ports = map[string]string{
	"Bokeh":            "from bokeh.server.server import DEFAULT_SERVER_PORT as p; print(p)",
	"Bottle":           "import inspect, bottle; print(inspect.signature(bottle.run).parameters['port'].default)",
	"Dash":             "import inspect, re, dash; print(*re.findall(r'getenv\\(.PORT., .(\\d+)', inspect.getsource(dash.Dash.run)))",
	"Flask":            "from flask.cli import run_command as c; print(*[p.default for p in c.params if p.name == 'port'])",
	"flask run":        "from flask.cli import run_command as c; print(*[p.default for p in c.params if p.name == 'port'])",
	"Gradio":           "from gradio.http_server import INITIAL_PORT_VALUE as p; print(p)",
	"marimo":           "from marimo._server.start import DEFAULT_PORT as p; print(p)",
	"Panel":            "from bokeh.server.server import DEFAULT_SERVER_PORT as p; print(p)",
	"Shiny for Python": "from shiny._main import run as c; print(*[p.default for p in c.params if p.name == 'port'])",
	"Streamlit":        "from streamlit.config import get_option; print(get_option('server.port'))",
	"TensorBoard":      "from tensorboard.plugins.core.core_plugin import DEFAULT_PORT as p; print(p)",
	"Uvicorn":          "from uvicorn.main import main as c; print(*[p.default for p in c.params if p.name == 'port'])",
	"Voilà":            "from voila.app import Voila; print(Voila.port.default_value)",
}

// TestPorts asks the packages for the ports that the rows say.
func TestPorts(t *testing.T) {
	for _, row := range framework.All() {
		program := ports[row.Name]
		if program == "" {
			continue
		}
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			env := "rows"
			if slices.ContainsFunc(installs["binder"], func(p string) bool { return strings.HasPrefix(p, row.Package+"==") }) {
				env = "binder"
			}
			out, err := exec.Command(pythonOf(t, env), "-c", program).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != row.Port {
				t.Errorf("it is %q (%v), and the row says %q", got, err, row.Port)
			}
		})
	}
}

// unrun are the rows, and the packages that serve apps by themselves, that no
// story runs, and why.
var unrun = map[string]string{
	"Shiny":                  "it needs R",
	"RStudio":                "it needs R",
	"jupyter-shiny-proxy":    "it needs R",
	"jupyter-rsession-proxy": "it needs R",
	"nbrsessionproxy":        "it needs R",
	"jupyter-marimo-proxy":   "its entry has the name that marimo-jupyter-extension's has",
	"VS Code":                "it needs code-server",
	"jupyter-vscode-proxy":   "it needs code-server",
	"Flask":                  "its apps say themselves where they listen",
	"Bottle":                 "its apps say themselves where they listen",
}

// TestEveryRow looks for the story that runs what a row says: that of the entry
// that init writes, and of each package that serves apps by itself.
func TestEveryRow(t *testing.T) {
	for _, row := range framework.All() {
		if row.Server {
			continue
		}
		stories := map[string]string{}
		if row.Entry.Command != nil {
			stories[row.Name] = "recipes/" + row.Package + ".txt"
		} else if row.Brings == nil {
			stories[row.Name] = "recipes"
		}
		for _, b := range row.Brings {
			stories[b.Package] = "rows/" + b.Package + ".txt"
		}
		for name, story := range stories {
			found, err := filepath.Glob(filepath.Join("testdata", filepath.FromSlash(story)))
			if _, known := unrun[name]; err != nil || (len(found) > 0 && strings.HasSuffix(story, ".txt")) == known {
				t.Errorf("%s: testdata/%s is there: %t, said to be not run: %t", name, story, len(found) > 0, known)
			}
		}
	}
}
