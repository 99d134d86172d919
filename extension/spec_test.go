package extension_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	gmextension "github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/bokehbinder/bokehbinder/extension"
)

// goldmarkDir returns the folder of goldmark's module, which holds its tests'
// documents.
func goldmarkDir(t testing.TB) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// specExamples returns the examples of the CommonMark specification.
func specExamples(t *testing.T, dir string) (markdown, want []string) {
	data, err := os.ReadFile(filepath.Join(dir, "_test", "spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct{ Markdown, HTML string }
	if err := json.Unmarshal(data, &examples); err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		markdown, want = append(markdown, e.Markdown), append(want, e.HTML)
	}
	return markdown, want
}

// fileExamples returns the examples of one of goldmark's own test files: a
// number, a line, the document, a line, its HTML, another line.
func fileExamples(t *testing.T, name string) (markdown []string) {
	const (
		attributes = "//- - - - - - - - -//\n"
		end        = "//= = = = = = = = = = = = = = = = = = = = = = = =//"
	)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, example := range strings.Split(string(data), end) {
		if parts := strings.Split(example, attributes); len(parts) == 3 {
			markdown = append(markdown, parts[1])
		}
	}
	return markdown
}

// TestCommonMark converts the specification's examples with the extension: the
// HTML is the specification's.
func TestCommonMark(t *testing.T) {
	markdown, want := specExamples(t, goldmarkDir(t))
	if len(markdown) != 652 {
		t.Errorf("%d examples, want 652", len(markdown))
	}
	options := goldmark.WithRendererOptions(html.WithXHTML(), html.WithUnsafe())
	with, without := goldmark.New(options, goldmark.WithExtensions(&extension.Extender{})), goldmark.New(options)
	for i := range markdown {
		got := convert(t, with, markdown[i])
		if plain := convert(t, without, markdown[i]); got != plain {
			t.Errorf("example %d: got\n%swithout the extension\n%s", i+1, got, plain)
		}
		// goldmark's own suite compares with the specification in the same way.
		if strings.TrimSpace(got) != strings.TrimSpace(want[i]) {
			t.Errorf("example %d: got\n%sthe specification has\n%s", i+1, got, want[i])
		}
	}
}

// TestExtensions converts goldmark's own examples, of its extensions and
// options, with and without the extension.
func TestExtensions(t *testing.T) {
	dir := goldmarkDir(t)
	spec, _ := specExamples(t, dir)
	for _, tt := range []struct {
		file      string
		examples  int
		extension goldmark.Extender
	}{
		{"_test/extra.txt", 71, nil},
		{"_test/options.txt", 7, nil},
		{"extension/_test/definition_list.txt", 6, gmextension.DefinitionList},
		{"extension/_test/footnote.txt", 5, gmextension.Footnote},
		{"extension/_test/linkify.txt", 19, gmextension.Linkify},
		{"extension/_test/strikethrough.txt", 5, gmextension.Strikethrough},
		{"extension/_test/table.txt", 14, gmextension.Table},
		{"extension/_test/tasklist.txt", 4, gmextension.TaskList},
		{"extension/_test/typographer.txt", 19, gmextension.Typographer},
	} {
		t.Run(filepath.Base(tt.file), func(t *testing.T) {
			examples := fileExamples(t, filepath.Join(dir, filepath.FromSlash(tt.file)))
			if len(examples) != tt.examples {
				t.Errorf("%d examples, want %d", len(examples), tt.examples)
			}
			var alone []goldmark.Extender
			if tt.extension != nil {
				alone = append(alone, tt.extension)
			}
			for name, extensions := range map[string][]goldmark.Extender{
				"alone": alone,
				"all":   {gmextension.GFM, gmextension.Footnote, gmextension.DefinitionList, gmextension.Typographer, gmextension.CJK},
			} {
				build := func(more ...goldmark.Extender) goldmark.Markdown {
					return goldmark.New(goldmark.WithExtensions(append(more, extensions...)...),
						goldmark.WithParserOptions(parser.WithAttribute(), parser.WithAutoHeadingID()),
						goldmark.WithRendererOptions(html.WithUnsafe()))
				}
				with, without := build(&extension.Extender{}), build()
				for _, source := range append(examples, spec...) {
					if got, want := convert(t, with, source), convert(t, without, source); got != want {
						t.Errorf("%s: %q: got\n%swithout the extension\n%s", name, source, got, want)
					}
				}
			}
		})
	}
}
