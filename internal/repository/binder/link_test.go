package binder_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

func TestParseLink(t *testing.T) {
	const hub = "https://hub.test"
	tests := []struct {
		in, hub, repo, ref string
		opens              binder.Opens
		target             string
	}{
		{hub + "/v2/gh/o/n/main", hub, "https://github.com/o/n", "main", "", ""},
		{hub + "/base/v2/gh/O/n.git/main/?urlpath=lab", hub + "/base", "https://github.com/O/n", "main", "urlpath", "lab"},
		{"http://hub.test:8585/v2/gh/o/n/feature/x?filepath=a%20b.ipynb", "http://hub.test:8585", "https://github.com/o/n", "feature/x", "filepath", "a b.ipynb"},
		{hub + "/v2/gh/o/n/feature%2Fx?labpath=a+b.ipynb", hub, "https://github.com/o/n", "feature/x", "labpath", "a b.ipynb"},
		{hub + "/v2/gh/o/n/main?urlpath=voila/render/a.ipynb?theme=dark", hub, "https://github.com/o/n", "main", "urlpath", "voila/render/a.ipynb?theme=dark"},
		{hub + "/v2/gh/o/n/main?filepath=a&urlpath=b&urlpath=c", hub, "https://github.com/o/n", "main", "urlpath", "b"},
		{hub + "/v2/gh/o/n/main?urlpath=100%&x=1#top", hub, "https://github.com/o/n", "main", "urlpath", "100%"},
		{hub + "/v2/gh/o/n", hub, "https://github.com/o/n", "", "", ""},
		{hub + "/v2/gl/g%2Fs%2Fn/main", hub, "https://gitlab.com/g/s/n", "main", "", ""},
		{hub + "/v2/gl/g/n/feature/x", hub, "https://gitlab.com/g/n", "feature/x", "", ""},
		{hub + "/v2/git/https%3A%2F%2Fcodeberg.org%2Fo%2Fn.git/main", hub, "https://codeberg.org/o/n", "main", "", ""},
		{hub + "/v2/git/https://git.test/a/b.git/main", hub, "https://git.test/a/b.git", "main", "", ""},
		{hub + "/v2/gist/o/0123456789abcdef0123/main", hub, "https://gist.github.com/o/0123456789abcdef0123", "main", "", ""},
		{hub + "/v2/zenodo/10.5281/zenodo.1/?urlpath=lab", hub, "", "", "urlpath", "lab"},
		{hub + "/v2/gh/${OWNER}/n/main", hub, "", "main", "", ""},
	}
	for _, tt := range tests {
		l, ok := binder.ParseLink(tt.in)
		got := []any{l.Hub, l.Repo.URL, l.Ref, l.Opens, l.Target}
		for i, want := range []any{tt.hub, tt.repo, tt.ref, tt.opens, tt.target} {
			if !ok || got[i] != want || l.Pull != nil {
				t.Errorf("%s: got %q, want %q", tt.in, got[i], want)
			}
		}
	}
	for _, in := range []string{"", "main", hub, hub + "/v2/", hub + "/v2/gh", hub + "/v2/gh/", hub + "/v2/library/python/main", "ftp://hub.test/v2/gh/o/n/main", "/v2/gh/o/n/main", hub + "/v2/gh/o/n/%zz"} {
		if l, ok := binder.ParseLink(in); ok {
			t.Errorf("%s: got %+v", in, l)
		}
	}
}

// TestParsePull reads links of nbgitpuller, which hold a link in a link.
func TestParsePull(t *testing.T) {
	l, ok := binder.ParseLink("https://hub.test/v2/gh/o/env/main?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fgithub.com%252Fo%252Fn%26urlpath%3Dlab%252Ftree%252Fn%252Fa%2520b.ipynb%26branch%3Ddev")
	if !ok || l.Repo.Path != "o/env" || l.Pull == nil || l.Pull.Repo.Path != "o/n" || l.Pull.Branch != "dev" || l.Target != "lab/tree/n/a b.ipynb" {
		t.Errorf("got %+v, %+v", l, l.Pull)
	}
	// Not escaped, the inner urlpath is the outer link's, which has one already.
	l, ok = binder.ParseLink("https://hub.test/v2/gh/o/env/main?urlpath=git-pull?repo=https://github.com/o/n&urlpath=lab")
	if !ok || l.Pull == nil || l.Pull.Repo.Path != "o/n" || l.Opens != binder.OpensNothing {
		t.Errorf("got %+v, %+v", l, l.Pull)
	}
}

func TestRetarget(t *testing.T) {
	tests := [][2]string{
		{"https://hub.test/v2/gh/o/n/main?urlpath=%2Fa&x=1#b", "https://hub.test/v2/gh/o/n/main?urlpath=c%2Fd&x=1#b"},
		{"https://hub.test/v2/gh/o/n/main?x=1&amp;urlpath=a", "https://hub.test/v2/gh/o/n/main?x=1&amp;urlpath=c%2Fd"},
		{"https://hub.test/v2/gh/o/n/main?urlpath=a?b=c", "https://hub.test/v2/gh/o/n/main?urlpath=c%2Fd"},
		{"https://hub.test/v2/gh/o/n/main?filepath=a", "https://hub.test/v2/gh/o/n/main?urlpath=c%2Fd"},
		{"https://hub.test/v2/gh/o/n/main?filepath=a&amp;labpath=b#x", "https://hub.test/v2/gh/o/n/main?filepath=a&amp;urlpath=c%2Fd#x"},
		{"https://hub.test/v2/gh/o/n/main?path=a", ""},
	}
	for _, tt := range tests {
		got, ok := binder.Retarget(tt[0], "c/d")
		if ok != (tt[1] != "") || ok && got != tt[1] {
			t.Errorf("%s: got %s, %v", tt[0], got, ok)
		}
	}
}

// TestLinksAreReadBack reads each launch link that is written.
func TestLinksAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, err := forge.Parse(rapid.SampledFrom([]string{
			"o/n", "https://gitlab.com/g/s/n", "https://codeberg.org/o/n", "https://bitbucket.org/o/n",
			"https://gist.github.com/o/0123456789abcdef0123", "https://git.test/~u/a%20b",
		}).Draw(t, "repo"))
		if err != nil {
			t.Fatal(err)
		}
		ref := rapid.StringMatching(`[a-z#?%é .]{1,5}(/[a-z#?%+&]{1,5})?`).Draw(t, "ref")
		target := rapid.StringMatching(`[a-z/ ?&=#%é+]{0,12}`).Draw(t, "target")
		provider, spec := binder.LaunchSpec(a, ref)
		link := binder.LaunchURL("https://hub.test/base/", provider, spec, target)
		l, ok := binder.ParseLink(link)
		if !ok || l.Hub != "https://hub.test/base" || l.Provider != provider || !l.Repo.Same(a) || l.Ref != ref || l.Target != target {
			t.Errorf("%s: got %+v", link, l)
		}
	})
}

// FuzzParseLink reads hostile links: what is read can be written and read again.
func FuzzParseLink(f *testing.F) {
	f.Add("https://hub.test/v2/gh/o/n/main?urlpath=git-pull%3Frepo%3Dx")
	f.Add("https://hub.test/v2/gl/a%2Fb%2Fc/main?filepath=%zz")
	f.Add("https://hub.test/v2/git/https://git.test/a/main/")
	f.Fuzz(func(t *testing.T, text string) {
		l, ok := binder.ParseLink(text)
		if !ok || l.Repo.URL == "" || l.Ref == "" || l.Opens != binder.OpensURL || l.Pull != nil {
			return
		}
		provider, spec := binder.LaunchSpec(l.Repo, l.Ref)
		again, ok := binder.ParseLink(binder.LaunchURL(l.Hub, provider, spec, l.Target))
		if !ok || !again.Repo.Same(l.Repo) || again.Ref != l.Ref || again.Target != l.Target {
			t.Errorf("%q is read as %+v, and that as %+v", text, l, again)
		}
	})
}
