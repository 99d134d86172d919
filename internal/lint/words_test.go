package lint_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// word matches what a rule may look for, among the texts of the sources.
var word = regexp.MustCompile(`^[A-Za-z_$@{./-][\w.$@{}()*=/:-]{2,60}$`)

// words lists what the rules, and what they ask, know of: each text of their
// sources without a space, and the words that are written for the day on which
// somebody looks for one in a text.
func words(t testing.TB) []string {
	t.Helper()
	found := map[string]bool{"Morsel": true, "_reserved": true, "import *": true, "lfs": true, "export": true, "serve": true, "servable(": true}
	for _, dir := range []string{".", "../repository", "../repository/*", "../scaffold"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					for w := range strings.FieldsSeq(text) {
						if word.MatchString(w) {
							found[w] = true
						}
					}
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// mention writes words into a file where they mean nothing, in one of a few
// ways. It returns the line after which it has added lines, and how many.
type mention struct {
	name  string
	files func(p string) bool
	write func(text, words string) (out string, after, added int)
}

// atEnd adds lines to a file.
func atEnd(format string) func(text, words string) (string, int, int) {
	return func(text, words string) (string, int, int) {
		lines := strings.Count(text, "\n")
		if text != "" && !strings.HasSuffix(text, "\n") {
			text, lines = text+"\n", lines+1
		}
		return text + fmt.Sprintf(format, words) + "\n", lines, 0
	}
}

// belowShebang adds a line to a script, as its first that is run.
func belowShebang(format string) func(text, words string) (string, int, int) {
	return func(text, words string) (string, int, int) {
		first := ""
		if strings.HasPrefix(text, "#!") {
			first, text, _ = strings.Cut(text, "\n")
			first += "\n"
		}
		return first + fmt.Sprintf(format, words) + "\n" + text, strings.Count(first, "\n"), 1
	}
}

// inObject adds a key to an object of JSON, on the line of its first.
func inObject(text, words string) (string, int, int) {
	head, rest, ok := strings.Cut(text, "{")
	if !ok || strings.TrimSpace(head) != "" || strings.TrimSpace(rest) == "" {
		return text, 0, 0
	}
	comma := ", "
	if strings.HasPrefix(strings.TrimSpace(rest), "}") {
		comma = ""
	}
	return head + fmt.Sprintf("{%q: %q%s", "unrelated", words, comma) + rest, 0, 0
}

func named(names ...string) func(string) bool {
	return func(p string) bool { return slices.Contains(names, path.Base(p)) }
}

func ending(ends ...string) func(string) bool {
	return func(p string) bool {
		return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(p, end) })
	}
}

func script(p string) bool {
	return named("postBuild", "start")(p) || ending(".sh")(p)
}

var mentions = []mention{
	{"a comment in Python", ending(".py"), atEnd("# %s")},
	{"a docstring in Python", ending(".py"), atEnd("def unrelated():\n    \"\"\"%s\"\"\"")},
	{"a text in Python", ending(".py"), atEnd("unrelated = \"%s\"")},
	{"a comment in a script", script, belowShebang("# %s")},
	{"a text in a script", script, belowShebang("unrelated='%s'")},
	{"a comment in YAML", ending(".yml", ".yaml"), atEnd("# %s")},
	{"a comment in a Dockerfile", named("Dockerfile"), atEnd("# %s")},
	{"a label in a Dockerfile", named("Dockerfile"), atEnd("LABEL unrelated=\"%s\"")},
	{"a comment in a list of packages", ending("requirements.txt", "Pipfile", ".toml", ".cfg", ".gitattributes", ".gitmodules"), atEnd("# %s")},
	{"a text in JSON", ending(".json", ".ipynb"), inObject},
	{"a comment in Markdown", ending(".md"), atEnd("<!-- %s -->")},
	{"a comment in HTML", ending(".html"), atEnd("<!-- %s -->")},
	{"a comment of Jinja's", ending(".html"), atEnd("{# %s #}")},
}

// mentioned are files with words written into all that a mention is for, and the
// findings that are wanted then.
func (m *mention) mentioned(files linttest.Files, want string, list []string) (linttest.Files, string) {
	out := maps.Clone(files)
	text := strings.Join(list, " ")
	for p, old := range files {
		// A broken line end or a mark in front is what some stories are about.
		if !m.files(p) || strings.ContainsAny(old, "\r\ufeff") {
			continue
		}
		changed, after, added := m.write(old, text)
		out[p] = changed
		if added > 0 {
			want = shift(want, p, after, added)
		}
	}
	return out, want
}

// shift moves the findings of a file below a line.
func shift(findings, p string, after, added int) string {
	at := regexp.MustCompile(`(?m)^(\w+ [\w-]+ ` + regexp.QuoteMeta(p) + `:)(\d+)(:.*)$`)
	return at.ReplaceAllStringFunc(findings, func(line string) string {
		m := at.FindStringSubmatch(line)
		if n, _ := strconv.Atoi(m[2]); n > after {
			return m[1] + strconv.Itoa(n+added) + m[3]
		}
		return line
	})
}

// sorted writes findings without their order, which lines decide.
func sorted(findings string) string {
	lines := strings.Split(strings.TrimSpace(findings), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// everyStory are the files of the stories of the rules, of those that a real
// Jupyter runs, and of those of apps.
func everyStory(t testing.TB) map[string]linttest.Files {
	t.Helper()
	out := map[string]linttest.Files{}
	for _, s := range linttest.Stories(t) {
		out[s.Title] = s.Files
	}
	apps, err := os.ReadFile("../repository/testdata/apps.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(apps), "\n== ")[1:] {
		title, rest, _ := strings.Cut(part, "\n")
		out["apps: "+title] = archive(rest)
	}
	run, err := filepath.Glob("../../e2e/stack/testdata/*/*.txt")
	if err != nil || len(run) == 0 {
		t.Fatal("there are no stories of a real Jupyter")
	}
	for _, file := range run {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out["stack: "+path.Base(file)] = archive(string(text))
	}
	return out
}

// archive are the files of a text in which each follows a line "-- NAME --".
func archive(text string) linttest.Files {
	out, name := linttest.Files{}, ""
	for line := range strings.Lines(text) {
		if inner, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(inner, " --\n") {
			name = strings.TrimSuffix(inner, " --\n")
			out[name] = ""
		} else if name != "" {
			out[name] += line
		}
	}
	return out
}

// TestWordsDecideNothing writes each word that a rule may know into each file of
// each story, where it means nothing. No finding comes or goes.
func TestWordsDecideNothing(t *testing.T) {
	list := words(t)
	if len(list) < 300 || !slices.Contains(list, "Partitioned") || !slices.Contains(list, "cookie_options") {
		t.Fatalf("only %d words were gathered: %q", len(list), list)
	}
	for title, files := range everyStory(t) {
		found := linttest.Lines(linttest.CheckTree(t, linttest.Memory(files)))
		for _, m := range mentions {
			changed, want := m.mentioned(files, found, list)
			if maps.Equal(changed, files) {
				continue
			}
			if got := linttest.Lines(linttest.CheckTree(t, linttest.Memory(changed))); sorted(got) != sorted(want) {
				t.Errorf("%s: %s changes the findings to\n%s\nfrom\n%s", title, m.name, got, want)
			}
		}
	}
}

// TestFewWordsDecideNothing is the same with some of the words, since one might
// hide what another shows.
func TestFewWordsDecideNothing(t *testing.T) {
	list, stories, tb := words(t), everyStory(t), t
	titles := slices.Sorted(maps.Keys(stories))
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.SampledFrom(titles).Draw(t, "story")
		m := rapid.SampledFrom(mentions).Draw(t, "mention")
		some := rapid.SliceOfN(rapid.SampledFrom(list), 1, 20).Draw(t, "words")
		changed, want := m.mentioned(stories[title], linttest.Lines(linttest.CheckTree(tb, linttest.Memory(stories[title]))), some)
		if got := linttest.Lines(linttest.CheckTree(tb, linttest.Memory(changed))); sorted(got) != sorted(want) {
			t.Fatalf("%s: %s changes the findings to\n%s\nfrom\n%s", title, m.name, got, want)
		}
	})
}
