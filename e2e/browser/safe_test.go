package browser_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestHTTPS is the whole story as it is on the web: a blog, a hub and its
// servers on three sites, all over https, from a policy that allows no more
// than the documentation says. The hub sends its build on to another member of
// its federation, as mybinder.org does.
func TestHTTPS(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		config := browser.Certificate(t)
		member := hubtest.New(t, hubtest.Options{TLS: config, Name: "member.test", ServersName: "servers.test"})
		h := hubtest.New(t, hubtest.Options{TLS: config, Name: "hub.test", ServersName: "servers.test"})
		h.Front(func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			http.Redirect(w, r, strings.TrimSuffix(member.URL, "/")+r.URL.RequestURI(), http.StatusTemporaryRedirect)
			return true
		})
		s := newSite(t, h)
		s.secure(t, config)
		hosts := origin(t, h.URL) + " " + origin(t, member.URL) + " " + origin(t, member.ServersURL)
		s.Policy = policy(hosts)
		p := b.Open(t, browser.Options{})
		p.GoTo(s.post(t, h, "/post", embed{}))
		p.Click(part("run"))
		p.Wait(inState("ready"))
		if build := member.Builds()[0]; build.Origin != s.URL && build.Origin != "null" {
			t.Errorf("asked from %q", build.Origin)
		}
		p.Click("iframe")
		patience.Eventually(t, "the app hears of the click", func() bool { return asked(member, "moved?value=3") == 1 })
		if problems := p.Problems(); len(problems) > 0 {
			t.Errorf("problems: %s", strings.Join(problems, "\n"))
		}
		p.Click(part("stop"))
		patience.Eventually(t, "the server is shut down", func() bool { return len(member.Running()) == 0 })
	})
}

// TestUnsafeHub asks nothing of a hub that is not asked over https.
func TestUnsafeHub(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{Name: "hub.test", ServersName: "hub.test"})
		s := newSite(t, h)
		p := b.Open(t, browser.Options{})
		p.GoTo(s.post(t, h, "/post", embed{}))
		p.Click(part("run"))
		p.Wait(inState("failed"))
		if got := p.Text("document.querySelector('[data-bb=happened]').innerText"); got != "The hub gave an unsafe address" {
			t.Errorf("it says %q", got)
		}
		if n := len(h.Requests()); n > 0 {
			t.Errorf("the hub was asked %d times", n)
		}
	})
}

// TestPolicy has pages whose policy lacks what the script needs: the reader is
// told, and the launch link still works.
func TestPolicy(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		tests := []struct {
			name   string
			policy func(hub, servers string) string
		}{
			{"no hub to connect to", func(_, servers string) string { return "connect-src " + servers + "; frame-src " + servers }},
			{"no server to connect to", func(hub, servers string) string { return "connect-src " + hub + "; frame-src " + servers }},
			{"no server in a frame", func(hub, servers string) string {
				return "connect-src " + hub + " " + servers + "; frame-src " + hub
			}},
		}
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				h := hubtest.New(t, hubtest.Options{})
				s := newSite(t, h)
				s.Policy = "default-src 'self'; " + test.policy(origin(t, h.URL), origin(t, h.ServersURL))
				p := b.Open(t, browser.Options{Preload: quick})
				p.GoTo(s.post(t, h, "/post", embed{}))
				p.Click(part("run"))
				p.Wait(inState("failed"))
				if got := p.Text("document.querySelector('[data-bb=happened]').innerText"); got != "This page does not allow the hub" {
					t.Errorf("it says %q", got)
				}
			})
		}
	})
}
