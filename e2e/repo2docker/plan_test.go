package repo2docker_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/e2e/repo2docker"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// answer is a plan as testdata/plan.py writes it.
type answer struct {
	Dir    string   `json:"dir"`
	Pack   string   `json:"pack"`
	Python string   `json:"python"`
	Kernel string   `json:"kernel"` // the kernel's Python, where it is another
	Used   []string `json:"used"`
	Error  string   `json:"error"`
}

// String writes what is compared.
func (a answer) String() string {
	if a.Error != "" {
		return "error"
	}
	return fmt.Sprintf("%q %s python=%s kernel=%s %q", a.Dir, a.Pack, a.Python, a.Kernel, a.Used)
}

// seen holds the files whose use shows in what repo2docker renders.
var seen = []string{
	"Dockerfile", "environment.yml", "environment.yaml", "requirements.txt", "requirements3.txt", "Pipfile", "Pipfile.lock", "setup.py",
	"install.R", "DESCRIPTION", "default.nix", "apt.txt", "postBuild", "start",
}

// ours is the plan that the command goes by.
func ours(t *testing.T, dir string) (answer, *binder.Plan) {
	t.Helper()
	facts, err := repository.ReadFolder(t.Context(), dir, forge.Address{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := facts.Plan
	a := answer{Dir: p.Dir, Pack: p.Pack, Python: p.Python, Kernel: p.Kernel}
	if len(p.Faults) > 0 {
		a.Error = p.Faults[0].Text
	}
	for _, f := range p.Files {
		if f.Used && slices.Contains(seen, filepath.Base(f.Path)) {
			a.Used = append(a.Used, f.Path)
		}
	}
	slices.Sort(a.Used)
	return a, p
}

// theirs asks repo2docker about all folders at once.
func theirs(t *testing.T, dirs []string) []answer {
	t.Helper()
	return venv.Answers[answer](t, repo2docker.Python(t), dirs, "testdata/plan.py")
}

// TestPlans compares the plans for the written cases and for generated
// repositories.
func TestPlans(t *testing.T) {
	var dirs []string
	var inputs [][]string
	for _, files := range append(written(), generated(250)...) {
		dirs, inputs = append(dirs, write(t, files)), append(inputs, files)
	}
	errors := 0
	for i, want := range theirs(t, dirs) {
		got, _ := ours(t, dirs[i])
		if got.String() != want.String() {
			t.Errorf("%q:\n got %s %s\nwant %s %s", inputs[i], got, got.Error, want, want.Error)
		}
		if want.Error != "" {
			errors++
		}
	}
	t.Logf("%d repositories, of which repo2docker refuses %d", len(dirs), errors)
}

// conda has ends of an environment.yml: the whole, or what follows
// "dependencies:".
var conda = []string{
	"", "# nothing\n", "name: x\n", "channels: [conda-forge]\n", "[]\n", "- a\n", "text\n", "5\n", "null\n",
	"dependencies:\n", "dependencies: ~\n", "dependencies: []\n", "dependencies: text\n", "dependencies: 5\n", "dependencies: {a: b}\n",
	"dependencies:\n  - bokeh\n", "dependencies:\n  - python=3.12\n", "dependencies:\n  - python=3.12.1\n",
	"dependencies:\n  - python==3.11\n", "dependencies:\n  - python = 3.11\n", "dependencies:\n  - python =3.11=h_0\n",
	"dependencies:\n  - python>=3.11\n", "dependencies:\n  - python 3.11\n", "dependencies:\n  - conda-forge::python=3.11\n",
	"dependencies:\n  - Python=3.11\n", "dependencies:\n  - python=3\n", "dependencies:\n  - python=2\n", "dependencies:\n  - python=4\n",
	"dependencies:\n  - python=3.4\n", "dependencies:\n  - python=3.15\n", "dependencies:\n  - python=3.5\n", "dependencies:\n  - python=3.\n",
	"dependencies:\n  - python=*\n", "dependencies:\n  - python\n", "dependencies:\n  - python=3.9\n  - python=3.12\n",
	"dependencies:\n  - python=*\n  - python=3.12\n", "dependencies:\n  - python-dateutil=2.8\n  - python=3.11\n",
	"dependencies:\n  - python_abi=3.11\n", "dependencies:\n  - 3.11\n  - python=3.13\n",
	"dependencies:\n\t- python=3.12\n", "dependencies:\n  - a\ndependencies:\n  - b\n", "name: a\nname: b\n",
	"dependencies:\n  - a\n---\nname: b\n", "dependencies:\n  - a\n---\n", "---\ndependencies:\n  - python=3.12\n", "dependencies:\n  - a\n...\n",
	"dependencies:\n  - pip:\n    - bokeh\n", "dependencies:\n  - pip:\n    - -e .\n", "dependencies:\n  - pip:\n", "dependencies: [python=3.12, bokeh]\n",
	"dependencies:\n  - python=3.12 # comment\n", "dependencies:\n- \"python=3.12\"\n", "dependencies: &d\n  - python=3.12\nother: *d\n", "other: &d [python=3.12]\ndependencies: *d\n",
	"dependencies:\n  - 'unclosed\n", "dependencies: [\n", "a: b: c\n", "dependencies:\n - a\n  - b\n", "\ufeffdependencies:\n  - python=3.12\n",
	"dependencies:\r\n  - python=3.12\r\n", "dependencies:\n  - !x python=3.12\n", "name: gr\xfc\xdfe\n", "{dependencies: [python=3.12]}\n", "dependencies:\n  -\n",
	"dependencies:\n  - python=3.12.*\n", "dependencies:\n  - python=3.12|3.13\n", "dependencies:\n  - python<4,>=3.9\n", "dependencies:\n  - python~=3.12\n", "dependencies:\n  - r-base=4.1\n",
}

var runtimes = []string{
	"", "\n", "3.11", "python", "python-", "-3.11", "python-3.11", "python-3.11\n", " python-3.11 ", "python-3.11\r\n", "python-3.11.4", "python-3",
	"python-2", "python-2.7", "python-3.4", "python-3.15", "python-4", "python-x", "python-3.12rc1", "python-3.11-2023-01-01", "python-2023-01-01", "Python-3.11", "python3.11",
	"r-4.2", "r-4.2-2023-06-01", "r-2023-06-01", "r-2023-06-31", "r-2023-6-1", "r-9.9-2023-06-01", "r-4.2.1-2023-06-01", "r-4.2-2018-12-06", "r-4.2-2018-12-07", "r-3.2-2020-01-01", "julia-1.9", "\xff",
}

var pyprojects = []string{
	"[project]\nname='a'\n[build-system]\n", "[project]\nname='a'\n", "[tool]\n", "[", "[project]\nrequires-python='>=3.12'\n[build-system]\n",
	"[project]\nrequires-python='>=3.9'\n[build-system]\n", "[project]\nrequires-python='>=3.11,<3.13'\n", "[project]\nrequires-python='>=4'\n[build-system]\n",
	"[project]\nrequires-python='==3.12.*'\n[build-system]\n", "[project]\nrequires-python='nonsense'\n[build-system]\n", "[project]\nrequires-python='~=3.11'\n[build-system]\n", "[project]\nrequires-python='!=3.10.*,>=3.8'\n[build-system]\n",
}

var apts = []string{"apt-marker # \xff\n", "\ufeffapt-marker\n", "\xff\xfea\x00", "Marker\n$x\n", "apt-marker\n", "# c\napt-marker # d\n\n", "apt-marker\r\n", "Marker\n", "apt-marker=1.0\n", "-y apt-marker\n", "$x\n", "apt-marker other\n"}

var pipfiles = []string{"", "[packages]\n", "[requires]\npython_version = '3.11'\n", "[requires]\npython_full_version = '3.9.1'\npython_version = '3.11'\n", "[requires]\npython_version = '4'\n", "[requires]\npython_version = '*'\n", "["}

var locks = []string{"{}", `{"_meta": {"requires": {"python_version": "3.12"}}}`, "", "{", `{"_meta": {"requires": {"python_version": "3"}}}`, `{"_meta": {}}`}

// written lists each case of each file alone, and beside what detects a build
// pack without it.
func written() [][]string {
	var out [][]string
	for _, text := range conda {
		out = append(out, []string{"environment.yml=" + text})
	}
	for _, text := range runtimes {
		out = append(out, []string{"runtime.txt=" + text}, []string{"runtime.txt=" + text, "requirements.txt"}, []string{"runtime.txt=" + text, "binder/environment.yml=dependencies: [python=3.11]"},
			[]string{".binder/runtime.txt=" + text, ".binder/environment.yml=dependencies: [python=3.11]"}, []string{"runtime.txt=" + text, "DESCRIPTION"})
	}
	for _, text := range pyprojects {
		out = append(out, []string{"pyproject.toml=" + text}, []string{"pyproject.toml=" + text, "requirements.txt"}, []string{"pyproject.toml=" + text, "runtime.txt=python-3.11"},
			[]string{"pyproject.toml=" + text, "environment.yml="}, []string{"pyproject.toml=" + text, "binder/requirements.txt"})
	}
	for _, text := range []string{"python-2.7", "python-3.5", "python-3.6", "python-3.7"} {
		out = append(out, []string{"runtime.txt=" + text, "requirements.txt", "requirements3.txt"}, []string{"runtime.txt=" + text, "requirements.txt", "pyproject.toml=[project]\nrequires-python='>=3.8'\n"},
			[]string{"environment.yml=dependencies: [python=" + text[len("python-"):] + "]", "requirements3.txt"}, []string{"Pipfile=[requires]\npython_version='" + text[len("python-"):] + "'\n", "requirements3.txt"})
	}
	for _, text := range []string{"bokeh\n", "\xff\xfeb\x00\n\x00", "# coding: latin-1\nbokeh # \xe9\n", "\ufeffbokeh\n"} {
		out = append(out, []string{"requirements.txt=" + text})
	}
	for _, text := range apts {
		out = append(out, []string{"apt.txt=" + text, "requirements.txt"}, []string{"apt.txt=" + text, "default.nix"}, []string{"apt.txt=" + text, "Dockerfile"})
	}
	for _, text := range pipfiles {
		out = append(out, []string{"Pipfile=" + text}, []string{"Pipfile=" + text, "Pipfile.lock={}"})
	}
	for _, text := range locks {
		out = append(out, []string{"Pipfile.lock=" + text}, []string{"Pipfile.lock=" + text, "Pipfile=[requires]\npython_version='3.9'\n"})
	}
	return append(out, linked...)
}

// linked are repositories with symbolic links.
var linked = [][]string{
	{".binder->binder", "binder/environment.yml=dependencies: [python=3.12]"},
	{".binder->conf", "conf/environment.yml=dependencies: [python=3.12]", "requirements.txt=numpy"},
	{"binder->conf/inner", "conf/inner/requirements.txt=numpy", "conf/inner/postBuild=true"},
	{".binder->nowhere", "environment.yml=dependencies: [python=3.11]"},
	{".binder->nowhere", "binder/requirements.txt=numpy"},
	{".binder->README.md", "README.md=", "requirements.txt=numpy"},
	{"binder=", "requirements.txt=numpy"},
	{".binder=", "binder/environment.yml=dependencies: [python=3.13]"},
	{"environment.yml->conf/env.yml", "conf/env.yml=dependencies: [python=3.12]"},
	{"environment.yml->nowhere.yml", "requirements.txt=numpy"},
	{".binder/environment.yml->../env.yml", "env.yml=dependencies: [python=3.11]"},
	{"environment.yml/x=", "requirements.txt=numpy"},
	{"runtime.txt->python.txt", "python.txt=python-3.11", "requirements.txt=numpy"},
	{"Dockerfile->docker/Dockerfile", "docker/Dockerfile=FROM python:3.12", "requirements.txt=numpy"},
	{"postBuild->scripts/build", "scripts/build=true", "requirements.txt=numpy"},
}

// generated makes repositories of pieces chosen at random, the same ones each
// time.
func generated(n int) [][]string {
	random := rand.New(rand.NewPCG(3, 4))
	pick := func(name string, texts []string) string { return name + "=" + texts[random.IntN(len(texts))] }
	pieces := []func() string{
		func() string { return "Dockerfile=FROM x\n" },
		func() string { return "Dockerfile=FROM andrewosh/binder-base\n" },
		func() string { return "Project.toml=" }, func() string { return "REQUIRE=" }, func() string { return "default.nix=" },
		func() string { return "install.R=" }, func() string { return "DESCRIPTION=" }, func() string { return "setup.py=" },
		func() string { return "postBuild=" }, func() string { return "start=" }, func() string { return "postBuild=true" },
		func() string { return "requirements3.txt=bokeh\n" },
		func() string { return "requirements.txt=bokeh\n" }, func() string { return "requirements.txt=-e .\n" },
		func() string { return pick("environment.yml", conda) }, func() string { return pick("environment.yml", conda) },
		func() string { return pick("environment.yaml", conda) }, func() string { return pick("runtime.txt", runtimes) },
		func() string { return pick("pyproject.toml", pyprojects) }, func() string { return pick("apt.txt", apts) },
		func() string { return pick("Pipfile", pipfiles) }, func() string { return pick("Pipfile.lock", locks) },
		func() string { return "README.md=" },
	}
	var out [][]string
	for range n {
		chosen := map[string]string{}
		for range 1 + random.IntN(5) {
			piece := pieces[random.IntN(len(pieces))]()
			dir := []string{"", "", "", "binder/", ".binder/", ".binder/"}[random.IntN(6)]
			name, _, _ := strings.Cut(piece, "=")
			chosen[dir+name] = dir + piece
		}
		var files []string
		for _, f := range chosen {
			files = append(files, f)
		}
		slices.Sort(files)
		out = append(out, files)
	}
	return out
}
