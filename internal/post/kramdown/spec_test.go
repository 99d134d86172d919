package kramdown_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/bokehbinder/bokehbinder/internal/post/kramdown"
	"github.com/bokehbinder/bokehbinder/internal/post/liquid"
)

func convert(t interface {
	Helper()
	Fatalf(string, ...any)
}, md goldmark.Markdown, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	if err := md.Convert([]byte(markdown), &b); err != nil {
		t.Fatalf("%q: %v", markdown, err)
	}
	return b.String()
}

// ours is what posts are converted with, plain goldmark with the same parts.
func ours() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithParser(kramdown.NewParser()),
		goldmark.WithRendererOptions(html.WithUnsafe()),
		goldmark.WithExtensions(kramdown.Extension, liquid.Extension))
}

func plain() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithRendererOptions(html.WithUnsafe()),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList,
			extension.DefinitionList, extension.Footnote))
}

type example struct {
	Example        int
	Section        string
	Markdown, HTML string
}

func specExamples(t *testing.T) (examples []example) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "_test", "spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) != 652 {
		t.Fatalf("%d examples, want 652", len(examples))
	}
	return examples
}

// meant are the differences from CommonMark that are meant, and the examples
// that show them.
var meant = map[string][]int{
	"an HTML block goes on until its end tag, and no further": {148, 152, 161, 186, 188, 190, 191},
	"an element of text begins a paragraph":                   {162, 164, 166},
	"an address may have spaces":                              {41, 488, 568},
	"code in a known language is highlighted":                 {142, 143, 161},
}

var headingID = regexp.MustCompile(`<(h[1-6]) id="[^"]*">`)

// TestCommonMark converts the examples of the CommonMark specification. But for
// ids of headings the HTML is goldmark's, where no difference is meant.
func TestCommonMark(t *testing.T) {
	with, without := ours(), plain()
	expected := map[int]bool{}
	for _, numbers := range meant {
		for _, n := range numbers {
			expected[n] = true
		}
	}
	for _, e := range specExamples(t) {
		got := headingID.ReplaceAllString(convert(t, with, e.Markdown), "<$1>")
		want := convert(t, without, e.Markdown)
		if same := got == want; same == expected[e.Example] {
			t.Errorf("example %d (%s): same: %v\n%s\ngot\n%s\ngoldmark\n%s", e.Example, e.Section, same, e.Markdown, got, want)
		}
	}
}
