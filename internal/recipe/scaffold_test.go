package recipe_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// setUp sets a folder up and writes the result.
func setUp(t *testing.T, dir string, o recipe.Options) (*recipe.Setup, error) {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	s, err := recipe.Init(context.Background(), tree, o)
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
		files   files
		options recipe.Options
		address string
		written string // the paths
	}{
		{"a folder", files{"wave/main.py": bokeh}, recipe.Options{}, "/wave/wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"a folder with a space", files{"my wave/main.py": bokeh}, recipe.Options{}, "/my-wave/my%20wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"a file", files{"wave.py": bokeh, "other.py": "import bokeh"}, recipe.Options{}, "/wave/wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"the root", files{"main.py": bokeh}, recipe.Options{}, "/dashboard/jovyan", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"a notebook", files{"nb/main.ipynb": `{"cells": ["from bokeh.io import curdoc"]}`}, recipe.Options{}, "/nb/nb", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Panel", files{"p.py": "import panel as pn\npn.panel(1).servable()\n"}, recipe.Options{}, "/p/p", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Streamlit", files{"s.py": "import streamlit as st\n"}, recipe.Options{}, "/s/", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Dash", files{"d/main.py": "from dash import Dash\n"}, recipe.Options{}, "/d/", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"Voilà", files{"v.ipynb": "{}"}, recipe.Options{App: "v.ipynb"}, "/v/", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"one of several", files{"a/main.py": bokeh, "b/main.py": bokeh}, recipe.Options{App: "b"}, "/b/b", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"requirements.txt in the root", files{"wave/main.py": bokeh, "requirements.txt": "# mine\npandas==2.2"}, recipe.Options{}, "/wave/wave", "jupyter_server_config.py postBuild requirements.txt"},
		{"environment.yml with comments", files{"wave/main.py": bokeh, "environment.yml": "dependencies:\n- python=3.11  # mine\n- pandas\n# end\n"}, recipe.Options{}, "/wave/wave", "environment.yml jupyter_server_config.py postBuild"},
		{"a postBuild of one's own", files{"wave/main.py": bokeh, "binder/postBuild": "echo hello\nmkdir x\n"}, recipe.Options{}, "/wave/wave", "binder/environment.yml binder/jupyter_server_config.py binder/postBuild"},
		{"a package", files{"wave/main.py": bokeh, "pyproject.toml": "[project]\nname='x'\ndependencies=['pandas']\n[build-system]\n"}, recipe.Options{}, "/wave/wave", "jupyter_server_config.py postBuild requirements.txt"},
		{"nothing but a wish", files{"README.md": "# Mine\n\nText.\n"}, recipe.Options{Example: true}, "/app/app", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild app/main.py"},
		{"a reserved name", files{"lab/main.py": bokeh}, recipe.Options{}, "/app/lab", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
		{"an unknown package", files{"wave/main.py": bokeh + "import mypackage\n"}, recipe.Options{}, "/wave/wave", ".binder/environment.yml .binder/jupyter_server_config.py .binder/postBuild"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t, tt.files)
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
			r := check(t, dir)
			if got := lines(r); got != "" || len(s.Left) > 0 {
				t.Errorf("check finds\n%s", got)
			}
			if len(r.Facts.Apps) != 1 || r.Facts.Apps[0].URLPath != tt.address {
				t.Errorf("check sees the apps %+v", r.Facts.Apps)
			}
			if _, err := setUp(t, dir, tt.options); !errors.As(err, new(*recipe.StartedError)) {
				t.Errorf("again: %v", err)
			}
		})
	}
}

func TestInitErrors(t *testing.T) {
	tests := []struct {
		files   files
		options recipe.Options
		want    string
	}{
		{files{"README.md": ""}, recipe.Options{}, "there is no app"},
		{files{"a/main.py": "from bokeh.io import curdoc", "b/main.py": "import streamlit"}, recipe.Options{}, "there are several apps: a, b"},
		{files{"a/main.py": "from bokeh.io import curdoc"}, recipe.Options{App: "b"}, "the repository has no b"},
		{files{"a/x.py": ""}, recipe.Options{App: "a"}, "neither a folder with a main.py"},
		{files{"a/main.py": "from bokeh.io import curdoc", "Dockerfile": "FROM x"}, recipe.Options{}, "Dockerfile makes the image"},
	}
	for _, tt := range tests {
		if _, err := setUp(t, folder(t, tt.files), tt.options); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

func TestInitVersionsAndBadge(t *testing.T) {
	origin, err := forge.Parse("owner/name")
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, files{"wave/main.py": "from bokeh.io import curdoc\nimport odd_one\n", "Readme.md": "# Wave\n\nText.\n"})
	s, err := setUp(t, dir, recipe.Options{Versions: map[string]string{"bokeh": "3.9.2", "odd-one": "1.0"}, Origin: origin, Hub: "https://mybinder.org"})
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
	if got := lines(check(t, dir)); got != "" {
		t.Errorf("check finds\n%s", got)
	}
}
