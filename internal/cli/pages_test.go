package cli_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/visible"
	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

var update = flag.Bool("update", false, "update golden files")

// TestPages compares the documentation of the findings with the catalogue, the
// stories, and what the command prints of them. With -update it is written anew.
func TestPages(t *testing.T) {
	const dir = "../../docs/findings"
	pages := pages(t)
	for name, want := range pages {
		file := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s is not what the catalogue and the stories say; run the tests with -update", file)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if pages[e.Name()] == "" {
			if *update {
				_ = os.Remove(filepath.Join(dir, e.Name())) // seen again below
			} else {
				t.Errorf("%s is of no finding", e.Name())
			}
		}
	}
}

const made = "<!-- Written from the catalogue and the stories in internal/lint by `make update`; do not edit. -->\n\n"

// pages writes a page for each rule, and a page README.md that lists them, by
// their files' names.
func pages(t *testing.T) map[string]string {
	t.Helper()
	examples, out := examples(t), map[string]string{}
	var index strings.Builder
	index.WriteString(made + "# Findings\n\nWhat `bokehbinder check` looks for. An error is something that makes the build or the app fail, a warning something that works, but not everywhere or not for long, and a note something worth knowing.\n")
	for _, subject := range lint.Catalogue() {
		fmt.Fprintf(&index, "\n## %s\n\n| finding | level | |\n|---|---|---|\n", subject.Name)
		for _, r := range subject.Rules {
			fmt.Fprintf(&index, "| [`%s`](%s.md) | %s | %s |\n", r.ID, r.ID, r.Level, cell(r.Title))
			t.Run(r.ID, func(t *testing.T) { out[r.ID+".md"] = page(t, r, examples[r.ID]) })
		}
	}
	out["README.md"] = index.String()
	return out
}

// page writes the documentation of one rule.
func page(t *testing.T, r *lint.Rule, e *example) string {
	t.Helper()
	if e == nil {
		t.Fatalf("no story shows %s", r.ID)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s# %s\n\n`%s`, %s\n\n**When.** %s\n\n**What happens.** %s\n\n**What to do.** %s.\n\n**How that is known.** %s\n",
		made, escape(r.Title), r.ID, r.Level, escape(r.When), escape(r.Why), escape(upper(r.Fix)), escape(r.Evidence))
	b.WriteString("\n## The smallest repository that has it\n")
	for _, name := range slices.Sorted(maps.Keys(e.files)) {
		if text := e.files[name]; strings.TrimSpace(text) == "" {
			fmt.Fprintf(&b, "\n`%s` is empty.\n", name)
		} else {
			fmt.Fprintf(&b, "\n`%s`:\n\n%s", name, fenced(language(name), text))
		}
	}
	printed := e.run(t)
	if !strings.Contains(printed, e.says) {
		t.Errorf("the command does not say %q of %s's story:\n%s", e.says, r.ID, printed)
	}
	fmt.Fprintf(&b, "\n`%s` prints:\n\n%s\n[All findings](README.md)\n", strings.Join(append([]string{"bokehbinder"}, e.command...), " "), fenced("text", printed))
	return b.String()
}

// example is a repository that has a finding.
type example struct {
	files linttest.Files
	// command has the arguments that find it.
	command []string
	// says is a part of what is printed then.
	says string
	// found is how many findings there are, and less how far the rule's own is from the
	// rule's level.
	found, less int
}

// examples takes for each rule the smallest of its stories that show it at its own
// level, without the files that nothing is found of.
func examples(t *testing.T) map[string]*example {
	t.Helper()
	out := map[string]*example{}
	stories := linttest.Stories(t)
	for _, s := range stories[1:] {
		id, _, _ := strings.Cut(s.Title, ":")
		if strings.HasPrefix(id, "not ") {
			continue
		}
		files, report := smallest(t, s.Files)
		at := slices.IndexFunc(report.Findings, func(f lint.Finding) bool { return f.Rule.ID == id })
		if at < 0 {
			t.Fatalf("%s is not found in its story %q", id, s.Title)
		}
		e := &example{files, []string{"check"}, fmt.Sprintf("\n%s %s", report.Findings[at].Level, id), len(report.Findings), 0}
		if report.Findings[at].Level != report.Findings[at].Rule.Level {
			e.less = 1
		}
		if old := out[id]; old == nil || e.compare(old) < 0 {
			out[id] = e
		}
	}
	base, _ := smallest(t, stories[0].Files)
	out["ref-moves"] = &example{base, []string{"check", "https://github.com/owner/dashboard"}, "\nnote ref-moves", 1, 0}
	out["run-failed"] = &example{linttest.Files{"environment.yml": "dependencies:\n  - bokeh\n"}, []string{"check", "--run"}, "\nthe app does not work\n", 1, 0}
	return out
}

// compare says which of two examples is smaller.
func (e *example) compare(other *example) int {
	return cmp.Or(cmp.Compare(e.less, other.less), cmp.Compare(e.found, other.found), cmp.Compare(e.size(), other.size()))
}

func (e *example) size() int {
	n := 0
	for _, text := range e.files {
		n += 3 + strings.Count(text, "\n")
	}
	return n
}

// smallest leaves out each file without which the same is found.
func smallest(t *testing.T, files linttest.Files) (linttest.Files, *lint.Report) {
	t.Helper()
	report := linttest.CheckTree(t, linttest.Memory(files))
	want := linttest.Lines(report)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fewer := maps.Clone(files)
		delete(fewer, name)
		if len(fewer) > 0 && linttest.Lines(linttest.CheckTree(t, linttest.Memory(fewer))) == want {
			files = fewer
		}
	}
	return files, report
}

// run returns what the command prints of an example, in a clone of
// github.com/o/n, as the stories have it.
func (e *example) run(t *testing.T) string {
	t.Helper()
	if len(e.command) > 1 && e.command[0] == "check" && strings.Contains(e.command[1], "://") {
		forge := gittest.Serve(t, gitserve.Options{})
		files := gitserve.Files{}
		for name, text := range e.files {
			files[name] = text
		}
		forge.Repo(strings.TrimPrefix(e.command[1], "https://"), files)
		forge.Setenv()
	} else {
		dir := linttest.Folder(t, e.files)
		gittest.Clone(t, dir, "https://github.com/o/n")
		t.Chdir(dir)
	}
	var out, complaints bytes.Buffer
	program := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &complaints}
	if code := program.Run(t.Context(), append(slices.Clone(e.command), "--quiet")); code != cli.ExitDone && code != cli.ExitInput {
		t.Fatalf("%q: exit code %d\n%s", e.command, code, &complaints)
	}
	return out.String()
}

// fenced writes a text as a block of code.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fmt.Sprintf("%s%s\n%s\n%s\n", fence, language, strings.TrimRight(visible.Text(text), "\n"), fence)
}

// languages of files, by the ends of their names.
var languages = map[string]string{
	".py": "python", ".yml": "yaml", ".yaml": "yaml", ".toml": "toml", ".json": "json", ".ipynb": "json", ".md": "markdown",
	".html": "html", ".sh": "bash", "postBuild": "bash", "start": "bash", "Dockerfile": "dockerfile",
}

func language(name string) string {
	base := path.Base(name)
	return cmp.Or(languages[base], languages[path.Ext(base)], "text")
}

// upper writes a sentence's first letter as a capital.
func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// escape writes a text as Markdown that shows it as it is.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "`", "\\`").Replace(text)
}

// cell writes a text for a table.
func cell(text string) string { return strings.ReplaceAll(escape(text), "|", `\|`) }
