package environments

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

// Environment is a Python installation that servers run in. It is made by
// [Active], [At] or a [Builder].
type Environment struct {
	// Prefix is the folder that it is in: sys.prefix.
	Prefix string
	// Python is the path of its interpreter.
	Python string
	// Version is that of Python: "3.11.7".
	Version string

	sites   []string // folders that packages are imported from
	scripts []string // folders of commands
	data    []string // prefixes of etc/jupyter and share/jupyter
	pip     bool

	built bool     // by a Builder: what the repository asks for is installed
	lock  *os.File // keeps it from being removed
}

// Short is the version's first two numbers: "3.11".
func (e Environment) Short() string {
	parts := strings.SplitN(e.Version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// Packages lists the folders that the environment imports packages from.
func (e Environment) Packages() []string { return slices.Clone(e.sites) }

// Scripts lists the folders of the environment's commands.
func (e Environment) Scripts() []string { return slices.Clone(e.scripts) }

// Built says whether a [Builder] has made it: what the repository asks for is
// installed, but for the repository itself.
func (e Environment) Built() bool { return e.built }

// Active finds the author's active environment: that of VIRTUAL_ENV, else that
// of CONDA_PREFIX, else of the python3 on PATH. The error is a
// *[supervise.Error].
func Active(ctx context.Context) (Environment, error) {
	for _, variable := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		prefix := os.Getenv(variable)
		if prefix == "" {
			continue
		}
		e, err := At(ctx, filepath.Join(prefix, "bin", "python"))
		if err != nil {
			return e, &supervise.Error{Message: variable + " names " + prefix + ", where no Python works",
				Hint: "activate another environment, or deactivate this one", Err: err}
		}
		return e, nil
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return Environment{}, &supervise.Error{Message: "there is no Python: python3 is not on PATH",
			Hint: "install Python 3.8 or later, and JupyterLab, jupyter-server-proxy and Bokeh in an environment of it", Err: err}
	}
	return At(ctx, python)
}

//go:embed probe.py
var probe string

// At is the environment of the interpreter at a path. The error is a
// *[supervise.Error].
func At(ctx context.Context, python string) (Environment, error) {
	if err := supervise.Supported(); err != nil {
		return Environment{}, err
	}
	fail := func(err error) (Environment, error) {
		return Environment{}, &supervise.Error{Message: python + " does not work as a Python 3", Hint: "name the interpreter of an environment, such as venv/bin/python", Err: err}
	}
	if full, err := filepath.Abs(python); err == nil && strings.ContainsRune(python, filepath.Separator) {
		python = full
	}
	cmd := exec.CommandContext(ctx, python, "-c", probe)
	// The author's own settings of Python may not bring in what a server would
	// not see.
	cmd.Dir = Apart()
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PYTHON") })
	var stderr supervise.Tail
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return fail(ctx.Err())
	}
	if err != nil {
		return fail(errors.Join(err, errors.New(stderr.Lines(1))))
	}
	var found struct {
		Prefix, Base, Executable, Version string
		Sites, Scripts, Data              []string
		Pip                               bool
	}
	if err := json.Unmarshal(out, &found); err != nil {
		return fail(err)
	}
	return Environment{
		Prefix: found.Prefix, Python: found.Executable, Version: found.Version,
		sites: unique(found.Sites), scripts: unique(found.Scripts), data: unique(found.Data), pip: found.Pip,
	}, nil
}

// unique drops what a list has twice.
func unique(list []string) []string {
	var out []string
	for _, item := range list {
		if item != "" && !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}
