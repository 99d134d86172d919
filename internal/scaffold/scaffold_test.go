package scaffold_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/scaffold"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// setUp sets a folder up and writes the result.
func setUp(t *testing.T, dir string, o scaffold.Options) (*scaffold.Setup, error) {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	s, err := scaffold.Init(context.Background(), tree, o)
	if err != nil {
		return nil, err
	}
	for _, e := range s.Edits {
		full := filepath.Join(dir, e.Path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(*e.New), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return s, nil
}

// TestInit sets repositories of each kind up: the app is where it says, and
// check finds nothing.
func TestInit(t *testing.T) {
	const bokeh = "from bokeh.io import curdoc\nimport pandas as pd\nfrom sklearn import svm\n"
	tests := []struct {
		name    string
		files   linttest.Files
		options scaffold.Options
		address string
		written string // the paths
	}{
		{"a folder", linttest.Files{"wave/main.py": bokeh}, scaffold.Options{}, "/wave/wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"a folder with a space", linttest.Files{"my wave/main.py": bokeh}, scaffold.Options{}, "/my-wave/my%20wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"a file", linttest.Files{"wave.py": bokeh, "other.py": "import bokeh"}, scaffold.Options{}, "/wave/wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"the root", linttest.Files{"main.py": bokeh}, scaffold.Options{}, "/dashboard/jovyan", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"a notebook", linttest.Files{"nb/main.ipynb": `{"cells": [{"cell_type": "code", "source": ["from bokeh.io import curdoc"]}]}`}, scaffold.Options{}, "/nb/nb", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Panel", linttest.Files{"p.py": "import panel as pn\npn.panel(1).servable()\n"}, scaffold.Options{}, "/p/p", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Streamlit", linttest.Files{"s.py": "import streamlit as st\n"}, scaffold.Options{}, "/s/", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Dash", linttest.Files{"d/main.py": "from dash import Dash\n"}, scaffold.Options{}, "/d/", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Voilà", linttest.Files{"v.ipynb": "{}"}, scaffold.Options{App: "v.ipynb"}, "/v/", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"one of several", linttest.Files{"a/main.py": bokeh, "b/main.py": bokeh}, scaffold.Options{App: "b"}, "/b/b", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"requirements.txt in the root", linttest.Files{"wave/main.py": bokeh, "requirements.txt": "# mine\npandas==2.2"}, scaffold.Options{}, "/wave/wave", "jupyter_server_config.py postBuild requirements.txt"},
		{"environment.yml with comments", linttest.Files{"wave/main.py": bokeh, "environment.yml": "dependencies:\n- python=3.11  # mine\n- pandas\n# end\n"}, scaffold.Options{}, "/wave/wave", "environment.yml jupyter_server_config.py postBuild"},
		{"a postBuild of one's own", linttest.Files{"wave/main.py": bokeh, "binder/postBuild": "echo hello\nmkdir x\n"}, scaffold.Options{}, "/wave/wave", "binder/environment.yml binder/jupyter_server_config.py binder/postBuild"},
		{"a package", linttest.Files{"wave/main.py": bokeh, "pyproject.toml": "[project]\nname='x'\ndependencies=['pandas']\n[build-system]\n"}, scaffold.Options{}, "/wave/wave", "jupyter_server_config.py postBuild requirements.txt"},
		{"nothing but a wish", linttest.Files{"README.md": "# Mine\n\nText.\n"}, scaffold.Options{Example: true}, "/app/app", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild app/main.py"},
		{"a reserved name", linttest.Files{"lab/main.py": bokeh}, scaffold.Options{}, "/app/lab", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"an unknown package", linttest.Files{"wave/main.py": bokeh + "import mypackage\n"}, scaffold.Options{}, "/wave/wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := linttest.Folder(t, tt.files)
			s, err := setUp(t, dir, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, e := range s.Edits {
				paths = append(paths, e.Path)
			}
			if got := strings.Join(paths, " "); s.URLPath != tt.address || got != tt.written {
				t.Errorf("the app is at %s, written were %s", s.URLPath, got)
			}
			r := linttest.Check(t, dir)
			if got := linttest.Lines(r); got != "" || len(s.Left) > 0 {
				t.Errorf("check finds\n%s", got)
			}
			if len(r.Facts.Apps) != 1 || r.Facts.Apps[0].URLPath != tt.address {
				t.Errorf("check sees the apps %+v", r.Facts.Apps)
			}
			if _, err := setUp(t, dir, tt.options); !errors.As(err, new(*scaffold.StartedError)) {
				t.Errorf("again: %v", err)
			}
		})
	}
}

func TestInitErrors(t *testing.T) {
	tests := []struct {
		files   linttest.Files
		options scaffold.Options
		want    string
	}{
		{linttest.Files{"README.md": ""}, scaffold.Options{}, "there is no app"},
		{linttest.Files{"a/main.py": "from bokeh.io import curdoc", "b/main.py": "import streamlit"}, scaffold.Options{}, "there are several apps: a, b"},
		{linttest.Files{"a/main.py": "from bokeh.io import curdoc"}, scaffold.Options{App: "b"}, "b is not in the repository"},
		{linttest.Files{"a/x.py": ""}, scaffold.Options{App: "a"}, "neither a folder with a main.py"},
		{linttest.Files{"a/main.py": "from bokeh.io import curdoc", "Dockerfile": "FROM x"}, scaffold.Options{}, "Dockerfile says how the image is made"},
	}
	for _, tt := range tests {
		if _, err := setUp(t, linttest.Folder(t, tt.files), tt.options); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// TestInitAsksOnce has init ask for the package that serves the app once.
func TestInitAsksOnce(t *testing.T) {
	for _, f := range framework.All() {
		if f.Entry.Command == nil || f.Library || !slices.Contains(f.Files, ".py") {
			continue
		}
		dir := linttest.Folder(t, linttest.Files{"squares.py": "import " + f.Module + "\n"})
		s, err := setUp(t, dir, scaffold.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, ".binder", "environment.yml"))
		if n := strings.Count(string(text), "- "+f.Package+"\n"); err != nil || n != 1 || len(s.Guessed) > 0 {
			t.Errorf("%s: %d times in\n%sguessed: %q (%v)", f.Name, n, text, s.Guessed, err)
		}
	}
}

func TestInitVersionsAndBadge(t *testing.T) {
	origin, err := forge.Parse("owner/name")
	if err != nil {
		t.Fatal(err)
	}
	dir := linttest.Folder(t, linttest.Files{"wave/main.py": "from bokeh.io import curdoc\nimport odd_one\n", "Readme.md": "# Wave\n\nText.\n"})
	s, err := setUp(t, dir, scaffold.Options{Versions: map[string]string{"bokeh": "3.9.2", "odd-one": "1.0"}, Origin: origin, Hub: "https://mybinder.org"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		".binder/environment.yml": "channels:\n  - conda-forge\ndependencies:\n  - python=3.12\n  - bokeh=3.9.2\n  - jupyter-server-proxy\n  - pip\n  - pip:\n    - odd-one==1.0\n",
		"Readme.md":               "# Wave\n\n[![Launch on Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=%2Fwave%2Fwave)\n\nText.\n",
	}
	for name, text := range want {
		if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != text {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, text)
		}
	}
	if got := fmt.Sprint(s.Guessed); got != "[odd-one]" {
		t.Errorf("guessed: %s", got)
	}
	if got := linttest.Lines(linttest.Check(t, dir)); got != "" {
		t.Errorf("check finds\n%s", got)
	}
}
