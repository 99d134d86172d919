package jupyter_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/testing/allocated"
)

// files are a repository's.
type files map[string]string

func (f files) Known() iter.Seq[string]      { return f.Below("") }
func (f files) Read(p string) ([]byte, bool) { text, ok := f[p]; return []byte(text), ok }
func (f files) IsFile(p string) bool         { _, ok := f[p]; return ok }
func (f files) IsDir(p string) bool {
	for range f.Below(p) {
		return true
	}
	return p == ""
}

func (f files) Below(dir string) iter.Seq[string] {
	return slices.Values(slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(p string) bool { return dir != "" && !strings.HasPrefix(p, dir+"/") }))
}

// steps makes steps of commands, one a line. What follows "<<" is the text of a
// here-document, and what follows ">" the file that it goes to.
func steps(commands ...string) []jupyter.Step {
	var out []jupyter.Step
	for i, c := range commands {
		s := jupyter.Step{At: position.Position{File: "postBuild", Line: i + 1, Column: 1}}
		c, s.Maybe = strings.CutPrefix(c, "? ")
		if command, text, ok := strings.Cut(c, "<<"); ok {
			c, s.Here, s.HereAt = command, text, position.Position{File: "postBuild", Line: i + 2, Column: 1}
		}
		if command, file, ok := strings.Cut(c, ">"); ok {
			c, s.Output = command, strings.TrimSpace(file)
		}
		s.Args = strings.Fields(c)
		out = append(out, s)
	}
	return out
}

var answers = map[jupyter.Answer]string{jupyter.Unknown: "unknown", jupyter.No: "no", jupyter.Yes: "yes"}

// told writes what a configuration says, one fact a line.
func told(c *jupyter.Config) string {
	var b strings.Builder
	for _, s := range c.Servers {
		command, _, _ := s.Entry.Get("command")
		fmt.Fprintf(&b, "%s server %s at %s runs", answers[s.Read], s.Name, s.At)
		if l, ok := command.(*python.List); ok {
			for _, word := range l.Items {
				fmt.Fprintf(&b, " %s", python.Text(word))
			}
		}
		b.WriteByte('\n')
	}
	for _, e := range c.Extensions {
		fmt.Fprintf(&b, "%s extension %s=%s at %s\n", answers[e.Read], e.Module, answers[e.On], e.At)
	}
	if it, set := c.Cookie("Partitioned"); set != jupyter.No {
		fmt.Fprintf(&b, "%s cookie %s at %s\n", answers[set], python.Text(it.Value), it.At)
	}
	for _, f := range c.Files {
		fmt.Fprintf(&b, "%s file %s", answers[f.Read], f.Path)
		if f.Fault != nil {
			fmt.Fprintf(&b, ", left out: %s at %s", f.Fault.Kind, f.Fault.At)
		}
		b.WriteByte('\n')
	}
	for _, gap := range c.Gaps {
		fmt.Fprintf(&b, "gap at %s\n", gap)
	}
	return b.String()
}

const app = "c.ServerProxy.servers = {\n    \"app\": {\"command\": [\"run\"]},\n}\n"

func TestRead(t *testing.T) {
	tests := []struct {
		name     string
		files    files
		steps    []string
		env      map[string]string
		notebook jupyter.Answer
		want     string
	}{
		{name: "in the home", files: files{".jupyter/jupyter_server_config.py": app},
			want: "yes server app at .jupyter/jupyter_server_config.py:2:5 runs run\nyes file .jupyter/jupyter_server_config.py\n"},
		{name: "nowhere", files: files{"jupyter_server_config.py": app},
			want: "no server app at jupyter_server_config.py:2:5 runs run\nno file jupyter_server_config.py\n"},
		{name: "copied", files: files{"binder/jupyter_server_config.py": app}, steps: []string{"mkdir -p {NB_PYTHON_PREFIX}/etc/jupyter", "cp binder/jupyter_server_config.py {NB_PYTHON_PREFIX}/etc/jupyter/"},
			want: "yes server app at binder/jupyter_server_config.py:2:5 runs run\nyes file binder/jupyter_server_config.py\n"},
		{name: "copied under another name", files: files{"binder/c.py": app}, steps: []string{"cp binder/c.py ~/.jupyter/jupyter_server_config.py"},
			want: "yes server app at binder/c.py:2:5 runs run\nyes file binder/c.py\n"},
		{name: "copied by a pattern", files: files{"conf/jupyter_server_config.py": app}, steps: []string{"mkdir ~/.jupyter", "cp conf/*.py ~/.jupyter"},
			want: "yes server app at conf/jupyter_server_config.py:2:5 runs run\nyes file conf/jupyter_server_config.py\n"},
		{name: "perhaps a folder", files: files{"jupyter_server_config.py": app}, steps: []string{"cp jupyter_server_config.py ~/.jupyter"},
			want: "unknown server app at jupyter_server_config.py:2:5 runs run\nunknown file jupyter_server_config.py\n"},
		{name: "perhaps copied", files: files{"jupyter_server_config.py": app}, steps: []string{"? cp jupyter_server_config.py ~/.jupyter/"},
			want: "unknown server app at jupyter_server_config.py:2:5 runs run\nunknown file jupyter_server_config.py\n"},
		{name: "copied somewhere", files: files{"jupyter_server_config.py": app}, steps: []string{"cp jupyter_server_config.py {?}/etc/jupyter"},
			want: "unknown server app at jupyter_server_config.py:2:5 runs run\nunknown file jupyter_server_config.py\n"},
		{name: "a program of the repository", files: files{"jupyter_server_config.py": app, "setup_binder.py": ""}, steps: []string{"python setup_binder.py"},
			want: "unknown server app at jupyter_server_config.py:2:5 runs run\nunknown cookie None at -\nunknown file jupyter_server_config.py\ngap at postBuild:1:1\n"},
		{name: "removed", files: files{".jupyter/jupyter_server_config.py": app}, steps: []string{"rm -r .jupyter"},
			want: "no server app at .jupyter/jupyter_server_config.py:2:5 runs run\nno file .jupyter/jupyter_server_config.py\n"},
		{name: "here-document", files: files{"postBuild": "#"}, steps: []string{"cat > ~/.jupyter/jupyter_server_config.py <<" + app},
			want: "yes server app at postBuild:3:5 runs run\n"},
		{name: "here-document in JSON", files: files{"postBuild": "#"}, steps: []string{"tee {NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config.json <<{\"ServerProxy\": {\"servers\": {\n  \"app\": {\"command\": [\"run\"]}}}}"},
			want: "yes server app at postBuild:3:3 runs run\n"},
		{name: "a variable", files: files{"conf/jupyter_server_config.py": app}, env: map[string]string{"JUPYTER_CONFIG_DIR": "/home/jovyan/conf"},
			want: "yes server app at conf/jupyter_server_config.py:2:5 runs run\nyes file conf/jupyter_server_config.py\n"},
		{name: "the console's", files: files{".jupyter/jupyter_console_config.py": app}, notebook: jupyter.Yes,
			want: "no server app at .jupyter/jupyter_console_config.py:2:5 runs run\nno file .jupyter/jupyter_console_config.py\n"},
		{name: "JupyterLab's", files: files{".jupyter/jupyter_lab_config.py": app},
			want: "yes server app at .jupyter/jupyter_lab_config.py:2:5 runs run\nyes file .jupyter/jupyter_lab_config.py\n"},
		{name: "Notebook's, with it", files: files{".jupyter/jupyter_notebook_config.py": app}, notebook: jupyter.Yes,
			want: "yes server app at .jupyter/jupyter_notebook_config.py:2:5 runs run\nyes file .jupyter/jupyter_notebook_config.py\n"},
		{name: "Notebook's, without it", files: files{".jupyter/jupyter_notebook_config.py": app}, notebook: jupyter.No,
			want: "no server app at .jupyter/jupyter_notebook_config.py:2:5 runs run\nno file .jupyter/jupyter_notebook_config.py\n"},
		{name: "Notebook's, perhaps", files: files{".jupyter/jupyter_notebook_config.py": app},
			want: "unknown server app at .jupyter/jupyter_notebook_config.py:2:5 runs run\nunknown file .jupyter/jupyter_notebook_config.py\n"},
		{name: "Notebook's list", files: files{".jupyter/jupyter_notebook_config.json": `{"NotebookApp": {"nbserver_extensions": {"mine": true}}}`}, notebook: jupyter.Yes,
			want: "yes extension mine=yes at .jupyter/jupyter_notebook_config.json:1:42\nyes file .jupyter/jupyter_notebook_config.json\n"},
		{name: "Notebook's list in a folder, perhaps", files: files{".jupyter/jupyter_notebook_config.d/a.json": `{"NotebookApp": {"nbserver_extensions": {"mine": true}}}`},
			want: "unknown extension mine=yes at .jupyter/jupyter_notebook_config.d/a.json:1:42\nyes file .jupyter/jupyter_notebook_config.d/a.json\n"},
		{name: "Notebook's list, beside the server's", files: files{
			".jupyter/jupyter_notebook_config.json": `{"NotebookApp": {"nbserver_extensions": {"mine": true}}}`,
			".jupyter/jupyter_server_config.json":   `{"ServerApp": {"jpserver_extensions": {"mine": false}}}`,
		}, notebook: jupyter.Yes,
			want: "yes extension mine=no at .jupyter/jupyter_server_config.json:1:40\nyes file .jupyter/jupyter_notebook_config.json\nyes file .jupyter/jupyter_server_config.json\n"},
		{name: "an item of nothing", files: files{".jupyter/jupyter_server_config.py": "c.ServerProxy.servers['app'] = {'command': ['run']}\n"},
			want: "no server app at .jupyter/jupyter_server_config.py:1:1 runs run\nyes file .jupyter/jupyter_server_config.py, left out: item at .jupyter/jupyter_server_config.py:1:1\n"},
		{name: "perhaps an item of nothing", files: files{".jupyter/jupyter_server_config.py": "if x:\n    c.ServerProxy.servers['app'] = {'command': ['run']}\n"},
			want: "unknown server app at .jupyter/jupyter_server_config.py:2:5 runs run\nunknown cookie None at -\nyes file .jupyter/jupyter_server_config.py\ngap at .jupyter/jupyter_server_config.py:2:5\n"},
		{name: "servers in a folder of lists", files: files{".jupyter/jupyter_server_config.d/a.json": `{"ServerProxy": {"servers": {"app": {}}}, "ServerApp": {"jpserver_extensions": {"mine": true}}}`},
			want: "no server app at .jupyter/jupyter_server_config.d/a.json:1:30 runs\nyes extension mine=yes at .jupyter/jupyter_server_config.d/a.json:1:81\nyes file .jupyter/jupyter_server_config.d/a.json\n"},
		{name: "lists", files: files{".jupyter/jupyter_server_config.d/a.json": `{"ServerApp": {"jpserver_extensions": {"a": true, "b": true}}}`, ".jupyter/jupyter_server_config.d/b.json": `{"ServerApp": {"jpserver_extensions": {"a": false, "b": null}}}`},
			want: "yes extension a=no at .jupyter/jupyter_server_config.d/b.json:1:40\nyes file .jupyter/jupyter_server_config.d/a.json\nyes file .jupyter/jupyter_server_config.d/b.json\n"},
		{name: "a list nowhere", files: files{"ext.json": `{"ServerApp": {"jpserver_extensions": {"a": true}}}`},
			want: "no extension a=yes at ext.json:1:40\nno file ext.json\n"},
		{name: "cookies", files: files{".jupyter/jupyter_server_config.py": "# Partitioned\nc.ServerApp.cookie_options = {\n    'SameSite': 'None',\n    'partitioned': True}\n"},
			want: "yes cookie True at .jupyter/jupyter_server_config.py:4:5\nyes file .jupyter/jupyter_server_config.py\n"},
		{name: "cookies that are not known", files: files{".jupyter/jupyter_server_config.py": "c.ServerApp.cookie_options = options()\n"},
			want: "unknown cookie None at -\nyes file .jupyter/jupyter_server_config.py\n"},
		{name: "a package's entry", files: files{"pkg/pyproject.toml": "[project.entry-points.jupyter_serverproxy_servers]\napp = \"mine:entry\"\n", "pkg/mine.py": "def entry():\n    return {'command': ['run']}\n"},
			want: "unknown server app at pkg/mine.py:1:1 runs run\n"},
		{name: "a package's files", files: files{"setup.py": "setup(data_files=[('etc/jupyter', ['jupyter_server_config.json'])], entry_points={'jupyter_serverproxy_servers': ['b = m:f']})", "jupyter_server_config.json": `{"ServerProxy": {"servers": {"app": {}}}}`, "m.py": "def f():\n    return {}\n"},
			want: "unknown server app at jupyter_server_config.json:1:30 runs\nunknown server b at m.py:1:1 runs\nunknown file jupyter_server_config.json\n"},
		{name: "a package's texts", files: files{"setup.cfg": "[options.entry_points]\njupyter_serverproxy_servers =\n    b = m:f\n", "m.py": "def f():\n    return {}\n"},
			want: "unknown server b at m.py:1:1 runs\n"},
		{name: "a text of entry points", files: files{"setup.py": "setup(entry_points='''\n  [jupyter_serverproxy_servers]\n  b = m:f\n''')", "m.py": "def f():\n    return {}\n"},
			want: "unknown server b at m.py:1:1 runs\n"},
		{name: "what nobody knows", files: files{".jupyter/jupyter_server_config.py": "configure(c)\nload_subconfig(name)\nc[key].x = 1\n"},
			want: "unknown cookie None at -\nyes file .jupyter/jupyter_server_config.py\ngap at .jupyter/jupyter_server_config.py:1:1\ngap at .jupyter/jupyter_server_config.py:2:1\ngap at .jupyter/jupyter_server_config.py:3:1\n"},
		{name: "words", files: files{"notes.py": "# ServerProxy.servers jpserver_extensions\n\"c.ServerProxy.servers = {'a': {}}\"\n"}, want: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := jupyter.Read(jupyter.Input{Files: test.files, Steps: steps(test.steps...), Env: test.env, Notebook: test.notebook})
			if got := told(c); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// TestLimits has configurations that are half as long and deep as may be, and twice.
func TestLimits(t *testing.T) {
	const name = ".jupyter/jupyter_server_config"
	long := func(n int) files { return files{name + ".py": app + strings.Repeat("#\n", n/2)} }
	deep := func(n int) files {
		return files{name + ".json": `{"ServerProxy": {"servers": {"app": {}}}, "x": ` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}"}
	}
	for _, test := range []struct {
		files  files
		server bool
	}{{long(128 << 10), true}, {long(512 << 10), false}, {deep(25), true}, {deep(100), false}} {
		c := jupyter.Read(jupyter.Input{Files: test.files})
		if (len(c.Servers) == 1) != test.server || (len(c.Gaps) == 0) != test.server {
			t.Errorf("%.50s:\n%s", test.files, told(c))
		}
	}
}

// TestPlaced has a script copy many files before the configuration: of half as many as may
// be that is known, and of twice as many not.
func TestPlaced(t *testing.T) {
	for n, want := range map[int]jupyter.Answer{1000: jupyter.Yes, 4000: jupyter.Unknown} {
		all := files{"conf/jupyter_server_config.py": app}
		for i := range n {
			all[fmt.Sprintf("data/%d.csv", i)] = "1\n"
		}
		c := jupyter.Read(jupyter.Input{Files: all, Steps: steps("cp -r data copy", "cp conf/jupyter_server_config.py ~/.jupyter/")})
		if len(c.Servers) != 1 || c.Servers[0].Read != want {
			t.Errorf("%d files:\n%.300s", n, told(c))
		}
	}
}

// TestRemoved has a script remove many files and then the configuration: of half as many as
// may be it is known to be gone, and of twice as many it is not.
func TestRemoved(t *testing.T) {
	for n, want := range map[int]jupyter.Answer{1000: jupyter.No, 4000: jupyter.Unknown} {
		all := files{".jupyter/jupyter_server_config.py": app}
		for i := range n {
			all[fmt.Sprintf("data/%d.csv", i)] = "1\n"
		}
		c := jupyter.Read(jupyter.Input{Files: all, Steps: steps("rm -r data", "rm .jupyter/jupyter_server_config.py", "rm data/0.csv")})
		if len(c.Servers) != 1 || c.Servers[0].Read != want {
			t.Errorf("%d files:\n%.300s", n, told(c))
		}
	}
}

// TestLooks has a script list files by patterns before the configuration, beside many that
// it has placed: of half as many as may be all is known, and of twice as many it is not.
func TestLooks(t *testing.T) {
	const placed = 1500 // at which each pattern looks
	for share, want := range map[float64]jupyter.Answer{0.5: jupyter.Yes, 2: jupyter.Unknown} {
		all := files{"conf/jupyter_server_config.py": app}
		for i := range placed / 15 {
			all[fmt.Sprintf("data/%d.csv", i)] = "1\n"
		}
		var commands []string
		for i := range 15 {
			commands = append(commands, fmt.Sprintf("cp -r data /opt/copy%d", i))
		}
		n := int(share * jupyter.MaxLooks / placed)
		commands = append(commands, "list "+strings.Repeat("[x] ", n), "cp conf/*.py ~/.jupyter/")
		c := jupyter.Read(jupyter.Input{Files: all, Steps: steps(commands...)})
		if len(c.Servers) != 1 || c.Servers[0].Read != want || c.Cut != (share > 1) {
			t.Errorf("%d patterns: cut %v\n%.300s", n, c.Cut, told(c))
		}
	}
}

// TestContinued has a value of a setup.cfg go over four times as many lines as another: it
// takes about four times as much.
func TestContinued(t *testing.T) {
	work := func(n int) uint64 {
		all := files{"setup.cfg": "[options]\na =\n" + strings.Repeat(" bbbbbb\n", n)}
		return allocated.By(func() { jupyter.Read(jupyter.Input{Files: all}) })
	}
	if short, long := work(5000), work(20_000); long > 8*short {
		t.Errorf("%d bytes, and %d for four times as many lines", short, long)
	}
}

// FuzzRead looks for sources that a reading does not end on, or that have places
// outside of the source.
func FuzzRead(f *testing.F) {
	f.Add(app, `{"ServerApp": {"cookie_options": {"a": 1}}}`, "cp a.py ~/.jupyter/")
	f.Add("c.A.b['x']['y'].update({})", "{", "mv * /etc/jupyter; rm -r .")
	f.Fuzz(func(t *testing.T, source, json, command string) {
		c := jupyter.Read(jupyter.Input{
			Files: files{"jupyter_server_config.py": source, ".jupyter/jupyter_config.json": json, "jupyter_config.py": source},
			Steps: steps(command, "cp jupyter_*.py {NB_PYTHON_PREFIX}/etc/jupyter/"),
		})
		for _, s := range c.Servers {
			if s.At.Line < 1 || s.At.Line > 1+strings.Count(source+json, "\n")+strings.Count(source+json, "\r") {
				t.Errorf("%s is at %s", s.Name, s.At)
			}
		}
	})
}
