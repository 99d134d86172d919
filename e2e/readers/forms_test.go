package readers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/post/expand"
)

// posts are what authors write, by form; %s is a tag. Those in titles and tables become
// links where there are any.
var posts = map[form.Form]string{
	form.Markdown: "Before\n\n%s\n\nAfter *that*\n\n- a list\n\n  %s\n\n> %s\n\n# See %s there\n",
	form.MDX: "export const a = 'b'\n\nBefore\n\n%s\n\nAfter *that* %s and\n\n- a list\n\n  %s\n\n<section>\n    %s\n</section>\n\n" +
		"# See %s there\n\n| a |\n|---|\n| %s |\n",
	form.RST: "Before\n\n%s\n\nAfter *that* %s and\n\n- a list\n\n  %s\n\n.. note:: %s\n\n- %s\n\n   quoted\n\nterm\n   %s\n",
}

// readerOf are the readers of a form that run in node.
var readerOf = map[form.Form][]string{form.Markdown: {"nunjucks", "liquidjs"}, form.MDX: {"mdx"}}

// expanded is a post with its embeds, and what a page has of each.
type expanded struct {
	form form.Form
	text string
	want []string
}

// TestForms puts posts whose tags show repositories of random texts through the reader
// of their form: a browser finds each embed and each link there as a page of our own
// has them.
func TestForms(t *testing.T) {
	texts := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(append(pieces, "*/", "..", "\\u007d", "</script>")), 1, 30).Draw(t, "pieces"), "")
	})
	n := 0
	source := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		n += 3
		return &card.Card{
			Version: card.Version, Repo: req.Repo, Commit: strings.Repeat("0", 40), Provider: "gh", Spec: specOf(req.Repo),
			Apps: []card.App{{Name: strings.ReplaceAll(texts.Example(n), "\n", " "), URLPath: "/proxy/5006/{{a}}_b_"}},
			Files: []card.File{
				{Path: "a_b_{{c}}.py", Role: card.RoleApp, Language: "python", Text: texts.Example(n + 1)},
				{Path: "README.md", Role: card.RoleData, Text: texts.Example(n + 2)},
			},
		}, nil
	})
	var list []expanded
	for f, post := range posts {
		for i := range 40 {
			tags := make([]any, strings.Count(post, "%s"))
			for j := range tags {
				tags[j] = fmt.Sprintf("<<< bokehbinder repo=https://github.com/o/n_m-%d-%d >>>", i, j)
			}
			list = append(list, putInto(t, f, source, fmt.Sprintf(post, tags...)))
		}
	}
	for _, s := range samples(t) { // the views' goldens are among them
		for f := range posts {
			if !s.inline {
				list = append(list, expanded{form: f, text: "Before\n\n" + f.Block(s.html) + "\n\nAfter *that*\n", want: []string{"<div>" + dom(t, s.html) + "</div>"}})
			}
		}
	}
	for i, answers := range read(t, list) {
		for _, answer := range answers {
			list[i].compare(t, answer)
		}
	}
}

// compare looks for what was put into a post in what a reader has made of that.
func (e expanded) compare(t *testing.T, answer string) {
	t.Helper()
	got := comment.ReplaceAllString(dom(t, answer), "")
	for _, want := range e.want {
		if !strings.Contains(got, want) {
			t.Errorf("%s: no\n%.3000s\nin\n%.9000s\nof\n%.9000s", e.form, want, got, e.text)
		}
	}
	if !strings.Contains(got, "<p>Before</p>") || !strings.Contains(got, "<em>that</em>") || strings.Contains(got, "<<<") {
		t.Errorf("%s: what stands around is not as it was:\n%.9000s", e.form, got)
	}
}

// specOf is how a hub is told of a repository.
func specOf(repo string) string {
	return strings.TrimPrefix(repo, "https://github.com/") + "/" + strings.Repeat("0", 40)
}

func putInto(t *testing.T, f form.Form, source card.Source, post string) expanded {
	t.Helper()
	r, err := expand.Expand(t.Context(), "post", []byte(post), expand.Options{Form: f, Source: source, File: "post"})
	if err != nil || len(r.Errors) > 0 || len(r.Tags) != strings.Count(post, "<<<") {
		t.Fatalf("%d tags, %v %v in\n%s", len(r.Tags), err, r.Errors, post)
	}
	e := expanded{form: f, text: string(r.Text)}
	for _, found := range r.Tags {
		var b bytes.Buffer
		if found.Inline {
			err = view.Launch(&b, found.Card(), &tag.Tag{}, view.Settings{})
		} else {
			err = view.Embed(&b, found.Card(), &tag.Tag{}, view.Settings{}, found.ID())
		}
		if err != nil {
			t.Fatal(err)
		}
		want := dom(t, b.String())
		if found.Inline {
			e.want = append(e.want, "<span>"+want+"</span>")
		} else {
			e.want = append(e.want, "<div>"+want+"</div>")
		}
	}
	return e
}

// read puts each post through the readers of its form. A post has several answers.
func read(t *testing.T, list []expanded) [][]string {
	t.Helper()
	var forNode [][2]string
	var forPython []string
	for _, e := range list {
		if e.form == form.RST {
			forPython = append(forPython, quoted(t, e.text))
		}
		for _, reader := range readerOf[e.form] {
			forNode = append(forNode, [2]string{reader, e.text})
		}
	}
	fromNode, fromPython := node(t, forNode), python(t, forPython)
	answers := make([][]string, len(list))
	for i, e := range list {
		if e.form == form.RST {
			answers[i], fromPython = fromPython[0], fromPython[1:]
		}
		for _, reader := range readerOf[e.form] {
			if fromNode[0] == nil {
				t.Fatalf("%s cannot read:\n%s", reader, e.text)
			}
			answers[i], fromNode = append(answers[i], *fromNode[0]), fromNode[1:]
		}
	}
	return answers
}

func quoted(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// node has posts read by what runs there. An answer is nil where a post is refused.
func node(t *testing.T, questions [][2]string) (answers []*string) {
	t.Helper()
	if len(questions) == 0 {
		return nil
	}
	program := need.Program(t, "node", "node")
	need.File(t, "node", "../node_modules/@mdx-js/mdx", "run make setup")
	cmd := exec.Command(program, "testdata/read.mjs")
	cmd.Stdin, cmd.Stderr = strings.NewReader(quoted(t, questions)), os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &answers)
	}
	if err != nil || len(answers) != len(questions) {
		t.Fatalf("%d answers: %v", len(answers), err)
	}
	return answers
}

// python has posts read by docutils and by Sphinx.
func python(t *testing.T, questions []string) [][]string {
	t.Helper()
	if len(questions) == 0 {
		return nil
	}
	return venv.Answers[[]string](t, venv.Python(t, "readers", pythonReaders...), questions, "testdata/read_rst.py", t.TempDir())
}
