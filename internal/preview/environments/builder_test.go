//go:build linux || darwin

package environments_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

func TestNotBuilt(t *testing.T) {
	machine.Programs(t, "git")
	b := &environments.Builder{Dir: filepath.Join(t.TempDir(), "cache")}
	tests := []struct{ name, file, content, want string }{
		{"a bad line", "requirements.txt", "bokeh\nbokeh=3\n", "requirements.txt:2"},
		{"unknown to pip", "environment.yml", "dependencies:\n- gdal\n- bokeh 3|4\n- bokeh\n", "environment.yml:2: gdal is a package of conda's that is not known to be on the Python Package Index; environment.yml:3"},
		{"Docker", "Dockerfile", "FROM x\n", "cannot be made without Docker"},
		{"Julia", "Project.toml", "", "cannot be made without Docker"},
		{"a fault", "environment.yml", "dependencies: [\n", "environment.yml"},
		{"a path in a Pipfile", "Pipfile", "[packages]\nx = {path = \".\"}\n", "taken from a path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.Build(t.Context(), machine.Folder(t, map[string]string{tt.file: tt.content}))
			var build *environments.BuildError
			var here *supervise.Error
			switch {
			case tt.name == "a fault":
				if !errors.As(err, &build) || build.Step != "plan" {
					t.Errorf("got %v", err)
				}
			case !errors.As(err, &build) && !errors.As(err, &here), err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if size, err := b.Size(); err != nil || size != 0 {
		t.Errorf("%d bytes were left (%v)", size, err)
	}
}

// TestCondaCommands looks at how each of conda's programs is called, by one that
// notes it and makes no environment.
func TestCondaCommands(t *testing.T) {
	for _, name := range []string{"micromamba", "mamba", "conda"} {
		t.Run(name, func(t *testing.T) {
			machine.Programs(t, "git", "sh", "cat", "mkdir")
			bin, notes := t.TempDir(), filepath.Join(t.TempDir(), "notes")
			machine.Write(t, bin, map[string]string{name: "#!/bin/sh\necho \"$@\" >> '" + notes + "'\nfor f; do case $f in */environment.yml) cat \"$f\" >> '" + notes +
				"';; esac; done\ncase $1 in create) mkdir -p \"$4\";; *) exit 3;; esac\n"})
			t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
			b := &environments.Builder{Dir: filepath.Join(t.TempDir(), "cache")}
			source := machine.Folder(t, map[string]string{"environment.yml": "channels: [conda-forge]\ndependencies:\n- python=3.12\n- gdal=3\n- pip:\n  - wave\n  - -e .\n"})
			machine.Write(t, source, map[string]string{"setup.py": "from setuptools import setup\nsetup()\n"})
			_, err := b.Build(t.Context(), source)
			var e *environments.BuildError
			if !errors.As(err, &e) || e.ExitCode != 3 {
				t.Fatalf("got %v", err)
			}
			content, err := os.ReadFile(notes)
			if err != nil {
				t.Fatal(err)
			}
			text := string(content)
			install := map[string]string{"micromamba": "install --yes --prefix "}[name]
			if install == "" {
				install = "env update --prefix "
			}
			for _, want := range []string{"create --yes --prefix " + b.Dir, " --channel conda-forge python=3.12 nodejs=20 pip ",
				" jupyterlab==4.* ", "jupyterhub-singleuser==5.*", install, `"gdal=3"`, `"wave"`, "/environment.yml"} {
				if !strings.Contains(text, want) {
					t.Errorf("it was not called with %q:\n%s", want, text)
				}
			}
			if strings.Contains(text, "-e .") {
				t.Errorf("the repository itself would be installed from the author's folder:\n%s", text)
			}
		})
	}
}
