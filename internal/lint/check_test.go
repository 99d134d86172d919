package lint_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

var update = flag.Bool("update", false, "update golden files")

// TestRules checks each story, and that every rule has one that shows it and
// one that does not.
func TestRules(t *testing.T) {
	shown, hidden := map[string]bool{}, map[string]bool{}
	all := linttest.Stories(t)
	for i, s := range all {
		t.Run(s.Title, func(t *testing.T) {
			r := linttest.CheckTree(t, linttest.Memory(s.Files))
			got := linttest.Lines(r)
			head, _, _ := strings.Cut(s.Title, ":")
			id, not := strings.CutPrefix(head, "not ")
			if slices.ContainsFunc(lint.Rules(), func(r *lint.Rule) bool { return r.ID == id }) {
				if strings.Contains(got, " "+id+" ") == not {
					t.Errorf("it should be the other way about %s:\n%s", id, got)
				}
				shown[id], hidden[id] = shown[id] || !not, hidden[id] || not
			} else if i > 0 {
				t.Errorf("there is no rule %s", id)
			}
			if *update {
				all[i].Want = got
				if all[i].Cause == "" && i > 0 && !not {
					all[i].Cause = findCause(t, s, r)
				}
			} else if strings.TrimSpace(got) != strings.TrimSpace(s.Want) {
				t.Errorf("got\n%s\nwant\n%s", got, s.Want)
			}
		})
	}
	for _, rule := range lint.Rules() {
		if rule.ID != "ref-moves" && rule.ID != "run-failed" && (!shown[rule.ID] || !hidden[rule.ID]) {
			t.Errorf("%s: a story that shows it: %v, one that does not: %v", rule.ID, shown[rule.ID], hidden[rule.ID])
		}
	}
	if *update {
		writeWants(t, all)
	}
}

// writeWants writes the findings into the stories.
func writeWants(t *testing.T, all []linttest.Story) {
	t.Helper()
	data, err := os.ReadFile(linttest.StoryFile())
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split("\n"+string(data), "\n== ")
	for i, s := range all {
		title, rest, _ := strings.Cut(parts[i+1], "\n")
		at := strings.Index("\n"+rest, "\n-- ")
		if at < 0 {
			at = len(rest)
		}
		if parts[i+1] = title + "\n"; s.Cause != "" {
			parts[i+1] += s.Cause + "\n"
		}
		parts[i+1] += s.Want + rest[at:]
	}
	if err := os.WriteFile(linttest.StoryFile(), []byte(strings.TrimPrefix(strings.Join(parts, "\n== "), "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range lint.Rules() {
		for _, text := range []string{r.ID, string(r.Level), r.Title, r.When, r.Why, r.Evidence, r.Fix} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s lacks a text", r.ID)
			}
		}
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
	}
}

// TestExamples looks for false alarms in the repositories of the example site.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("../../exampleSite/repositories/*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("there are no examples")
	}
	for _, dir := range dirs {
		for _, f := range linttest.Check(t, dir).Findings {
			if f.Level == card.LevelError {
				t.Errorf("%s: %s %s:%d: %s", dir, f.Rule.ID, f.At.File, f.At.Line, f.Message)
			}
		}
	}
}

// TestCookie puts on the card whether an app's framework needs the server's
// cookie.
func TestCookie(t *testing.T) {
	const entry = "c.ServerProxy.servers = {\"one\": {\"command\": [%s], \"timeout\": 60}}\n"
	for command, want := range map[string]bool{
		`"bokeh", "serve", "app.py", "--port={port}"`: false,
		`"panel", "serve", "app.py", "--port={port}"`: false,
		`"streamlit", "run", "app.py"`:                true,
		`"voila", "app.ipynb"`:                        true,
		`"python", "dash.py", "{port}"`:               true,
		`"python3", "app.py", "--port", "{port}"`:     false,
		`"env", "A=b", "streamlit", "run", "app.py"`:  true,
	} {
		r := linttest.Check(t, linttest.Folder(t, linttest.Files{
			"environment.yml":                  "dependencies:\n  - bokeh\n",
			".binder/jupyter_server_config.py": fmt.Sprintf(entry, command),
			"app.py":                           "from bokeh.io import curdoc\n",
			"app.ipynb":                        "{}\n",
			"dash.py":                          "from dash import Dash\n",
		}))
		c := r.Card()
		if len(c.Apps) != 1 || c.Apps[0].Cookie != want {
			t.Errorf("%s: apps %+v, want cookie %v", command, c.Apps, want)
		}
	}
}

// TestFixOfBroken says of a line that names nothing what it may name, and of one that
// is no requirement how those are written.
func TestFixOfBroken(t *testing.T) {
	for line, want := range map[string]string{"-e ..": "-e . is the repository itself", "-r missing.txt": "a list or a folder that is there", "bokeh=3.9": "NAME==VERSION"} {
		found := linttest.CheckTree(t, linttest.Memory(linttest.Files{"requirements.txt": line + "\n"})).Findings
		if i := slices.IndexFunc(found, func(f lint.Finding) bool { return f.Rule.ID == "requirement-broken" }); i < 0 || !strings.Contains(found[i].Fix, want) {
			t.Errorf("%s: got %v, want %q", line, found, want)
		}
	}
}

// TestTwoOnALine has two servers on one line, of which nobody knows from a text which is
// meant: each is told of, and none is changed in the place of the other.
func TestTwoOnALine(t *testing.T) {
	for _, port := range []string{"", `, "--port=5006"`} {
		entry := func(name string) string {
			return fmt.Sprintf(`"%s": {"command": ["bokeh", "serve", "%[1]s.py"%s], "timeout": 60}`, name, port)
		}
		r := linttest.Check(t, linttest.Folder(t, linttest.Files{
			".jupyter/jupyter_server_config.py": "c.ServerProxy.servers = {" + entry("a") + ", " + entry("b") + "}\n",
			"requirements.txt":                  "bokeh\njupyter-server-proxy\n", "a.py": "import bokeh\n", "b.py": "import bokeh\n",
		}))
		found := 0
		for _, f := range r.Findings {
			if f.Rule.ID != "port-mismatch" {
				continue
			}
			if found++; len(f.Changes) > 0 {
				t.Errorf("%s is changed to %+v", f.Message, f.Changes)
			}
		}
		if found != 2 {
			t.Errorf("%d of two servers without a port of the proxy's are told of", found)
		}
	}
}
