package expand_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post/expand"
)

var source = card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
	commit := strings.Repeat("a", 40)
	return &card.Card{
		Version: card.Version, Repo: req.Repo, Commit: commit, Provider: "gh", Spec: strings.TrimPrefix(req.Repo, "https://github.com/") + "/" + commit,
		Files: []card.File{{Path: "a_b.py", Role: card.RoleApp, Text: "x = {{ 1 }}\n\n<!--/bokehbinder-->\n```\n"}},
	}, nil
})

// put expands a post whose tags are right.
func put(t interface {
	Helper()
	Fatal(...any)
}, f form.Form, src string) string {
	t.Helper()
	r, err := expand.Expand(context.Background(), "a.md", []byte(src), expand.Options{Form: f, Source: source, File: "a.md"})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Errors) > 0 {
		t.Fatal(r.Errors[0])
	}
	return string(r.Text)
}

func back(t interface {
	Helper()
	Fatal(...any)
}, f form.Form, src string) string {
	t.Helper()
	out, problems, err := expand.Collapse("a.md", []byte(src), f, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Fatal(problems[0], src)
	}
	return string(out)
}

const line = "<<< bokehbinder repo=https://github.com/o/n >>>"

// embed is the comment that an embed begins with, to the one that it ends with.
var embed = regexp.MustCompile(`<!--bokehbinder (?s:.*?)<!--/bokehbinder-->|\{/\*bokehbinder (?s:.*?)/\*/bokehbinder\*/\}|\.\. bokehbinder (?s:.*?)\.\. /bokehbinder`)

// shape is an expanded text with its embeds cut short.
func shape(text string) string { return embed.ReplaceAllString(text, "…") }

func TestExpand(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"alone", line, "<div>…</div>"},
		{"between paragraphs", "a\n\n" + line + "\n\nb\n", "a\n\n<div>…</div>\n\nb\n"},
		{"within a paragraph", "a " + line + " b\n", "a \n\n<div>…</div>\n\n b\n"},
		{"between lines", "a\n" + line + "\nb\n", "a\n\n<div>…</div>\n\nb\n"},
		{"before a heading", line + "\n# h\n", "<div>…</div>\n\n# h\n"},
		{"CRLF", "a\r\n" + line + "\r\nb", "a\r\n\r\n<div>…</div>\r\n\r\nb"},
		{"in a quote", "> a\n> " + line + "\n> b\n", "> a\n> \n> <div>…</div>\n> \n> b\n"},
		{"indented as code", "a\n     " + line + "\nb\n", "a\n     \n<div>…</div>\n\nb\n"},
		{"lazily in a quote", "> a\n" + line + "\n", "> a\n\n> <div>…</div>\n"},
		{"in a list", "- " + line + "\n- b\n", "- <div>…</div>\n- b\n"},
		{"deeper in a list", "1. a\n\n   " + line + "\n", "1. a\n\n   <div>…</div>\n"},
		{"in a heading", "# a " + line + "\n", "# a <span>…</span>\n"},
		{"in a table", "| a |\n|---|\n| " + line + " |\n", "| a |\n|---|\n| <span>…</span> |\n"},
		{"in front matter", "---\na: \"" + line + "\"\n---\n" + line + "\n", "---\na: \"" + line + "\"\n---\n<div>…</div>\n"},
		{"in code", "`" + line + "`\n\n```\n" + line + "\n```\n\n    " + line + "\n", "`" + line + "`\n\n```\n" + line + "\n```\n\n    " + line + "\n"},
		{"in a comment", "<!-- " + line + " -->\n", "<!-- " + line + " -->\n"},
		{"in raw", "{% raw %}\n" + line + "\n{% endraw %}\n", "{% raw %}\n" + line + "\n{% endraw %}\n"},
		{"over lines", "<<< bokehbinder repo=https://github.com/o/n\n title=\"a --> b\" >>>\n", "<div>…</div>\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := put(t, form.Markdown, test.in)
			if shape(got) != test.want {
				t.Errorf("%q, want %q", shape(got), test.want)
			}
			if was := back(t, form.Markdown, got); was != test.in {
				t.Errorf("back: %q, want %q", was, test.in)
			}
		})
	}
}

// TestThereAndBack has posts of anything with tags anywhere: taken out, each is what it
// was, byte for byte; put in again, what it had become.
func TestThereAndBack(t *testing.T) {
	shared := []string{
		line, line, "<<< bokehbinder repo=https://github.com/o/n title=\"a --> b_`{{c}}`&#38;\" >>>", "<<< bokehbinder\nrepo=https://github.com/o/m >>>",
		"a", " ", "  ", "\n", "\n\n", "> ", "- ", "1. ", "    ", "\t", "`", "*", "**", "\\", "é", "<", ">>>", ": ",
	}
	for f, own := range map[form.Form][]string{
		form.Markdown: {
			"# ", "| ", " |\n|---|\n", "```\n", "<details>\n", "</details>\n", "<div>", "<!-- ", " -->", "{% raw %}", "{% endraw %}", "[", "](b)", "---\n", "[^1]: ",
		},
		form.MDX: {
			"# ", "| ", " |\n|---|\n", "```\n", "<Tab>\n", "</Tab>\n", "<Tab a={'}'}>", "</Tab>", "<br/>", "{", "}", "{/* ", " */}", "[", "](b)", "---\n", "import a from 'b'\n",
		},
		form.RST: {
			"::\n\n", "\n\n    ", "\n\n   ", ".. note::\n", ".. code::\n", ".. ", "..\n", ":a: ", "#. ", "``", "====\n", "| ", ">>> ", "+---+\n", ".. [1] ", ".. unknown:: ", "_", "---\n",
		},
	} {
		t.Run(string(f), func(t *testing.T) { thereAndBack(t, f, append(own, shared...)) })
	}
}

func thereAndBack(t *testing.T, f form.Form, pieces []string) {
	posts, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		src := "x\n" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 25).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "CRLF") {
			src = strings.ReplaceAll(src, "\n", "\r\n")
		}
		posts++
		r, err := expand.Expand(context.Background(), "a.md", []byte(src), expand.Options{Form: f, Source: source, File: "a.md"})
		if err != nil || len(r.Errors) > 0 {
			t.Logf("%v for %q", err, src)
			refused++ // nothing is written
			return
		}
		there := string(r.Text)
		if was := back(t, f, there); was != src {
			t.Fatalf("%q came back as %q from %q", src, was, there)
		}
		if again := put(t, f, back(t, f, there)); again != there {
			t.Fatalf("%q became %q", there, again)
		}
	})
	if refused*10 > posts && f != form.RST || refused*2 > posts {
		t.Errorf("%d of %d posts are refused", refused, posts)
	}
}

func TestChangedByHand(t *testing.T) {
	src := "a\n\n" + line + "\n\nb\n"
	there := put(t, form.Markdown, src)
	for _, test := range []struct{ name, text, problem string }{
		{"embed", strings.Replace(there, "o&#47;n", "other", 1), "edited by hand"},
		{"end", strings.Replace(there, "<!--/bokehbinder-->", "", 1), "has lost"},
		{"beginning", strings.Replace(there, "<!--bokehbinder ", "", 1), "has lost"},
	} {
		_, problems, err := expand.Collapse("a.md", []byte(test.text), form.Markdown, false)
		if err != nil || len(problems) == 0 || !strings.Contains(problems[0].Message, test.problem) || problems[0].Pos.Line != 3 {
			t.Errorf("%s: %v, %v", test.name, problems, err)
		}
	}
	forced, problems, err := expand.Collapse("a.md", []byte(strings.Replace(there, "o&#47;n", "other", 1)), form.Markdown, true)
	if err != nil || len(problems) > 0 || string(forced) != src {
		t.Errorf("forced: %q, %v, %v", forced, problems, err)
	}
	moved := back(t, form.Markdown, strings.Replace(there, "repo=https://github.com/o/n", "repo=https://github.com/o/m", 1))
	if want := strings.Replace(src, "/n", "/m", 1); moved != want {
		t.Errorf("with another tag in the comment: %q, want %q", moved, want)
	}
}

func TestIDs(t *testing.T) {
	id := func(file, src string) string {
		r, err := expand.Expand(t.Context(), file, []byte(src), expand.Options{Form: form.Markdown, Source: source, File: file})
		if err != nil || len(r.Tags) == 0 {
			t.Fatal(err)
		}
		return r.Tags[len(r.Tags)-1].ID()
	}
	other := strings.Replace(line, "/n", "/m", 1)
	if a, b := id("a.md", line), id("a.md", other+"\n\n"+line); a != b {
		t.Errorf("another repository before it makes %s of %s", b, a)
	}
	if a, b := id("a.md", line), id("b.md", line); a == b {
		t.Errorf("two files have %s", a)
	}
	if a, b := id("a.md", line), id("a.md", line+"\n\n"+line); a == b {
		t.Errorf("two uses have %s", a)
	}
}

// FuzzRoundTrip expands and collapses posts in each form: what comes back is the post,
// and what was expanded stays as it is.
func FuzzRoundTrip(f *testing.F) {
	all := []form.Form{form.Markdown, form.MDX, form.RST}
	for _, src := range []string{"a\n\n" + line + "\n\nb\n", "- a " + line + "\r\n  b", "> " + line, "| a |\n|---|\n| " + line + " |\n", "# a " + line, "   " + line + "\n\n.. note::\n\n   " + line + "\n"} {
		f.Add(src, byte(0))
		if put(f, form.Markdown, src) == src {
			f.Errorf("%q has no embed", src)
		}
		f.Add(src, byte(1))
		f.Add(src, byte(2))
	}
	f.Fuzz(func(t *testing.T, src string, which byte) {
		as := all[int(which)%len(all)]
		r, err := expand.Expand(context.Background(), "a.md", []byte(src), expand.Options{Form: as, Source: source, File: "a.md"})
		if err != nil || len(r.Errors) > 0 {
			return // nothing is written
		}
		if was := back(t, as, string(r.Text)); was != src {
			t.Fatalf("%s: %q came back as %q from %q", as, src, was, r.Text)
		}
	})
}
