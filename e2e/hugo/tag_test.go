package hugo_test

import (
	"fmt"
	"html"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/site/lock"
)

// mathSite is a blog with mathematics, in which THEMES are the themes and MARKUP
// is what it says of them.
const mathSite = `
-- hugo.toml --
baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "sitemap", "404", "section"]
theme = [THEMES]
MARKUP
-- layouts/page.html --
<!DOCTYPE html><title>x</title>{{ .Content }}
-- layouts/home.html --
home
-- layouts/home.rss.xml --
{{ range site.RegularPages }}{{ .Content }}{{ end }}
-- content/a.md --
---
title: A
---
A line with \(a_1 * b_1 *\) in it.

$$
x_1 * y_1 < z *
$$

\[ p_1 * q_1 * \]

END
`

// mathHooks are the hooks that themes have for mathematics.
var mathHooks = map[string]map[string]string{
	"general":    {"render-passthrough.html": "<math-{{ .Type }}>{{ .Inner }}</math-{{ .Type }}>"},
	"for blocks": {"render-passthrough-block.html": "<math-block>{{ .Inner }}</math-block>"},
	"for both":   {"render-passthrough-block.html": "<math-b>{{ .Inner }}</math-b>", "render-passthrough-inline.html": "<math-i>{{ .Inner }}</math-i>"},
	"for feeds":  {"render-passthrough.html": "<math>{{ .Inner }}</math>", "render-passthrough.rss.xml": "<feed-math>{{ .Inner }}</feed-math>"},
	"KaTeX":      {"render-passthrough.html": `{{ transform.ToMath .Inner (dict "displayMode" (eq .Type "block")) }}`},
	"none":       {},
}

const delimiters = "[markup.goldmark.extensions.passthrough]\nenable = true\ndelimiters.block = [['$$', '$$'], ['\\[', '\\]']]\ndelimiters.inline = [['\\(', '\\)']]\n"

// TestTheTagLeavesMathematicsAlone sets sites up for the tag: their mathematics is
// what it was without the module, on pages and in feeds, whatever hook and
// delimiters their theme has and in whatever order the themes come. Before, the
// module changes nothing, and check says that the tag is not shown.
func TestTheTagLeavesMathematicsAlone(t *testing.T) {
	module := filepath.Base(root())
	for hook, files := range mathHooks {
		for _, order := range [][]string{{"mine", module}, {module, "mine"}} {
			for _, deep := range []bool{true, false} {
				if hook != "general" && hook != "none" && deep != (order[0] == "mine") {
					continue // half of the cases will do
				}
				t.Run(fmt.Sprintf("%s, %s first, merged %v", hook, strings.Replace(order[0], module, "module", 1), deep), func(t *testing.T) {
					markup, theirs := delimiters, ""
					if deep {
						markup, theirs = "markup._merge = 'deep'\n", delimiters
					}
					archive := func(themes ...string) string {
						list := "'" + strings.Join(themes, "', '") + "'"
						return strings.NewReplacer("THEMES", list, "MARKUP", markup).Replace(mathSite)
					}
					s := newSite(t, archive("mine"))
					s.linkTheme()
					s.write("themes/mine/hugo.toml", theirs)
					for name, text := range files {
						s.write("themes/mine/layouts/_markup/"+name, text)
					}
					want := s.mathematics()
					s.write("hugo.toml", strings.Replace(s.read("hugo.toml"), "['mine']", "['"+order[0]+"', '"+order[1]+"']", 1))
					if got := s.mathematics(); !slices.Equal(got, want) {
						t.Fatalf("the module alone changes\n%q\nto\n%q", want, got)
					}
					s.write("content/a.md", s.read("content/a.md")+"\n<<< bokehbinder repo=ada/waves >>>\n\n## Heading <<< bokehbinder repo=ada/waves >>>\n")
					s.sync(lock.Want{Repo: "ada/waves"})
					s.fails("sync", "-q", "--check", "--hugo", s.hugo, s.dir)
					run(t, "tag", "--hugo", s.hugo, s.dir)
					run(t, "sync", "-q", "--check", "--hugo", s.hugo, s.dir)
					if got := s.mathematics(); !slices.Equal(got, want) {
						t.Errorf("after the command, mathematics\n%q\nis\n%q", want, got)
					}
					page, feed := s.read("public/a/index.html"), s.read("public/index.xml")
					if strings.Count(page, "<bokeh-binder") != 1 || strings.Contains(page, "repo=") || strings.Contains(feed, "repo=") || strings.Contains(feed, "<bokeh-binder") {
						t.Errorf("the page\n%s\nthe feed\n%s", short(page), short(feed))
					}
				})
			}
		}
	}
}

// mathematics builds the site, and returns what its page and its feed have before
// the first tag.
func (s *site) mathematics() (parts []string) {
	s.tb.Helper()
	if log, err := s.command(); err != nil {
		s.tb.Fatal(err, log)
	}
	for _, file := range []string{"public/a/index.html", "public/index.xml"} {
		text, _, _ := strings.Cut(s.read(file), "<p>END</p>")
		parts = append(parts, html.UnescapeString(text)) // what a browser makes of it
	}
	return parts
}

// TestTagFilesGoOutOfDate changes the hook of a theme after the site was set up:
// that is said, and the command makes the files anew.
func TestTagFilesGoOutOfDate(t *testing.T) {
	module := filepath.Base(root())
	s := newSite(t, strings.NewReplacer("THEMES", "'mine', '"+module+"'", "MARKUP", delimiters).Replace(mathSite))
	s.linkTheme()
	s.write("themes/mine/layouts/_markup/render-passthrough.html", "<old>{{ .Inner }}</old>")
	s.write("content/b.md", "<<< bokehbinder repo=ada/waves >>>\n")
	s.sync(lock.Want{Repo: "ada/waves"})
	run(t, "tag", "--hugo", s.hugo, s.dir)
	run(t, "sync", "-q", "--check", "--hugo", s.hugo, s.dir)
	s.write("themes/mine/layouts/_markup/render-passthrough.html", "<new>{{ .Inner }}</new>")
	if out := s.fails("sync", "-q", "--check", "--hugo", s.hugo, s.dir); !strings.Contains(out, "render-passthrough-block.html: since this file was made") {
		t.Errorf("said is\n%s", out)
	}
	run(t, "tag", "--hugo", s.hugo, s.dir)
	run(t, "sync", "-q", "--check", "--hugo", s.hugo, s.dir)
	if parts := s.mathematics(); !strings.Contains(parts[0], "<new>") {
		t.Errorf("mathematics is %q", parts)
	}
}
