package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestHarness proves what the other tests rely on: storage of its own for each
// page, clicks and keys that arrive, requests and problems that are seen.
func TestHarness(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><title>t</title><button id=b>b</button><input id=i>
<script>
	window.before = localStorage.getItem("x"); localStorage.setItem("x", "1");
	document.querySelector("#b").onclick = () => { window.clicked = true; fetch("/asked"); };
	setTimeout(() => { throw new Error("oh") });
</script>`)
		}))
		t.Cleanup(server.Close)
		for range 2 {
			p := b.Open(t, browser.Options{Preload: "window.preloaded = 1"})
			p.GoTo(server.URL + "/")
			if p.Is("window.before") || !p.Is("window.preloaded === 1 && innerWidth === 1280") {
				t.Error("the page is not new or not prepared")
			}
			p.Click("#b")
			p.Wait("window.clicked")
			p.Press("Tab")
			p.Wait("document.activeElement.id === 'i'")
			p.Press("a")
			p.Press("Tab", "Shift")
			p.Wait("document.activeElement.id === 'b' && document.querySelector('#i').value === 'a'")
			patience.Eventually(t, "the request and the error are seen", func() bool {
				return slices.Contains(p.Requests(), server.URL+"/asked") && len(p.Problems()) > 0
			})
			if tabs := p.Tabs(); len(tabs) != 1 {
				t.Errorf("tabs: %v", tabs)
			}
		}
	})
}

// TestNoScript sees that pages without scripts run none.
func TestNoScript(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		asked := make(chan string, 10)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/favicon.ico" {
				return
			}
			asked <- r.URL.Path
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<!doctype html><title>t</title><script>fetch("/script")</script><noscript><img src="/noscript"></noscript>`)
		}))
		t.Cleanup(server.Close)
		b.Open(t, browser.Options{NoScript: true}).GoTo(server.URL + "/page")
		seen := []string{<-asked, <-asked}
		if !slices.Equal(seen, []string{"/page", "/noscript"}) {
			t.Errorf("asked for %v", seen)
		}
	})
}
