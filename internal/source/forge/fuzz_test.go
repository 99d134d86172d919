package forge_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// FuzzParse checks that an accepted address is canonical: it parses to
// itself, and every link made from it stays on its host.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"owner/name", "https://github.com/o/n.git", "https://gitlab.com/a/b/c/-/tree/x",
		"https://gist.github.com/o/0123456789abcdef0123", "https://bitbucket.org/o/n/",
		"https://git.example.org:8443/~u/a%20b%FF.git", "http://[::1]:5000/x", "git@github.com:o/n",
		"https://codeberg.org/o/n", "https://user:pw@host/x", "https://host/a?b#c", "HTTPS://WWW.GITHUB.COM/o/n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := forge.Parse(s)
		if err != nil {
			if a != (forge.Address{}) {
				t.Fatalf("Parse(%q) = %+v with an error", s, a)
			}
			return
		}
		again, err := forge.Parse(a.URL)
		if err != nil || again != a {
			t.Fatalf("Parse(%q) = %+v, and Parse of its URL = %+v, %v", s, a, again, err)
		}
		for _, link := range []string{a.URL, a.FetchURL(), a.CommitURL("abc"), a.FileURL("abc", s)} {
			checkLink(t, a, link)
		}
	})
}

func checkLink(t *testing.T, a forge.Address, link string) {
	t.Helper()
	if link == "" {
		return
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatalf("%q is not a URL: %v", link, err)
	}
	if u.Host != a.Host || u.User != nil || u.RawQuery != "" {
		t.Fatalf("%q leaves %q", link, a.Host)
	}
	if u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(link, " \"'<>\\") {
		t.Fatalf("%q is not clean", link)
	}
}
