package environments

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// Differences says what is not as it would be on Binder when the repository in
// a folder runs in an environment, one sentence each. What is not installed is
// said by [Environment.Missing].
func Differences(ctx context.Context, dir string, e Environment) ([]string, error) {
	f, err := ReadFolder(ctx, dir)
	if err != nil {
		return nil, err
	}
	d := &differences{Folder: f}
	d.python(e)
	d.pack()
	if p, ok := f.Uses("apt.txt"); ok {
		d.add("%s is not applied: what it installs is there only if this system has it", p)
	}
	d.scripts()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		d.add("%s on %s here, linux on amd64 on Binder", runtime.GOOS, runtime.GOARCH)
	}
	return d.list, nil
}

type differences struct {
	*Folder
	list []string
}

func (d *differences) add(format string, args ...any) {
	d.list = append(d.list, fmt.Sprintf(format, args...))
}

// python compares the versions of Python.
func (d *differences) python(e Environment) {
	switch {
	case d.Facts.Plan.Python == "" || d.Facts.Plan.Python == e.Short():
	case d.Facts.Plan.PythonFrom == "":
		d.add("Python %s here, %s on Binder by default", e.Short(), d.Facts.Plan.Python)
	default:
		d.add("Python %s here, %s on Binder as %s says", e.Short(), d.Facts.Plan.Python, d.Facts.Plan.PythonFrom)
	}
}

// pack says what of the build pack's work is not done here.
func (d *differences) pack() {
	switch d.Facts.Plan.Pack {
	case binder.Docker:
		d.add("%s is not built: the server runs in an environment of this machine", d.Facts.Plan.Path("Dockerfile"))
	case binder.Julia, binder.Nix, binder.R:
		d.add("nothing is installed for %s: Binder builds it with the %s build pack", packLanguage[d.Facts.Plan.Pack], d.Facts.Plan.Pack)
	case "":
		d.add("mybinder.org builds nothing: there is no file that says what to install")
	}
}

var packLanguage = map[string]string{binder.Julia: "Julia", binder.Nix: "Nix", binder.R: "R"}

// scripts looks for what postBuild and start do that works on Binder alone.
func (d *differences) scripts() {
	for _, name := range []string{binder.PostBuild, binder.Start} {
		if _, ok := d.Uses(name); !ok {
			continue
		}
		script := d.Facts.PostBuild
		if name == binder.Start {
			script = d.Facts.Start
		}
		if script == nil {
			continue
		}
		var said []string
		for _, c := range script.Commands {
			program := path.Base(c.Args[0].String()) // Run would drop sudo and conda run
			switch program {
			case "conda", "mamba", "micromamba", "sudo", "git":
			default:
				program = c.Program()
			}
			if slices.Contains(said, program) {
				continue
			}
			said = append(said, program)
			switch program {
			case "conda", "mamba", "micromamba":
				d.add("%s:%d runs %s, which is refused here", c.File, c.Line, program)
			case "git":
				d.add("%s:%d runs git: here the folder is copied without its history", c.File, c.Line)
			}
		}
	}
	for _, name := range []string{"setup.py", "setup.cfg", "pyproject.toml"} {
		p, ok := d.Uses(name)
		text, _ := d.read(p)
		if ok && (strings.Contains(string(text), "setuptools_scm") || strings.Contains(string(text), "setuptools-scm") ||
			strings.Contains(string(text), "versioneer") || strings.Contains(string(text), "hatch-vcs")) {
			d.add("%s takes the version from git's history, which is not copied here", p)
			return
		}
	}
}
