package recipe_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

var update = flag.Bool("update", false, "update golden files")

// files are a repository's, by their paths.
type files map[string]string

// folder writes files to a folder. "#x" after a name makes it executable.
func folder(t testing.TB, fs files) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dashboard")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range fs {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// check checks a folder.
func check(t testing.TB, dir string) *recipe.Report {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return checkTree(t, tree)
}

func checkTree(t testing.TB, tree repo.Tree) *recipe.Report {
	t.Helper()
	r, err := recipe.Inspect(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines writes findings, one a line.
func lines(r *recipe.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s %s:%d: %s\n", f.Level, f.ID, f.Path, f.Line, f.Message)
	}
	return b.String()
}

// characters writes those that a reader of testdata would not see.
var characters = strings.NewReplacer(`{CR}`, "\r", `{BOM}`, "\ufeff", `{TAB}`, "\t")

// story is one repository of testdata/rules.txt: a line "== ID: what", or
// "== not ID: what", then the findings, then the files that it has besides
// those of the base, which is the first story. A file "-- NAME (none) --" is
// taken from the base.
type story struct {
	title, want string
	files       files
}

func stories(t *testing.T) []story { return loadStories(t) }

func loadStories(t testing.TB) []story {
	t.Helper()
	data, err := os.ReadFile("testdata/rules.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []story
	for _, part := range strings.Split("\n"+string(data), "\n== ")[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		s := story{title: title, files: files{}}
		if len(out) > 0 && !strings.HasSuffix(title, "(alone)") {
			for name, text := range out[0].files {
				s.files[name] = text
			}
		}
		name := ""
		for line := range strings.Lines(rest) {
			if inner, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(inner, " --\n") {
				name = strings.TrimSuffix(inner, " --\n")
				if gone, ok := strings.CutSuffix(name, " (none)"); ok {
					delete(s.files, gone)
					name = "-"
					continue
				}
				s.files[name] = ""
			} else if name == "" {
				s.want += line
			} else if name != "-" {
				s.files[name] += characters.Replace(line)
			}
		}
		out = append(out, s)
	}
	return out
}

// TestRules checks each story, and that every rule has one that shows it and
// one that does not.
func TestRules(t *testing.T) {
	shown, hidden := map[string]bool{}, map[string]bool{}
	all := stories(t)
	for i, s := range all {
		t.Run(s.title, func(t *testing.T) {
			r := checkTree(t, memory(s.files))
			got := lines(r)
			head, _, _ := strings.Cut(s.title, ":")
			id, not := strings.CutPrefix(head, "not ")
			if _, ok := recipe.Lookup(id); ok {
				if strings.Contains(got, " "+id+" ") == not {
					t.Errorf("it should be the other way about %s:\n%s", id, got)
				}
				shown[id], hidden[id] = shown[id] || !not, hidden[id] || not
			} else if i > 0 {
				t.Errorf("there is no rule %s", id)
			}
			if *update {
				all[i].want = got
			} else if strings.TrimSpace(got) != strings.TrimSpace(s.want) {
				t.Errorf("got\n%s\nwant\n%s", got, s.want)
			}
		})
	}
	for _, rule := range recipe.Rules() {
		if rule.ID != "ref-moves" && rule.ID != "run-failed" && (!shown[rule.ID] || !hidden[rule.ID]) {
			t.Errorf("%s: a story that shows it: %v, one that does not: %v", rule.ID, shown[rule.ID], hidden[rule.ID])
		}
	}
	if *update {
		writeWants(t, all)
	}
}

// writeWants writes the findings into the stories.
func writeWants(t *testing.T, all []story) {
	t.Helper()
	data, err := os.ReadFile("testdata/rules.txt")
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
		parts[i+1] = title + "\n" + s.want + rest[at:]
	}
	if err := os.WriteFile("testdata/rules.txt", []byte(strings.TrimPrefix(strings.Join(parts, "\n== "), "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range recipe.Rules() {
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
		for _, f := range check(t, dir).Findings {
			if f.Level == card.LevelError {
				t.Errorf("%s: %s %s:%d: %s", dir, f.ID, f.Path, f.Line, f.Message)
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
		r := check(t, folder(t, files{
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
