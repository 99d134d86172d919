package recipe_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// fix mends a folder, writes the result, and returns what was left.
func fix(t *testing.T, dir string) *recipe.Repair {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	r, err := recipe.Fix(context.Background(), tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Edits {
		full := filepath.Join(dir, e.Path)
		if e.New == nil {
			err = os.Remove(full)
		} else if err = os.MkdirAll(filepath.Dir(full), 0o755); err == nil {
			err = os.WriteFile(full, []byte(*e.New), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestFixStories mends each story of testdata/rules.txt: what has a change is
// gone afterwards, nothing comes anew, and mending again changes nothing.
func TestFixStories(t *testing.T) {
	for _, s := range stories(t) {
		t.Run(s.title, func(t *testing.T) {
			m := memory(s.files)
			had := map[string]bool{}
			for _, f := range checkTree(t, m).Findings {
				had[f.ID] = true
			}
			left := m.fix(t).Left
			after := checkTree(t, m)
			if len(left) != len(after.Findings) {
				t.Errorf("it says that %d findings are left, and there are\n%s", len(left), lines(after))
			}
			for _, f := range after.Findings {
				if len(f.Changes) > 0 {
					t.Errorf("%s %s:%d was not mended", f.ID, f.Path, f.Line)
				}
				if !had[f.ID] {
					t.Errorf("%s %s:%d is new: %s", f.ID, f.Path, f.Line, f.Message)
				}
			}
			if again := m.fix(t); len(again.Edits) > 0 {
				t.Errorf("mending again changes %s", again.Edits[0].Path)
			}
		})
	}
}

// fix mends the tree itself.
func (m memory) fix(t *testing.T) *recipe.Repair {
	t.Helper()
	r, err := recipe.Fix(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Edits {
		if e.New == nil {
			delete(m, e.Path)
		} else {
			m[e.Path] = *e.New
		}
	}
	return r
}

// TestFixTutorial mends the tutorial's recipe as it was published: nothing is
// left, and comments, order and blank lines stay.
func TestFixTutorial(t *testing.T) {
	dir := folder(t, files{
		"binder/environment.yml": "# my environment\nname: app\n\nchannels:\n  - conda-forge   # newest\ndependencies:\n  - python>=3.11   # or later\n  - bokeh\n  - pandas  # tables\n  - nbserverproxy # to reach it\n\n# the end\n",
		"binder/postBuild":       "# moves the extension\nmv binder/bokehserverextension.py ${NB_PYTHON_PREFIX}/lib/python3.11/site-packages/\njupyter serverextension enable --sys-prefix bokehserverextension\n",
		"binder/bokehserverextension.py": `from subprocess import Popen

def load_jupyter_server_extension(nbapp):
    """serve the bokeh-app directory with bokeh server"""
    Popen(["bokeh", "serve", "bokeh-app", "--allow-websocket-origin=*"])
`,
		"bokeh-app/main.py": "from bokeh.io import curdoc\nimport pandas\n",
		"README.md":         "# App\n\n[run](https://mybinder.org/v2/gh/o/n/HEAD?urlpath=/proxy/5006/bokeh-app)\n",
	})
	fix(t, dir)
	if got := lines(check(t, dir)); got != "" {
		t.Errorf("left:\n%s", got)
	}
	want := map[string]string{
		"binder/environment.yml": "# my environment\nname: app\n\nchannels:\n  - conda-forge   # newest\ndependencies:\n  - python=3.11   # or later\n  - bokeh\n  - pandas  # tables\n  - jupyter-server-proxy # to reach it\n\n# the end\n",
		"binder/postBuild":       "#!/bin/bash\nset -euo pipefail\n# moves the extension\nmkdir -p \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\ncp binder/jupyter_server_config.py \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\n",
		"README.md":              "# App\n\n[run](https://mybinder.org/v2/gh/o/n/HEAD?urlpath=bokeh-app%2Fbokeh-app)\n",
	}
	for name, text := range want {
		if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != text {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, text)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "binder/bokehserverextension.py")); err == nil {
		t.Error("the extension is still there")
	}
}

func TestApply(t *testing.T) {
	tests := []struct {
		text    string
		changes []recipe.Change
		want    string
	}{
		{"a\nb\n", []recipe.Change{{Line: 2, Delete: 1, Insert: []string{"c"}}}, "a\nc\n"},
		{"a\r\nb", []recipe.Change{{Line: 3, Insert: []string{"c"}}}, "a\r\nb\r\nc\r\n"},
		{"", []recipe.Change{{Line: 1, Insert: []string{"c"}}}, "c\n"},
		{"a\nb\n", []recipe.Change{{Line: 1, Delete: 1, Insert: []string{"x"}}, {Line: 1, Delete: 1, Insert: []string{"y"}}, {Line: 2, Insert: []string{"z"}}}, "x\nz\nb\n"},
		{"a\r\nb\r\n", []recipe.Change{{Unix: true}, {Line: 2, Delete: 1}}, "a\n"},
		{"a\n", []recipe.Change{{Line: 2, Insert: []string{"b"}}, {Line: 2, Insert: []string{"c"}}, {Line: 2, Insert: []string{"b"}}}, "a\nb\nc\n"},
	}
	for _, tt := range tests {
		if got := recipe.Apply(tt.text, tt.changes); got != tt.want {
			t.Errorf("%q %v: got %q, want %q", tt.text, tt.changes, got, tt.want)
		}
	}
	diff := strings.Join(recipe.Change{Line: 2, Delete: 1, Insert: []string{"c", "d"}}.Diff("a\nb\n"), "|")
	if diff != "- b|+ c|+ d" {
		t.Errorf("the diff is %s", diff)
	}
}

// TestFixBehindLinks mends files of a config folder that is a symbolic link.
func TestFixBehindLinks(t *testing.T) {
	dir := folder(t, files{
		"conf/environment.yml":          "dependencies:\n  - python>=3.11\n  - bokeh=3.9\n  - jupyter-server-proxy\n",
		"conf/postBuild":                "mkdir -p ${NB_PYTHON_PREFIX}/etc/jupyter\ncp .binder/jupyter_server_config.py ${NB_PYTHON_PREFIX}/etc/jupyter/\n",
		"conf/jupyter_server_config.py": "c.ServerProxy.servers = {\"app\": {\n    \"command\": [\"bokeh\", \"serve\", \"app\", \"--port={port}\"],\n}}\n",
		"app/main.py":                   "from bokeh.io import curdoc\n",
	})
	if err := os.Symlink("conf", filepath.Join(dir, ".binder")); err != nil {
		t.Skip(err)
	}
	if len(check(t, dir).Findings) < 4 {
		t.Fatalf("too little was found:\n%s", lines(check(t, dir)))
	}
	for _, e := range fix(t, dir).Edits {
		if !strings.HasPrefix(e.Path, "conf/") || e.Old == nil {
			t.Errorf("%s is written", e.Path)
		}
	}
	if got := lines(check(t, dir)); got != "" {
		t.Errorf("left:\n%s", got)
	}
}
