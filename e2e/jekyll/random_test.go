package jekyll_test

import (
	"math/rand"
	"strings"
	"testing"
)

// TestLikeJekyllAtRandom compares many small posts, put together at random
// from what bloggers write, with what Jekyll makes of them.
func TestLikeJekyllAtRandom(t *testing.T) {
	g := generator{rand.New(rand.NewSource(1))}
	texts := make([]string, 300)
	for i := range texts {
		texts[i] = g.post()
	}
	different := 0
	for i, want := range runJekyll(t, texts) {
		got := render(t, texts[i])
		if normalize(got) == normalize(want) {
			continue
		}
		if different++; different <= 3 {
			t.Errorf("%s\ngot\n%s\nJekyll\n%s", texts[i], got, want)
		}
	}
	if different > 0 {
		t.Errorf("%d of %d differ", different, len(texts))
	}
}

// generator makes posts.
type generator struct{ *rand.Rand }

func (g generator) pick(choices ...string) string { return choices[g.Intn(len(choices))] }

// post makes a post of some blocks, with paragraphs between them: what becomes
// of two lists after one another is not kramdown's business here.
func (g generator) post() string {
	blocks := []string{g.block()}
	for range g.Intn(4) {
		blocks = append(blocks, g.text(), g.block())
	}
	return strings.Join(blocks, "\n\n") + "\n\n{:ref: .ref data-r=\"1\"}\n\n[^1]: A note.\n"
}

func (g generator) attributes() string {
	return g.pick(`{: target="_blank"}`, `{:.c}`, `{: .a .b}`, `{: target=_"blank"}`, `{: style="width: 50%" }`,
		`{: ref}`, `{: rel='nofollow' .x}`)
}

// span makes an element of text, perhaps with attributes.
func (g generator) span() string {
	inner := g.pick("word", "`c`", "![x](y){: .x}", "a_b", "it's", "{{ page.title }}")
	s := g.pick(
		"["+inner+"](https://example.org/a_b)", "[`code`](/x)", "![alt](a.png)", "`a_b*c`", "*"+inner+"*",
		"**"+inner+"**", "<b>"+inner+"</b>", "~~"+inner+"~~", "<https://example.org/>", "[![a](b.png)](/c)",
		"<kbd>x</kbd>")
	if g.Intn(3) == 0 {
		return s + g.attributes()
	}
	return g.pick(s, s, s, "[^1]", "{% raw %}{{ x }}{% endraw %}", "snake_case_name & \"more\"")
}

func (g generator) text() string {
	s := "words " + g.span() + " words " + g.span()
	if g.Intn(4) == 0 {
		s += "\nsecond line " + g.span()
	}
	return s
}

// block makes a block, perhaps with attributes before or after.
func (g generator) block() string {
	s := g.pick(
		g.text(),
		strings.Repeat("#", 1+g.Intn(4))+" Heading "+g.span(),
		"Heading "+g.span()+"\n-----",
		"- item "+g.span()+"\n- "+g.pick("", "{: .li} ")+"two\n- three",
		"1. item "+g.span()+"\n2. two\n3. three",
		"- first\n\n  "+strings.ReplaceAll(g.text(), "\n", "\n  ")+"\n\n- second",
		"- first\n\n  ```python\n  x = 1\n  ```\n\n- second",
		"> quote "+g.span(),
		"```python\nx = 1\n\ny = 2\n```",
		"    indented code\n    more",
		"| a | b |\n|---|:-:|\n| "+g.span()+" | c |",
		"<figure>\n  <img src=\"a.png\" alt=\"b\">\n\n  <figcaption>cap *x*</figcaption>\n</figure>",
		"<div class=\"z\">\n*raw* HTML\n</div>",
		"<div markdown=\"1\">\n"+g.text()+"\n\n- item "+g.span()+"\n</div>",
		"<p markdown=\"1\">"+g.span()+"</p>",
		"term "+g.span()+"\n: definition "+g.span(),
		"***",
	)
	switch g.Intn(6) {
	case 0:
		return s + "\n{: .block key=\"v\"}"
	case 1:
		return "{: .block}\n" + s
	case 2:
		return g.pick("<!--more-->", "{% comment %}\nx\n{% endcomment %}",
			"{% highlight python %}\nx = 1\n\n# *x*\n{% endhighlight %}")
	}
	return s
}
