package kramdown_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	elementTag = regexp.MustCompile(`^<p><em((?: [^ ="]+="[^"]*")*)>a</em> b</p>\n$`)
	attribute  = regexp.MustCompile(` ([^ ="]+)="([^"]*)"`)
)

// TestAttributes: whatever attributes are written into a list, these the
// element has, in the order of their names' first occurrence.
func TestAttributes(t *testing.T) {
	md := ours()
	rapid.Check(t, func(t *rapid.T) {
		type pair struct{ name, value string }
		var want []pair
		set := func(name, value string) {
			for i := range want {
				switch {
				case want[i].name != name:
				case name == "class":
					want[i].value += " " + value
					return
				default:
					want[i].value = value
					return
				}
			}
			want = append(want, pair{name, value})
		}
		var list []string
		for range rapid.IntRange(1, 6).Draw(t, "attributes") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				class := rapid.StringMatching(`[a-z_][a-zA-Z0-9_:/-]{0,8}`).Draw(t, "class")
				list = append(list, "."+class)
				set("class", class)
			case 1:
				id := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9_:-]{0,8}`).Draw(t, "id")
				list = append(list, "#"+id)
				set("id", id)
			case 2:
				id := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9_:-]{0,8}`).Draw(t, "id")
				class := rapid.StringMatching(`[a-z_-]{1,8}`).Draw(t, "class")
				list = append(list, "."+class+"#"+id)
				set("class", class)
				set("id", id)
			default:
				name := rapid.StringMatching(`[a-z][a-z0-9-]{0,8}`).Filter(func(s string) bool {
					return s != "class" && s != "id"
				}).Draw(t, "name")
				value := rapid.StringMatching(`[a-zA-Z0-9 .,:;=#<>(){}/'"äß-]{0,12}`).Draw(t, "value")
				quote := rapid.SampledFrom([]string{`"`, `'`}).Draw(t, "quote")
				written := strings.NewReplacer(quote, `\`+quote, "}", `\}`).Replace(value)
				list = append(list, name+"="+quote+written+quote)
				set(name, value)
			}
		}
		space := rapid.SampledFrom([]string{" ", "  ", "\t", "\n"}).Draw(t, "space")
		text := "*a*{:" + space + strings.Join(list, space) + "} b"
		out := convert(t, md, text)
		m := elementTag.FindStringSubmatch(out)
		if m == nil {
			t.Fatalf("%s\ngave\n%s", text, out)
		}
		var got []pair
		for _, a := range attribute.FindAllStringSubmatch(m[1], -1) {
			got = append(got, pair{a[1], html.UnescapeString(a[2])})
		}
		if len(got) != len(want) {
			t.Fatalf("%s\ngave\n%s\nwant %q", text, out, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s\ngave\n%s\nwant %q", text, out, want[i])
			}
		}
	})
}

// seeds are what fuzzing begins with.
var seeds = []string{
	"*a*{: .b} [c](d e){: target=_\"blank\"}\n{: #f}\n", "{:a: .b}\n{: a}\n- {: .c} d\n{:toc}\n# e {#f}\n",
	"{::comment}\na\n{:/}\nb {::nomarkdown}c{:/} {::options a=\"b\" /}\n", "<div markdown=\"1\">\n*a*\n\n<div>\n</div>\n</div>\n{: .b}\n",
	"$$\na\n$$\n\nb $$c$$\n", "*[A]: b\n\nA [^1]\n\n[^1]: c\n{: .d}\n", "a\n: {: .b} c\n\n| a |\n|---|\n| *b*{: .c} |\n",
	"{% highlight a linenos %}\nb\n{% endhighlight %} c\n", "{% raw %}\n`{{ a }}`\n{% endraw %}\n{% comment %}\n{% endcomment %}\n",
	"<p markdown=\"span\">a</p>\n<code>*a*</code>{: .b} <img src=x>{: .c}\n", "> {: .a\n> .b}\n\n```a\n{% raw %}\n```\n{% endraw %}\n",
	"- [ ] a\n{:.b}\n^\n![a](b){:standalone}\n", "<a\nb='c'>\n{: .d}\n</a>\n<!--\n{{ a }}\n-->\n",
}

// special is what only this package gives a meaning.
var special = regexp.MustCompile("[{$<^]|\\*\\[|\\]\\(|```|~~~|\\[.\\]")

// FuzzConvert: no document makes the conversion panic, and one with nothing
// special in it has goldmark's HTML, but for ids of headings.
func FuzzConvert(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	with, without := ours(), plain()
	f.Fuzz(func(t *testing.T, text string) {
		got := convert(t, with, text)
		if special.MatchString(text) {
			return
		}
		if want := convert(t, without, text); headingID.ReplaceAllString(got, "<$1>") != want {
			t.Errorf("%q\ngot\n%s\ngoldmark\n%s", text, got, want)
		}
	})
}

// TestLongAddress has an address with spaces half as long as may be, and twice.
func TestLongAddress(t *testing.T) {
	for n, want := range map[int]bool{1000: true, 4000: false} {
		var out strings.Builder
		if err := ours().Convert([]byte("[a](/my file"+strings.Repeat("x", n)+".pdf)\n"), &out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "<a href") != want {
			t.Errorf("%d bytes: %.100s", n, out.String())
		}
	}
}
