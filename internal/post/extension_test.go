package post_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/post"
)

// TestTags: the extension finds its tags in a post, at their places in the
// file, also beside and within what is Jekyll's.
func TestTags(t *testing.T) {
	const src = `---
title: x
---
a *b*{: .c} <<< bokehbinder repo=a/paragraph >>> d
{: .e}

{% highlight python %}
# <<< bokehbinder repo=no/code >>>
{% endhighlight %}

<<< bokehbinder repo=a/block >>>
{: .f}

- {: .g} <<< bokehbinder repo=an/item >>>

<div markdown="1">
<<< bokehbinder repo=in/markdown >>>
</div>

<div>

<<< bokehbinder repo=in/html >>>

</div>

# Heading <<< bokehbinder repo=a/heading >>>

{::comment}
<<< bokehbinder repo=no/comment >>>
{:/}
{% comment %}
<<< bokehbinder repo=no/comment >>>
{% endcomment %}
{% raw %}<<< bokehbinder repo=in/raw >>>{% endraw %}
` + "`<<< bokehbinder repo=no/code >>>`\n"
	p, err := post.Parse("post.md", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var tags func() []*extension.Tag
	prepare := func(pc parser.Context) {
		extension.SetOrigin(pc, extension.Origin{File: p.File, Line: p.FirstLine})
		tags = func() []*extension.Tag { return extension.Tags(pc) }
	}
	md := post.Markdown(&extension.Extender{Source: card.SourceFunc(
		func(context.Context, card.Request) (*card.Card, error) { return nil, errors.New("not read here") })})
	var out strings.Builder
	warnings, err := p.Render(&out, md, prepare)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	var got []string
	for _, tag := range tags() {
		got = append(got, fmt.Sprintf("%d:%d %s", tag.Position.Line, tag.Position.Column, tag.Arg("repo")))
	}
	want := `4:13 a/paragraph
11:1 a/block
14:10 an/item
17:1 in/markdown
22:1 in/html
26:11 a/heading
34:10 in/raw`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	for _, part := range []string{
		`<em class="c">b</em>`, `<p class="e">`, `<li class="g">`, `id="heading-"`,
		`<span class="c1"># &lt;&lt;&lt; bokehbinder repo=no/code &gt;&gt;&gt;</span>`,
		"<!-- <<< bokehbinder repo=no/comment >>> -->", "<code>&lt;&lt;&lt; bokehbinder repo=no/code &gt;&gt;&gt;</code>",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %s in\n%s", part, out.String())
		}
	}
}
