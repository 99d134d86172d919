// Package venv makes the Python environments that tests run in. They are made
// once, below build/venv, and stay.
package venv

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/kept"
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

// Python returns the Python of an environment that has the packages, each of an
// exact version or from a list with hashes, and pip.
// Where it cannot be made the test is skipped, or fails where "pypi" must be
// there: see [need.Variable].
func Python(tb testing.TB, name string, packages ...string) string {
	tb.Helper()
	for _, p := range packages {
		if !exact.MatchString(p) && packages[0] != "--require-hashes" {
			tb.Fatalf("%s is no exact version", p)
		}
	}
	python, err := get(name, packages)
	if err != nil {
		need.Missing(tb, "pypi", err.Error())
	}
	return python
}

// exact is a package of one version.
var exact = regexp.MustCompile(`^[\w.-]+(\[[\w,-]+\])?==\d[\w.]*$`)

// UV returns the Python of an environment that has uv, which lies beside it.
func UV(tb testing.TB) string {
	tb.Helper()
	return Python(tb, "uv", uv)
}

// uv is what makes all other environments, in a third of the time that pip needs.
const uv = "uv==0.13.9"

// get makes an environment, unless it is there.
func get(name string, packages []string) (string, error) {
	base, err := exec.LookPath("python3")
	if err != nil {
		return "", err
	}
	version, err := exec.Command(base, "-c", "import sys; print(sys.version, sys.prefix)").Output()
	if err != nil {
		return "", fmt.Errorf("python3 does not run: %w", err)
	}
	dir, err := kept.Folder("venv", name, string(version)+kept.Before+"\n"+strings.Join(packages, "\n"), func(dir string) error {
		return create(base, dir, packages)
	})
	return filepath.Join(dir, "bin", "python"), err
}

// create makes an environment with uv. Where there is no uv, or it does not find
// what pip is set up to find, pip makes it, of the newest of what is not named.
func create(base, dir string, packages []string) error {
	if !slices.Equal(packages, []string{uv}) && withUV(base, dir, packages) == nil {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := run(base, "-m", "venv", dir); err != nil || len(packages) == 0 {
		return err
	}
	return run(filepath.Join(dir, "bin", "python"), append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, packages...)...)
}

func withUV(base, dir string, packages []string) error {
	python, err := get("uv", []string{uv})
	if err != nil {
		return err
	}
	program := filepath.Join(filepath.Dir(python), "uv")
	if err := run(program, "venv", "--clear", "--seed", "--python", base, dir); err != nil || len(packages) == 0 {
		return err
	}
	// Copies, since who changes a file of one environment must change it in no other.
	return run(program, append([]string{"pip", "install", "--python", filepath.Join(dir, "bin", "python"), "--compile-bytecode", "--link-mode", "copy", "--exclude-newer", kept.Before}, packages...)...)
}

// run runs a program that prints nothing of use unless it fails.
func run(program string, args ...string) error {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PIP_NO_INPUT=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
	return nil
}
