// Package venv makes the Python environments that tests run in. They are made
// once, below build/venv, and stay.
package venv

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
)

// jupyter are the packages of an environment that shows Bokeh apps.
var jupyter = []string{"jupyterlab==4.6.6", "notebook==7.6.5", "jupyter-server-proxy==4.6.0", "bokeh==3.9.2"}

// Jupyter returns the Python of an environment with JupyterLab, Notebook,
// jupyter-server-proxy and Bokeh.
func Jupyter(tb testing.TB) string {
	tb.Helper()
	return Python(tb, "jupyter", jupyter...)
}

// Python returns the Python of an environment that has the packages, and pip.
// Where it cannot be made the test is skipped, or fails where "pypi" must be
// there: see [need.Variable].
func Python(tb testing.TB, name string, packages ...string) string {
	tb.Helper()
	python, err := get(name, packages)
	if err != nil {
		need.Missing(tb, "pypi", err.Error())
	}
	return python
}

// get makes an environment, unless it is there. Tests of several packages may
// want the same one at once.
func get(name string, packages []string) (string, error) {
	build, err := buildFolder()
	if err != nil {
		return "", err
	}
	base, err := exec.LookPath("python3")
	if err != nil {
		return "", err
	}
	version, err := exec.Command(base, "-c", "import sys; print(sys.version, sys.prefix)").Output()
	if err != nil {
		return "", fmt.Errorf("python3 does not run: %w", err)
	}
	sum := sha256.Sum256([]byte(string(version) + strings.Join(packages, "\n")))
	dir := filepath.Join(build, "venv", fmt.Sprintf("%s-%x", name, sum[:4]))
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	python, mark := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "complete")
	if _, err := os.Stat(mark); err == nil {
		return python, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if out, err := exec.Command(base, "-m", "venv", dir).CombinedOutput(); err != nil {
		return "", fmt.Errorf("python3 makes no virtual environment: %w: %s", err, out)
	}
	if len(packages) > 0 {
		pip := exec.Command(python, append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, packages...)...)
		pip.Env = append(os.Environ(), "PIP_NO_INPUT=1")
		if out, err := pip.CombinedOutput(); err != nil {
			return "", fmt.Errorf("pip does not install %s: %w: %s", strings.Join(packages, " "), err, out)
		}
	}
	return python, os.WriteFile(mark, nil, 0o644)
}

// buildFolder finds the module's folder build above the working directory.
func buildFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "bokehbinder.go")); err == nil {
			return filepath.Join(dir, "build"), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("the module's folder is not above the working directory")
		}
		dir = up
	}
}

// lock waits until nobody else has the lock file.
func lock(file string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
