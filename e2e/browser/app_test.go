package browser_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// running opens a post and runs its app.
func running(t *testing.T, b *browser.Browser, o browser.Options) *story {
	t.Helper()
	s := tell(t, b, o)
	s.run()
	s.Wait(inState("ready"))
	return s
}

// TestAppAnswers clicks in the frame, and the app does something.
func TestAppAnswers(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		s.Click("iframe")
		patience.Eventually(t, "the app hears of the click", func() bool { return asked(s.hub, "moved?value=3") == 1 })
	})
}

// TestControls has what the footer offers while the app runs.
func TestControls(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		server := s.hub.Started()[0]
		if got, want := s.Text("document.querySelector('[data-bb=tab]').href"), server.URL+"proxy/5006/bokeh-app?token="+server.Token; got != want {
			t.Errorf("new tab: %s, want %s", got, want)
		}
		if got, want := s.Text("document.querySelector('[data-bb=jupyter]').href"), server.URL+"lab?token="+server.Token; got != want {
			t.Errorf("Jupyter: %s, want %s", got, want)
		}
		if !s.Is("[...document.querySelectorAll('a[target=_blank]')].every((a) => a.relList.contains('noopener') && a.relList.contains('noreferrer'))") {
			t.Error("a link opens a tab that can reach back")
		}
		s.Click(part("tab"))
		patience.Eventually(t, "a tab shows the app", func() bool {
			return slices.ContainsFunc(s.Tabs(), func(url string) bool { return strings.HasPrefix(url, server.URL+"proxy/") })
		})
	})
}

// TestFullScreen puts the frame in full screen.
func TestFullScreen(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		s.Click(part("fullscreen"))
		s.Wait("document.fullscreenElement?.localName === 'iframe'")
		s.Eval("document.exitFullscreen()", nil)
		s.Wait("!document.fullscreenElement")
	})
}

// TestStopAndRestart shuts servers down at the hub.
func TestStopAndRestart(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		first := s.hub.Started()[0]
		s.Click(part("restart"))
		s.Wait("document.querySelector('iframe').src.includes('/user/') && !document.querySelector('iframe').src.includes(" + quote(first.Name) + ")")
		s.Wait(inState("ready"))
		if names := s.hub.Running(); len(names) != 1 || names[0] == first.Name {
			t.Errorf("running: %v", names)
		}
		s.Click(part("stop"))
		s.Wait(inState("ended"))
		patience.Eventually(t, "the server is shut down", func() bool { return len(s.hub.Running()) == 0 })
		if s.text("happened") != "Stopped" || s.text("again") != "Start again" {
			t.Errorf("it says %q, %q", s.text("happened"), s.text("again"))
		}
		shutdown := s.hub.Requests()[slices.IndexFunc(s.hub.Requests(), func(r hubtest.Request) bool { return strings.Contains(r.URL, "api/shutdown") })]
		if shutdown.Method != http.MethodPost {
			t.Errorf("shut down by %s", shutdown.Method)
		}
		s.Click(part("again"))
		s.Wait(inState("ready"))
	})
}

func quote(text string) string { return "'" + text + "'" }

// TestResize drags the stage's lower edge, over the frame and back. Firefox has
// the handle too, but does not take a test's drag for a hand's.
func TestResize(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{Height: 1000})
		if got := s.Text("getComputedStyle(document.querySelector('.bb-stage')).resize"); got != "vertical" {
			t.Errorf("resize is %s", got)
		}
		if b.Name == "firefox" {
			return
		}
		const height = "document.querySelector('.bb-stage').offsetHeight"
		before := s.Number(height)
		var corner [2]float64
		s.Eval("(() => { const r = document.querySelector('.bb-stage').getBoundingClientRect(); return [r.right - 5, r.bottom - 5]; })()", &corner)
		s.Drag(corner[0], corner[1], corner[0], corner[1]-120)
		s.Wait(fmt.Sprintf("Math.abs(%s - %v) < 10", height, before-120))
		s.Drag(corner[0], corner[1]-120, corner[0], corner[1]+50)
		s.Wait(fmt.Sprintf("Math.abs(%s - %v) < 10", height, before+50))
		if !s.Is("document.querySelector('iframe').offsetHeight > " + height + " - 20") {
			t.Error("the frame does not follow")
		}
	})
}

// TestFrame has the attributes that keep the app in its place.
func TestFrame(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		attributes := map[string]string{
			"title":          "sine",
			"sandbox":        "allow-scripts allow-downloads allow-popups allow-popups-to-escape-sandbox",
			"referrerpolicy": "no-referrer",
			"allow":          "fullscreen; clipboard-write",
		}
		for name, want := range attributes {
			if got := s.Text("document.querySelector('iframe').getAttribute('" + name + "') ?? ''"); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	})
}

// TestCookies leaves frameworks that need cookies their origin, unless it is the
// page's own.
func TestCookies(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		needs := sample()
		needs.Apps[0].Cookie = true
		s := tellOf(t, b, browser.Options{}, embed{card: needs})
		const same = "document.querySelector('iframe').sandbox.contains('allow-same-origin')"
		if !s.Is(same) {
			t.Error("the hub's own page could not run in the frame without the script")
		}
		s.run()
		s.Wait(inState("ready"))
		if !s.Is(same) {
			t.Error("the app cannot have its cookie")
		}
		// A server that a page finds in its storage could be on its own origin.
		s.Eval(fmt.Sprintf("sessionStorage.setItem(%q, JSON.stringify({ url: %q, token: 'T' }))",
			s.hub.URL+"build/"+spec, s.site.URL+"/user/x/"), nil)
		s.site.pages["/user/x/api/status"] = "{}"
		s.site.pages["/user/x/proxy/5006/bokeh-app"] = "<!doctype html><title>App</title>"
		s.site.Policy = "default-src 'self'; frame-src 'self'"
		s.GoTo(s.url)
		s.run()
		s.Wait(inState("ready"))
		if s.Is(same) {
			t.Error("the app could reach the page")
		}
	})
}

// TestToken looks for the token wherever it must not be.
func TestToken(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{})
		before := s.Number("history.length")
		s.run()
		s.Wait(inState("ready"))
		s.Click(part("restart"))
		patience.Eventually(t, "a second server is started", func() bool { return len(s.hub.Started()) == 2 })
		s.Wait(inState("ready"))
		if after := s.Number("history.length"); after != before {
			t.Errorf("the history grew from %v to %v entries", before, after)
		}
		server := s.hub.Started()[1]
		if url := s.Text("location.href"); url != s.url {
			t.Errorf("the page is at %s", url)
		}
		if !s.Is("localStorage.length === 0 && document.cookie === ''") {
			t.Error("something is stored beyond the session")
		}
		for _, r := range s.hub.Requests() {
			if ref := r.Header.Get("Referer"); strings.Contains(ref, "token") || strings.Contains(r.URL, "bokeh-app?") && ref != "" && !strings.HasPrefix(ref, server.URL) {
				t.Errorf("%s has the referrer %s", r.URL, ref)
			}
		}
		s.Click(part("stop"))
		s.Wait(inState("ended"))
		if s.Is("JSON.stringify(sessionStorage).includes(" + quote(server.Token) + ")") {
			t.Error("the token outlives its server")
		}
	})
}

// TestReload begins anew: the frame is empty until the reader asks.
func TestReload(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := running(t, b, browser.Options{})
		patience.Eventually(t, "the server is asked after the load", func() bool { return asked(s.hub, "api/status") == 1 })
		before := len(s.hub.Requests())
		s.Eval("(window.old = true, setTimeout(() => location.reload()), 0)", nil)
		s.Wait("!window.old && " + inState("idle"))
		s.Eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
		if after := s.hub.Requests(); len(after) != before {
			t.Errorf("the reloaded page asked for %v", after[before:])
		}
	})
}

// TestAppDoesNotAnswer says so after a while, and opens it again when asked.
func TestAppDoesNotAnswer(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		p := b.Open(t, browser.Options{Preload: clock})
		p.GoTo(s.post(t, h, "/post", embed{tag: tag.Tag{URLPath: "hang/app"}}))
		p.Click(part("run"))
		p.Wait("document.querySelector('[data-bb=status]').innerText === 'Opening the app'")
		patience.Eventually(t, "the app is asked for", func() bool { return asked(h, "hang/app") == 1 })
		p.Eval("pass(4)", nil)
		p.Wait(inState("failed"))
		if got := p.Text("document.querySelector('[data-bb=happened]').innerText"); got != "The app does not answer" {
			t.Errorf("it says %q", got)
		}
		p.Click(part("again"))
		patience.Eventually(t, "the app is asked for again", func() bool { return asked(h, "hang/app") == 2 })
		if n := len(h.Builds()); n != 1 {
			t.Errorf("%d builds", n)
		}
	})
}

// TestUnsafePath refuses an app outside its server, before and after the click.
func TestUnsafePath(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		p := b.Open(t, browser.Options{})
		p.GoTo(s.post(t, h, "/post", embed{}))
		p.Eval(`document.querySelector("bokeh-binder").dataset.path = "../../evil"`, nil)
		p.Click(part("run"))
		p.Wait(inState("failed"))
		if got := p.Text("document.querySelector('[data-bb=happened]').innerText"); got != "The hub gave an unsafe address" {
			t.Errorf("it says %q", got)
		}
		if asked(h, "evil") > 0 {
			t.Error("it was opened")
		}
	})
}
