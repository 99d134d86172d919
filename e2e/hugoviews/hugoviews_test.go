// Package hugoviews proves that Hugo, running the views of this module
// unchanged, writes the same bytes as Go does.
package hugoviews

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gohugoio/hugo/commands"

	_ "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/base/module"
)

// goldens holds, for each use of a view, its argument and what Go writes.
const goldens = "../../internal/page/view/testdata"

// page hands the argument of the page's golden to the view, with the words of its
// language.
const page = `
{{- $arg := resources.Get (printf "goldens/%s.json" .Params.golden) | transform.Unmarshal }}
{{- $words := dict }}
{{- range $key, $text := (resources.Get (printf "i18n/%s.yaml" (or $arg.spoken "en")) | transform.Unmarshal) }}
{{- $words = merge $words (dict (strings.TrimPrefix "bokehbinder_" $key) (replace $text "{{ .hub }}" (or $arg.hubname ""))) }}
{{- end }}
{{- $arg = merge $arg (dict "words" $words) }}
{{- partial (printf "bokehbinder/views/%s.html" .Params.view) $arg -}}
`

// settings are sites whose own settings the views must not take over.
var settings = map[string]string{
	"plain": ``,
	"highlight": `
[markup.highlight]
anchorLineNos = true
guessSyntax = true
hl_Lines = "1-3"
lineAnchors = "x"
lineNos = true
lineNoStart = 7
lineNumbersInTable = true
noClasses = true
style = "dracula"
tabWidth = 8
wrapperClass = "other"
`,
	"german": `
defaultContentLanguage = "de"
`,
}

func TestSameBytes(t *testing.T) {
	names := goldenNames(t)
	for name, config := range settings {
		t.Run(name, func(t *testing.T) {
			public := build(t, config, names)
			for _, golden := range names {
				got, err := os.ReadFile(filepath.Join(public, golden, "index.html"))
				if err != nil {
					t.Error(err)
					continue
				}
				want, err := os.ReadFile(filepath.Join(goldens, golden+".html"))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s: Hugo writes other bytes than Go\n%s", golden, firstDifference(got, want))
				}
			}
		})
	}
}

// goldenNames lists the goldens, of which there must be some.
func goldenNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(goldens, "*.json"))
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d goldens in %s: %v", len(files), goldens, err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	return names
}

// build writes a site with one page a golden, builds it and returns its public
// folder.
func build(t *testing.T, config string, names []string) string {
	t.Helper()
	site := t.TempDir()
	if err := os.CopyFS(site, module.Files()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(site, "assets", "i18n"), os.DirFS(filepath.Join(site, "i18n"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(site, "layouts", "page.html"), []byte(page))
	write(t, filepath.Join(site, "hugo.toml"), []byte(`baseURL = "https://blog.example/"
disableKinds = ["home", "section", "taxonomy", "term", "rss", "sitemap", "404"]
`+config))
	for _, name := range names {
		argument, err := os.ReadFile(filepath.Join(goldens, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(site, "assets", "goldens", name+".json"), argument)
		view := "main"
		if strings.HasPrefix(name, "problem") {
			view = "problem"
		}
		write(t, filepath.Join(site, "content", name+".md"), []byte("---\ngolden: "+name+"\nview: "+view+"\n---\n"))
	}
	run(t, "--source", site)
	return filepath.Join(site, "public")
}

// run runs Hugo, which must find nothing to warn about.
func run(t *testing.T, args ...string) {
	t.Helper()
	if err := commands.Execute(append(args, "--panicOnWarning", "--quiet")); err != nil {
		t.Fatalf("hugo %s: %v", strings.Join(args, " "), err)
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "hugo " + g[i] + "\ngo   " + w[i]
		}
	}
	return "one is longer"
}
