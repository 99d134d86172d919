package repo2docker

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
)

// Release is the release of jupyter-repo2docker that is compared with.
const Release = "2026.4.0"

// Python returns a Python that has repo2docker. Where there is none yet, it
// makes a virtual environment below the given folder and installs it there;
// where that cannot be, the test is skipped.
func Python(tb testing.TB, dir string) string {
	tb.Helper()
	python, err := install(dir)
	if err != nil {
		need.File(tb, "repo2docker", filepath.Join(dir, "no-repo2docker"), err.Error())
	}
	return python
}

// install makes the virtual environment.
func install(dir string) (string, error) {
	full, err := filepath.Abs(filepath.Join(dir, "repo2docker-"+Release))
	if err != nil {
		return "", err
	}
	python := filepath.Join(full, "bin", "python")
	has := func() bool { return exec.Command(python, "-c", "import repo2docker.app").Run() == nil }
	if has() {
		return python, nil
	}
	if out, err := exec.Command("python3", "-m", "venv", full).CombinedOutput(); err != nil {
		return "", fmt.Errorf("python3 makes no virtual environment: %w: %s", err, out)
	}
	pip := exec.Command(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "jupyter-repo2docker=="+Release)
	pip.Env = append(os.Environ(), "PIP_NO_INPUT=1")
	if out, err := pip.CombinedOutput(); err != nil || !has() {
		return "", fmt.Errorf("pip does not install jupyter-repo2docker: %v: %s", err, out)
	}
	return python, nil
}
