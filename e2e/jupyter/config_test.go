package jupyter_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// layout is files of a machine: below home, env/etc/jupyter, local/jupyter and
// etc/jupyter.
type layout map[string]string

// made writes a value of a random configuration in Python, which is JSON but for
// its constants.
var (
	names    = rapid.SampledFrom([]string{"a", "b", "c"})
	seconds  = rapid.IntRange(1, 9)
	booleans = rapid.SampledFrom([]string{"True", "False"})
)

func entry(t *rapid.T) string {
	return fmt.Sprintf(`{"command": ["run", "%s"], "timeout": %d}`, names.Draw(t, "command"), seconds.Draw(t, "timeout"))
}

func entries(t *rapid.T) string {
	var items []string
	for range rapid.IntRange(0, 2).Draw(t, "entries") {
		items = append(items, fmt.Sprintf(`"%s": %s`, names.Draw(t, "name"), entry(t)))
	}
	return "{" + strings.Join(items, ", ") + "}"
}

func cookie(t *rapid.T) string {
	return fmt.Sprintf(`{"%s": %s}`, rapid.SampledFrom([]string{"Secure", "Partitioned"}).Draw(t, "attribute"), booleans.Draw(t, "on"))
}

func extensions(t *rapid.T) string {
	return fmt.Sprintf(`{"%s": %s}`, rapid.SampledFrom([]string{"x", "y", "notebook"}).Draw(t, "extension"), booleans.Draw(t, "on"))
}

// statement is one of the ways in which people configure the server.
func statement(t *rapid.T) string {
	forms := []func() string{
		func() string { return "c.ServerProxy.servers = " + entries(t) },
		func() string { return "c.ServerProxy.servers.update(" + entries(t) + ")" },
		func() string {
			return fmt.Sprintf(`c.ServerProxy.servers["%s"] = %s`, names.Draw(t, "name"), entry(t))
		},
		func() string {
			return "c.ServerProxy.servers = " + entries(t) + fmt.Sprintf("\nc.ServerProxy.servers['%s'] = %s", names.Draw(t, "name"), entry(t))
		},
		func() string {
			return "c.ServerProxy.servers = {'a': " + entry(t) + "}\nc.ServerProxy.servers['a']['timeout'] = 70"
		},
		func() string { return `c["ServerProxy"]["servers"] = ` + entries(t) },
		func() string { return `c.ServerProxy.update({"servers": ` + entries(t) + "})" },
		func() string {
			return fmt.Sprintf(`c.ServerProxy.servers.setdefault("%s", %s)`, names.Draw(t, "name"), entry(t))
		},
		func() string { return `c.ServerProxy.setdefault("servers", ` + entries(t) + ")" },
		func() string { return fmt.Sprintf(`c.ServerProxy.servers.pop("%s")`, names.Draw(t, "name")) },
		func() string { return fmt.Sprintf(`c.ServerProxy.servers.pop("%s", None)`, names.Draw(t, "name")) },
		func() string { return "c.ServerProxy.servers.clear()" },
		func() string { return "c.ServerProxy.servers.update(a=" + entry(t) + ")" },
		func() string {
			return "mine = " + entries(t) + "\nc.ServerProxy.servers = mine\nmine['c'] = " + entry(t)
		},
		func() string {
			return "for name in ['a', 'b']:\n    c.ServerProxy.servers.update({name: " + entry(t) + "})"
		},
		func() string {
			return "def mine():\n    c.ServerProxy.servers.update(" + entries(t) + ")\nmine()"
		},
		func() string {
			return "if " + booleans.Draw(t, "if") + ":\n    c.ServerProxy.servers.update(" + entries(t) + ")\nelse:\n    c.ServerProxy.servers = " + entries(t)
		},
		func() string { return "c.ServerProxy = {'servers': " + entries(t) + "}" },
		func() string { return `load_subconfig("more.py")` },
		func() string { return "c = get_config()  # noqa" },
		func() string { return "c.ServerApp.cookie_options = " + cookie(t) },
		func() string { return "c.ServerApp.cookie_options.update(" + cookie(t) + ")" },
		func() string { return "c.IdentityProvider.cookie_options = " + cookie(t) },
		func() string { return "c.NotebookApp.cookie_options = " + cookie(t) },
		func() string {
			return "c.ServerApp.tornado_settings = {'headers': {'X': '" + names.Draw(t, "header") + "'}}"
		},
		func() string { return "c.ServerApp.tornado_settings['compress'] = True" },
		func() string { return "c.ServerApp.jpserver_extensions = " + extensions(t) },
		func() string { return "c.ServerApp.jpserver_extensions.update(" + extensions(t) + ")" },
		func() string { return "# c.ServerProxy.servers = {'z': {}}" },
		func() string { return `"""c.ServerApp.cookie_options = {"Partitioned": True}"""` },
	}
	return forms[rapid.IntRange(0, len(forms)-1).Draw(t, "form")]()
}

// object is a configuration in JSON.
func object(t *rapid.T, name string) string {
	toJSON := strings.NewReplacer("True", "true", "False", "false", "None", "null").Replace
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return "{"
	case 1:
		return toJSON(`{"version": 2, "ServerProxy": {"servers": ` + entries(t) + `}}`)
	case 2:
		if strings.Contains(name, ".d/") { // elsewhere no server starts with it
			return `{"ServerApp": {"jpserver_extensions": {"x": null}}}`
		}
		return "[]"
	case 3:
		return ""
	}
	var parts []string
	for name, value := range map[string]func() string{
		"ServerProxy": func() string { return `{"servers": ` + entries(t) + `}` },
		"ServerApp": func() string {
			return fmt.Sprintf(`{"cookie_options": %s, "jpserver_extensions": %s}`, cookie(t), extensions(t))
		},
		"version": func() string { return "1" },
	} {
		parts = append(parts, fmt.Sprintf("%q: %s", name, value()))
	}
	slices.Sort(parts)
	return toJSON("{\n  " + strings.Join(parts[rapid.IntRange(0, 2).Draw(t, "from"):], ",\n  ") + "\n}")
}

// layouts are random machines. Jupyter's own packages list themselves.
var layouts = rapid.Custom(func(t *rapid.T) layout {
	out := layout{
		"env/etc/jupyter/jupyter_server_config.d/jupyterlab.json": `{"ServerApp": {"jpserver_extensions": {"jupyterlab": true}}}`,
		"env/etc/jupyter/jupyter_server_config.d/notebook.json":   `{"ServerApp": {"jpserver_extensions": {"notebook": true}}}`,
	}
	for range rapid.IntRange(1, 5).Draw(t, "files") {
		dir := rapid.SampledFrom([]string{"home/.jupyter", "env/etc/jupyter", "local/jupyter", "etc/jupyter", "home"}).Draw(t, "dir")
		name := rapid.SampledFrom([]string{
			"jupyter_server_config.py", "jupyter_server_config.py", "jupyter_server_config.json", "jupyter_config.py", "jupyter_config.json",
			"jupyter_lab_config.py", "jupyter_lab_config.json", "jupyter_notebook_config.py", "jupyter_console_config.py", "more.py",
			"jupyter_server_config.d/a.json", "jupyter_server_config.d/b.json", "jupyter_lab_config.d/a.json",
		}).Draw(t, "file")
		text := func(t *rapid.T) string { return object(t, name) }
		if strings.HasSuffix(name, ".py") {
			text = func(t *rapid.T) string {
				var b strings.Builder
				for range rapid.IntRange(1, 3).Draw(t, "statements") {
					b.WriteString(statement(t) + "\n")
				}
				return b.String()
			}
		}
		out[dir+"/"+name] = text(t)
	}
	return out
})

// repository is a layout as a repository whose postBuild copies it in place.
type repository layout

func (r repository) Below(dir string) iter.Seq[string] {
	return slices.Values(slices.DeleteFunc(slices.Sorted(maps.Keys(r)), func(p string) bool { return dir != "" && !strings.HasPrefix(p, dir+"/") }))
}

func (r repository) Known() iter.Seq[string]      { return r.Below("") }
func (r repository) Read(p string) ([]byte, bool) { text, ok := r[p]; return []byte(text), ok }
func (r repository) IsFile(p string) bool         { _, ok := r[p]; return ok }
func (r repository) IsDir(p string) bool {
	for name := range r {
		if strings.HasPrefix(name, p+"/") {
			return true
		}
	}
	return p == "" || p == "."
}

// read tells what this project makes of a layout.
func read(l layout) *jupyter.Config {
	repo := repository{}
	for name, text := range l {
		repo[strings.TrimPrefix(name, "home/")] = text
	}
	return jupyter.Read(jupyter.Input{
		Files:    repo,
		Notebook: jupyter.Yes,
		Steps: []jupyter.Step{
			{Args: []string{"cp", "-r", "env/etc/jupyter", "{NB_PYTHON_PREFIX}/etc/"}},
			{Args: []string{"cp", "-r", "local/jupyter", "/usr/local/etc/jupyter"}},
			{Args: []string{"mkdir", "-p", "/etc/jupyter"}},
			{Args: []string{"cp", "-r", "etc/jupyter", "/etc"}},
		},
	})
}

// plain is a value of package python as encoding/json has it.
func plain(v any) any {
	switch v := v.(type) {
	case *python.Dict:
		out := map[string]any{}
		for _, it := range v.Items {
			out[python.Text(it.Key)] = plain(it.Value)
		}
		return out
	case *python.List:
		out := []any{}
		for _, item := range v.Items {
			out = append(out, plain(item))
		}
		return out
	case int64:
		return float64(v)
	}
	return v
}

// setting is a setting of a configuration as encoding/json has it.
func setting(c *jupyter.Config, class, name string) any {
	return value(c.Get(class, name))
}

func value(v jupyter.Value, set jupyter.Answer) any {
	switch {
	case set == jupyter.No:
		return nil
	case !v.Dict:
		return plain(v.V)
	}
	out := map[string]any{}
	for _, it := range v.Items {
		out[it.Key] = plain(it.Value)
	}
	return out
}

// told writes a configuration as testdata/config.py does.
func told(c *jupyter.Config) map[string]any {
	servers, listed := map[string]any{}, map[string]any{"jupyterlab": true}
	for _, s := range c.Servers {
		if s.Read == jupyter.Yes {
			servers[s.Name] = plain(s.Entry)
		}
	}
	for _, e := range c.Extensions {
		if e.Read == jupyter.Yes && e.Module != "jupyterlab" {
			listed[e.Module] = e.On == jupyter.Yes
		}
	}
	return map[string]any{
		"servers": servers, "extensions": listed, "tornado": setting(c, "ServerApp", "tornado_settings"),
		"cookies": value(c.Cookies()),
	}
}

// TestMerge compares random machines: what Jupyter's own server makes of their
// files, and what is told of them here.
func TestMerge(t *testing.T) {
	const count = 500
	root := t.TempDir()
	var made []layout
	var folders strings.Builder
	for i := range count {
		l := layouts.Example(i)
		made = append(made, l)
		dir := filepath.Join(root, fmt.Sprint(i))
		fmt.Fprintln(&folders, dir)
		for _, sub := range []string{"home", "env/etc/jupyter", "local/jupyter", "etc/jupyter"} {
			if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range l {
			full := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), venv.Jupyter(t), "testdata/config.py")
	cmd.Stdin, cmd.Stderr = strings.NewReader(folders.String()), &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != count {
		t.Fatalf("%d answers\n%s", len(answers), errs.String())
	}
	compared := 0
	for i, l := range made {
		var want map[string]any
		if err := json.Unmarshal([]byte(answers[i]), &want); err != nil {
			t.Fatal(err)
		}
		if want["error"] != nil {
			t.Logf("%d: %s", i, want["error"])
			continue
		}
		compared++
		c := read(l)
		got, _ := json.Marshal(told(c))
		wanted, _ := json.Marshal(want)
		if !bytes.Equal(got, wanted) {
			t.Errorf("layout %d\n%s\nJupyter: %s\nhere:    %s\nGaps: %v", i, show(l), wanted, got, c.Gaps)
		}
	}
	if compared < count*3/4 {
		t.Errorf("only %d of %d layouts start", compared, count)
	}
}

func show(l layout) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l)) {
		fmt.Fprintf(&b, "-- %s --\n%s\n", name, strings.TrimRight(l[name], "\n"))
	}
	return b.String()
}
