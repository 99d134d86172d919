package launch_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// proxied is the configuration of an app named wave.
const proxied = `c.ServerProxy.servers = {"wave": {"command": ["bokeh", "serve", "wave", "--port={port}", "--allow-websocket-origin=*"],
    "environment": {"BOKEH_RESOURCES": "cdn"}, "timeout": 60}}
`

const app = "from bokeh.io import curdoc\nfrom bokeh.models import Div\nimport %\ncurdoc().add_root(Div(text='wave'))\n"

// TestBuildWithUV builds an environment.yml with packages of the index, and runs
// its app.
func TestBuildWithUV(t *testing.T) {
	uv := venv.UV(t)
	t.Setenv("PATH", filepath.Dir(uv)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	source := machine.Folder(t, map[string]string{
		".binder/environment.yml": "channels: [conda-forge]\ndependencies:\n- python=3.12\n- bokeh=3.9\n- matplotlib-base\n- jupyter-server-proxy=4.*\n" +
			"- nodejs\n- pip:\n  - -r ../more.txt\n",
		"more.txt": "six\n",
		".binder/postBuild": "#!/bin/bash\nset -eu\nmkdir -p \"${NB_PYTHON_PREFIX}/etc/jupyter\"\n" +
			"cp .binder/jupyter_server_config.py \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\npip install --quiet --force-reinstall six\n",
		".binder/jupyter_server_config.py": proxied,
		"wave/main.py":                     strings.Replace(app, "%", "matplotlib, six", 1),
	})
	runBuilt(t, source, "uv pip install")
}

// TestBuildWithPip builds a repository that is a Python package itself, which is
// installed from the copy.
func TestBuildWithPip(t *testing.T) {
	source := machine.Folder(t, map[string]string{
		"requirements.txt":                  "bokeh==3.9.2\njupyter-server-proxy\n-e ./part\n",
		"part/setup.py":                     "from setuptools import setup\nsetup(name='part', version='1', py_modules=['part'])\n",
		"part/part.py":                      "",
		"pyproject.toml":                    "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n[project]\nname = \"tide\"\nversion = \"1\"\n[tool.setuptools]\npackages = [\"tide\"]\n",
		"tide/__init__.py":                  "",
		".jupyter/jupyter_server_config.py": proxied,
		"wave/main.py":                      strings.Replace(app, "%", "tide, part", 1),
	})
	before := record(t, source)
	env := runBuilt(t, source, "pip install")
	same(t, source, before)
	missing, err := env.Missing(t.Context(), source)
	if err != nil || len(missing) > 0 {
		t.Errorf("missing: %q (%v)", missing, err)
	}
}

// runBuilt builds a repository's environment and runs its app in it.
func runBuilt(t *testing.T, source, step string) environments.Environment {
	t.Helper()
	l := &machine.Log{}
	b := &environments.Builder{Dir: filepath.Join(t.TempDir(), "cache"), Log: l}
	env, err := b.Build(t.Context(), source)
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	if !strings.Contains(l.String(), strings.Fields(step)[0]) || !strings.Contains(l.String(), "pip install") {
		t.Errorf("it was not built by %s:\n%s", step, l)
	}
	before := record(t, env.Prefix)
	i, build := image(t, env, source)
	s, out := start(t, i)
	if status, page := get(t, s, "wave/wave?token="+token); status != http.StatusOK || !strings.Contains(page, "bokeh") {
		t.Errorf("the app answers %d\n%s\n%s\n%s", status, page, build, out)
	}
	s.Stop()
	if text := out.String(); strings.Contains(text, "Error running application") || strings.Contains(text, "ModuleNotFoundError") {
		t.Errorf("the app failed:\n%s", text)
	}
	same(t, env.Prefix, before)
	return env
}
