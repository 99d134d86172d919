package generators

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// guide is the folder of the pages.
const guide = "../../exampleSite/content/sites"

// step is what a page has its reader do: write a file, or run a script.
type step struct{ file, text string }

// readGuide returns the steps of a page of the guide: the scripts for a shell, and
// other code with the file's name at the end of the paragraph before it.
func readGuide(t *testing.T, name string) (steps []step) {
	t.Helper()
	source := readPage(t, name)
	doc := goldmark.New().Parser().Parse(text.NewReader(source))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		code, ok := n.(*ast.FencedCodeBlock)
		if !ok {
			continue
		}
		s := step{text: string(code.Lines().Value(source))}
		if language := string(code.Language(source)); language != "sh" {
			if s.file = namedBefore(n, source); s.file == "" {
				t.Fatalf("%s: no file is named before the code in %s:\n%s", name, language, s.text)
			}
		}
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		t.Fatalf("%s has no code", name)
	}
	return steps
}

func readPage(t *testing.T, name string) []byte {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(guide, name+".md"))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

var title = regexp.MustCompile(`(?m)^title: (.*)$`)

// titleOf returns a page's title.
func titleOf(t *testing.T, name string) string {
	t.Helper()
	m := title.FindSubmatch(readPage(t, name))
	if m == nil {
		t.Fatalf("%s has no title", name)
	}
	return string(m[1])
}

// namedBefore returns the file that the paragraph before a block ends with.
func namedBefore(block ast.Node, source []byte) string {
	paragraph, ok := block.PreviousSibling().(*ast.Paragraph)
	if !ok {
		return ""
	}
	end, ok := paragraph.LastChild().(*ast.Text)
	span, isCode := paragraph.LastChild().PreviousSibling().(*ast.CodeSpan)
	if !ok || !isCode || string(end.Segment.Value(source)) != ":" {
		return ""
	}
	return strings.TrimSpace(string(span.FirstChild().(*ast.Text).Segment.Value(source)))
}
