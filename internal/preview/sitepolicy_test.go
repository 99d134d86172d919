package preview

import (
	"slices"
	"strings"
	"testing"
)

func TestAllowHub(t *testing.T) {
	const hub = "http://127.0.0.1:1"
	for _, c := range []struct {
		policy, want string
		missing      []string
	}{
		{"", "", nil},
		{"img-src 'self'", "img-src 'self'", nil},
		{"default-src 'self'", "default-src 'self'", []string{"default-src", "default-src"}},
		{
			"Default-Src 'self'; connect-src 'self' https:; frame-src https://*.mybinder.org https://mybinder.org/x;",
			"Default-Src 'self'; connect-src 'self' https: HUB; frame-src https://*.mybinder.org https://mybinder.org/x HUB", nil,
		},
		{"default-src *", "default-src *; connect-src * HUB; frame-src * HUB", nil},
		{
			"default-src 'none'; child-src mybinder.org:443; connect-src https://other.example; connect-src *",
			"default-src 'none'; child-src mybinder.org:443; connect-src https://other.example; frame-src mybinder.org:443 HUB",
			[]string{"connect-src"},
		},
		{"frame-src http://mybinder.org https://*.mybinder.org", "frame-src http://mybinder.org https://*.mybinder.org", []string{"frame-src"}},
	} {
		got, missing := allowHub(c.policy, "https://mybinder.org", hub)
		if want := strings.ReplaceAll(c.want, "HUB", hub); got != want {
			t.Errorf("%s\nbecomes\n%s\nwant\n%s", c.policy, got, want)
		}
		if !slices.Equal(missing, c.missing) {
			t.Errorf("%s: %q do not let the hub, want %q", c.policy, missing, c.missing)
		}
	}
}

func TestPolicyInPage(t *testing.T) {
	var said []string
	const published = "https://mybinder.org"
	p := &policies{hub: "http://127.0.0.1:1", say: func(text string) { said = append(said, text) }}
	got := string(p.letHubInMeta([]byte(`<p><META content='frame-src https:; img-src &apos;self&apos;' http-equiv=content-security-policy><p>`), published))
	want := `<p><META content="frame-src https: http://127.0.0.1:1; img-src &#39;self&#39;" http-equiv=content-security-policy><p>`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for range 2 {
		p.letHub([]string{"connect-src 'none'"}, published)
	}
	if len(said) != 1 || !strings.Contains(said[0], "connect-src has no https://mybinder.org") {
		t.Errorf("the author is told %q", said)
	}
}
