package browser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// inPlace is a site whose pages load each other in place, by a library of
// e2e/node_modules, and a page that shows its post.
func inPlace(t *testing.T, b *browser.Browser, library string, scripts ...hubtest.Script) *story {
	t.Helper()
	path := filepath.Join("..", "node_modules", filepath.FromSlash(library))
	need.File(t, "node", path, "run npm ci in e2e")
	code, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := hubtest.New(t, hubtest.Options{})
	if scripts != nil {
		h.Script("", scripts...)
	}
	s := newSite(t, h)
	// Such libraries make markup of text, and style their own progress bar.
	s.Policy = strings.Replace(strings.Split(s.Policy, "; require-")[0], "connect-src", "style-src 'self' 'unsafe-inline'; connect-src 'self'", 1)
	// What the documentation has for libraries that keep copies of pages.
	s.pages["/library.js"] = string(code) + `
document.addEventListener("turbo:before-cache", () => {
	for (const embed of document.querySelectorAll("bokeh-binder:not([data-turbo-permanent] *)")) embed.pause();
});`
	for _, name := range []string{"/post", "/next"} {
		s.post(t, h, name, embed{})
		page := strings.Replace(s.pages[name], "</head>", `<script src="/library.js"></script></head>`, 1)
		page = strings.Replace(page, "<bokeh-binder", `<div id="keep"><bokeh-binder`, 1)
		s.pages[name] = strings.Replace(page, "</bokeh-binder>", "</bokeh-binder></div>", 1)
	}
	st := &story{Page: b.Open(t, browser.Options{Preload: "window.born = Math.random();"}), hub: h, site: s, url: s.URL + "/post"}
	st.GoTo(st.url)
	st.Wait(inState("idle"))
	return st
}

const turbo = "@hotwired/turbo/dist/turbo.es2017-umd.js"

// TestTurbo goes from page to page with Turbo, which puts the next page's body
// in the place of this one's and keeps a copy of that for the way back.
func TestTurbo(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := inPlace(t, b, turbo)
		born := s.Number("born")
		s.run()
		s.Wait(inState("ready"))
		patience.Eventually(t, "the server is asked after the load", func() bool { return asked(s.hub, "api/status") == 1 })
		before := len(s.hub.Requests())
		s.Eval("(window.Turbo.visit('/next'), 0)", nil)
		s.Wait("location.pathname === '/next' && " + inState("idle"))
		s.Eval("(history.back(), 0)", nil)
		s.Wait("location.pathname === '/post' && " + inState("idle") + " && !document.documentElement.hasAttribute('data-turbo-preview')")
		if s.Number("born") != born {
			t.Fatal("the pages were not loaded in place")
		}
		if s.Is("document.querySelector('iframe').hasAttribute('src')") {
			t.Error("the copy of the running embed has an app")
		}
		s.Eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
		for _, r := range s.hub.Requests()[before:] {
			t.Errorf("asked before the reader did: %s", r.URL)
		}
		s.run()
		s.Wait(inState("ready"))
		if n := len(s.hub.Builds()); n != 1 {
			t.Errorf("%d builds", n)
		}
	})
}

// TestTurboLeaves closes the stream of a build that the reader leaves.
func TestTurboLeaves(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := inPlace(t, b, turbo, hubtest.Silent(), hubtest.Cached())
		s.run()
		s.WaitFor(part("toggle"))
		s.Eval("(window.Turbo.visit('/next'), 0)", nil)
		s.Wait("location.pathname === '/next' && " + inState("idle"))
		patience.Eventually(t, "the stream is closed", func() bool { return ended(s.hub) })
		s.run()
		s.Wait(inState("ready"))
	})
}

// TestTurboKeeps moves an embed that the site marks as permanent to the next
// page, with its server.
func TestTurboKeeps(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := inPlace(t, b, turbo)
		for name, page := range s.site.pages {
			s.site.pages[name] = strings.Replace(page, `id="keep"`, `id="keep" data-turbo-permanent`, 1)
		}
		s.GoTo(s.url)
		s.run()
		s.Wait(inState("ready"))
		patience.Eventually(t, "the server is asked after the load", func() bool { return asked(s.hub, "api/status") == 1 })
		src := s.Text("document.querySelector('iframe').src")
		s.Eval("(window.Turbo.visit('/next'), 0)", nil)
		s.Wait("location.pathname === '/next' && " + inState("ready"))
		if s.Text("document.querySelector('iframe').src") != src || len(s.hub.Builds()) != 1 {
			t.Error("the app is another one")
		}
		patience.Eventually(t, "the app is loaded again", func() bool { return asked(s.hub, "api/status") == 2 })
		s.Click("iframe")
		patience.Eventually(t, "the app answers", func() bool { return asked(s.hub, "moved?") > 0 })
	})
}

// TestHtmx swaps the part of the page that has the embed, while it builds and
// when it runs.
func TestHtmx(t *testing.T) {
	const swap = "(htmx.ajax('GET', '/next', { target: 'main', select: 'main', swap: 'outerHTML' }), 0)"
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := inPlace(t, b, "htmx.org/dist/htmx.js", hubtest.Silent(), hubtest.Cached())
		s.run()
		s.WaitFor(part("toggle"))
		for _, state := range []string{"building", "ready"} {
			s.Wait(inState(state))
			s.Eval("document.querySelector('main').old = true", nil)
			before := len(s.hub.Requests())
			s.Eval(swap, nil)
			// htmx gives elements with an id the attributes back that they came
			// with, so the state may be missing, which is idle.
			s.Wait("!document.querySelector('main').old && (document.querySelector('bokeh-binder').dataset.state ?? 'idle') === 'idle'")
			s.WaitFor(part("run"))
			patience.Eventually(t, "the stream is closed", func() bool { return ended(s.hub) })
			for _, r := range s.hub.Requests()[before:] {
				if !strings.Contains(r.URL, "api/status") { // of the app that had just loaded
					t.Errorf("asked before the reader did: %s", r.URL)
				}
			}
			s.run()
			s.Wait(inState("ready"))
		}
		if n := len(s.hub.Builds()); n != 2 {
			t.Errorf("%d builds", n)
		}
	})
}
