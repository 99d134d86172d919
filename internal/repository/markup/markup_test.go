package markup_test

import (
	"html"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/repository/markup"
	"github.com/bokehbinder/bokehbinder/internal/testing/allocated"
)

// TestLinks lists the links that a document has.
func TestLinks(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a.md", "[![b](https://x/b.svg)](https://x/l)", "https://x/l"},
		{"a.md", "[![b][b]][l]\n\n[b]: https://x/b\n[l]: <https://x/l> 'L'\n", "https://x/b https://x/l"},
		{"a.md", "[https://x/l](https://x/l?a=(b)), <https://x/m>.", "https://x/l?a=(b) https://x/m"},
		{"a.md", "**https://x/l**, (https://x/m). _https://x/n_", "https://x/l https://x/m https://x/n"},
		{"a.md", "[a](https://x/l?a&amp;b\\_c \"t\")", "https://x/l?a&b_c"},
		{"a.md", "`https://x/c`\n\n    https://x/c\n\n```\n[a](https://x/c)\n```\n<!-- https://x/c [a](https://x/c) -->\n", ""},
		{"a.md", "```sh\nhttps://x/l?a=%20b\n```\n\n```\nopen https://x/c\n```\n\n~~~\n~~~\n", "https://x/l?a=%20b"},
		{"a.ipynb", `{"metadata": {"source": ["https://x/c"]}, "cells": [{"source": ["[a](https://x/l)\n", "<a class=\"b\" href=\"https://x/m\">"], "cell_type": "markdown"},
 {"cell_type": "code", "outputs": [{"text": ["https://x/c"]}], "source": ["u = \"https://x/n\" # https://x/c\n", "p('\\u00e4 https://x/c', f'https://x/{c}',\n", " 'https://x/o')"]},
 {"cell_type": "raw", "source": "https://x/c"}, {"cell_type": "markdown", "source": "\u00e4 \\\\ <https://x/p>"}, 1`, "https://x/l https://x/m https://x/n https://x/o https://x/p"},
		{"a.md", "> a\n> [b\n> c](https://x/l)\n", "https://x/l"},
		{"a.md", "<p>\n<a class=b href='https://x/l?a&amp;b'><img src=\"https://x/i\"></a>\n</p>\n\nb <a\nhref=https://x/m>c</a>", "https://x/l?a&b https://x/m"},
		{"a.md", "| a | b |\n|---|---|\n| [c](https://x/l) | https://x/m |\n", "https://x/l https://x/m"},
		{"a.rst", "`a <https://x/l>`_, https://x/m. (https://x/n)\n\n.. _a b: https://x/o\n.. _`c: d`: https://x/p\n", "https://x/l https://x/m https://x/n https://x/o https://x/p"},
		{"a.rst", ".. image:: https://x/b\n   :target: https://x/l\n\n.. |b| image:: https://x/b\n   :target: https://x/m\n", "https://x/b https://x/l https://x/b https://x/m"},
		{"a.rst", "``https://x/c``\n\nb::\n\n  https://x/c\n\n.. https://x/c\n   https://x/c\n\n.. code-block:: sh\n\n   https://x/c\n\nhttps://x/l\n", "https://x/l"},
		{"a.rst", ".. raw:: html\n\n   <a href=\"https://x/l\">\n\n.. note::\n\n   https://x/m\n", "https://x/l https://x/m"},
		{"a.adoc", "https://x/l[a], link:https://x/m[b], <https://x/n>. `https://x/o`, \\https://x/c https://x/p.", "https://x/l https://x/m https://x/n https://x/o https://x/p"},
		{"a.adoc", "image:https://x/b[B,link=\"https://x/l\"] image::b.svg[link=https://x/m]\nlink:++https://x/n?a[b]++[c]\n:u: https://x/o\n", "https://x/b https://x/l https://x/m https://x/n?a[b] https://x/o"},
		{"a.adoc", "----\nhttps://x/c\n----\n// https://x/c\n////\nhttps://x/c\n////\n++++\n<a href=\"https://x/l\">\n++++\n", "https://x/l"},
		{"a.html", "<!-- <a href='https://x/c'> --><script>'<a href=https://x/c>'</script>https://x/c<A HREF = \"https://x/l\">", "https://x/l"},
		{"README", "See https://x/l, (https://x/m) and \"https://x/n\".\r\n", "https://x/l https://x/m https://x/n"},
		{"a.py", "https://x/c", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, l := range markup.Links(tt.name, tt.text) {
			got = append(got, l.URL)
			if written := html.UnescapeString(tt.text[l.Start:l.End]); strings.ReplaceAll(written, `\`, "") != l.URL {
				t.Errorf("%s: %q is said to be %q", tt.name, l.URL, written)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s %q:\n got %q\nwant %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// form is a way to write a link: what stands before and after it.
type form struct{ name, before, after string }

var forms = []form{
	{"a.md", "[a](", ")"}, {"a.md", "[![a](https://x/b)](", ")"}, {"a.md", "<", ">"}, {"a.md", "", ""}, {"a.md", "[a]: ", "\n"},
	{"a.md", "b <a href=\"", "\">"}, {"a.md", "<a href='", "'>\n"},
	{"a.rst", "`a <", ">`_"}, {"a.rst", "", ""}, {"a.rst", ".. _a: ", "\n"}, {"a.rst", ".. image:: b\n   :target: ", "\n"},
	{"a.adoc", "", "[a]"}, {"a.adoc", "link:", "[a]"}, {"a.adoc", "<", ">"}, {"a.adoc", "", ""}, {"a.adoc", "image:b[link=\"", "\"]"},
	{"a.html", "<a id=b href=\"", "\">"}, {"a.txt", "", ""},
}

// TestLinksAreFoundWhole writes a URL in each markup, with a sentence around it,
// and finds it and nothing else.
func TestLinksAreFoundWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		url := "https://hub.test/v2/gh/o/n/" + rapid.StringMatching(`[a-z0-9/%-]{0,8}(\?urlpath=[a-z0-9/%=?_.-]{0,12})?[a-z0-9/]`).Draw(t, "url")
		f := rapid.SampledFrom(forms).Draw(t, "form")
		link := f.before + url + f.after
		if !strings.HasSuffix(f.after, "\n") {
			pair := rapid.SampledFrom([][2]string{{"", ""}, {"**", "**"}, {"(", ")"}, {"_", "_"}, {"See ", " now"}}).Draw(t, "pair")
			if f.name == "a.rst" && f.before != "" || f.name == "a.adoc" && f.after == "" && pair[0] == "_" {
				pair = [2]string{"See ", ""}
			}
			link = pair[0] + link + pair[1] + rapid.SampledFrom([]string{"", ".", ",", "!", ":", ";", ").", "\n"}).Draw(t, "mark")
		}
		text := rapid.SampledFrom([]string{"", "Text.\n\n", "Text\r\n\r\n"}).Draw(t, "before") + link
		var got []string
		for _, l := range markup.Links(f.name, text) {
			if text[l.Start:l.End] != l.URL {
				t.Errorf("%q stands where %q is", l.URL, text[l.Start:l.End])
			}
			got = append(got, l.URL)
		}
		if !slices.Equal(got, []string{url}) {
			t.Errorf("%s %q: got %q", f.name, text, got)
		}
	})
}

// TestLongLines has a line of Markdown that is long for the picture in it, which counts
// not, half as long as may be otherwise, and twice.
func TestLongLines(t *testing.T) {
	link := "[![a](https://shield.test/a.svg?logo=data:image/png;base64," + strings.Repeat("iVBORw0KGgo", 500) + "=)](https://hub.test/v2/gh/o/n/HEAD)"
	for n, want := range map[int]int{0: 1, 2 << 10: 1, 8 << 10: 0} {
		found := 0
		for _, l := range markup.Links("a.md", link+strings.Repeat(" x", n/2)+"\n") {
			if l.URL == "https://hub.test/v2/gh/o/n/HEAD" {
				found++
			}
		}
		if found != want {
			t.Errorf("%d bytes more: the link is found %d times", n, found)
		}
	}
}

// TestLimits has half as much of something before a link as is read, and twice as much:
// then the link is not found.
func TestLimits(t *testing.T) {
	const link = "https://hub.test/v2/gh/o/n/HEAD"
	cell := func(before string) string {
		return `{"cells": [{"cell_type": "markdown", "source": ["` + before + `[a](` + link + `)"]}]}`
	}
	for name, test := range map[string]struct {
		most int
		file string
		make func(n int) string
	}{
		"bytes":           {128 << 10, "a.md", func(n int) string { return strings.Repeat("a\n\n", n/3) + link }},
		"bytes of a cell": {128 << 10, "a.ipynb", func(n int) string { return cell(strings.Repeat(`a\n\n`, n/3)) }},
		"values in one another": {20, "a.ipynb", func(n int) string {
			return `{"metadata": ` + strings.Repeat("[", n) + strings.Repeat("]", n) + ", " + cell("")[1:]
		}},
		"lines": {1000, "a.md", func(n int) string { return strings.Repeat("a\n", min(n, 1000)) + link + "\n" }},
	} {
		for _, n := range []int{test.most / 2, 2 * test.most} {
			found := slices.ContainsFunc(markup.Links(test.file, test.make(n)), func(l markup.Link) bool { return l.URL == link })
			if found != (n < test.most) {
				t.Errorf("%d %s: the link is found: %v", n, name, found)
			}
		}
	}
}

// TestWork has documents four times as long as others, of what might be gone through again
// for each link, key or line: they take about four times as much.
func TestWork(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		make func(n int) string
	}{
		"links of a cell": {"a.ipynb", func(n int) string {
			return `{"cells": [{"cell_type": "markdown", "source": "` + strings.Repeat(`\u00e4 https://x/l\n`, n) + `"}]}`
		}},
		"a long key": {"a.ipynb", func(n int) string {
			return `{"` + strings.Repeat("k", 20*n) + `": {` + strings.Repeat(`"a": 1, `, n) + `"a": 1}}`
		}},
		"definitions": {"a.md", func(n int) string { return strings.Repeat("[a]: b\n", 4*n) }},
	} {
		short, long := allocated.By(func() { markup.Links(test.file, test.make(1000)) }), allocated.By(func() { markup.Links(test.file, test.make(4000)) })
		if long > 8*short {
			t.Errorf("%s: %d bytes, and %d for four times as many", name, short, long)
		}
	}
}

// FuzzLinks reads hostile documents in each markup: every link stands in the
// text, in order.
func FuzzLinks(f *testing.F) {
	for _, form := range forms {
		f.Add(form.before + "https://hub.test/v2/gh/o/n/main?urlpath=a" + form.after)
	}
	f.Add("[a](<b\n> [[[![](![](\n\n[a]: b\n\n<a href=\"<!--\n++++\n<a href=c\n::\n\n  d")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"a.md", "a.rst", "a.adoc", "a.html", "a.txt"} {
			last := 0
			for _, l := range markup.Links(name, text) {
				if l.Start < last || l.End < l.Start || l.End > len(text) {
					t.Fatalf("%s %q: %+v after %d", name, text, l, last)
				}
				last = l.Start
			}
		}
	})
}
