package browser_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestEvent tells the page of each state, with an event that bubbles.
func TestEvent(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Preload: `
			window.states = [];
			addEventListener("bokeh-binder:state", ({ target, detail }) => states.push(target.id + ":" + detail.state + ":" + detail.reason));
		`}, hubtest.Full(), hubtest.Cached())
		s.run()
		s.Wait(inState("failed"))
		s.Click(part("again"))
		s.Wait(inState("ready"))
		s.Click(part("stop"))
		s.Wait(inState("ended"))
		want := "bb-1:idle: bb-1:building: bb-1:failed:full bb-1:building: bb-1:ready: bb-1:ended:stopped"
		if got := s.Text("states.join(' ')"); got != want {
			t.Errorf("states %s, want %s", got, want)
		}
	})
}

// TestRemoved closes the stream of an embed that is taken out of the page, as
// sites that load the next page in place do.
func TestRemoved(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{}, hubtest.Fresh()[:2].Then(hubtest.Hold()), hubtest.Cached())
		s.run()
		s.WaitFor(part("toggle"))
		s.Eval("(window.embed = document.querySelector('bokeh-binder'), embed.remove())", nil)
		patience.Eventually(t, "the stream is closed", func() bool { return ended(s.hub) })
		// It can come back, and then waits for the reader again.
		s.Eval("(document.querySelector('main').append(embed), 0)", nil)
		s.Wait(inState("idle"))
		s.run()
		s.Wait(inState("ready"))
	})
}

// TestMoved keeps the server and its app when the element is moved within the
// page: the frame, which browsers then load again, shows the same address, and
// where they can move it whole it is not even loaded again.
func TestMoved(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		loaded := func(times int) func() bool {
			return func() bool { return asked(s.hub, "api/status") == times }
		}
		patience.Eventually(t, "the app has loaded", loaded(1))
		src := s.Text("document.querySelector('iframe').src")
		const place = "document.body.prepend(document.createElement('section'))"
		s.Eval("("+place+", document.querySelector('section').append(document.querySelector('bokeh-binder')), 0)", nil)
		patience.Eventually(t, "the app has loaded again", loaded(2))
		s.Wait(inState("ready"))
		if s.Text("document.querySelector('iframe').src") != src || len(s.hub.Builds()) != 1 {
			t.Error("the app is another one")
		}
		if s.Is("!Element.prototype.moveBefore") {
			return
		}
		s.Eval("(document.querySelector('main').moveBefore(document.querySelector('bokeh-binder'), null), 0)", nil)
		s.Click("iframe")
		patience.Eventually(t, "the app answers", func() bool { return asked(s.hub, "moved?") > 0 })
		if n := asked(s.hub, "bokeh-app?token="); n != 2 {
			t.Errorf("the app was loaded %d times", n)
		}
	})
}

// TestCopied has the page's markup saved while the app runs and put back later,
// as libraries that keep pages do: the copy waits for the reader like a new page.
func TestCopied(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		s.Eval("(window.copy = document.querySelector('bokeh-binder').cloneNode(true), document.querySelector('bokeh-binder').remove())", nil)
		s.Eval("(document.querySelector('main').append(copy), 0)", nil)
		s.Wait(inState("idle") + " && !document.querySelector('iframe').hasAttribute('src')")
		if !s.Shows(part("run")) || s.Shows(part("tools")) || s.Shows(part("toggle")) {
			t.Error("the copy does not look like a new page")
		}
		s.run()
		s.Wait(inState("ready"))
		if n := len(s.hub.Builds()); n != 1 {
			t.Errorf("%d builds", n)
		}
	})
}

// TestTwoScripts has a page name the script under two addresses: the second one
// does nothing.
func TestTwoScripts(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		url := s.post(t, h, "/post", embed{}, embed{})
		s.pages["/post"] = strings.Replace(s.pages["/post"], "</main>", `<script type="module" src="/bokehbinder.js?2"></script></main>`, 1)
		p := b.Open(t, browser.Options{})
		p.GoTo(url)
		p.Click(of("bb-1", "run"))
		p.Click(of("bb-2", "run"))
		p.Wait(stateOf("bb-1", "ready") + " && " + stateOf("bb-2", "ready"))
		if n := len(h.Builds()); n != 1 {
			t.Errorf("%d builds", n)
		}
		if problems := p.Problems(); len(problems) > 0 {
			t.Errorf("problems: %s", strings.Join(problems, "\n"))
		}
	})
}
