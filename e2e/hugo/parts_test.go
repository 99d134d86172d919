package hugo_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/glob"
	"github.com/bokehbinder/bokehbinder/internal/tag"
)

// askPartial has Hugo run a partial over each of the inputs and decodes what it
// returns into results.
func askPartial(t *testing.T, name string, inputs, results any) {
	t.Helper()
	s := newSite(t, `
-- hugo.toml --
disableKinds = ["taxonomy", "term", "sitemap", "rss", "section", "404"]
[outputs]
  home = ["json"]
-- layouts/index.json --
{{- $out := slice -}}
{{- range resources.Get "inputs.json" | transform.Unmarshal -}}
  {{- $out = $out | append (partial "bokehbinder/`+name+`.html" .) -}}
{{- end -}}
{{- $out | jsonify -}}
`)
	data, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	s.write("assets/inputs.json", string(data))
	s.build()
	if err := json.Unmarshal([]byte(s.read("public/index.json")), results); err != nil {
		t.Fatal(err)
	}
}

// TestTemplatesTakeAddressesApartAsGoDoes compares what is shown of a
// repository without its card with what the Go packages say of it.
func TestTemplatesTakeAddressesApartAsGoDoes(t *testing.T) {
	type args struct {
		Repo string `json:"repo"`
		Ref  string `json:"ref,omitempty"`
	}
	var inputs []args
	for _, ref := range []string{"", "main", "feature/a", "v1+2", "a#b&c%d é"} {
		for _, repo := range []string{
			"ada/waves", "ada/waves.git", "Ada/W.a_v-es/", "https://github.com/ada/waves", "HTTPS://WWW.GitHub.com:443/ada/waves.git/",
			"https://gitlab.com/ada/deep/er/waves.git", "https://codeberg.org/ada/waves", "https://bitbucket.org/ada/waves.git",
			"https://gist.github.com/ada/0123456789abcdef0123456789abcdef", "https://gist.github.com/0123456789abcdef0123456789abcdef",
			"https://git.example.org/waves", "https://git.example.org:8443/~ada/waves.git/", "http://127.0.0.1:80/waves", "http://localhost:8080/a/b",
			"https://git.example.org/a%20b/c(d)!'e", "https://[2001:db8::1]:8443/waves",
		} {
			inputs = append(inputs, args{repo, ref})
		}
	}
	var got []struct{ Repo, Provider, Spec string }
	askPartial(t, "uncarded", inputs, &got)
	for i, in := range inputs {
		if _, err := tag.FromArgs(map[string]string{"repo": in.Repo}, tag.Position{}); err != nil {
			t.Fatalf("%s is no argument: %v", in.Repo, err)
		}
		a, err := forge.Parse(in.Repo)
		if err != nil {
			t.Fatal(err)
		}
		ref := in.Ref
		if ref == "" {
			ref = "HEAD"
		}
		provider, spec := binder.LaunchSpec(a, strings.ReplaceAll(url.QueryEscape(ref), "%2F", "/"))
		if got[i].Repo != a.URL || got[i].Provider != provider || got[i].Spec != spec {
			t.Errorf("%v:\n Hugo %v\n Go   {%s %s %s}", in, got[i], a.URL, provider, spec)
		}
	}
}

// TestTemplatesMatchGlobsAsGoDoes compares the regular expressions of globs with
// the globs.
func TestTemplatesMatchGlobsAsGoDoes(t *testing.T) {
	globs := []string{
		"a", "*", "**", "a/*", "a/**", "**/a", "**/*.csv", "a/**/b", "a/**/**/b", "*.csv", "d*a/*b.c", "a?", "[a]", "{a}", "a+b", "a.b", "(a|b)", "^a$", "a/*/c", "*/*",
	}
	paths := []string{
		"a", "b", "a/b", "a/c/b", "a/c/d/b", "x.csv", "a/x.csv", "a/b/x.csv", "data/xb.c", "da/b.c", "a?", "ab", "[a]", "{a}", "a+b", "aab", "a.b", "axb",
		"(a|b)", "^a$", "a/b/c", "a/\n/c", "b/a", ".a/.b",
	}
	var patterns []string
	askPartial(t, "glob", globs, &patterns)
	for i, g := range globs {
		pattern, err := regexp.Compile(patterns[i])
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := glob.CompileStars(g)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if got, want := pattern.MatchString(path), compiled.Match(path); got != want {
				t.Errorf("%q matches %q: Hugo %v (%s), Go %v", g, path, got, patterns[i], want)
			}
		}
	}
	if !slices.ContainsFunc(patterns, func(p string) bool { return strings.Contains(p, `\.`) }) {
		t.Errorf("nothing is escaped: %q", patterns)
	}
}
