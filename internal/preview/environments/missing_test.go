//go:build linux || darwin

package environments_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// having makes an environment that has packages "NAME VERSION", as far as their
// metadata goes.
func having(t *testing.T, packages ...string) environments.Environment {
	t.Helper()
	base := machine.Python(t)
	dir := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.Command(base.Python, "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env, err := environments.At(t.Context(), filepath.Join(dir, "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		name, version, _ := strings.Cut(p, " ")
		info := filepath.Join(dir, "lib", "python"+env.Short(), "site-packages", name+"-"+version+".dist-info")
		if err := os.MkdirAll(info, 0o755); err != nil {
			t.Fatal(err)
		}
		content := "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"
		if err := os.WriteFile(filepath.Join(info, "METADATA"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return env
}

func TestMissing(t *testing.T) {
	env := having(t, "jupyterlab 4.6.6", "bokeh 3.9.2", "Jupyter_Server.Proxy 4.6.0", "torch 2.0", "packaging 24.0")
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"all there", map[string]string{"requirements.txt": "bokeh>=3\njupyter-server-proxy\n"}, nil},
		{"a list", map[string]string{"requirements.txt": "-r more/all.txt\nbokeh==3.8.*\n", "more/all.txt": "# c\npanel>1\n"}, []string{
			"panel is not installed (more/all.txt:2)", "bokeh is 3.9.2 here, ==3.8.* is asked for (requirements.txt:2)"}},
		{"conda", map[string]string{"environment.yml": "dependencies:\n- python=3.12\n- bokeh=3.9\n- pytorch>=1\n- gdal\n- nodejs\n- pip:\n  - xyz\n"}, []string{
			"gdal, a package of conda's, may not be there (environment.yml:5)", "xyz is not installed (environment.yml:8)"}},
		{"hidden", map[string]string{"binder/requirements.txt": "a1b\n", "requirements.txt": "c1d\n"}, []string{"a1b is not installed (binder/requirements.txt:1)"}},
		{"Pipfile", map[string]string{"Pipfile": "[packages]\nbokeh = \"*\"\nzz = {version = \">=1\"}\n"}, []string{"zz is not installed (Pipfile:3)"}},
		{"Pipfile.lock", map[string]string{"Pipfile.lock": `{"default": {"bokeh": {"version": "==3.0"}}}`}, []string{"bokeh is 3.9.2 here, ==3.0 is asked for (Pipfile.lock:1)"}},
		{"Dockerfile", map[string]string{"Dockerfile": "FROM x", "requirements.txt": "zz"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := machine.Folder(t, tt.files)
			got, err := env.Missing(t.Context(), dir)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

// TestMissingBase looks at an environment without what every environment on
// Binder has, and with a record of conda's.
func TestMissingBase(t *testing.T) {
	env := having(t)
	machine.Write(t, env.Prefix, map[string]string{"conda-meta/libgdal-core-3.8.1-h1_0.json": "{}", "conda-meta/history": ""})
	dir := t.TempDir()
	machine.Write(t, dir, map[string]string{"environment.yml": "dependencies:\n- libgdal-core=3.9\n- gdal\n"})
	got, err := env.Missing(t.Context(), dir)
	want := []string{"jupyterlab is not installed", "libgdal-core is 3.8.1 here, ==3.9.* is asked for (environment.yml:2)",
		"gdal is not installed (environment.yml:3)"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}

func TestDifferences(t *testing.T) {
	env := environments.Environment{Version: "3.11.7"}
	tests := []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"none", map[string]string{"environment.yml": "dependencies:\n- python=3.11\n"}, nil},
		{"Python", map[string]string{"environment.yml": "dependencies:\n- python=3.12\n"}, []string{"Python 3.11 here, 3.12 on Binder as environment.yml says"}},
		{"the default", map[string]string{"requirements.txt": "", "apt.txt": "gdal-bin\n"}, []string{
			"Python 3.11 here, 3.10 on Binder by default",
			"apt.txt is not applied: what it installs is there only if this system has it"}},
		{"Docker", map[string]string{"binder/Dockerfile": "FROM x"}, []string{"binder/Dockerfile is not built: the server runs in an environment of this machine"}},
		{"R", map[string]string{"runtime.txt": "r-4.2-2023-06-01", "install.R": ""}, []string{
			"Python 3.11 here, 3.10 on Binder by default", "nothing is installed for R: Binder builds it with the r build pack"}},
		{"nothing", map[string]string{"README.md": ""}, []string{
			"mybinder.org builds nothing: there is no file that says what to install"}},
		{"scripts", map[string]string{"runtime.txt": "python-3.11", "requirements.txt": "",
			"postBuild": "#!/bin/sh\ncd x && mamba install -y y\ngit submodule update\nmamba list\n"}, []string{
			"postBuild:2 runs mamba, which is refused here", "postBuild:3 runs git: here the folder is copied without its history"}},
		{"versions", map[string]string{"runtime.txt": "python-3.11", "setup.py": "setup(use_scm_version=True, setup_requires=['setuptools_scm'])"}, []string{
			"setup.py takes the version from git's history, which is not copied here"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := machine.Folder(t, tt.files)
			got, err := environments.Differences(t.Context(), dir, env)
			want := tt.want
			if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
				want = append(want, runtime.GOOS+" on "+runtime.GOARCH+" here, linux on amd64 on Binder")
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got %q (%v), want %q", got, err, want)
			}
		})
	}
}
