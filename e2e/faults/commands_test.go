package faults

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// writing is a command that writes files.
type writing struct {
	name string
	args []string
	// before is the folder that it runs in, and after what it makes of that. codes are the
	// exit codes of a run that has done it.
	before, after tree
	codes         []int
	// takes is about how long, temp the folder for temporary files.
	takes time.Duration
	temp  string
}

const rendered = "out.html"

// writings makes the commands that write, with what they do where nothing goes wrong, and
// a folder for temporary files.
func writings(t *testing.T, temp string) []*writing {
	t.Helper()
	const n = 4
	forge := gittest.Serve(t, gitserve.Options{})
	site := tree{"hugo.toml": blog["hugo.toml"]}
	for i := range n {
		forge.Repo(fmt.Sprintf("github.com/demo/wave%d", i), wave)
		site[fmt.Sprintf("content/posts%d/p.md", i%2*i)] = fmt.Sprintf("---\ntitle: P\n---\n<<< bokehbinder repo=demo/wave%d ref=main >>>\n", i)
		site[fmt.Sprintf("content/q%d.md", i)] = fmt.Sprintf("---\ntitle: Q\n---\n<<< bokehbinder repo=demo/wave%d ref=main >>>\n", i)
	}
	forge.SetenvFolders()
	sync := &writing{temp: temp, name: "sync", args: []string{"sync", "-q", "--hugo", "no-such-hugo", "."}, before: site}
	sync.learn(t)
	expand := &writing{temp: temp, name: "expand --in-place", args: []string{"expand", "-q", "--in-place"}, before: sync.after}
	for name := range site {
		if name != "hugo.toml" {
			expand.args = append(expand.args, name)
		}
	}
	expand.learn(t)
	render := &writing{temp: temp, name: "render -o", args: []string{"render", "-q", "-o", rendered, "content/q0.md"}, before: maps.Clone(site)}
	render.before[rendered] = "what was there\n"
	render.learn(t)
	fix := &writing{temp: temp, name: "init --fix", args: []string{"init", "--fix", "."}, before: tree{
		"wave/main.py":                     "from bokeh.io import curdoc\n",
		".binder/environment.yml":          "dependencies:\n  - python>=3.11 # or later\n  - bokeh\n  - jupyter-server-proxy\n",
		".binder/postBuild":                "#!/bin/bash\nset -euo pipefail\nmkdir -p \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\ncp .binder/jupyter_server_config.py \"${NB_PYTHON_PREFIX}/etc/jupyter/\"\n",
		".binder/jupyter_server_config.py": "c.ServerProxy.servers = {\"wave\": {\n    \"command\": [\"bokeh\", \"serve\", \"wave\", \"--port={port}\"],\n    \"timeout\": 60,\n}}\n",
	}}
	fix.learn(t)
	return []*writing{sync, expand, render, fix}
}

// learn runs the command, twice: the second run finds all done.
func (w *writing) learn(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	w.before.write(t, dir)
	for range 2 {
		start := time.Now()
		cmd := command(t, w.temp, dir, w.args...)
		out, err := cmd.CombinedOutput()
		code := cmd.ProcessState.ExitCode()
		if code != cli.ExitDone && code != cli.ExitInput {
			t.Fatalf("%s: %v: %s", w.name, err, out)
		}
		w.codes = append(w.codes, code)
		after := read(t, dir)
		if w.after != nil && len(after.differs(w.after)) > 0 {
			t.Fatalf("%s: a second run changes %s", w.name, after.differs(w.after))
		}
		if w.after == nil {
			w.takes, w.after = time.Since(start), after
		}
	}
	if len(w.changes()) == 0 {
		t.Fatalf("%s does nothing", w.name)
	}
	t.Logf("%s: %s, exit codes %d, changes %d files", w.name, w.takes, w.codes, len(w.changes()))
}

// changes are the files that it changes.
func (w *writing) changes() (names []string) {
	for name, text := range w.after {
		if !has(w.before, name, text) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// again runs the command where nothing goes wrong any more, and says what is not as it
// should be then.
func (w *writing) again(t *testing.T, dir string) (wrong []string) {
	t.Helper()
	cmd := command(t, w.temp, dir, w.args...)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != w.codes[0] && code != w.codes[1] {
		wrong = append(wrong, fmt.Sprintf("the next run fails: %v: %s", err, out))
	}
	wrong = append(wrong, read(t, dir).differs(w.after)...)
	return append(wrong, left(t, w.temp)...)
}
