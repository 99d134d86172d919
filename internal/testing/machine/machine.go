// Package machine sets up, for tests, what a launch finds on an author's
// machine: folders, a Python, and the programs on PATH.
package machine

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
)

// Python is a Python without packages. Without one the test is skipped.
func Python(t testing.TB) environments.Environment {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped without python3: it is not installed")
	}
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("CONDA_PREFIX", "")
	env, err := environments.Active(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if exec.Command(env.Python, "-c", "import venv").Run() != nil {
		t.Skip("skipped without python3-venv: it is not installed")
	}
	return env
}

// Programs makes the programs of a list the only ones on PATH, but for Python.
func Programs(t testing.TB, names ...string) {
	t.Helper()
	bin := t.TempDir()
	targets := map[string]string{"python3": Python(t).Python}
	for _, name := range names {
		target, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		targets[name] = target
	}
	for name, target := range targets {
		if err := os.Symlink(target, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin)
}

// Folder makes a folder with files; see [Write].
func Folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	Write(t, dir, files)
	return dir
}

// Write makes files below a folder, from their paths and contents. Those that
// begin with "#!" can be run.
func Write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(content, "#!") {
			mode = 0o755
		}
		if err := os.WriteFile(full, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
}
