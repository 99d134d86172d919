package readers

import (
	"context"
	"fmt"
	"html"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post/expand"
)

// blocks are of what posts are made up, by form: what is code, what is a comment, what
// is neither. @ is where a tag may stand, as a word of the same length.
var blocks = map[form.Form][]string{
	form.MDX: {
		"@", "a @ b", "> @", "- @", "- a\n\n  @", "1. @\n2. a @", "# @", "| a |\n|---|\n| @ |", "`@`", "``a ` @``", "```\n@\n```", "~~~~ js\n@\n~~~\n~~~~",
		"    @", "- ```\n  @\n  ```", "> ```\n> @\n> ```", "{/* @ */}", "a {/* @ */} @", "{/*\n\n@\n\n*/}", "{`@ }`.length}", "a {\"}@\".length} @",
		"<b>@</b>", "<b>\n  @\n</b>", "<b>a @</b> @", "<i title=\"@\">\n\n@\n\n</i>", "<i title='>' data-x={`@`} />", "<i\n  title=\"@\"\n>\n@\n</i>", "a <i\ntitle=\"@\">b</i> @",
		"export const x@name = '@'.length", "export const y@name = {\n\n  a: '@',\n\n}", "a\nexport @", "*a @ b*", "[a @](b)", "a \\{ @", "\\`@`", "<b>{`@`.length}@</b>", "<></>", "<>@</>",
		"{1 / 2} @ {3 / 4}", "{/[}]/.test('a')} @", "a\n{1}\n@", "a\n<b/>\n@", "***", "a  \n@", "<b>\n\n      ```js\n      @\n      ```\n\n</b>", "~~@~~",
		"- <b>\n  @\n  </b>", "> <b>\n> @\n> </b>", "{[1].map((x) => <b key={x}>it's {x}</b>)} @", "a&lt;@", "<b>\n    - @\n</b>",
	},
	form.RST: {
		"@", "a @ b", "   @", "a\n\n   @\n\n   b", "- @", "- a\n\n  @\n\n- b @\n  c", "1. @\n2. a", "#. a\n   @", "(a) @", "- - @", "* a\n\n  - @\n\n    b", "``@``", "a ``b @`` @", ":code:`@`", "a::\n\n   @",
		"::\n\n   a\n\n   @\n\n@", "a ::\n\n> @\n> b", ".. @", "..\n   @", "..\n\n   @", ".. a\n   b\n\n   @\n\n@", ".. note:: @", ".. note::\n\n   @", ".. note::\n   :class: c\n\n   a\n\n   - @", ".. warning:: a\n   @\n\n   b",
		".. admonition:: T\n\n   @", ".. code::\n\n   @", ".. code-block::\n\n   @\n\n   b\n\n@", ".. class:: c\n\n@", ".. class:: c\n\n   @", ".. container:: c d\n\n   @", ".. topic:: T\n   :class: c\n\n   @",
		".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - @\n     - c", ".. [#] @", ".. [#] a\n   @", ":a: @", ":a: b\n    @", ":a:\n  @", ":a: b\n:c: @\n:d: e", "term\n  @", "term\n  a\n\n  @\n\nother\n  b", ">>> 1\n@",
		"| @", "Title\n=====\n\n@", "=====\nTitle\n=====\n@", "a\n- @", "----\n\n@", ".. _target:\n\n@", ".. |s| replace:: @", ".. figure:: a.png\n\n   a\n\n   @", ".. epigraph::\n\n   @", ".. math::\n\n   @", ".. parsed-literal::\n\n   @",
		".. rubric:: R\n\n@", "a\n\n  b\n\n      @\n\n  c", "-a  @", "A. Einstein was\na @", "\\``@``", "a``@``", "(``@``) @", "*a @ b*", ".. compound::\n\n   a\n\n   @", ".. highlights::\n\n   @", ".. table:: T\n\n   ==  ==\n   a   b\n   ==  ==\n\n@",
		"+---+\n| a |\n+---+\n\n@", "==  ==\na   b\n==  ==\nc   d\n==  ==\n\n@", ".. role:: r\n\n@", ".. sidebar:: S\n\n   @",
	},
}

const taken = "<<< bokehbinder repo=https://github.com/o/n-%03d >>>"

// word is one of the same length as a tag, which every reader takes for text.
func word(i int) string { return fmt.Sprintf("tag%03d", i) + strings.Repeat("x", len(taken)-8) }

var (
	wordSeen = regexp.MustCompile(`tag(\d{3})x+`)
	codeSeen = regexp.MustCompile(`(?s)<pre[^>]*>.*?</pre>|<code[^>]*>.*?</code>|<math[^>]*>.*?</math>|<div class="math[^>]*>.*?</div>|<span class="(?:docutils literal|pre)[^>]*>.*?</span>|<[^>]*>`)
)

// TestTagsAreFound makes posts of random blocks. What the format's own reader shows as
// text where a word stands, an embed stands in where there is a tag; and what it shows as
// code or not at all stays.
func TestTagsAreFound(t *testing.T) {
	source := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		return &card.Card{Version: card.Version, Repo: req.Repo, Commit: strings.Repeat("0", 40), Provider: "gh", Spec: specOf(req.Repo)}, nil
	})
	for f, own := range blocks {
		t.Run(string(f), func(t *testing.T) {
			list := make([]string, 0, len(own)+100)
			list = append(list, own...)
			random := rapid.Custom(func(t *rapid.T) string {
				return strings.Join(rapid.SliceOfN(rapid.SampledFrom(own), 2, 8).Draw(t, "blocks"), "\n\n")
			})
			for i := range 100 {
				list = append(list, random.Example(i))
			}
			var asWords, asEmbeds []expanded
			var tags []map[int]bool // of each post, which are text to us
			for _, post := range list {
				words, text := numbered("Before\n\n" + post)
				r, err := expand.Expand(t.Context(), "post", []byte(text), expand.Options{Form: f, Source: source, File: "post"})
				if err != nil {
					if f == form.RST && strings.Contains(err.Error(), "paragraph of its own") {
						continue
					}
					t.Fatalf("%v in\n%s", err, text)
				}
				found := make(map[int]bool)
				for _, tag := range r.Tags {
					var i int
					if _, err := fmt.Sscanf(tag.Arg("repo"), "https://github.com/o/n-%03d", &i); err != nil {
						t.Fatal(err)
					}
					found[i] = true
				}
				tags = append(tags, found)
				asWords = append(asWords, expanded{form: f, text: words})
				asEmbeds = append(asEmbeds, expanded{form: f, text: string(r.Text)})
			}
			if len(tags)*2 < len(list) {
				t.Fatalf("%d of %d posts are looked at", len(tags), len(list))
			}
			before, after := read(t, asWords), read(t, asEmbeds)
			for i := range tags {
				for j := range before[i] {
					shows(t, before[i][j], asWords[i].text, tags[i])
					for n := range tags[i] {
						if !strings.Contains(html.UnescapeString(after[i][j]), fmt.Sprintf("<bdi>o/n-%03d</bdi>", n)) {
							t.Errorf("the reader shows no embed %d:\n%s\nread as\n%.9000s", n, asWords[i].text, after[i][j])
						}
					}
				}
			}
		})
	}
}

// shows compares the words that a reader shows as text with the tags that are.
func shows(t *testing.T, page, words string, tags map[int]bool) {
	t.Helper()
	shown := make(map[int]bool)
	for _, m := range wordSeen.FindAllStringSubmatch(codeSeen.ReplaceAllString(page, ""), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		shown[n] = true
	}
	if !maps.Equal(shown, tags) {
		t.Errorf("the reader shows %v, tags are %v:\n%s\nread as\n%s", shown, tags, words, page)
	}
}

// numbered returns a post with words, and with tags.
func numbered(post string) (words, tags string) {
	for i := 0; ; i++ {
		before, rest, ok := strings.Cut(post, "@")
		if !ok {
			return words + post, tags + post
		}
		if strings.HasPrefix(rest, "name") { // of a variable, which is written once
			words, tags, post = words+before+fmt.Sprint(i), tags+before+fmt.Sprint(i), rest
			continue
		}
		words, tags, post = words+before+word(i), tags+before+fmt.Sprintf(taken, i), rest
	}
}
