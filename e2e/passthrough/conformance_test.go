package passthrough

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	gmextension "github.com/yuin/goldmark/extension"
)

// TestConformance runs the table of documents through both extensions.
func TestConformance(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/conformance.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range archive.Files {
		if _, ok := files[f.Name]; ok {
			t.Fatalf("two files are called %s", f.Name)
		}
		files[f.Name] = string(f.Data)
	}
	our, hugo := ours(), hugos()
	ourTypographer, hugoTypographer := ours(gmextension.Typographer), hugos(gmextension.Typographer)
	documents := 0
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".md")
		if !ok {
			continue
		}
		documents++
		t.Run(name, func(t *testing.T) {
			want, ok := files[name+".want"]
			if !ok {
				t.Fatalf("no %s.want", name)
			}
			document := string(f.Data)
			if strings.HasPrefix(name, "windows-") {
				document = strings.ReplaceAll(document, "\n", "\r\n")
				want = strings.ReplaceAll(want, `\n`, `\r\n`)
			}
			got, theirs := our.convert(t, document), hugo.convert(t, document)
			if got.tags != want {
				t.Errorf("got\n%swant\n%sin\n%s", got.tags, want, got.html)
			}
			if other, ok := files[name+".hugo"]; ok {
				if theirs.tags != other {
					t.Errorf("hugo finds\n%swant\n%s", theirs.tags, other)
				}
				return
			}
			if got != theirs {
				t.Errorf("hugo finds\n%sHTML\n%s\nhugo's HTML\n%s", theirs.tags, got.html, theirs.html)
			}
			// With the typographer the HTML differs: it sees an unclosed or
			// escaped opener here, which the passthrough extension hides.
			got, theirs = ourTypographer.convert(t, document), hugoTypographer.convert(t, document)
			if got.tags != theirs.tags {
				t.Errorf("beside the typographer: got\n%shugo finds\n%s", got.tags, theirs.tags)
			}
		})
	}
	if documents < 40 {
		t.Errorf("only %d documents", documents)
	}
}
