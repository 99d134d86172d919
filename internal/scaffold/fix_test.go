package scaffold_test

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/scaffold"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// fix mends a folder, writes the result, and returns what was left.
func fix(t *testing.T, dir string) *scaffold.Repair {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	r, err := scaffold.Fix(context.Background(), tree)
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
	for _, s := range linttest.Stories(t) {
		t.Run(s.Title, func(t *testing.T) {
			m := linttest.Memory(s.Files)
			had := map[string]bool{}
			for _, f := range linttest.CheckTree(t, m).Findings {
				had[f.Rule.ID] = true
			}
			left := fixTree(t, m).Left
			after := linttest.CheckTree(t, m)
			if len(left) != len(after.Findings) {
				t.Errorf("it says that %d findings are left, and there are\n%s", len(left), linttest.Lines(after))
			}
			for _, f := range after.Findings {
				if len(f.Changes) > 0 {
					t.Errorf("%s %s:%d was not mended", f.Rule.ID, f.At.File, f.At.Line)
				}
				if !had[f.Rule.ID] {
					t.Errorf("%s %s:%d is new: %s", f.Rule.ID, f.At.File, f.At.Line, f.Message)
				}
			}
			if again := fixTree(t, m); len(again.Edits) > 0 {
				t.Errorf("mending again changes %s", again.Edits[0].Path)
			}
		})
	}
}

// fix mends the tree itself.
func fixTree(t *testing.T, m linttest.Memory) *scaffold.Repair {
	t.Helper()
	r, err := scaffold.Fix(context.Background(), m)
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
// left, and comments, order and blank lines stay but for the comment of what went.
func TestFixTutorial(t *testing.T) {
	dir := linttest.Folder(t, linttest.Files{
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
	for _, args := range []string{"init --quiet --initial-branch=main", "remote add origin git@github.com:O/n.git"} {
		git := exec.Command("git", strings.Fields(args)...)
		git.Dir = dir
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	fix(t, dir)
	if got := linttest.Lines(linttest.Check(t, dir)); got != "" {
		t.Errorf("left:\n%s", got)
	}
	want := map[string]string{
		"binder/environment.yml": "# my environment\nname: app\n\nchannels:\n  - conda-forge   # newest\ndependencies:\n  - python=3.14   # or later\n  - bokeh\n  - pandas  # tables\n  - jupyter-server-proxy # to reach it\n\n# the end\n",
		"binder/postBuild":       "#!/bin/bash\nset -euo pipefail\nmkdir -p \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\ncp binder/jupyter_server_config.py \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\n",
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

// TestFixAdopts has what an extension starts started by an entry: with its options
// and its environment, where it does nothing else and serves one app.
func TestFixAdopts(t *testing.T) {
	const head = "import os\nfrom subprocess import Popen\ndef load_jupyter_server_extension(nb):\n"
	tests := []struct{ name, extension, entry string }{
		{"its environment and options", head + `    os.environ["MODE"] = "b"
    Popen(["bokeh", "serve", "app", "--allow-websocket-origin=*", "--port", "5006", "--keep-alive", "9", "--args", "x"], env=dict(os.environ, KEY="a"))
`, `["bokeh", "serve", "app", "--port={port}", "--allow-websocket-origin=*", "--keep-alive=9", "--args", "x"],
        "environment": {
            "BOKEH_RESOURCES": "cdn",
            "KEY": "a",
            "MODE": "b",
        }`},
		{"it works, but that nothing waits for it", head + "    Popen(['bokeh', 'serve', 'app', '--allow-websocket-origin=*'], env=dict(os.environ, BOKEH_RESOURCES='cdn'))\n", ""},
		{"it does more", head + "    nb.web_app.add_handlers('.*', [])\n    Popen(['bokeh', 'serve', 'app', '--allow-websocket-origin=*'])\n", ""},
		{"several apps of one server", head + "    Popen(['bokeh', 'serve', 'app', 'other.py', '--allow-websocket-origin=*'])\n", ""},
		{"another folder", head + "    Popen(['bokeh', 'serve', 'app', '--allow-websocket-origin=*'], cwd='sub')\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := linttest.Memory(linttest.Files{
				"environment.yml": "dependencies:\n  - python=3.12\n  - bokeh=3.9\n  - jupyter-server-proxy\n",
				"ext.py":          tt.extension, "app/main.py": "from bokeh.io import curdoc\n", "sub/app/main.py": "from bokeh.io import curdoc\n", "other.py": "from bokeh.io import curdoc\n",
				"postBuild": "#!/bin/bash\nset -e\n# load ext from here\nmv ext.py ${NB_PYTHON_PREFIX}/lib/python3.12/site-packages/\nmkdir -p ${NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config.d\ncp ext.json ${NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config.d/\n",
				"ext.json":  `{"ServerApp": {"jpserver_extensions": {"ext": true}}}`,
			})
			fixTree(t, m)
			got := m["jupyter_server_config.py"]
			if !strings.Contains(got, tt.entry) || (got == "") != (tt.entry == "") {
				t.Errorf("got\n%s\nwant\n%s", got, tt.entry)
			}
			if _, left := m["ext.py"]; left != (tt.entry == "") {
				t.Errorf("the extension is still there: %v", left)
			}
		})
	}
}

// TestFixComments deletes with a line the comment that spoke of it alone.
func TestFixComments(t *testing.T) {
	const line = "jupyter serverextension enable --sys-prefix nbserverproxy\n"
	tests := []struct{ text, want string }{
		{"#!/bin/bash\nset -e\n# enable nbserverproxy\n" + line, ""},
		{"#!/bin/bash\nset -e\n# enable nbserverproxy\n" + line + "echo more\n", "#!/bin/bash\nset -e\necho more\n"},
		{"#!/bin/bash\nset -e\n# by Ann\n\n# enable it\n" + line + "# done\n", "#!/bin/bash\nset -e\n# by Ann\n\n# done\n"},
		{"#!/bin/bash\nset -e\n# enable all\n" + line + "echo enable\n", "#!/bin/bash\nset -e\n# enable all\necho enable\n"},
		{"#!/bin/bash\nset -e\n# by Ann\n" + line, "#!/bin/bash\nset -e\n# by Ann\n"},
	}
	for _, tt := range tests {
		m := linttest.Memory(linttest.Files{"environment.yml": "dependencies:\n  - python=3.12\n", "postBuild": tt.text})
		if fixTree(t, m); m["postBuild"] != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, m["postBuild"], tt.want)
		}
	}
}

// TestFixAddresses changes the address of an app only where it cannot stay, and then
// in every link of its own, with its query, and in no other.
func TestFixAddresses(t *testing.T) {
	const (
		own   = "[a](https://mybinder.org/v2/gh/o/n/HEAD?urlpath="
		other = "[lab](https://mybinder.org/v2/gh/o/n/HEAD?urlpath=lab)\n[x](https://mybinder.org/v2/gh/o/other/HEAD?urlpath=proxy/5006/app)\n"
	)
	tests := []struct {
		name         string
		files        linttest.Files
		start, moved string // an own link's address, and what it is afterwards
		want         map[string]string
	}{
		{"a start script keeps it", linttest.Files{
			"environment.yml": "dependencies:\n  - python=3.12\n  - bokeh=3.9\n  - jupyter-server-proxy\n", "app/main.py": "from bokeh.io import curdoc\n",
			"start": "#!/bin/bash\nbokeh serve app --allow-websocket-origin=* &\nexec \"$@\"\n",
		}, "proxy/5006/app%3Fx%3D1", "", map[string]string{"jupyter_server_config.py": "", "start": "#!/bin/bash\nBOKEH_RESOURCES=cdn bokeh serve app --allow-websocket-origin=* &\nexec \"$@\"\n"}},
		{"an extension that nothing loads", linttest.Files{
			"environment.yml": "dependencies:\n  - python=3.12\n  - bokeh=3.9\n  - jupyter-server-proxy\n", "app/main.py": "from bokeh.io import curdoc\n",
			"ext.py":    "from subprocess import Popen\ndef load_jupyter_server_extension(nb):\n    Popen(['bokeh', 'serve', 'app', '--allow-websocket-origin=*'])\n",
			"postBuild": "#!/bin/bash\nset -e\nmv ext.py ${NB_PYTHON_PREFIX}/lib/python3.12/site-packages/\njupyter server extension enable --sys-prefix ext\n",
		}, "proxy/5006/app%3Fx%3D1", "app%2Fapp%3Fx%3D1", map[string]string{"ext.py": ""}},
		{"one that starts Streamlit", linttest.Files{
			"environment.yml": "dependencies:\n  - python=3.12\n  - streamlit\n  - jupyter-server-proxy\n", "app.py": "import streamlit as st\nst.title('a')\n",
			"ext.py":    "from subprocess import Popen\ndef load_jupyter_server_extension(nb):\n    Popen(['streamlit', 'run', 'app.py', '--server.port', '8501', '--server.headless=true', '--theme.base=dark'])\n",
			"postBuild": "#!/bin/bash\nset -e\nmv ext.py ${NB_PYTHON_PREFIX}/lib/python3.12/site-packages/\njupyter serverextension enable --sys-prefix ext\n",
		}, "proxy/8501/%3Fx%3D1", "app%2F%3Fx%3D1", map[string]string{"ext.py": "", "postBuild": "#!/bin/bash\nset -e\nmkdir -p \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\ncp jupyter_server_config.py \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.files["README.md"] = own + tt.start + ")\n" + other
			dir := linttest.Folder(t, tt.files)
			for _, args := range []string{"init --quiet --initial-branch=main", "remote add origin git@github.com:o/n.git"} {
				git := exec.Command("git", strings.Fields(args)...)
				git.Dir = dir
				if out, err := git.CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			for _, f := range fix(t, dir).Left {
				if f.Level == card.LevelError {
					t.Errorf("left: %s %s", f.Rule.ID, f.Message)
				}
			}
			tt.want["README.md"] = own + cmp.Or(tt.moved, tt.start) + ")\n" + other
			for name, want := range tt.want {
				if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
					t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
				}
			}
			if again := fix(t, dir); len(again.Edits) > 0 {
				t.Errorf("mending again changes %s", again.Edits[0].Path)
			}
		})
	}
}

// TestFixPython pins the newest Python that the author's own condition allows.
func TestFixPython(t *testing.T) {
	for asked, want := range map[string]string{
		"python<3.10": "python=3.9", "python>=3.8,<3.10": "python=3.9", "python>=3.11": "python=3.14", "python 3.11": "python=3.11",
		"conda-forge::python=3.11": "python=3.11", "python>=3.11.4,<3.12": "python=3.11", "python>=3.15": "python>=3.15", "python<3.7": "python<3.7",
		"python>=3.9": "python>=3.9", // which 3.10 is
	} {
		m := linttest.Memory(linttest.Files{"environment.yml": "dependencies:\n  - " + asked + "\n  - numpy\n"})
		if fixTree(t, m); m["environment.yml"] != "dependencies:\n  - "+want+"\n  - numpy\n" {
			t.Errorf("%s: got\n%s", asked, m["environment.yml"])
		}
	}
	m := linttest.Memory(linttest.Files{"environment.yml": "dependencies:\n  - python>=3.11\n  - numpy=1.26\n"})
	if fixTree(t, m); !strings.Contains(m["environment.yml"], "- python=3.12\n") {
		t.Errorf("with numpy 1.26: got\n%s", m["environment.yml"])
	}
	m = linttest.Memory(linttest.Files{"environment.yml": "dependencies:\n  - python>=3.11\n  - numpy\n", "a.py": "",
		"postBuild": "#!/bin/bash\nset -e\ncp a.py ${NB_PYTHON_PREFIX}/lib/python3.12/site-packages/\n"})
	if fixTree(t, m); !strings.Contains(m["environment.yml"], "- python=3.12\n") {
		t.Errorf("with the folder of 3.12: got\n%s", m["environment.yml"])
	}
}

func TestApply(t *testing.T) {
	tests := []struct {
		text    string
		changes []lint.Change
		want    string
	}{
		{"a\nb\n", []lint.Change{{Line: 2, Delete: 1, Insert: []string{"c"}}}, "a\nc\n"},
		{"a\r\nb", []lint.Change{{Line: 3, Insert: []string{"c"}}}, "a\r\nb\r\nc\r\n"},
		{"", []lint.Change{{Line: 1, Insert: []string{"c"}}}, "c\n"},
		{"a\nb\n", []lint.Change{{Line: 1, Delete: 1, Insert: []string{"x"}}, {Line: 1, Delete: 1, Insert: []string{"y"}}, {Line: 2, Insert: []string{"z"}}}, "x\nz\nb\n"},
		{"a\r\nb\r\n", []lint.Change{{Unix: true}, {Line: 2, Delete: 1}}, "a\n"},
		{"a\n", []lint.Change{{Line: 2, Insert: []string{"b"}}, {Line: 2, Insert: []string{"c"}}, {Line: 2, Insert: []string{"b"}}}, "a\nb\nc\n"},
	}
	for _, tt := range tests {
		if got := lint.Apply(tt.text, tt.changes); got != tt.want {
			t.Errorf("%q %v: got %q, want %q", tt.text, tt.changes, got, tt.want)
		}
	}
	diff := strings.Join(lint.Change{Line: 2, Delete: 1, Insert: []string{"c", "d"}}.Diff("a\nb\n"), "|")
	if diff != "- b|+ c|+ d" {
		t.Errorf("the diff is %s", diff)
	}
}

// TestFixBehindLinks mends files of a config folder that is a symbolic link.
func TestFixBehindLinks(t *testing.T) {
	dir := linttest.Folder(t, linttest.Files{
		"conf/environment.yml":          "dependencies:\n  - python>=3.11\n  - bokeh=3.9\n  - jupyter-server-proxy\n",
		"conf/postBuild":                "mkdir -p ${NB_PYTHON_PREFIX}/etc/jupyter\ncp .binder/jupyter_server_config.py ${NB_PYTHON_PREFIX}/etc/jupyter/\n",
		"conf/jupyter_server_config.py": "c.ServerProxy.servers = {\"app\": {\n    \"command\": [\"bokeh\", \"serve\", \"app\", \"--port={port}\"],\n}}\n",
		"app/main.py":                   "from bokeh.io import curdoc\n",
	})
	if err := os.Symlink("conf", filepath.Join(dir, ".binder")); err != nil {
		t.Skip(err)
	}
	if len(linttest.Check(t, dir).Findings) < 4 {
		t.Fatalf("too little was found:\n%s", linttest.Lines(linttest.Check(t, dir)))
	}
	for _, e := range fix(t, dir).Edits {
		if !strings.HasPrefix(e.Path, "conf/") || e.Old == nil {
			t.Errorf("%s is written", e.Path)
		}
	}
	if got := linttest.Lines(linttest.Check(t, dir)); got != "" {
		t.Errorf("left:\n%s", got)
	}
}
