package extension_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/extension"
)

const twoTags = "<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/sine >>>\n"

// ids are the ids of a page, and how often each is there.
func ids(html string) map[string]int {
	ids := make(map[string]int)
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(html, -1) {
		ids[m[1]]++
	}
	return ids
}

func convertWith(t *testing.T, md goldmark.Markdown, source string, set func(parser.Context)) string {
	t.Helper()
	pc := parser.NewContext()
	if set != nil {
		set(pc)
	}
	var b bytes.Buffer
	if err := md.Convert([]byte(source), &b, parser.WithContext(pc)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestIDsOfTwoDocuments puts documents on one page: with prefixes that may be
// mixed up, with the same text, and converted by two Extenders.
func TestIDsOfTwoDocuments(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources}))
	other := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources}))
	prefix := func(p string) func(parser.Context) {
		return func(pc parser.Context) { extension.SetIDPrefix(pc, p) }
	}
	page := convertWith(t, md, twoTags, nil) + convertWith(t, md, twoTags, nil) + convertWith(t, other, twoTags, nil) +
		convertWith(t, md, twoTags, prefix("a")) + convertWith(t, md, twoTags, prefix("a-1")) + convertWith(t, md, twoTags, prefix("a-1-2"))
	found := ids(page)
	if len(found) < 6*2 {
		t.Fatalf("only %d ids", len(found))
	}
	for id, n := range found {
		if n != 1 {
			t.Errorf("%s is there %d times", id, n)
		}
	}
}

// TestIDsOfOneDocument shows that a document that says which it is comes out the
// same each time, and that the parser's context goes before the option.
func TestIDsOfOneDocument(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources, IDPrefix: "post"}))
	first := convertWith(t, md, twoTags, nil)
	if again := convertWith(t, md, twoTags, nil); again != first {
		t.Error("it comes out differently")
	}
	contains(t, first, `id="post-1"`, `id="post-2"`)
	contains(t, convertWith(t, md, twoTags, func(pc parser.Context) { extension.SetIDPrefix(pc, "comment-7") }), `id="comment-7-1"`, `id="comment-7-2"`)
}

// TestIDsBesideHeadings shows that an embed takes no id that a heading has.
func TestIDsBesideHeadings(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources, IDPrefix: "bb"}), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	html := convertWith(t, md, "# bb-1\n\n"+twoTags+"\n# bb-3\n", nil)
	contains(t, html, `<h1 id="bb-1">`, `id="bb-2"`, `<h1 id="bb-3">`, `id="bb-4"`)
}

func TestWrongPrefix(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources}))
	for _, prefix := range []string{"_top", "a b", "Post", "7", "a-", "é", `a"onclick=`, strings.Repeat("a", 65)} {
		pc := parser.NewContext()
		extension.SetIDPrefix(pc, prefix)
		var b bytes.Buffer
		if err := md.Convert([]byte(twoTags), &b, parser.WithContext(pc)); err == nil || b.Len() > 0 || !strings.Contains(err.Error(), "valid: ") {
			t.Errorf("%q: %v, %d bytes", prefix, err, b.Len())
		}
	}
}
