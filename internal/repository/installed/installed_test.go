package installed_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
)

// tree is a repository: paths to contents. One that begins with "submodule" is a
// folder of which nothing is known.
type tree map[string]string

func (t tree) IsDir(p string) bool {
	if path.Clean(p) == "." {
		return true
	}
	for name := range t {
		if strings.HasPrefix(name, path.Clean(p)+"/") {
			return true
		}
	}
	return t.InSubmodule(p)
}

func (t tree) Exists(p string) bool {
	_, ok := t[path.Clean(p)]
	return ok || t.IsDir(p)
}

func (t tree) Read(p string) ([]byte, bool) {
	text, ok := t[path.Clean(p)]
	return []byte(text), ok
}

func (t tree) InSubmodule(p string) bool {
	return strings.HasPrefix(p, "submodule/") || p == "submodule"
}

// read reads what is installed for a repository.
func read(t tree, commands ...installed.Command) *installed.Set {
	return installed.Read(t, binder.NewPlan(t), commands, nil)
}

// command is a command of postBuild that is surely run, and whose failure fails
// the build.
func command(text string) installed.Command {
	return installed.Command{At: position.Position{File: "postBuild", Line: 2, Column: 1}, Args: strings.Fields(text), Runs: truth.Yes, Fails: truth.Yes}
}

// show writes what a set has, one thing a line.
func show(s *installed.Set) string {
	var b strings.Builder
	requirement := func(mark string, q installed.Requirement) {
		specs := ""
		for _, c := range q.Specs {
			specs += " " + c.Op + c.Version.String()
			if c.Prefix {
				specs += ".*"
			}
		}
		sure := ""
		if q.Sure != truth.Yes {
			sure = "?"
		}
		where := map[installed.Environment]string{installed.Server: " (server)", installed.Kernel: " (kernel)", installed.Both: ""}[q.In]
		fmt.Fprintf(&b, "%s%s%s%s %v%s\n", mark, q.Name, sure, specs, q.At, where)
	}
	for _, q := range s.Requirements {
		requirement("", q)
	}
	for _, q := range s.Limits {
		requirement("limit ", q)
	}
	for _, d := range s.Directs {
		fmt.Fprintf(&b, "direct %s %v\n", d.Target, d.At)
	}
	for _, o := range s.Settings {
		fmt.Fprintf(&b, "option %s %v\n", o.Text, o.At)
	}
	for _, o := range s.Broken {
		fmt.Fprintf(&b, "broken %q %v %v\n", o.Text, o.At, o.Fails)
	}
	for _, g := range s.Gaps {
		fmt.Fprintf(&b, "gap %v\n", g.At)
	}
	for _, p := range s.System {
		fmt.Fprintf(&b, "apt %s %v\n", p.Name, p.At)
	}
	return b.String()
}

// utf16Of writes a text as PowerShell's > does.
func utf16Of(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestRead(t *testing.T) {
	tests := []struct {
		name  string
		files tree
		post  []string
		want  string
	}{
		{"environment.yml", tree{"environment.yml": "dependencies:\n  - python=3.12\n  - bokeh=3.9\n  - pytorch\n  - pip:\n    - wave>=2 # c\n    - -r more.txt\n    - tide=3\n    - foam=4\n", "more.txt": "surf\n"}, nil, `
python ==3.12.* environment.yml:2:5
bokeh ==3.9.* environment.yml:3:5
torch environment.yml:4:5
wave >=2 environment.yml:6:7
surf more.txt:1:1
broken "tide=3" environment.yml:8:7 yes
broken "foam=4" environment.yml:9:7 yes
gap environment.yml:8:7
gap environment.yml:9:7`},
		{"a list beside a hidden one", tree{"binder/environment.yml": "dependencies: [bokeh]\n", "environment.yml": "dependencies: [panel]\n"}, nil, `
bokeh binder/environment.yml:1:16`},
		{"includes and constraints", tree{"requirements.txt": "-r more/all.txt\n-c limits.txt\n--extra-index-url https://x.example\npanel\n", "more/all.txt": "-r ../requirements2.txt\n\n  bokeh>=3\n", "requirements2.txt": "wave\n", "limits.txt": "bokeh<4\n"}, nil, `
wave requirements2.txt:1:1
bokeh >=3 more/all.txt:3:3
panel requirements.txt:4:1
limit bokeh <4 limits.txt:1:1
option --extra-index-url https://x.example requirements.txt:3:1`},
		{"every broken line", tree{"requirements.txt": "bokeh=3\npanel>=1\n\n  wave=2 # c\n-r gone.txt\n--nonsense\n-r submodule/x.txt\n"}, nil, `
panel >=1 requirements.txt:2:1
broken "bokeh=3" requirements.txt:1:1 yes
broken "wave=2" requirements.txt:4:3 yes
broken "-r gone.txt" requirements.txt:5:1 yes
broken "--nonsense" requirements.txt:6:1 yes
gap requirements.txt:1:1
gap requirements.txt:4:3
gap requirements.txt:5:1
gap requirements.txt:6:1
gap requirements.txt:7:1`},
		{"itself", tree{"requirements.txt": "-r a.txt\n-c ./requirements.txt\nbokeh\n", "a.txt": "-r requirements.txt\npanel\n"}, nil, `
panel a.txt:2:1
bokeh requirements.txt:3:1
broken "-r requirements.txt" a.txt:1:1 yes
broken "-c ./requirements.txt" requirements.txt:2:1 yes
gap a.txt:1:1
gap requirements.txt:2:1`},
		{"a list twice", tree{"requirements.txt": "-r a.txt\n-r b.txt\n", "a.txt": "-r c.txt\n", "b.txt": "-r c.txt\n", "c.txt": "bokeh\n"}, nil, `
bokeh c.txt:1:1`},
		{"UTF-16", tree{"requirements.txt": utf16Of("bokeh>=3\r\npanel\r\nwave=1\r\n")}, nil, `
bokeh >=3 requirements.txt:1:1
panel requirements.txt:2:1
broken "wave=1" requirements.txt:3:1 yes
gap requirements.txt:3:1`},
		{"encodings", tree{"requirements.txt": "-r latin.txt\n-r sjis.txt\n-r none.txt\n", "latin.txt": "# coding: latin-1\nbokeh # \xe9\n", "sjis.txt": "# -*- coding: shift_jis -*-\npanel # \x83\n", "none.txt": "wave # \xe9\n"}, nil, `
bokeh latin.txt:2:1
broken "none.txt" none.txt yes
gap sjis.txt
gap none.txt`},
		{"conditions on the environment", tree{"runtime.txt": "python-3.12", "requirements.txt": "a; python_version<'3.12'\nb; python_version>='3.12' and sys_platform=='linux'\nc; platform_release>'5'\nd; sys_platform=='win32' or platform_version=='x'\ne; extra=='x'\nf; python_full_version<'3.12.4'\ng; python_full_version<'3.13'\nh; os_name == posix\n"}, nil, `
b requirements.txt:2:1
c? requirements.txt:3:1
d? requirements.txt:4:1
f? requirements.txt:6:1
g requirements.txt:7:1
broken "h; os_name == posix" requirements.txt:8:1 yes
gap requirements.txt:8:1`},
		{"paths", tree{"requirements.txt": "./lib\n-e lib[all]\nlib/x.whl\nnone/there\n./bare\n-e git+https://x.example/a\ngit+https://x.example/b#egg=wave\n", "lib/setup.py": "from setuptools import setup\nsetup(install_requires=['bokeh>=3'], extras_require={'all': ['panel']})\n", "lib/x.whl": "", "bare/x": ""}, nil, `
bokeh >=3 lib/setup.py:2:25
bokeh >=3 lib/setup.py:2:25
panel lib/setup.py:2:62
wave requirements.txt:7:1
direct ./lib requirements.txt:1:1
direct lib requirements.txt:2:1
direct lib/x.whl requirements.txt:3:1
direct git+https://x.example/b#egg=wave requirements.txt:7:1
broken "none/there" requirements.txt:4:1 yes
broken "./bare" requirements.txt:5:1 yes
broken "-e git+https://x.example/a" requirements.txt:6:1 yes
gap requirements.txt:3:1
gap requirements.txt:4:1
gap requirements.txt:5:1
gap requirements.txt:6:1
gap requirements.txt:7:1`},
		{"Python 2.7", tree{"runtime.txt": "python-2.7", "requirements.txt": "bokeh\nold>=2.*\nbad=1\n", "requirements3.txt": "jupyter-server-proxy\n"}, []string{"pip install panel", "{KERNEL_PYTHON_PREFIX}/bin/pip install wave", "conda install tide"}, `
jupyter-server-proxy requirements3.txt:1:1 (server)
bokeh requirements.txt:1:1 (kernel)
panel postBuild:2:1 (server)
wave postBuild:2:1 (kernel)
tide postBuild:2:1 (kernel)
broken "old>=2.*" requirements.txt:2:1 unknown
broken "bad=1" requirements.txt:3:1 yes
gap requirements.txt:2:1
gap requirements.txt:3:1`},
		{"Pipfile that nests too deep", tree{"Pipfile": "[packages]\nbokeh = " + strings.Repeat("[", 50_000)}, nil, `
gap Pipfile`},
		{"pyproject.toml that nests too deep", tree{"pyproject.toml": strings.Repeat("a.", 90_000) + "a = 1"}, nil, `
gap pyproject.toml`},
		{"R", tree{"runtime.txt": "r-4.2-2023-06-01", "environment.yml": "dependencies: [bokeh]\n", "requirements.txt": "panel\n", "apt.txt": "# c\ngdal-bin  libx # d\n"}, nil, `
bokeh environment.yml:1:16
panel requirements.txt:1:1
jupyter-rsession-proxy -
jupyter-shiny-proxy -
apt gdal-bin apt.txt:2:1
apt libx apt.txt:2:11`},
		{"Julia", tree{"Project.toml": "", "environment.yml": "dependencies: [bokeh]\n", "requirements.txt": "panel\n"}, nil, `
bokeh environment.yml:1:16
panel requirements.txt:1:1`},
		{"R's packages of conda's", tree{"environment.yml": "dependencies: [r-shiny]\n"}, nil, `
r-shiny environment.yml:1:16
jupyter-rsession-proxy -
jupyter-shiny-proxy -`},
		{"Dockerfile", tree{"Dockerfile": "FROM x", "requirements.txt": "bokeh", "apt.txt": "x"}, nil, `
gap Dockerfile`},
		{"nothing", tree{"README.md": ""}, nil, `
gap -`},
		{"Pipfile", tree{"Pipfile": "[packages]\nbokeh = \"~=3.1\"\n\n[dev-packages]\nwave = {version = \">=1\", extras = [\"all\"]}\ntide = {git = \"https://x.example\"}\nfoam = \"*\"\n"}, nil, `
bokeh ~=3.1 Pipfile:2:1
foam Pipfile:7:1
tide Pipfile:6:1
wave >=1 Pipfile:5:1
direct https://x.example Pipfile:6:1
gap Pipfile:6:1`},
		{"Pipfile.lock", tree{"Pipfile": "[packages]\npanel = \"*\"\n", "Pipfile.lock": "{\n \"default\": {\n  \"bokeh\": {\"version\": \"==3.9\", \"markers\": \"python_version >= '3.8'\"}\n },\n \"develop\": {\n  \"wave\": {\"version\": \"==1\"}}}\n"}, nil, `
bokeh ==3.9 Pipfile.lock:3:3
wave ==1 Pipfile.lock:6:3`},
		{"pyproject.toml", tree{"pyproject.toml": "[project]\nname = 'x'\ndependencies = [\n  'bokeh>=3',\n  'wave=1',\n]\n[build-system]\nrequires = []\n"}, nil, `
bokeh >=3 pyproject.toml:4:4
broken "wave=1" pyproject.toml:5:4 unknown
gap pyproject.toml:5:4`},
		{"pyproject.toml that installs nothing", tree{"pyproject.toml": "[project]\ndependencies = ['bokeh']\n", "requirements.txt": "panel\n"}, nil, `
panel requirements.txt:1:1`},
		{"dynamic dependencies", tree{"pyproject.toml": "[project]\nname = 'x'\ndynamic = ['dependencies']\n[build-system]\n"}, nil, `
gap pyproject.toml`},
		{"dynamic dependencies of a file", tree{"pyproject.toml": "[project]\nname = 'x'\ndynamic = ['dependencies']\n[build-system]\n[tool.setuptools.dynamic]\ndependencies = {file = ['needs.txt']}\n", "needs.txt": "# c\nbokeh>=3\n"}, nil, `
bokeh >=3 needs.txt:2:1`},
		{"another backend", tree{"setup.py": "", "pyproject.toml": "[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n[tool.poetry.dependencies]\nbokeh = '^3'\n"}, nil, `
gap pyproject.toml`},
		{"setup.py", tree{"setup.py": "from setuptools import setup\nneeds = ['bokeh>=3']\nsetup(name='x',\n  install_requires=needs + ['panel'])\n"}, nil, `
bokeh >=3 setup.py:3:1
panel setup.py:3:1`},
		{"setup.py that reads a list", tree{"setup.py": "from setuptools import setup\nsetup(install_requires=open('requirements.txt').read().split())\n", "requirements.txt": "bokeh\n"}, nil, `
bokeh requirements.txt:1:1
gap setup.py:2:1`},
		{"setup.py with more", tree{"setup.py": "import setuptools\nsetuptools.setup(**config())\n"}, nil, `
gap setup.py:2:1`},
		{"setup.cfg", tree{"setup.py": "from setuptools import setup\nsetup()\n", "setup.cfg": "[metadata]\nname = x\n[options]\ninstall_requires =\n    bokeh>=3\n    # c\n    panel; python_version>'3'\npackages = find:\n"}, nil, `
bokeh >=3 setup.cfg:5:5
panel setup.cfg:7:5`},
		{"setup.cfg with a file", tree{"setup.py": "from setuptools import setup\nsetup()\n", "setup.cfg": "[options]\ninstall_requires = file: needs.txt\n", "needs.txt": "bokeh\n"}, nil, `
bokeh needs.txt:1:1`},
		{"postBuild", tree{"requirements.txt": "", "more.txt": "panel\n", "env.yml": "dependencies: [wave, pip: [tide]]\n"}, []string{
			"pip install -q bokeh>=3 --extra-index-url https://x.example", "python -m pip install --upgrade -rmore.txt", "python3 -m pip --no-cache-dir install foam",
			"{NB_PYTHON_PREFIX}/bin/pip install reef", "uv pip install --system surf", "conda install -y -c conda-forge gdal bokeh=3", "mamba env update -f env.yml", "mamba env update -n other -f env.yml",
			"conda install --prefix {NB_PYTHON_PREFIX} shoal", "pip install -r made.txt", "pip install {X}", "pip install bad=1", "pip install ./cloned", "pip list", "jupyter lab build", "make", "python setup.py bdist", "micromamba install -y -n base kelp"}, `
bokeh >=3 postBuild:2:1
panel more.txt:1:1
foam postBuild:2:1
reef postBuild:2:1
surf postBuild:2:1
gdal postBuild:2:1
bokeh ==3.* postBuild:2:1
wave env.yml:1:16
tide env.yml:1:28
shoal postBuild:2:1
direct ./cloned postBuild:2:1
option --extra-index-url https://x.example postBuild:2:1
broken "bad=1" postBuild:2:1 yes
gap postBuild:2:1
gap postBuild:2:1
gap postBuild:2:1
gap postBuild:2:1
gap postBuild:2:1`},
		{"the repository itself, by hand", tree{"binder/postBuild": "", "pyproject.toml": "[project]\nname='x'\ndependencies=['bokeh']\n", "binder/requirements.txt": "-e .\n"}, []string{"pip install -e .", "python setup.py develop"}, `
bokeh pyproject.toml:3:16
bokeh pyproject.toml:3:16
bokeh pyproject.toml:3:16
direct . binder/requirements.txt:1:1
direct . postBuild:2:1
direct ./. postBuild:2:1`},
		{"from environment.yml's folder", tree{"binder/environment.yml": "dependencies:\n- pip:\n  - -e ..\n  - -r all.txt\n", "binder/all.txt": "wave\n", "setup.py": "from setuptools import setup\nsetup(install_requires='bokeh')\n"}, nil, `
bokeh setup.py:2:1
wave binder/all.txt:1:1
direct .. binder/environment.yml:3:5`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var commands []installed.Command
			for _, text := range tt.post {
				commands = append(commands, command(text))
			}
			if got := show(read(tt.files, commands...)); got != strings.TrimPrefix(tt.want, "\n")+"\n" {
				t.Errorf("got\n%s\nwant%s", got, tt.want)
			}
		})
	}
}
