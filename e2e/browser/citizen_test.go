package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// asked counts the requests whose address contains a text.
func asked(h *hubtest.Hub, text string) int {
	n := 0
	for _, r := range h.Requests() {
		if strings.Contains(r.URL, text) {
			n++
		}
	}
	return n
}

// of selects a part of the embed with an id.
func of(id, name string) string { return "#" + id + " " + part(name) }

// stateOf is the condition that an embed is in a state.
func stateOf(id, state string) string {
	return fmt.Sprintf("document.querySelector('#%s').dataset.state === %q", id, state)
}

// TestOneSession has two embeds of one repository that are clicked while it
// builds: one build, one server, two apps. A third, of another commit, has its
// own.
func TestOneSession(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		gate := hubtest.NewGate()
		h.Script("", append(hubtest.Script{hubtest.Wait(gate)}, hubtest.Fresh()...))
		other := sample()
		other.Spec = "demo/sine/main"
		url := s.post(t, h, "/post", embed{}, embed{tag: tag.Tag{URLPath: "proxy/5006/second"}}, embed{card: other})
		p := b.Open(t, browser.Options{})
		p.GoTo(url)
		for _, id := range []string{"bb-1", "bb-2", "bb-3"} {
			p.Click(of(id, "run"))
			p.Wait(stateOf(id, "building"))
		}
		gate.Open()
		for _, id := range []string{"bb-1", "bb-2", "bb-3"} {
			p.Wait(stateOf(id, "ready"))
		}
		if n := len(h.Builds()); n != 2 {
			t.Errorf("%d builds", n)
		}
		first, second := p.Text("document.querySelector('#bb-1 iframe').src"), p.Text("document.querySelector('#bb-2 iframe').src")
		if strings.Replace(first, "bokeh-app", "second", 1) != second {
			t.Errorf("two servers: %s and %s", first, second)
		}
		// One is stopped for both, and only for both.
		p.Click(of("bb-1", "stop"))
		p.Wait(stateOf("bb-1", "ended") + " && " + stateOf("bb-2", "ended") + " && " + stateOf("bb-3", "ready"))
	})
}

// TestLateEmbed joins a server that runs, after a look whether it does.
func TestLateEmbed(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		p := b.Open(t, browser.Options{})
		p.GoTo(s.post(t, h, "/post", embed{}, embed{}))
		p.Click(of("bb-1", "run"))
		p.Wait(stateOf("bb-1", "ready"))
		before := asked(h, "api/status")
		p.Click(of("bb-2", "run"))
		p.Wait(stateOf("bb-2", "ready"))
		if len(h.Builds()) != 1 || asked(h, "api/status") <= before {
			t.Errorf("%d builds; status asked %d times", len(h.Builds()), asked(h, "api/status"))
		}
	})
}

// TestCancel closes the stream, but not while another embed waits for it.
func TestCancel(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		h.Script("", hubtest.Silent(), hubtest.Cached())
		s := newSite(t, h)
		p := b.Open(t, browser.Options{})
		p.GoTo(s.post(t, h, "/post", embed{}, embed{}))
		p.Click(of("bb-1", "run"))
		p.Click(of("bb-2", "run"))
		p.Wait(stateOf("bb-2", "building"))
		p.Click(of("bb-1", "cancel"))
		p.Wait(stateOf("bb-1", "ended"))
		if got := p.Text("document.querySelector('#bb-1 [data-bb=happened]').innerText"); got != "Cancelled" {
			t.Errorf("it says %q", got)
		}
		patience.Eventually(t, "the hub was asked", func() bool { return len(h.Builds()) == 1 })
		if ended(h) {
			t.Error("the stream is closed although the second embed waits")
		}
		p.Click(of("bb-2", "cancel"))
		p.Wait(stateOf("bb-2", "ended"))
		patience.Eventually(t, "the stream is closed", func() bool { return ended(h) })
		p.Click(of("bb-1", "again"))
		p.Wait(stateOf("bb-1", "ready"))
	})
}

// TestAcrossPages finds the server again on the next page of the tab, if it
// still lives.
func TestAcrossPages(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{})
		s.site.post(t, s.hub, "/next", embed{})
		s.run()
		s.Wait(inState("ready"))
		s.GoTo(s.site.URL + "/next")
		before := len(s.hub.Requests())
		s.run()
		s.Wait(inState("ready"))
		if n := len(s.hub.Builds()); n != 1 {
			t.Errorf("%d builds", n)
		}
		if first := s.hub.Requests()[before].URL; !strings.Contains(first, "api/status") {
			t.Errorf("first asked %s", first)
		}
		s.hub.StopServer(s.hub.Started()[0].Name)
		s.GoTo(s.url)
		s.run()
		s.Wait(inState("ready"))
		if n := len(s.hub.Started()); n != 2 {
			t.Errorf("%d servers were started", n)
		}
		// Somebody else's text in the storage is no reason to fail, nor to go there.
		s.site.Policy = strings.Replace(s.site.Policy, "connect-src", "connect-src 'self'", 1)
		for _, saved := range []string{"{", "null", "[]", `{"url":"https://evil.example/","token":"x"}`, `{"url":"javascript:alert(1)","token":"x"}`, `{"member":"x"}`, `{"member":{"y":1}}`} {
			s.Eval(fmt.Sprintf("sessionStorage.setItem(%q, %q)", s.hub.URL+"build/"+spec, saved), nil)
			s.GoTo(s.url)
			s.run()
			s.Wait(inState("ready"))
		}
	})
}

// TestNoPolling lets hours pass: the server is asked only when the page comes
// back or the frame gains the focus, at most once a minute.
func TestNoPolling(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Preload: clock})
		s.run()
		s.Wait(inState("ready"))
		// Once the frame has loaded it is asked, since a blocked frame loads too.
		patience.Eventually(t, "the server is asked after the load", func() bool { return asked(s.hub, "api/status") == 1 })
		quiet := len(s.hub.Requests())
		s.Eval("pass(120)", nil)
		if n := len(s.hub.Requests()); n != quiet {
			t.Errorf("polled: %v", s.hub.Requests()[quiet:])
		}
		s.Eval("(hide(true), hide(false), hide(true), hide(false))", nil)
		patience.Eventually(t, "the server is asked when the page is visible again", func() bool { return asked(s.hub, "api/status") == 2 })
		s.Eval("(pass(2), hide(true), pass(2), hide(false))", nil)
		patience.Eventually(t, "the server is asked again after a minute", func() bool { return asked(s.hub, "api/status") == 3 })
		s.Eval("pass(2)", nil)
		s.Click("iframe")
		patience.Eventually(t, "the server is asked when the frame gains the focus", func() bool { return asked(s.hub, "api/status") == 4 })
		if n := asked(s.hub, "api/status"); n != 4 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestPause takes the app away when the page is hidden for ten minutes.
func TestPause(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Preload: clock})
		s.run()
		s.Wait(inState("ready"))
		s.Eval("(hide(true), pass(9), hide(false), hide(true), pass(9))", nil)
		if !s.Is(inState("ready")) {
			t.Fatal("paused too early")
		}
		s.Eval("pass(2)", nil)
		s.Wait(inState("paused"))
		if s.Is("document.querySelector('iframe').hasAttribute('src')") {
			t.Error("the app is still there")
		}
		if s.text("happened") != "Paused" || s.text("again") != "Resume" {
			t.Errorf("it says %q, %q", s.text("happened"), s.text("again"))
		}
		asks := len(s.hub.Requests())
		s.Eval("hide(false)", nil)
		s.Click(part("again"))
		s.Wait(inState("ready"))
		if len(s.hub.Builds()) != 1 || !strings.Contains(s.hub.Requests()[asks].URL, "api/status") {
			t.Errorf("resumed with %v", s.hub.Requests()[asks:])
		}
		// A server that was culled meanwhile is replaced by a new one.
		s.Eval("(hide(true), pass(11))", nil)
		s.Wait(inState("paused"))
		s.hub.StopServer(s.hub.Started()[0].Name)
		s.Eval("hide(false)", nil)
		s.Click(part("again"))
		s.Wait(inState("ready"))
		if n := len(s.hub.Builds()); n != 2 {
			t.Errorf("%d builds", n)
		}
	})
}

// TestPauseLater pauses an app whose server was ready only when the page had been
// hidden for long.
func TestPauseLater(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gate := hubtest.NewGate()
		s := tell(t, b, browser.Options{Preload: clock}, append(hubtest.Script{hubtest.Wait(gate)}, hubtest.Cached()...))
		s.run()
		s.Wait(inState("building"))
		s.Eval("(hide(true), pass(11))", nil)
		if !s.Is(inState("building")) {
			t.Fatal("the build was given up")
		}
		gate.Open()
		s.Wait(inState("ready"))
		s.Eval("pass(11)", nil)
		s.Wait(inState("paused"))
	})
}

// TestDeadOnArrival has a server that is gone when the app is opened: the frame
// loads all the same, but is blocked.
func TestDeadOnArrival(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Preload: quick}, hubtest.Script{func(p *hubtest.Play) error {
			server := p.Hub.StartServer(p.Request)
			p.Hub.StopServer(server.Name)
			return p.Stream.Send(hub.Ready(p.Request, server.Server))
		}})
		s.run()
		s.Wait(inState("ended"))
		if asked(s.hub, "bokeh-app?token=") == 0 {
			t.Error("the frame was not even tried")
		}
	})
}

// TestEnded says so when the server no longer answers, also where the clock was set back.
func TestEnded(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, minutes := range []int{2, -60} {
			t.Run(fmt.Sprint(minutes), func(t *testing.T) {
				s := tell(t, b, browser.Options{Preload: clock + quick})
				s.run()
				s.Wait(inState("ready"))
				s.hub.StopServer(s.hub.Started()[0].Name)
				s.Eval(fmt.Sprintf("(pass(%d), hide(false))", minutes), nil)
				s.Wait(inState("ended"))
				if s.text("happened") != "The session has ended" || s.text("again") != "Start again" {
					t.Errorf("it says %q, %q", s.text("happened"), s.text("again"))
				}
				s.Click(part("again"))
				s.Wait(inState("ready"))
			})
		}
	})
}

// leave goes to another page and back, and reports whether the browser kept the
// page as it was.
func (s *story) leave() bool {
	s.site.pages["/other"] = "<!doctype html><title>Other</title><p>Other"
	s.Eval("window.kept = true", nil)
	s.GoTo(s.site.URL + "/other")
	s.Back()
	s.Wait("document.title === 'A post'")
	return s.Is("window.kept")
}

// TestRestoredApp asks after the server when the page comes back from the
// back/forward cache.
func TestRestoredApp(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Preload: clock + quick})
		s.run()
		s.Wait(inState("ready"))
		patience.Eventually(t, "the server is asked after the load", func() bool { return asked(s.hub, "api/status") == 1 })
		s.Eval("pass(2)", nil)
		if !s.leave() {
			t.Skip("this browser had no room to keep the page, so there is nothing to restore")
		}
		patience.Eventually(t, "the server is asked", func() bool { return asked(s.hub, "api/status") == 2 })
		if !s.Is(inState("ready")) {
			t.Error("the app is gone")
		}
		s.hub.StopServer(s.hub.Started()[0].Name)
		s.Eval("pass(2)", nil)
		if !s.leave() {
			t.Skip("this browser had no room to keep the page, so there is nothing to restore")
		}
		s.Wait(inState("ended"))
	})
}

// TestRestoredBuild picks a build up again whose stream died with the page, or
// begins anew on a page that was not kept.
func TestRestoredBuild(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Preload: quick},
			hubtest.Script{hubtest.Send(hub.Waiting("w\n")), hubtest.Hold()}, hubtest.Cached())
		s.run()
		s.WaitFor(part("toggle"))
		kept := s.leave()
		t.Logf("page kept: %v", kept)
		patience.Eventually(t, "the stream is closed", func() bool { return ended(s.hub) })
		if !kept {
			s.run()
		}
		s.Wait(inState("ready"))
	})
}
