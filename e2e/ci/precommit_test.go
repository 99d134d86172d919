package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
)

// TestHooks has pre-commit build the command, and run the hooks in a repository
// that is as it should be and in one that is not.
func TestHooks(t *testing.T) {
	python := venv.Python(t, "pre-commit", "pre-commit==4.7.0")
	hooks := project.Clone(t)
	git(t, hooks, "add", "--all")
	git(t, hooks, "commit", "--quiet", "--allow-empty", "--message", "What is not committed yet")
	run := func(dir string) (string, error) {
		cmd := exec.Command(python, "-m", "pre_commit", "try-repo", hooks, "--all-files", "--verbose")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+t.TempDir(), "GOFLAGS=-modcacherw -trimpath", "GOPROXY="+modules(t))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	good, bad := newRepository(t), newRepository(t)
	write(t, good, "content/swing.md", "# Swing\n")
	git(t, good, "add", "--all")
	if out, err := run(good); err != nil || strings.Count(out, "Passed") != 3 {
		t.Errorf("%v: %s", err, out)
	}
	spoil(t, bad)
	out, err := run(bad)
	if err == nil || strings.Count(out, "Failed") != 3 {
		t.Errorf("%v: %s", err, out)
	}
	for _, says := range []string{"error proxy-missing", "there is no card", "content/other.md:3:1: "} {
		if !strings.Contains(out, says) {
			t.Errorf("nobody says %q: %s", says, out)
		}
	}
}

// modules is a proxy with the modules that the go command keeps on this machine,
// which those of the command are among: pre-commit keeps its own.
func modules(t *testing.T) string {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(filepath.Join(strings.TrimSpace(string(cache)), "cache", "download"))
}
