package passthrough

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// inline generates text for the inside of a block, in which tags stand in
// everything that can hold or hide one. It may have several lines.
func inline(depth int) *rapid.Generator[string] {
	plain := rapid.SampledFrom([]string{
		"text", "a b", "é“”", "1 < 2 > 1", "x*y", "under_score", `\*`, "&amp;", "!", "[", "]", "(", ")", "`", "~", "|", ":", "{.c}", "www.example.com",
		"https://example.com/a", "<https://example.com>", "<b>", "</b>", "<br />", "[^1]", "[^2]", "[ref]", "![image](/i.png)",
		"kernel<<<grid, block>>>(x)", "<<<", ">>>", "<<", `\`, `\\`,
	})
	tag := rapid.SampledFrom([]string{
		"<<< bokehbinder repo=o/n >>>", "<<< bokehbinder repo=o/n ref=main>>>", "<<< bokehbinder\nrepo=o/n >>>", "<<< bokehbinder\n\trepo=o/n\nref=x >>>",
		`<<< bokehbinder repo=o/n title="*a* [b](c) d" >>>`, "<<< bokehbinder x`y`z >>>", "<<< bokehbinder  \nx>>>", "<<< bokehbinder repo=o/n >>>>",
		"<<< bokehbinder a <<< bokehbinder b >>>", "<<< bokehbinder </b> --> ** ` ]( >>>",
	})
	noTag := rapid.SampledFrom([]string{
		"<<< bokehbinder repo=o/n", "<<< bokehbinder repo=o/n >>", "<<< bokehbinder>>>", "<<<bokehbinder repo=o/n >>>", "<<<  bokehbinder x >>>",
		`\<<< bokehbinder x >>>`, `\\<<< bokehbinder x >>>`, `\\\<<< bokehbinder x >>>`, "`<<< bokehbinder x >>>`", "``a`<<< bokehbinder x >>>``",
		`<b title="<<< bokehbinder x >>>">`, "<!-- <<< bokehbinder x >>> -->", "[a](</<<< bokehbinder x >>>>)", `[a](/u "<<< bokehbinder x >>>")`,
		"![<<< bokehbinder x >>>](/i.png)", "<?x <<< bokehbinder x >>>", "<https://example.com/<<< bokehbinder x >>>>",
	})
	gap := rapid.SampledFrom([]string{"", "", " ", " ", "  ", "\n", "  \n", "\\\n", "\t"})
	kinds := []*rapid.Generator[string]{plain, tag, tag, noTag}
	if depth > 0 {
		inner := rapid.Deferred(func() *rapid.Generator[string] { return inline(depth - 1) })
		wrap := rapid.SampledFrom([]string{"*%s*", "**%s**", "_%s_", "~~%s~~", "[%s](/u)", "[%s][ref]", "![%s](/i.png)", "<b>%s</b>", "%s*", "[%s", "`%s`"})
		kinds = append(kinds, rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf(wrap.Draw(t, "wrap"), inner.Draw(t, "inner"))
		}))
	}
	piece := rapid.OneOf(kinds...)
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "pieces") {
			b.WriteString(piece.Draw(t, "piece") + gap.Draw(t, "gap"))
		}
		return strings.Trim(b.String(), "\n")
	})
}

// oneLine generates inline text without line breaks.
func oneLine() *rapid.Generator[string] {
	return rapid.Map(inline(1), func(s string) string { return strings.ReplaceAll(s, "\n", " ") })
}

// indent puts first before the first line and rest before the others.
func indent(first, rest, text string) string {
	return first + strings.ReplaceAll(text, "\n", "\n"+rest)
}

// blocks generates documents. A container's content comes from the same
// generator.
func blocks(depth int) *rapid.Generator[string] {
	text := inline(2)
	leaf := rapid.OneOf(
		text, text,
		rapid.Map(oneLine(), func(s string) string { return "## " + s }),
		rapid.Map(text, func(s string) string { return s + "\n---" }),
		rapid.Map(text, func(s string) string { return "```go\n" + s + "\n```" }),
		rapid.Map(text, func(s string) string { return indent("    ", "    ", s) }),
		rapid.Map(text, func(s string) string { return "<div>\n" + s + "\n</div>" }),
		rapid.Map(text, func(s string) string { return "<!--\n" + s + "\n-->" }),
		rapid.Map(oneLine(), func(s string) string { return "[ref]: /url \"" + s + "\"" }),
		rapid.Map(text, func(s string) string { return "- " + s + "\n- " + s }),
		rapid.Map(text, func(s string) string { return indent("- [ ] ", "  ", s) }),
		rapid.Map(text, func(s string) string { return "> " + s }), // with lazy lines
		rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("| %s | %s |\n|---|:-:|\n| %s | %s", oneLine().Draw(t, "a"), oneLine().Draw(t, "b"), oneLine().Draw(t, "c"), oneLine().Draw(t, "d"))
		}),
		rapid.Custom(func(t *rapid.T) string {
			return oneLine().Draw(t, "term") + "\n" + indent(":   ", "    ", text.Draw(t, "description"))
		}),
	)
	block := leaf
	if depth > 0 {
		inner := rapid.Deferred(func() *rapid.Generator[string] { return blocks(depth - 1) })
		block = rapid.OneOf(leaf, leaf, leaf,
			rapid.Map(inner, func(s string) string { return indent("> ", "> ", s) }),
			rapid.Map(inner, func(s string) string { return indent("- ", "  ", s) }),
			rapid.Map(inner, func(s string) string { return indent("1.  ", "    ", s) }),
			rapid.Map(inner, func(s string) string { return indent("[^1]: ", "    ", s) }),
			rapid.Map(inner, func(s string) string { return indent("[^2]:\n    ", "    ", s) }),
			rapid.Map(inner, func(s string) string { return indent("term\n: ", "  ", s) }),
		)
	}
	return rapid.Custom(func(t *rapid.T) string {
		var list []string
		for range rapid.IntRange(1, 3).Draw(t, "blocks") {
			list = append(list, block.Draw(t, "block"))
		}
		return strings.Join(list, rapid.SampledFrom([]string{"\n\n", "\n\n", "\n"}).Draw(t, "between"))
	})
}

// soup generates documents without regard for what may stand where.
func soup() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"<<< bokehbinder ", "<<< bokehbinder\n", "<<< bokehbinder", "<<<", "<", " >>>", ">>>", ">", " repo=o/n ", "text", " ", "  ", "\n", "\n", "\n\n", "\t", "\r\n",
		"\\", "`", "``", "```\n", "*", "**", "_", "~~", "[", "](/u)", "![", "[^1]", "[^1]: ", "- ", "1. ", "> ", "# ", "|", "|\n|-|-|\n", "\n: ", "    ",
		"<b>", "</b>", "<!--", "-->", "<div>\n", "</div>", "\n===\n", "\n---\n", "[ref]: /u\n", "[ref]", "[ ] ", "{#id}", "é", "&lt;",
	})
	return rapid.Map(rapid.SliceOfN(piece, 1, 40), func(p []string) string { return strings.Join(p, "") })
}

// foreign says whether a document has text for Hugo's passthrough that is no
// tag of ours, because no white space follows the opener.
func foreign(document string) bool {
	for rest := document; ; {
		_, after, found := strings.Cut(rest, "<<< bokehbinder")
		if !found {
			return false
		}
		if after != "" && !strings.ContainsRune(" \t\r\n", rune(after[0])) && !strings.HasPrefix(after, ">>>") {
			return true
		}
		rest = after
	}
}

// In a tight list item, white space between a tag and the text behind it is
// removed from the first piece of that text. The passthrough extension ends a
// piece at each backslash, ours does not, so that with a backslash in the line a
// space more can be left, where a browser shows none.
var (
	spacesAndBackslash = regexp.MustCompile(`>>>[ \t]{2,}[^\n]*\\`)
	spacesBehindTag    = regexp.MustCompile(`\]\][ \t]+`)
)

// escapedSpace is a backslash before white space: goldmark can take it for an
// escape of what comes behind, at the beginning of the next line or behind a
// link, and the passthrough extension then shows a backslash more before an
// escaped opener there. (A line that ends in one or two is a hard break or an
// escaped backslash.)
var escapedSpace = regexp.MustCompile(`\\[ \t]|\\{3}\r?\n`)

// TestGenerated compares the two extensions over generated documents, 30 for
// each of rapid's checks.
func TestGenerated(t *testing.T) {
	for _, tt := range []struct {
		name      string
		documents *rapid.Generator[string]
	}{{"blocks", blocks(2)}, {"soup", soup()}} {
		t.Run(tt.name, func(t *testing.T) {
			our, hugo := ours(), hugos()
			documents, block, inline := 0, 0, 0
			rapid.Check(t, func(t *rapid.T) {
				for _, document := range rapid.SliceOfN(tt.documents, 30, 30).Draw(t, "documents") {
					if foreign(document) || escapedSpace.MatchString(document) {
						continue // Hugo shows the text in another way
					}
					tags := compare(t, our, hugo, document)
					documents++
					block += strings.Count(tags, "block \"")
					inline += strings.Count(tags, "inline \"")
				}
			})
			t.Logf("%d documents, %d block, %d inline tags", documents, block, inline)
			if documents < 1000 || block < 20 || inline == 0 {
				t.Error("too few documents, or too few tags in them")
			}
		})
	}
}

// compare converts a document with both extensions and returns its tags.
func compare(t *rapid.T, our, hugo *engine, document string) string {
	got, want := our.convert(t, document), hugo.convert(t, document)
	if spacesAndBackslash.MatchString(document) {
		got.html, want.html = spacesBehindTag.ReplaceAllString(got.html, "]]"), spacesBehindTag.ReplaceAllString(want.html, "]]")
	}
	if got != want {
		t.Fatalf("document\n%s\ngot\n%s%s\nhugo\n%s%s", document, got.tags, got.html, want.tags, want.html)
	}
	return got.tags
}
