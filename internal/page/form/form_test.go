package form_test

import (
	"html"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/page/form"
)

func TestBlock(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"template", `<b>{{x}}</b>`, `<div><b>&#123;&#123;x&#125;&#125;</b></div>`},
		{"attribute", `<a title="{% x %}">y</a>`, `<div><a title="&#123;% x %&#125;">y</a></div>`},
		{"lines", "<pre>a\r\n\n\tb</pre>\n", "<div><pre>a&#10;&#10;&#9;b</pre></div>"},
		{"references", "<b>&lt;&#39;&amp;#;</b>", "<div><b>&lt;&#39;&amp;&#35;&#59;</b></div>"},
		{"quotes", `<a title='">' href="/a_b">c_d</a>`, `<div><a title='">' href="/a&#95;b">c&#95;d</a></div>`},
	} {
		if got := form.Markdown.Block(test.in); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestNothingIsLost has texts of anything come out as they went in, without a byte
// that a reader of Markdown or of templates looks for.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("{}%#&;<>\"'`_*\n\t \\|:-~[]()!é\u2028")), rapid.Rune())).Draw(t, "text")
		text = strings.ReplaceAll(text, "\r", "")
		got := form.Markdown.Inline(`<i title="` + html.EscapeString(text) + `">` + html.EscapeString(text) + `</i>`)
		if strings.ContainsAny(got, "{}`*_\\|[]~\n\t\u2028") {
			t.Fatalf("%q", got)
		}
		open, body, _ := strings.Cut(got, "\">")
		body = strings.TrimSuffix(body, "</i>")
		if strings.ContainsAny(body, "!():-'\"%<>") {
			t.Fatalf("text: %q", body)
		}
		if strings.TrimPrefix(html.UnescapeString(open), `<i title="`) != text || html.UnescapeString(body) != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// TestLinesOfRST has no line that docutils refuses.
func TestLinesOfRST(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.SampledFrom([]string{"a", "<", "\n", "é", "a b\n"}).Draw(t, "text"), rapid.IntRange(1, 30000).Draw(t, "times"))
		block := form.RST.Block("<p title=\">\">" + strings.Repeat("<b>x</b>", 2000) + html.EscapeString(text) + "</p>")
		for line := range strings.Lines(block) {
			if n := len([]rune(line)); n > 6000 {
				t.Fatalf("a line of %d characters", n)
			}
		}
		unfolded := strings.NewReplacer("<!--\n   -->", "", "\n   >", ">").Replace(strings.TrimPrefix(block, ".. raw:: html\n\n   "))
		if want := form.Markdown.Block("<p title=\">\">" + strings.Repeat("<b>x</b>", 2000) + html.EscapeString(text) + "</p>"); unfolded != want {
			t.Fatalf("%.200q, want %.200q", unfolded, want)
		}
	})
}
