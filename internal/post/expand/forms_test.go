package expand_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post/expand"
)

// place is a post and what becomes of it.
type place struct{ name, in, want string }

func (p place) try(t *testing.T, f form.Form) {
	t.Helper()
	t.Run(p.name, func(t *testing.T) {
		for _, end := range []string{"\n", "\r\n"} {
			in, want := strings.ReplaceAll(p.in, "\n", end), strings.ReplaceAll(p.want, "\n", end)
			there := put(t, f, in)
			got := there
			if got != in {
				got = shape(got)
			}
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if was := back(t, f, there); was != in {
				t.Errorf("back: %q, want %q", was, in)
			}
		}
	})
}

// left is text that is left alone.
func left(name, text string) place { return place{name, text, text} }

func TestMDX(t *testing.T) {
	const block, inline = "<div dangerouslySetInnerHTML=… />", "<span dangerouslySetInnerHTML=… />"
	for _, p := range []place{
		{"alone", line, block},
		{"between paragraphs", "a\n\n" + line + "\n\nb\n", "a\n\n" + block + "\n\nb\n"},
		{"within a paragraph", "a " + line + " b\n", "a \n" + block + "\n b\n"},
		{"between lines", "a\n" + line + "\nb\n", "a\n" + block + "\nb\n"},
		{"in a list", "- a " + line + "\n- b\n", "- a \n  " + block + "\n- b\n"},
		{"in a quote", "> a\n> " + line + " b\n", "> a\n> " + block + "\n>  b\n"},
		{"indented", "<A>\n        " + line + "\n</A>\n", "<A>\n        " + block + "\n</A>\n"},
		{"between tags", "<A>" + line + "</A>\n", "<A>" + block + "</A>\n"},
		{"in an element's text", "a <b>c " + line + "</b>\n", "a <b>c " + inline + "</b>\n"},
		{"in a heading", "# a " + line + " {#id}\n", "# a " + inline + " {#id}\n"},
		{"in a table", "| a |\n|---|\n| " + line + " |\n", "| a |\n|---|\n| " + inline + " |\n"},
		{"in an admonition", ":::note[T]\n" + line + "\n:::\n", ":::note[T]\n" + block + "\n:::\n"},
		{"over lines", "<<< bokehbinder repo=https://github.com/o/n\n title=\"a */} b\" >>>\n", block + "\n"},
		{"after modules", "import a from 'b'\nexport const c = {\n\n d: `}`}\n\n" + line + "\n", "import a from 'b'\nexport const c = {\n\n d: `}`}\n\n" + block + "\n"},
		{"after braces", "{a ? '}' : /[}/]}/.test(`${'}'}`)} " + line + "\n", "{a ? '}' : /[}/]}/.test(`${'}'}`)} \n" + block + "\n"},
		{"after an apostrophe", "{a && <p>it's</p>}\n\n" + line + "\n", "{a && <p>it's</p>}\n\n" + block + "\n"},
		left("front matter", "---\na: \""+line+"\"\n---\nb\n"),
		left("code", "`"+line+"`\n\n```\n"+line+"\n```\n\n<A>\n      ~~~~ js\n      "+line+"\n      ~~~~\n</A>\n"),
		left("comments", "{/* "+line+" */}\n\na {/* "+line+" */} b\n\n{/*\n\n"+line+"\n\n*/}\n\n<!--\n\n"+line+"\n\n-->\n"),
		left("an attribute", "<A b=\""+line+"\" />\n\nc <A b={`"+line+"`}\n  d='e'>f</A>\n"),
		left("an expression", "{`\n\n"+line+"\n\n`}\n"),
		left("modules", "export const a = `\n\n"+line+"\n`\n\nb\n"),
	} {
		p.try(t, form.MDX)
	}
}

func TestRST(t *testing.T) {
	const d = "…"
	for _, p := range []place{
		{"alone", line, d},
		{"between paragraphs", "a\n\n" + line + "\n\nb\n", "a\n\n" + d + "\n\nb\n"},
		{"within a paragraph", "a " + line + " b\n", "a \n\n" + d + " \n\nb\n"},
		{"between lines", "a\n" + line + "\nb\n", "a\n\n" + d + "\n\nb\n"},
		{"in a list", "- " + line + "\n- b\n", "- " + d + "\n\n- b\n"},
		{"in an item's text", "1. a " + line + "\n   b\n", "1. a \n\n   " + d + "\n\n   b\n"},
		{"in a nested list", "* a\n\n  #. b\n\n     " + line + "\n\n* c\n", "* a\n\n  #. b\n\n     " + d + "\n\n* c\n"},
		{"in a quote", "a\n\n   " + line + "\n\nb\n", "a\n\n   " + d + "\n\nb\n"},
		{"before a quote", line + "\n\n   b\n", d + "\n\n..\n\n   b\n"},
		{"in a definition", "a\n  " + line + "\n", "a\n  " + d + "\n"},
		{"in a directive", ".. note::\n\n   " + line + "\n", ".. note::\n\n   " + d + "\n"},
		{"in a directive's line", ".. note:: " + line + "\n   b\n", ".. note:: \n\n   " + d + "\n\n   b\n"},
		{"behind options", ".. admonition:: T\n   :class: a\n\n   " + line + "\n", ".. admonition:: T\n   :class: a\n\n   " + d + "\n"},
		{"in a list's table", ".. list-table::\n\n   * - a\n     - " + line + "\n", ".. list-table::\n\n   * - a\n     - " + d + "\n"},
		{"in a footnote", ".. [1] a\n   " + line + "\n", ".. [1] a\n   \n\n   " + d + "\n"},
		{"in a field", ":a: " + line + "\n", ":a: " + d + "\n"},
		{"under a title", "====\na\n====\n\nb\n-\n\n" + line + "\n", "====\na\n====\n\nb\n-\n\n" + d + "\n"},
		{"after code", "a::\n\n    b\n\n" + line + "\n", "a::\n\n    b\n\n" + d + "\n"},
		{"over lines", "<<< bokehbinder repo=https://github.com/o/n\n   title=\"a .. b\" >>>\n", d + "\n"},
		left("literal blocks", "a::\n\n   "+line+"\n\n::\n\n   b\n\n  "+line+"\n\nc\n\n::\n\n> "+line+"\n> "+line+"\n"),
		left("literals", "``"+line+"`` and :code:`"+line+"`\n"),
		left("comments", ".. "+line+"\n\n..\n   a\n\n   "+line+"\n\nb\n"),
		left("directives of code", ".. code-block:: python\n   :name: a\n\n   "+line+"\n\n.. raw:: html\n\n   "+line+"\n"),
		left("doctest", ">>> 1\n"+line+"\n"),
		left("a shown embed", "::\n\n    .. bokehbinder 000000000000-0-0 repo=a/b ..\n\n    .. /bokehbinder\n"),
	} {
		p.try(t, form.RST)
	}
}

// TestRSTInLines has tags where docutils has no place for a block.
func TestRSTInLines(t *testing.T) {
	for name, src := range map[string]string{
		"title":    line + "\n" + strings.Repeat("=", len(line)) + "\n",
		"overline": "===\n" + line + "\n===\n",
		"table":    "+---+\n| " + line + " |\n+---+\n",
		"simple":   "=== ===\n" + line + " a\n=== ===\n",
		"term":     line + "\n  a\n",
		"argument": ".. figure:: " + line + "\n",
	} {
		_, err := expand.Expand(context.Background(), "a.rst", []byte(src), expand.Options{Form: form.RST, Source: source, File: "a.rst"})
		if err == nil || !strings.Contains(err.Error(), "paragraph of its own") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnknownDirective tells of a tag of which it is not known what it is.
func TestUnknownDirective(t *testing.T) {
	src := ".. our-box::\n\n   " + line + "\n"
	r, err := expand.Expand(t.Context(), "a.rst", []byte(src), expand.Options{Form: form.RST, Source: source, File: "a.rst"})
	if err != nil {
		t.Fatal(err)
	}
	if string(r.Text) != src || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].String(), "a.rst:3:4: this tag stays text") {
		t.Errorf("%q, %v", r.Text, r.Warnings)
	}
}

// TestMoved has an embed of reStructuredText at another indentation and with other line
// ends than it was written with.
func TestMoved(t *testing.T) {
	there := put(t, form.RST, line+"\n")
	moved := "- " + strings.ReplaceAll(strings.TrimSuffix(there, "\n"), "\n", "\r\n  ") + "\r\n"
	if was, want := back(t, form.RST, moved), "- "+line+"\r\n"; was != want {
		t.Errorf("%q, want %q", was, want)
	}
}
