package installed_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

func TestHas(t *testing.T) {
	tests := []struct {
		name  string
		files tree
		pkg   string
		in    installed.Environment
		want  truth.Value
		asked truth.Value
	}{
		{"asked for", tree{"requirements.txt": "bokeh\n"}, "bokeh", installed.Server, truth.Yes, truth.Yes},
		{"comes with another", tree{"requirements.txt": "panel\n"}, "bokeh", installed.Server, truth.Yes, truth.Yes},
		{"of the base", tree{"requirements.txt": ""}, "jupyterlab", installed.Server, truth.Yes, truth.Yes},
		{"not there", tree{"requirements.txt": "numpy\n"}, "bokeh", installed.Server, truth.No, truth.No},
		{"may come with another", tree{"requirements.txt": "wave\n"}, "bokeh", installed.Server, truth.Unknown, truth.No},
		{"may come with an extra", tree{"requirements.txt": "numpy[all]\n"}, "bokeh", installed.Server, truth.Unknown, truth.No},
		{"from an address", tree{"requirements.txt": "https://x.example/a.zip\n"}, "bokeh", installed.Server, truth.Unknown, truth.Unknown},
		{"in a lock", tree{"Pipfile.lock": `{"default": {"wave": {"version": "==1"}}}`}, "bokeh", installed.Server, truth.No, truth.No},
		{"on a condition", tree{"requirements.txt": "bokeh; platform_version>'1'\n"}, "bokeh", installed.Server, truth.Unknown, truth.Unknown},
		{"on a condition that is not met", tree{"requirements.txt": "bokeh; sys_platform=='win32'\n"}, "bokeh", installed.Server, truth.No, truth.No},
		{"by conda's name", tree{"environment.yml": "dependencies: [pytorch]\n"}, "torch", installed.Server, truth.Yes, truth.Yes},
		{"conda's that is nothing of Python's", tree{"environment.yml": "dependencies: [nodejs]\n"}, "bokeh", installed.Server, truth.No, truth.No},
		{"a Dockerfile", tree{"Dockerfile": "FROM x", "requirements.txt": "bokeh\n"}, "bokeh", installed.Server, truth.Unknown, truth.Unknown},
		{"no build pack", tree{"README.md": ""}, "jupyterlab", installed.Server, truth.Unknown, truth.Unknown},
		{"the kernel alone", tree{"runtime.txt": "python-2.7", "requirements.txt": "jupyter-server-proxy\n"}, "jupyter-server-proxy", installed.Server, truth.No, truth.No},
		{"the kernel", tree{"runtime.txt": "python-2.7", "requirements.txt": "bokeh\n"}, "bokeh", installed.Kernel, truth.Yes, truth.Yes},
		{"one of the two", tree{"runtime.txt": "python-3.6", "requirements.txt": "bokeh\n"}, "bokeh", installed.Both, truth.Yes, truth.Yes},
		{"the kernel's base", tree{"runtime.txt": "python-2.7", "requirements.txt": ""}, "jupyterlab", installed.Kernel, truth.No, truth.No},
		{"RStudio's", tree{"runtime.txt": "r-4.2-2023-06-01", "install.R": ""}, "jupyter-server-proxy", installed.Server, truth.Yes, truth.Yes},
		{"itself without a wheel", tree{"runtime.txt": "python-3.13", "requirements.txt": ""}, "wheel", installed.Server, truth.No, truth.No},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(tt.files)
			if got := s.Has(tt.pkg, tt.in); got != tt.want {
				t.Errorf("it has %s: %v, want %v", tt.pkg, got, tt.want)
			}
			if got := s.Asked(tt.pkg, tt.in); got != tt.asked {
				t.Errorf("it is asked for %s: %v, want %v", tt.pkg, got, tt.asked)
			}
		})
	}
}

// TestRemoved takes packages out again.
func TestRemoved(t *testing.T) {
	files := tree{"requirements.txt": "bokeh\n"}
	for _, text := range []string{"pip uninstall -y bokeh", "python -m pip uninstall -y Bokeh", "conda remove -y bokeh"} {
		if got := read(files, command(text)).Has("bokeh", installed.Server); got != truth.Unknown {
			t.Errorf("after %s it has bokeh: %v", text, got)
		}
	}
}

func TestSpecs(t *testing.T) {
	tests := []struct {
		name  string
		files tree
		post  []string
		want  string
	}{
		{"one line", tree{"requirements.txt": "bokeh==3.1\n"}, nil, "==3.1 yes"},
		{"a constraint", tree{"requirements.txt": "bokeh>=3\n-c c.txt\n", "c.txt": "bokeh<4\n"}, nil, ">=3,<4 yes"},
		{"the later run wins", tree{"requirements.txt": "bokeh==2.4\n"}, []string{"pip install bokeh==3.1"}, "==3.1 yes"},
		{"a later run that asks for any", tree{"requirements.txt": "bokeh==2.4\n"}, []string{"pip install bokeh"}, "==2.4 yes"},
		{"not asked for", tree{"requirements.txt": "panel\n"}, nil, " yes"},
		{"from an address", tree{"requirements.txt": "bokeh @ https://x.example/b.zip\n"}, nil, " unknown"},
		{"on a condition", tree{"requirements.txt": "bokeh==2; platform_version>'1'\n"}, nil, "==2 unknown"},
		{"a Dockerfile", tree{"Dockerfile": "FROM x", "requirements.txt": "bokeh==3\n"}, nil, " unknown"},
		{"no build pack", tree{"README.md": ""}, nil, " unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var commands []installed.Command
			for _, text := range tt.post {
				commands = append(commands, command(text))
			}
			specs, sure := read(tt.files, commands...).Specs("bokeh", installed.Server)
			var list []string
			for _, s := range specs {
				list = append(list, s.Op+s.Version.String())
			}
			if got := fmt.Sprintf("%s %v", strings.Join(list, ","), sure); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestModule(t *testing.T) {
	files := tree{"requirements.txt": "scikit-learn\nnumpy\n"}
	for module, want := range map[string]truth.Value{
		"sklearn": truth.Yes, "json": truth.Yes, "yaml": truth.Yes, "bokeh": truth.No, "scipy": truth.Yes, "nump": truth.Unknown,
	} {
		if _, got := read(files).Module(module, installed.Server); got != want {
			t.Errorf("%s: %v, want %v", module, got, want)
		}
	}
}

func TestInsert(t *testing.T) {
	tests := []struct {
		name  string
		files tree
		in    installed.Environment
		want  string
	}{
		{"a list", tree{"requirements.txt": "a\nb\n"}, installed.Server, "requirements.txt:3 "},
		{"a list without an end", tree{"requirements.txt": "a"}, installed.Server, "requirements.txt:2 "},
		{"an empty list", tree{"requirements.txt": ""}, installed.Server, "requirements.txt:1 "},
		{"conda's", tree{"environment.yml": "dependencies:\n  - a\n  - pip:\n    - b\n"}, installed.Server, "environment.yml:3   - "},
		{"conda's behind a line that YAML alone ends", tree{"environment.yml": "# a\u2028# b\ndependencies:\n  - a\n"}, installed.Server, "environment.yml:4   - "},
		{"conda's on one line", tree{"environment.yml": "dependencies: [a]\n"}, installed.Server, "none"},
		{"UTF-16", tree{"requirements.txt": utf16Of("a\r\n")}, installed.Server, "none"},
		{"the server of Python 2.7", tree{"runtime.txt": "python-2.7", "requirements.txt": "a\n", "requirements3.txt": ""}, installed.Server, "requirements3.txt:1 "},
		{"no list of that server", tree{"runtime.txt": "python-2.7", "requirements.txt": "a\n"}, installed.Server, "none"},
		{"the kernel of Python 2.7", tree{"runtime.txt": "python-2.7", "requirements.txt": "a\n"}, installed.Kernel, "requirements.txt:2 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := "none"
			if at, ok := read(tt.files).Insert(tt.in); ok {
				got = fmt.Sprintf("%s:%d %s", at.Path, at.Line, at.Prefix)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestManyIncludes reads lists that include each other in all ways there are.
func TestManyIncludes(t *testing.T) {
	const n = 30
	files := tree{}
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, "-r list%d.txt\n", i)
	}
	for i := range n {
		files[fmt.Sprintf("list%d.txt", i)] = all.String()
	}
	files["requirements.txt"] = all.String() + "bokeh\n"
	s := read(files)
	if len(s.Requirements) != 1 || s.Has("bokeh", installed.Server) != truth.Yes {
		t.Errorf("got %s", show(s))
	}
}

// TestLimits has half as much as is read of lists, folders, limits of pip's and broken
// lines, and twice as much: then there is something more, of which nothing is known.
func TestLimits(t *testing.T) {
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+"\n", i)
		}
		return b.String()
	}
	tests := map[string]struct {
		most int
		make func(files tree, n int)
	}{
		"lists": {200, func(files tree, n int) {
			files["requirements.txt"] = lines(n, "-r list%d.txt")
			for i := range n {
				files[fmt.Sprintf("list%d.txt", i)] = ""
			}
		}},
		"folders": {20, func(files tree, n int) {
			files["requirements.txt"] = lines(n, "./pkg%d")
			for i := range n {
				files[fmt.Sprintf("pkg%d/setup.py", i)] = "from setuptools import setup\nsetup(name='a')\n"
			}
		}},
		"requirements": {20_000, func(files tree, n int) { files["requirements.txt"] = lines(n, "a%d") }},
		"limits":       {20_000, func(files tree, n int) { files["requirements.txt"], files["c.txt"] = "-c c.txt\n", lines(n, "a%d<2") }},
	}
	for name, test := range tests {
		for _, n := range []int{test.most / 2, 2 * test.most} {
			files := tree{}
			test.make(files, n)
			if s := read(files); s.Cut != (n > test.most) || (len(s.Gaps) > 0) != s.Cut {
				t.Errorf("%d %s: cut %v, gaps %v", n, name, s.Cut, s.Gaps[:min(len(s.Gaps), 3)])
			}
		}
	}
	if s := read(tree{"requirements.txt": lines(2000, "==%d")}); len(s.Broken) != 1000 {
		t.Errorf("%d broken lines", len(s.Broken))
	}
}

// TestComments checks that no comment is ever installed.
func TestComments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		comment := "# " + rapid.StringMatching(`[a-z0-9 =<>.\[\]/:@-]{0,30}`).Draw(t, "comment")
		files := tree{
			"requirements.txt": comment + "\nbokeh " + comment + "\n" + comment + "\n",
			"postBuild":        "",
		}
		if got, want := show(read(files)), "bokeh requirements.txt:2:1\n"; got != want {
			t.Fatalf("got %s", got)
		}
	})
}

// FuzzRead looks for input that stops the reader, or that it counts beyond.
func FuzzRead(f *testing.F) {
	f.Add("bokeh>=3\n-r requirements.txt\n", "dependencies: [a]\n", "[packages]\na='*'\n", "pip install -e .")
	f.Add("\xff\xfeb\x00", "dependencies:\n- pip: [x]\n", "[project]\ndependencies=['a']\n[build-system]\n", "conda install x=1")
	f.Fuzz(func(t *testing.T, list, environment, table, post string) {
		for _, name := range []string{"requirements.txt", "environment.yml", "Pipfile", "pyproject.toml"} {
			files := tree{name: list, "setup.py": post, "setup.cfg": table}
			switch name {
			case "environment.yml":
				files[name] = environment
			case "Pipfile", "pyproject.toml":
				files[name] = table
			}
			s := read(files, command(post+" x"))
			for _, q := range s.Requirements {
				if q.At.File != "" && q.At.Line > 0 && q.At.File != "postBuild" {
					if text, err := packaging.Decode([]byte(files[q.At.File])); err == nil && q.At.Line > strings.Count(text, "\n")+1 {
						t.Errorf("%v is beyond the file's end", q.At)
					}
				}
			}
			s.Has("bokeh", installed.Both)
			s.Specs("bokeh", installed.Server)
		}
	})
}

// TestLarge reads what would take a reader that goes back and forth hours.
func TestLarge(t *testing.T) {
	const n = 10_000
	var lock, pipfile, project strings.Builder
	for i := range n {
		fmt.Fprintf(&lock, ",\n\"p%d\": {\"version\": \"==1\"}", i)
		fmt.Fprintf(&pipfile, "p%d = '*'\n", i)
		fmt.Fprintf(&project, "'p\\u0030%d',\n", i)
	}
	tests := map[string]tree{
		"one long line":      {"requirements.txt": strings.Repeat("a\\\n", 10*n)},
		"the same folder":    {"requirements.txt": strings.Repeat("-e .\n", n), "setup.py": "from setuptools import setup\nsetup(install_requires=['bokeh'])\n" + strings.Repeat("f(1)\n", 1000)},
		"a long lock":        {"Pipfile.lock": `{"default": {` + lock.String()[1:] + "}}"},
		"a long Pipfile":     {"Pipfile": "[packages]\n" + pipfile.String()},
		"a long list":        {"pyproject.toml": "[build-system]\n[project]\nname = 'x'\ndependencies = [\n" + strings.ReplaceAll(project.String(), "'", `"`) + "]\n"},
		"many broken lines":  {"requirements.txt": strings.Repeat("a=1\n", n)},
		"a nested condition": {"requirements.txt": "a; " + strings.Repeat("(", n) + "\n"},
	}
	for name, files := range tests {
		t.Run(name, func(t *testing.T) {
			s := read(files)
			if got := len(s.Requirements) + len(s.Gaps); got == 0 || got > 3*n {
				t.Errorf("%d things were read", got)
			}
		})
	}
}
