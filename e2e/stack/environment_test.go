package stack_test

import (
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// jupyter is what repo2docker 2026.4.0 installs before it looks at a
// repository, as far as it matters here.
var jupyter = []string{"jupyterlab==4.4.9", "jupyter-server==2.17.0", "notebook==7.4.7", "tornado==6.5.2"}

// installs are what stories run in, by their names:
//
//	binder   repo2docker's Jupyter and the newest of all else
//	old      the same with Bokeh 3.2.2, and without Panel
//	rows     the further frameworks, and packages that serve apps by themselves
//	classic  without jupyter-server-proxy, with what it was before
//	newest   the newest Jupyter, too; package venv has it
//
// They are few, since each has its hundreds of megabytes.
var installs = map[string][]string{
	"binder": append([]string{
		"jupyter-server-proxy==4.6.0", "bokeh==3.9.2", "panel==1.9.4",
		"streamlit==1.67.0", "dash==4.4.1", "voila==0.5.13", "ipywidgets==8.1.9",
	}, jupyter...),
	"rows": append([]string{
		"jupyter-server-proxy==4.6.0", "panel==1.9.4", "voila==0.5.13", "ipywidgets==8.1.9",
		"shiny==1.8.0", "marimo==0.25.2", "gradio==6.31.0", "flask==3.1.3", "bottle==0.13.4",
		"jupyter-panel-proxy==0.2.0", "marimo-jupyter-extension==0.5.0", "appmode==1.3.0",
		"tensorboard==2.21.0",
	}, jupyter...),
	"old":     append([]string{"jupyter-server-proxy==4.6.0", "bokeh==3.2.2"}, jupyter...),
	"classic": append([]string{"nbserverproxy==0.8.8", "bokeh==3.9.2"}, jupyter...),
}

// pythonOf is the interpreter of an environment, by its name. The CDNs serve its
// files from now on.
func pythonOf(tb testing.TB, name string) string {
	tb.Helper()
	var python string
	switch packages := installs[name]; {
	case name == "newest":
		python = venv.Jupyter(tb)
	case packages == nil:
		tb.Fatalf("there is no environment %q", name)
	default:
		python = venv.Python(tb, "stack-"+name, packages...)
	}
	if err := network().serve(filepath.Dir(filepath.Dir(python))); err != nil {
		tb.Fatal(err)
	}
	return python
}
