package hugo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gohugoio/hugo/parser/pageparser"
	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/site/shortcode"
)

// TestFinderFindsWhatHugoFinds compares the finder's shortcodes with those of
// Hugo's own lexer, over documents of pieces that matter to either.
func TestFinderFindsWhatHugoFinds(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"{{<", "{{%", ">}}", "%}}", "{{</*", "*/>}}", "{{", "}}", "<", ">", " ", " ", " ", "\n", "/>}}", "=", `"`, "`", `\"`, "*/",
		"bokehbinder", "bokehbinder/app", "other", "x.inline ", "repo=", "repo", `repo="a b"`, "repo=`a\nb`", `ref="a\"b\\c"`, "ref=1.0", "height=480", "show=true", `=\"x\"`,
		"```\n", "text", "é", "<!--more-->", "{{< bokehbinder repo=a/b >}}", "{{< other >}}", "{{< /other >}}", "{{% bokehbinder/files repo=\"a/b\" %}}",
	})
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		want, whole := lexed(src)
		got := scanned(src)
		if !whole && len(got) > len(want) {
			got = got[:len(want)] // Hugo stops at the first error
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q:\n finder %q\n Hugo   %q", src, got, want)
		}
	})
}

// scanned writes the shortcodes that the finder finds as text.
func scanned(src string) []string {
	var list []string
	for _, sc := range shortcode.Scan([]byte(src)) {
		var b strings.Builder
		fmt.Fprintf(&b, "%d %t", sc.Start, sc.Closing)
		if sc.Name != "" {
			fmt.Fprintf(&b, " %s", sc.Name)
		}
		for _, p := range sc.Params {
			if p.Name != "" {
				fmt.Fprintf(&b, " %q=", p.Name)
			}
			fmt.Fprintf(&b, " %q", p.Value)
		}
		if sc.Err != nil {
			fmt.Fprintf(&b, " (%v)", sc.Err)
		}
		list = append(list, b.String())
	}
	return list
}

// lexed writes those that Hugo's lexer finds in the same way, and says whether
// it took the whole document.
func lexed(src string) (list []string, whole bool) {
	parsed, err := pageparser.ParseMain(strings.NewReader(src), pageparser.Config{})
	if err != nil {
		return nil, false
	}
	var b strings.Builder
	start, named, closing := 0, false, false
	for items := parsed.Iterator(); ; {
		item := items.Next()
		switch {
		case item.IsError():
			return list, false
		case item.IsEOF():
			return list, true
		case item.IsLeftShortcodeDelim():
			b.Reset()
			start, named, closing = item.Pos(), false, false
		case item.IsShortcodeClose():
			closing = closing || !named
		case (item.IsShortcodeName() || item.IsInlineShortcodeName()) && named,
			item.IsShortcodeParamVal(), (item.IsShortcodeParam() || item.IsRightShortcodeDelim()) && !named:
			return list, false // the lexer takes it, the page's parser does not
		case item.IsShortcodeName(), item.IsInlineShortcodeName():
			named = true
			fmt.Fprintf(&b, " %s", item.ValStr([]byte(src)))
		case item.IsShortcodeParam() && items.Peek().IsShortcodeParamVal():
			fmt.Fprintf(&b, " %q=", item.ValStr([]byte(src)))
			fmt.Fprintf(&b, " %q", items.Next().ValStr([]byte(src)))
		case item.IsShortcodeParam():
			fmt.Fprintf(&b, " %q", item.ValStr([]byte(src)))
		case item.IsRightShortcodeDelim():
			list = append(list, fmt.Sprintf("%d %t%s", start, closing, b.String()))
		}
	}
}
