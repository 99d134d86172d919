package hugo_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// grammarSite parses each text of cases.json with the templates' reading of the
// grammar, and writes what comes out as JSON.
const grammarSite = `
-- hugo.toml --
baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "sitemap", "rss", "section", "404"]
[outputs]
  home = ["json"]
-- layouts/index.json --
{{- $g := partial "bokehbinder/grammar.html" . -}}
{{- $out := slice -}}
{{- range resources.Get "cases.json" | transform.Unmarshal -}}
  {{- $out = $out | append (partial "bokehbinder/parse.html" (dict "grammar" $g "context" (dict "Inner" .) "start" (dict "line" 7 "column" 5))) -}}
{{- end -}}
{{- $out | jsonify -}}
`

// parsed is what the templates make of a tag.
type parsed struct {
	Args   map[string]string
	Errors []struct {
		Arg, Message, Valid string
		Line, Column        int
	}
}

// parseInHugo has the templates read the texts of tags.
func parseInHugo(t *testing.T, inners []string) []parsed {
	t.Helper()
	s := newSite(t, grammarSite)
	cases, err := json.Marshal(inners)
	if err != nil {
		t.Fatal(err)
	}
	s.write("assets/cases.json", string(cases))
	s.build()
	var out []parsed
	if err := json.Unmarshal([]byte(s.read("public/index.json")), &out); err != nil {
		t.Fatal(err)
	}
	if len(out) != len(inners) {
		t.Fatalf("%d results for %d texts", len(out), len(inners))
	}
	return out
}

// TestTemplatesReadTagsAsGoDoes compares the templates' reading of tags with
// that of internal/page/tag: the same tags are valid, with the same arguments, and
// what is wrong is said of the same arguments at the same places.
func TestTemplatesReadTagsAsGoDoes(t *testing.T) {
	inners := append(seeds(t), drawn(400)...)
	refused := 0
	for i, got := range parseInHugo(t, inners) {
		inner := inners[i]
		want, err := tag.Parse(inner, position.Position{Line: 7, Column: 20})
		if err == nil {
			compareArgs(t, inner, got, want)
			continue
		}
		refused++
		var list tag.Errors
		if !errors.As(err, &list) {
			t.Fatal(err)
		}
		var gotErrors, wantErrors []string
		for _, e := range list {
			wantErrors = append(wantErrors, fmt.Sprintf("%s at %d:%d; valid: %s", e.Arg, e.Pos.Line, e.Pos.Column, e.Valid))
		}
		for _, e := range got.Errors {
			gotErrors = append(gotErrors, fmt.Sprintf("%s at %d:%d; valid: %s", e.Arg, e.Line, e.Column, e.Valid))
		}
		if !slices.Equal(gotErrors, wantErrors) {
			t.Errorf("%q:\n Hugo %q\n Go   %q", inner, gotErrors, wantErrors)
		}
		for j := range min(len(got.Errors), len(list)) {
			if !sameMessage(list[j], got.Errors[j].Message) {
				t.Errorf("%q:\n Hugo %s\n Go   %s", inner, got.Errors[j].Message, list[j].Message)
			}
		}
	}
	if refused < len(inners)/10 || refused > len(inners)*9/10 {
		t.Errorf("%d of %d tags are invalid: the test sees one side only", refused, len(inners))
	}
}

// sameMessage compares messages, but for what only Go knows: the messages of
// internal/source/forge about addresses, and which name a misspelt one is near to.
func sameMessage(e *tag.Error, got string) bool {
	want, _, guessed := strings.Cut(e.Message, " (did you mean")
	if guessed {
		got, _, _ = strings.Cut(got, " (did you mean")
	}
	return got == want || e.Arg == "repo" && got != ""
}

func compareArgs(t *testing.T, inner string, got parsed, want *tag.Tag) {
	t.Helper()
	if len(got.Errors) > 0 {
		t.Errorf("%q: Hugo refuses it: %v", inner, got.Errors)
	}
	for _, name := range []string{"repo", "ref", "app", "urlpath", "title", "height", "poster"} {
		if got.Args[name] != want.Arg(name) {
			t.Errorf("%q: %s: Hugo %q, Go %q", inner, name, got.Args[name], want.Arg(name))
		}
	}
	if hubs := got.Args["hub"]; want.Hubs != nil && !slices.Equal(tag.Items(hubs), want.Hubs) || want.Hubs == nil && hubs != "" {
		t.Errorf("%q: hub: Hugo %q, Go %q", inner, hubs, want.Hubs)
	}
}

// seeds are the texts that internal/page/tag begins its own tests from.
func seeds(t *testing.T) []string {
	files, err := filepath.Glob("../../internal/page/tag/testdata/seeds/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	var list []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, strings.ToValidUTF8(string(data), "?"))
	}
	return list
}

// drawn makes n texts of tags, about half of them valid.
func drawn(n int) []string {
	pair := rapid.OneOf(
		rapid.SampledFrom([]string{
			"repo=https://github.com/ada/waves", "repo=ada/waves", `repo="https://gitlab.com/a/b/c"`, "repo=https://git.example:8443/x.git",
			"repo=http://127.0.0.1:9/x", "ref=main", "ref=feature/x", `ref="v1.0"`, "app=sea", `urlpath=/proxy/5006/sea?theme=x`,
			"hub=https://hub.example/base/", `hub="https://hub.example/base/, https://mybinder.org"`, "title=\"A \\\"quoted\\\" \\\\ title\"", "height=480", "poster=dash.png", `poster="/my images/x.png?v=1"`, "show=files", `show="launch, app"`, "files=data/*.csv,**/*.py",
		}),
		rapid.SampledFrom([]string{
			"repo=", "repo=git@github.com:a/b", "repo=https://github.com/ada", "repo=file:///x", "repo=https://github.com/a/b/tree/main", "ref=-x", "ref=a..b",
			"branch=main", "reff=main", "nonsense", "=x", "title=“curly”", "title='x'", "height=99", "height=4001", "height=06", "height=10000000000", "poster=https://evil.example/x.png", "poster=//evil.example/x.png", `poster=" x.png"`, `poster=/\x.png`,
			"show=lunch", "show=app,app", "show=app,", "urlpath=//evil.example", "urlpath=https://evil.example/", "urlpath=..", "hub=http://hub.example", `hub="https://hub.example,http://hub.example"`,
			`title="open`, `title="bad \n escape"`, `ref="x"y`, "files=/etc/passwd", "files=a**b", "title=\"\u202e\"", "title=\u00a0", "<<< x", `title=" "`,
		}),
	)
	space := rapid.SampledFrom([]string{" ", "  ", "\n", "\t", "\n> ", "\n  > > ", "\r\n", "\u00a0"})
	text := rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		valid := rapid.Bool().Draw(t, "valid")
		if valid {
			b.WriteString(" repo=ada/waves")
		}
		for range rapid.IntRange(0, 4).Draw(t, "pairs") {
			sep := space.Draw(t, "space")
			p := pair.Draw(t, "pair")
			if valid && sep == "\u00a0" {
				sep = " "
			}
			b.WriteString(sep + p)
		}
		b.WriteString(space.Draw(t, "end"))
		return b.String()
	})
	list := make([]string, n)
	for i := range list {
		list[i] = text.Example(i)
	}
	return list
}
