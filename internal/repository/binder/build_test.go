package binder_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// folder is a folder on disk as binder.Files.
type folder string

func (f folder) IsDir(path string) bool {
	info, err := os.Stat(filepath.Join(string(f), path))
	return err == nil && info.IsDir()
}

func (f folder) Exists(path string) bool {
	_, err := os.Stat(filepath.Join(string(f), path))
	return err == nil
}

func (f folder) Read(path string) ([]byte, bool) {
	content, err := os.ReadFile(filepath.Join(string(f), path))
	return content, err == nil
}

// write makes a folder of files "path=content", "path" for an empty one, and
// "path->target" for a symbolic link.
func write(t *testing.T, files []string) folder {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		name, target, link := strings.Cut(name, "->")
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if link {
			err = os.Symlink(target, full)
		} else {
			err = os.WriteFile(full, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder(dir)
}

// outcome writes a Build as "config folder|build pack", or "!" for one that
// repo2docker gives up.
func outcome(b binder.Build) string {
	if b.Fault != nil {
		return "!"
	}
	return b.Dir + "|" + b.Pack
}

func TestBuildpack(t *testing.T) {
	const pyproject = "pyproject.toml=[project]\nname='a'\n[build-system]\n"
	tests := []struct{ files, want string }{
		{"README.md", "|"},
		{"environment.yml", "|conda"},
		{"environment.yaml", "|conda"},
		{"requirements.txt", "|python"},
		{"requirements.txt environment.yml", "|conda"},
		{"Pipfile.lock requirements.txt", "|pipfile"},
		{"setup.py", "|python"},
		{pyproject, "|python"},
		{"pyproject.toml=[project]", "|"},
		{"pyproject.toml=[project", "!"},
		{"Dockerfile environment.yml", "|docker"},
		{"Project.toml environment.yml", "|julia"},
		{"JuliaProject.toml REQUIRE", "|julia"},
		{"REQUIRE environment.yml", "!"},
		{"default.nix environment.yml", "|nix"},
		{"DESCRIPTION environment.yml", "|r"},
		{"install.R", "|"},
		{"install.R requirements.txt", "|python"},
		{"runtime.txt=r-4.2-2023-06-01", "|r"},
		{"runtime.txt=r-2023-06-01", "|r"},
		{"runtime.txt=r-4.2 requirements.txt", "|"},
		{"runtime.txt=r-2023-06-31", "!"},
		{"runtime.txt=3.11 environment.yml", "!"},
		{"runtime.txt=python environment.yml", "!"},
		{"runtime.txt environment.yml", "!"},
		{"runtime.txt=\xff environment.yml", "!"},
		{"runtime.txt=3.11 Dockerfile", "|docker"},
		{"runtime.txt=python-3.11\r\n", "|python"},
		{"runtime.txt=python-3.11 Pipfile", "|pipfile"},
		{"runtime.txt=julia-1.9 Pipfile", "|"},
		// config folders
		{"environment.yml .binder/README.md", ".binder|"},
		{"environment.yml binder/.gitkeep", "binder|"},
		{".binder/environment.yml Dockerfile", ".binder|conda"},
		{"binder/requirements.txt environment.yml", "binder|python"},
		{"binder/a .binder/a", "!"},
		{"binder environment.yml", "|conda"},
		{"setup.py DESCRIPTION binder/a " + pyproject, "binder|"},
		{"binder/setup.py", "binder|"},
		{"binder/DESCRIPTION", "binder|"},
		{"runtime.txt=3.11 binder/environment.yml", "binder|conda"},
		{"binder/runtime.txt=3.11 binder/environment.yml", "!"},
		{".binder->config config/environment.yml", ".binder|conda"},
		{".binder->binder binder/environment.yml", "!"},
		{".binder->nowhere environment.yml", "|conda"},
		{".binder/environment.yml->../environment.yml environment.yml", ".binder|conda"},
		{".binder/environment.yml->../nowhere", ".binder|"},
		{"Dockerfile=#\nFROM\tandrewosh/Binder-Base\n binder/environment.yml", "!"},
		{"Dockerfile=FROM\ta\nFROM\tandrewosh/binder-base\n", "|docker"},
		{"Dockerfile=FROM\ta#andrewosh/binder-base\n", "|docker"},
		{"binder/Dockerfile=FROM\tandrewosh/binder-base", "binder|docker"},
	}
	for _, tt := range tests {
		t.Run(tt.files, func(t *testing.T) {
			got := binder.NewPlan(write(t, strings.Split(tt.files, " "))).Build
			if outcome(got) != tt.want {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
		})
	}
}

// TestUnreadPython has files that decide about the Python and cannot be read: they
// are no faults, and what they would say is not known.
func TestUnreadPython(t *testing.T) {
	deep := strings.Repeat("a.", 50_000) + "a = 1\n"
	tests := []struct{ files, want string }{
		{"pyproject.toml", "python||pyproject.toml"},
		{"pyproject.toml setup.py", "python||pyproject.toml"},
		{"pyproject.toml runtime.txt=python-3", "python||pyproject.toml"},
		{"pyproject.toml runtime.txt=python-3.11", "python|3.11|runtime.txt"},
		{"pyproject.toml environment.yml", "conda|3.10|"},
		{"Pipfile", "pipfile||Pipfile"},
		{`Pipfile Pipfile.lock={"_meta":{"requires":{"python_version":"3.12"}}}`, "pipfile|3.12|Pipfile.lock"},
	}
	for _, test := range tests {
		files := strings.Fields(test.files)
		files[0] += "=" + deep
		p := binder.NewPlan(write(t, files))
		if got := p.Pack + "|" + p.Python + "|" + p.PythonFrom; got != test.want || len(p.Faults) > 0 {
			t.Errorf("%s: %s with the faults %v, want %s", test.files, got, p.Faults, test.want)
		}
	}
}

func TestConfigPath(t *testing.T) {
	if got := (binder.Config{Dir: ".binder"}).Path("postBuild"); got != ".binder/postBuild" {
		t.Error(got)
	}
	if got := (binder.Config{}).Path("postBuild"); got != "postBuild" {
		t.Error(got)
	}
}

func TestEnvironmentNames(t *testing.T) {
	for i, name := range binder.EnvironmentNames() {
		if binder.EnvironmentRank(name) != i {
			t.Errorf("%s has rank %d, want %d", name, binder.EnvironmentRank(name), i)
		}
	}
	if binder.EnvironmentRank("main.py") >= 0 || !binder.RootOnly("setup.py") || binder.RootOnly("environment.yml") {
		t.Error("wrong files")
	}
}
