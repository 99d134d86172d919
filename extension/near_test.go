package extension_test

import (
	"io"
	"slices"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/extension"
)

// TestWarnings: text that looks as if it was meant as a tag is told of, with what would
// help, and tags and code are not.
func TestWarnings(t *testing.T) {
	const src = "<details>\n<<< bokehbinder repo=demo/sine >>>\n</details>\n\n`<<< bokehbinder` <<<bokehbinder x >>>\n\n<pre>\n<<< bokehbinder x >>>\n</pre>\n\n<<< bokehbinder repo=nowhere >>>\n"
	var got []string
	x := &extension.Extender{OnWarning: func(e *extension.Error) { got = append(got, e.Error()+" | "+e.Hint) }}
	pc := parser.NewContext()
	extension.SetOrigin(pc, extension.Origin{File: "post.md", Line: 4})
	if err := goldmark.New(goldmark.WithExtensions(x)).Convert([]byte(src), io.Discard, parser.WithContext(pc)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"post.md:5:1: this tag stays text, since it stands inside an HTML block, which is not Markdown | put an empty line before it and after it",
		`post.md:8:19: this looks like a tag and is none: a tag begins with "<<< bokehbinder ", in this spelling, and ends with >>> in the same paragraph, not at the beginning of a line | `,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
