package post_test

import (
	"io"
	"strings"
	"testing"

	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/internal/post"
)

func render(t *testing.T, text string) (html string, warnings []post.Warning) {
	t.Helper()
	p, err := post.Parse("post.md", []byte("---\ntitle: My post\nrating: 5\n---\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	warnings, err = p.Render(&b, post.Markdown())
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), warnings
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "*a*{: .c} {{ page.title }}", ""},
		{"malformed list", "text\n\n*a* [b](/c){: target=_\"blank\"}",
			`post.md:7:12: malformed attribute list {: target=_"blank"} is left out`},
		{"malformed list over lines", "*a*{: =\n=} b", "post.md:5:4: malformed attribute list {: =\n=} is left out"},
		{"part of a list", "*a*{: .c loading=lazy}", "post.md:5:4: loading=lazy in the attribute list is not an attribute and is left out"},
		{"block", "a\n{: x=y}", "post.md:6:1: malformed attribute list {: x=y} is left out"},
		{"unknown name", "a\n{: b}", "post.md:6:1: no attribute list is named b"},
		{"after text", "ä {: .c}", "post.md:5:4: attribute list {: .c} follows no link, image, code or emphasis: it stays as text"},
		{"after an asterisk", "a*{: .c}", "post.md:5:3: attribute list {: .c} follows no link, image, code or emphasis: it stays as text"},
		{"no block", "a\n\n{: .c}\n", "post.md:7:1: attribute list applies to nothing: no block is beside it"},
		{"tight list", "- a\n  {: .c}\n", "post.md:6:3: attribute list applies to nothing: the text of a list item without blank lines is no paragraph"},
		{"comment", "<!-- x -->\n{: .c}", "post.md:6:1: attribute list applies to nothing: the HTML beside it begins with no start tag"},
		{"extension", "a {::foo} b", "post.md:5:3: kramdown has no extension named foo: it stays as text"},
		{"extension not closed", "{::comment}\nb", "post.md:5:1: {::comment} is not closed by a line {:/comment}: it stays as text\n" +
			"post.md:5:1: {::comment} is not closed in its paragraph: it stays as text"},
		{"option", `{::options auto_ids="false" /}`, "post.md:5:1: kramdown's option auto_ids is not supported and changes nothing"},
		{"Markdown in HTML", "<div markdown=\"1\">\n*a*", `post.md:5:1: the content of <div markdown="1"> stays HTML: nothing ends it, or more text follows its end`},
		{"Liquid", "a {{ site.baseurl }}\nb {% include x.html %}",
			"post.md:5:3: {{ site.baseurl }} stays as text: only Jekyll can say what it stands for\n" +
				"post.md:6:3: {% include x.html %} stays as text: only Jekyll can say what it stands for"},
		{"Liquid in HTML", "<div>\n\n<img src=\"{{ site.url }}\"></div>",
			"post.md:7:11: {{ site.url }} stays as text: only Jekyll can say what it stands for"},
		{"Liquid in HTML within text", "a <img src=\"{{ site.url }}\">",
			"post.md:5:13: {{ site.url }} stays as text: only Jekyll can say what it stands for"},
		{"Liquid in an address", "a [b]({{site.url}}/x)", "post.md:5:3: {{site.url}} stays as text: only Jekyll can say what it stands for"},
		{"Liquid in a title", "# {% if x %}", "post.md:5:3: {% if x %} stays as text: only Jekyll can say what it stands for"},
		{"Liquid over lines", "{% include x\n a=1 %}", "post.md:5:1: {% include x a=1 %} stays as text: only Jekyll can say what it stands for"},
		{"value with Markdown", "{{ page.title | upcase }}", "post.md:5:1: {{ page.title | upcase }} stays as text: only Jekyll can say what it stands for"},
		{"highlight without language", "{% highlight %}\nx\n{% endhighlight %}",
			"post.md:5:1: {% highlight %} stays as text: it needs a language, as in {% highlight python %}\n" +
				"post.md:7:1: {% endhighlight %} stays as text: it closes nothing"},
		{"highlight not closed", "{% highlight python %}\nx", "post.md:5:1: {% highlight python %} stays as text: no {% endhighlight %} follows"},
		{"highlight within text", "a {% highlight python %}x{% endhighlight %}",
			"post.md:5:3: {% highlight python %} stays as text: it must begin its line\n" +
				"post.md:5:26: {% endhighlight %} stays as text: it closes nothing"},
		{"comment over paragraphs", "a {% comment %}\n\n{% endcomment %}",
			"post.md:5:3: {% comment %} stays as text: a comment within a paragraph must end in it\n" +
				"post.md:7:1: {% endcomment %} stays as text: it closes nothing"},
		{"Liquid in code", "`{{ a }}`\n\n```\n{% b %}\n```\n\n    {% c %}", ""},
		{"raw", "{% raw %}{{ a }}{% endraw %}", ""},
		{"CRLF", "a\r\n\r\n{{ b }}\r\n", "post.md:7:1: {{ b }} stays as text: only Jekyll can say what it stands for"},
		{"long", "{{ " + strings.Repeat("ä", 40) + " }}",
			"post.md:5:1: {{ " + strings.Repeat("ä", 27) + "... stays as text: only Jekyll can say what it stands for"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, warnings := render(t, test.text)
			var got []string
			for _, w := range warnings {
				got = append(got, w.String())
			}
			if strings.Join(got, "\n") != test.want {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), test.want)
			}
		})
	}
}

func TestRenderWithoutLiquid(t *testing.T) {
	p, err := post.Parse("p.md", []byte("---\nrender_with_liquid: false\n---\n{% raw %}{{ a }}{% endraw %}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	warnings, err := p.Render(&out, post.Markdown())
	if err != nil || len(warnings) > 0 || out.String() != "<p>{% raw %}{{ a }}{% endraw %}</p>\n" {
		t.Errorf("got %q, %v, %v", out.String(), warnings, err)
	}
}

func TestSmart(t *testing.T) {
	p, err := post.Parse("p.md", []byte(`"a" -- b... [c](/d){: title='"e"'} `+"`\"f\"`"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if _, err := p.Render(&out, post.Markdown(post.Smart)); err != nil {
		t.Fatal(err)
	}
	want := "<p>&ldquo;a&rdquo; &ndash; b&hellip; <a href=\"/d\" title=\"&quot;e&quot;\">c</a> <code>&quot;f&quot;</code></p>\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out.String(), want)
	}
}

// TestPrepare: extensions are told about the document before it is parsed.
func TestPrepare(t *testing.T) {
	p, err := post.Parse("p.md", []byte("a"))
	if err != nil {
		t.Fatal(err)
	}
	called := 0
	f := func(pc parser.Context) {
		if pc != nil {
			called++
		}
	}
	if _, err := p.Render(&strings.Builder{}, post.Markdown(), f, f); err != nil || called != 2 {
		t.Errorf("called %d times, %v", called, err)
	}
}

// FuzzRender: no post makes the rendering panic, and every warning is about a
// place in the file.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"a\n{: =}\n", "---\na: b\n---\n{{ page.a }} {{ b }}\r\n<p>{% c %}</p>\n", "# a {#b}\n{: .c d=e}\n[f]({{ g }})",
		"{% highlight %}\n{%highlight a%}{% raw %}b{% endraw %}{%endhighlight%}{::c}",
	} {
		f.Add([]byte(seed))
	}
	md := post.Markdown()
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := post.Parse("a.md", src)
		if err != nil {
			return
		}
		warnings, err := p.Render(io.Discard, md)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(p.Body), "\n")
		for _, w := range warnings {
			i := w.Pos.Line - p.FirstLine
			if i < 0 || i >= len(lines) || w.Pos.Column < 1 || w.Pos.Column > len(lines[i])+1 {
				t.Errorf("%q: %v", src, w)
			}
		}
	})
}
