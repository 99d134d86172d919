package binder_test

import (
	"net/url"
	"strings"
	"testing"
	"text/template"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

const commit = "16eebda4779dd6dc52fcdc4c2181b291fbb5a270"

func TestLaunchSpec(t *testing.T) {
	tests := []struct{ address, want string }{
		{"https://github.com/arturomoncadatorres/favorite-pokemon-interactive", "gh arturomoncadatorres/favorite-pokemon-interactive"},
		{"owner/name.js", "gh owner/name.js"},
		{"https://gitlab.com/group/sub/name", "gl group%2Fsub%2Fname"},
		{"https://codeberg.org/owner/name", "git https%3A%2F%2Fcodeberg.org%2Fowner%2Fname.git"},
		{"https://bitbucket.org/owner/name", "git https%3A%2F%2Fbitbucket.org%2Fowner%2Fname.git"},
		{"https://git.example.org:8443/~me/a%20b", "git https%3A%2F%2Fgit.example.org%3A8443%2F~me%2Fa%2520b"},
		{"https://git.example.org/name.git", "git https%3A%2F%2Fgit.example.org%2Fname.git"},
		{"https://gist.github.com/owner/6c2a5f0e0b3e4a1d8f7c", "gist owner/6c2a5f0e0b3e4a1d8f7c"},
		{"https://gist.github.com/6c2a5f0e0b3e4a1d8f7c", "git https%3A%2F%2Fgist.github.com%2F6c2a5f0e0b3e4a1d8f7c.git"},
	}
	for _, tt := range tests {
		a, err := forge.Parse(tt.address)
		if err != nil {
			t.Fatal(err)
		}
		provider, spec := binder.LaunchSpec(a, commit)
		if got := provider + " " + spec; got != tt.want+"/"+commit {
			t.Errorf("%s: got %s", tt.address, got)
		}
	}
	if p, s := binder.LaunchSpec(forge.Address{}, commit); p != "" || s != "" {
		t.Errorf("no address: got %s %s", p, s)
	}
	a, err := forge.Parse("owner/name")
	if err != nil {
		t.Fatal(err)
	}
	if p, s := binder.LaunchSpec(a, ""); p != "" || s != "" {
		t.Errorf("no commit: got %s %s", p, s)
	}
}

func TestLaunchURL(t *testing.T) {
	tests := []struct{ hub, provider, spec, urlpath, want string }{
		{
			"https://mybinder.org", "gh", "arturomoncadatorres/favorite-pokemon-interactive/" + commit, "/proxy/5006/bokeh-app",
			"https://mybinder.org/v2/gh/arturomoncadatorres/favorite-pokemon-interactive/16eebda4779dd6dc52fcdc4c2181b291fbb5a270?urlpath=%2Fproxy%2F5006%2Fbokeh-app",
		},
		{"https://hub.example/services/binder/", "gl", "a%2Fb/c", "", "https://hub.example/services/binder/v2/gl/a%2Fb/c"},
		{"http://127.0.0.1:8585", "git", "x/c", "/a b?c=1&d=ä+", "http://127.0.0.1:8585/v2/git/x/c?urlpath=%2Fa+b%3Fc%3D1%26d%3D%C3%A4%2B"},
	}
	for _, tt := range tests {
		if got := binder.LaunchURL(tt.hub, tt.provider, tt.spec, tt.urlpath); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// TestLaunchURLInTemplates compares with the same link made by the functions
// that templates have, and reads the urlpath back as a hub does.
func TestLaunchURLInTemplates(t *testing.T) {
	query := template.Must(template.New("").Parse(`{{urlquery .}}`))
	rapid.Check(t, func(t *rapid.T) {
		urlpath := rapid.StringN(1, 30, -1).Draw(t, "urlpath")
		link := binder.LaunchURL("https://mybinder.org", "gh", "o/n/c", urlpath)
		u, err := url.Parse(link)
		if err != nil || u.Query().Get("urlpath") != urlpath {
			t.Fatalf("%s: the urlpath is read as %q (%v)", link, u.Query().Get("urlpath"), err)
		}
		var b strings.Builder
		if err := query.Execute(&b, urlpath); err != nil {
			t.Fatal(err)
		}
		if want := "https://mybinder.org/v2/gh/o/n/c?urlpath=" + b.String(); link != want {
			t.Fatalf("got %s, urlquery has %s", link, want)
		}
	})
}

func TestEscapeComponent(t *testing.T) {
	in := "aZ09-_.!~*'() /?#%+&=:@,;$äßあ\x00"
	want := "aZ09-_.!~*'()%20%2F%3F%23%25%2B%26%3D%3A%40%2C%3B%24%C3%A4%C3%9F%E3%81%82%00"
	if got := binder.EscapeComponent(in); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
