package launch

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
)

// Differences says what is not as it would be on Binder when the repository in
// a folder runs in an environment, one sentence each. What is not installed is
// said by [Environment.Missing].
func Differences(ctx context.Context, dir string, e Environment) ([]string, error) {
	f, err := readFolder(ctx, dir)
	if err != nil {
		return nil, err
	}
	d := &differences{folder: f}
	d.python(e)
	d.pack()
	if p, ok := f.uses("apt.txt"); ok {
		d.add("%s is not applied: what it installs is there only if this system has it", p)
	}
	d.scripts()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		d.add("%s on %s here, linux on amd64 on Binder", runtime.GOOS, runtime.GOARCH)
	}
	return d.list, nil
}

type differences struct {
	*folder
	list []string
}

func (d *differences) add(format string, args ...any) {
	d.list = append(d.list, fmt.Sprintf(format, args...))
}

// python compares the versions of Python.
func (d *differences) python(e Environment) {
	switch {
	case d.plan.Python == "" || d.plan.Python == e.Short():
	case d.plan.PythonFrom == "":
		d.add("Python %s here, %s on Binder by default", e.Short(), d.plan.Python)
	default:
		d.add("Python %s here, %s on Binder as %s says", e.Short(), d.plan.Python, d.plan.PythonFrom)
	}
}

// pack says what of the build pack's work is not done here.
func (d *differences) pack() {
	switch d.plan.Pack {
	case binder.Docker:
		d.add("%s is not built: the server runs in an environment of this machine", d.plan.Path("Dockerfile"))
	case binder.Julia, binder.Nix, binder.R:
		d.add("nothing is installed for %s: Binder builds it with the %s build pack", packLanguage[d.plan.Pack], d.plan.Pack)
	case "":
		d.add("mybinder.org builds nothing: there is no file that says what to install")
	}
}

var packLanguage = map[string]string{binder.Julia: "Julia", binder.Nix: "Nix", binder.R: "R"}

// scripts looks for what postBuild and start do that works on Binder alone.
func (d *differences) scripts() {
	for _, name := range []string{binder.PostBuild, binder.Start} {
		p, ok := d.uses(name)
		if !ok {
			continue
		}
		commands, _ := d.facts.Script(p)
		var said []string
		for _, c := range commands {
			program := path.Base(c.Args[0]) // inspect's Unwrap would drop sudo and conda run
			switch program {
			case "conda", "mamba", "micromamba", "sudo", "git":
			default:
				if args := inspect.Unwrap(c.Args); len(args) > 0 {
					program = path.Base(args[0])
				}
			}
			if slices.Contains(said, program) {
				continue
			}
			said = append(said, program)
			switch program {
			case "conda", "mamba", "micromamba":
				d.add("%s:%d runs %s, which is refused here", p, c.Line, program)
			case "git":
				d.add("%s:%d runs git: here the folder is copied without its history", p, c.Line)
			}
		}
	}
	for _, name := range []string{"setup.py", "setup.cfg", "pyproject.toml"} {
		p, ok := d.uses(name)
		text, _ := d.read(p)
		if ok && (strings.Contains(string(text), "setuptools_scm") || strings.Contains(string(text), "setuptools-scm") ||
			strings.Contains(string(text), "versioneer") || strings.Contains(string(text), "hatch-vcs")) {
			d.add("%s takes the version from git's history, which is not copied here", p)
			return
		}
	}
}
