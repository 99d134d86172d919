package hugo_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
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
	for _, ref := range []string{"", "main", "feature/a", "v1+2", "a#b&c%d é", "!a*(b)'c;$,=@", "<b>\"{{.}}", "%2F/%23", "ä/日本"} {
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
		if _, err := tag.FromArgs(map[string]string{"repo": in.Repo}, position.Position{}); err != nil {
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
		provider, spec := binder.LaunchSpec(a, ref)
		if got[i].Repo != a.URL || got[i].Provider != provider || got[i].Spec != spec {
			t.Errorf("%v:\n Hugo %v\n Go   {%s %s %s}", in, got[i], a.URL, provider, spec)
		}
	}
}

// TestTemplatesEscapeLaunchLinksAsGoDoes compares links to a hub that have hostile
// text wherever an author or a repository can put some.
func TestTemplatesEscapeLaunchLinksAsGoDoes(t *testing.T) {
	type input struct {
		Hub      string `json:"hub"`
		Provider string `json:"provider"`
		Spec     string `json:"spec"`
		URLPath  string `json:"urlpath"`
	}
	var inputs []input
	for _, urlpath := range []string{
		"", "/proxy/5006/app", "a b?c=1&d=%20#e", "+&=;:@$,/?", "\"><script>alert(1)</script>", "{{ .Site }}", "ä日本\u202e", "a\tb\nc", "!*'()~-_.", "%", "\\\\evil.test",
	} {
		inputs = append(inputs,
			input{"https://mybinder.org", "gh", "ada/waves/main", urlpath},
			input{"https://hub.example/base", "git", "https%3A%2F%2Fgit.example%2Fa/v1%2B2", urlpath},
			input{"https://hub.example", "", "", urlpath})
	}
	var got []struct{ Link string }
	askPartial(t, "launch", inputs, &got)
	for i, in := range inputs {
		if want := binder.LaunchURL(in.Hub, in.Provider, in.Spec, in.URLPath); got[i].Link != want {
			t.Errorf("%v:\n Hugo %s\n Go   %s", in, got[i].Link, want)
		}
	}
}

// TestTemplatesRefuseNamesAsGoDoes compares what is said of addresses on the known
// sites that name no repository there.
func TestTemplatesRefuseNamesAsGoDoes(t *testing.T) {
	inputs := strings.Fields(`
		ada/waves ada/.git ada/waves.git ada/.. o_o/n https://github.com/o https://github.com/o/n/tree/main https://www.github.com/o/n/releases/tag/v1
		https://github.com/o/n/blob/main/a.py https://github.com/o/a+b https://github.com/-o/n https://github.com/o/%41 https://github.com/o/a%20b
		https://github.com/x.git/n https://gitlab.com/g https://gitlab.com/g/n/-/tree/main https://gitlab.com/g/-/n https://gitlab.com/g/s/t/n/-/a/b
		https://gitlab.com/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t https://gitlab.com/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u
		https://codeberg.org/o/n/src/branch/main https://codeberg.org/-o/n https://bitbucket.org/o/n/src/main https://bitbucket.org/o/n/src/main/a
		https://bitbucket.org/{01234567-0123-0123-0123-012345678901}/n https://gist.github.com/0123456789abcdef0123 https://gist.github.com/owner
		https://gist.github.com/o/0123456789abcdef0123/abc https://gist.github.com/o/0123456789abcdef0123/a/b https://git.example.org/-/x.git/y`)
	inputs = append(inputs, "ada/"+strings.Repeat("n", 101), strings.Repeat("a", 101)+"/n")
	var got []string
	askPartial(t, "names", inputs, &got)
	wrong := 0
	for i, in := range inputs {
		want := ""
		var e *forge.Error
		if _, err := forge.Parse(in); errors.As(err, &e) {
			want = e.Message + "; " + e.Hint
			wrong++
		}
		if got[i] != want {
			t.Errorf("%s:\n Hugo %s\n Go   %s", in, got[i], want)
		}
	}
	if wrong < 15 || wrong > len(inputs)-5 {
		t.Errorf("%d of %d are wrong", wrong, len(inputs))
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
