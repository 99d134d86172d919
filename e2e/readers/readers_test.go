package readers

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// sample is an embed, or a link inside a sentence, as a page has it.
type sample struct {
	html   string
	inline bool
}

// markdown is a post that holds it, as render writes it and as expand does.
func (s sample) markdown() string {
	const begin, end = `<!--bokehbinder 0123456789ab-0-2 repo=https://a.example/o&#95;n title="a -&#45;&#62; b &#123;&#123;c&#125;&#125;" -->`, `<!--/bokehbinder-->`
	if s.inline {
		plain := form.Markdown.Inline(s.html)
		return "Before\n\nSee " + plain + " there.\n\n| a | b |\n|---|---|\n| c | <span>" + begin + plain + end + "</span> |\n\nAfter\n"
	}
	plain := form.Markdown.Block(s.html)
	kept := "<div>" + begin + strings.TrimSuffix(strings.TrimPrefix(plain, "<div>"), "</div>") + end + "</div>"
	return "Before\n\n" + plain + "\n\n" + kept + "\n\nAfter *that*\n\n- a list\n\n    " + plain + "\n\n1. another\n\n    " + kept + "\n"
}

var comment = regexp.MustCompile(`<!--(?: ?/?bokehbinder[^<>]*|\n)-->`)

// pieces are what readers and template languages take for their own.
var pieces = []string{
	"{{ page.title }}", "{% raw %}", "{% extends base %}", "{# no #}", "{{literal}}", "```", "~~~ sh", "$$x$$", "\\(a\\)", "--8<-- \"x\"",
	"_a_", "**b**", "[toc]", "[[wiki]]", "[a]: b", "*[HTML]: x", "!!! note", "::: warn", "{: .c}", "<!-- c -->", "<div>", "</div>", "</pre>", "&amp;", "&#123;",
	"# h", "- [ ] t", "> q", "| a | b |", "\n", "\n\n", "\n    ", "\n\t", " ", "  \n", "\\", "\\\\", "`", "@user", ":smile:", "https://a.example/_x_", "'q'", "\"q\"", "--", "...", "é", "日本", "😀", "==m==", "++k++", "^s^", "%%", "<%= x %>",
}

// samples are the views' goldens, and embeds of repositories of random texts.
func samples(t *testing.T) (list []sample) {
	t.Helper()
	goldens, err := filepath.Glob("../../internal/page/view/testdata/*.html")
	if err != nil || len(goldens) < 20 {
		t.Fatalf("%d goldens: %v", len(goldens), err)
	}
	for _, file := range goldens {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		if strings.Contains(name, "assets") {
			continue // a style sheet moves about where a browser parses it
		}
		list = append(list, sample{string(text), strings.HasSuffix(name, "-inline.html")})
	}
	texts := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 30).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between"))
	})
	for i := range 60 {
		c := &card.Card{
			Version: card.Version, Repo: "https://github.com/o/n_m", Commit: strings.Repeat("0", 40), Provider: "gh", Spec: "o/n_m/x",
			Apps: []card.App{{Name: strings.ReplaceAll(texts.Example(3*i), "\n", " "), URLPath: "/proxy/5006/{{a}}_b_"}},
			Files: []card.File{
				{Path: "a_b_{{c}}.py", Role: card.RoleApp, Language: "python", Text: texts.Example(3*i + 1)},
				{Path: "README.md", Role: card.RoleData, Text: texts.Example(3*i + 2)},
			},
		}
		var block, inline bytes.Buffer
		if err := view.Embed(&block, c, &tag.Tag{}, view.Settings{}, "bb-1"); err != nil {
			t.Fatal(err)
		}
		if err := view.Launch(&inline, c, &tag.Tag{}, view.Settings{}); err != nil {
			t.Fatal(err)
		}
		list = append(list, sample{block.String(), false}, sample{inline.String(), true})
	}
	return list
}

// TestReaders puts embeds through each reader: what a browser makes of the answer is
// what it makes of the embed itself, and what stands around it is still Markdown.
func TestReaders(t *testing.T) {
	list := samples(t)
	posts := make([]string, len(list))
	for i, s := range list {
		posts[i] = s.markdown()
	}
	t.Run("python", func(t *testing.T) {
		t.Parallel()
		python := venv.Python(t, "readers", pythonReaders...)
		questions := make([]string, len(posts))
		for i, p := range posts {
			q, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			questions[i] = string(q)
		}
		for i, answers := range venv.Answers[map[string]string](t, python, questions, "testdata/read.py") {
			for reader, answer := range answers {
				list[i].compare(t, reader, answer)
			}
		}
	})
	t.Run("node", func(t *testing.T) {
		t.Parallel()
		var questions [][2]string
		for _, p := range posts {
			for _, reader := range readerOf[form.Markdown] {
				questions = append(questions, [2]string{reader, p})
			}
		}
		for i, answer := range node(t, questions) {
			if answer == nil {
				t.Errorf("%s cannot read:\n%s", questions[i][0], questions[i][1])
				continue
			}
			list[i/len(readerOf[form.Markdown])].compare(t, questions[i][0], *answer)
		}
	})
	t.Run("jekyll", func(t *testing.T) {
		t.Parallel()
		for i, answer := range jekyll(t, posts) {
			list[i].compare(t, "Jekyll", answer)
		}
	})
}

// pythonReaders are the packages that read Markdown in Python.
var pythonReaders = []string{"markdown==3.11.3", "pymdown-extensions==13.1.2", "myst-parser==5.2.0", "jinja2==3.1.6"}

// jekyll reads posts as Jekyll does.
func jekyll(t *testing.T, posts []string) (answers []string) {
	t.Helper()
	if err := exec.Command("ruby", "-e", `require "jekyll"`).Run(); err != nil {
		need.Missing(t, "jekyll", "it is not installed (Debian: apt-get install jekyll)")
	}
	in, err := json.Marshal(posts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ruby", "testdata/read.rb")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &answers)
	}
	if err != nil || len(answers) != len(posts) {
		t.Fatalf("%d answers: %v", len(answers), err)
	}
	return answers
}

// compare looks for both copies of the sample in what a reader has made.
func (s sample) compare(t *testing.T, reader, answer string) {
	t.Helper()
	want, got, times := dom(t, s.html), comment.ReplaceAllString(dom(t, answer), ""), 2
	if !s.inline {
		want, times = "<div>"+want+"</div>", 4
	}
	if n := strings.Count(got, want); n != times {
		t.Errorf("%s: the embed is there %d times, want %d\nwant\n%s\ngot\n%s\nof\n%s", reader, n, times, want, got, answer)
	}
	if around := "<p>Before</p>"; !strings.Contains(got, around) {
		t.Errorf("%s: no %s in\n%s", reader, around, got)
	}
	if !strings.Contains(got, "After") || !s.inline && !strings.Contains(got, "<em>that</em>") {
		t.Errorf("%s: what follows is no Markdown any more:\n%s", reader, got)
	}
}

// dom is what a browser makes of HTML in a body.
func dom(t *testing.T, text string) string {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(strings.TrimRight(text, "\n")), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, n := range nodes {
		for d := range n.Descendants() {
			sortAttributes(d) // Sphinx writes them in another order
		}
		sortAttributes(n)
		if err := html.Render(&b, n); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func sortAttributes(n *html.Node) {
	slices.SortFunc(n.Attr, func(a, b html.Attribute) int { return strings.Compare(a.Key, b.Key) })
}
