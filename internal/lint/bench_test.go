package lint_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// large makes a work tree of 10,000 files that git tracks, of which the first
// story's are the recipe.
func large(b *testing.B) string {
	b.Helper()
	fs := linttest.Files{
		"environment.yml": "dependencies:\n  - python=3.12\n  - bokeh=3.9\n  - jupyter-server-proxy\n",
		"postBuild":       "set -e\ncp jupyter_server_config.py ${NB_PYTHON_PREFIX}/etc/jupyter/\n",
		"jupyter_server_config.py": `c.ServerProxy.servers = {"app": {
    "command": ["bokeh", "serve", "app", "--port={port}", "--allow-websocket-origin=*"],
    "environment": {"BOKEH_RESOURCES": "cdn"},
    "timeout": 60,
}}
`,
		"app/main.py": "from bokeh.io import curdoc\n",
	}
	for i := range 10_000 - len(fs) {
		ext := []string{"csv", "py", "png", "txt"}[i%4]
		fs[fmt.Sprintf("part%02d/data%d/file%d.%s", i/500, i/50%10, i, ext)] = "x = 1\n"
	}
	dir := linttest.Folder(b, fs)
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+filepath.Join(b.TempDir(), "none"))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git: %v: %s", err, out)
		}
	}
	return dir
}

// BenchmarkCheck checks a work tree of 10,000 files, as on each save.
func BenchmarkCheck(b *testing.B) {
	dir := large(b)
	var opening, checking time.Duration
	for b.Loop() {
		begin := time.Now()
		tree, err := repo.OpenDir(dir)
		if err != nil {
			b.Fatal(err)
		}
		opened := time.Now()
		r, err := lint.CheckTree(context.Background(), tree, nil)
		if err != nil || len(r.Findings) > 0 {
			b.Fatalf("%v: %s", err, linttest.Lines(r))
		}
		_ = tree.Close()
		opening += opened.Sub(begin)
		checking += time.Since(opened)
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(each(opening), "ms-opening/op")
	b.ReportMetric(each(checking), "ms-checking/op")
}
