package browser_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestSecondHub offers the next hub by its name where the first cannot launch, and
// only then: one click runs the app there, and the links lead there.
func TestSecondHub(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		first, second := hubtest.New(t, hubtest.Options{}), hubtest.New(t, hubtest.Options{Base: "/b/"})
		first.Script("", hubtest.Full())
		second.Script("", hubtest.BuildFails(), hubtest.Cached())
		s := newSite(t, first)
		s.Policy = policy(origin(t, first.URL) + " " + origin(t, second.URL) + " " + origin(t, second.ServersURL))
		st := &story{Page: b.Open(t, browser.Options{}), hub: first, site: s}
		st.GoTo(s.post(t, first, "/post", embed{hubs: []string{first.URL, second.URL}}))
		st.run()
		st.Wait(inState("failed"))
		if got, want := st.text("other"), "Run on "+strings.TrimPrefix(origin(t, second.URL), "http://"); got != want || st.offers() != "again other" {
			t.Errorf("it offers %q: %q, want %q", st.offers(), got, want)
		}
		if n := len(second.Requests()); n != 0 {
			t.Errorf("the second hub was asked %d times without the reader", n)
		}
		st.Click(part("other"))
		st.Wait("document.querySelector('[data-bb=happened]').textContent === 'The build failed'")
		if got := st.offers(); got != "again" {
			t.Errorf("a failure of the repository's own offers %q", got)
		}
		st.Click(part("again"))
		st.Wait(inState("ready"))
		for _, link := range []string{".bb-launch", part("run")} {
			if got := st.Text("document.querySelector('" + link + "').href"); !strings.HasPrefix(got, second.URL+"v2/gh/demo/sine/") {
				t.Errorf("%s leads to %s", link, got)
			}
		}
		if n := len(first.Builds()); n != 1 {
			t.Errorf("the first hub was asked %d times", n)
		}
	})
}

// TestOddEvents has a hub send what no client expects: it changes nothing.
func TestOddEvents(t *testing.T) {
	const pushing = `{"phase": "pushing", "progress": {"a": {"current": 1, "total": 4}}}`
	odd := []hub.Event{
		`{"phase": "pushing", "progress": {"a": {"total": 4}}}`,
		`{"phase": "pushing", "progress": {"a": {"current": NaN, "total": NaN}}}`,
		`{"phase": "pushing", "progress": {"a": {"current": 1e999, "total": 4}}}`,
		`{"phase": "pushing", "progress": {"a": {"current": "4", "total": "4"}}}`,
		`{"phase": "pushing", "progress": {"a": null, "b": 3, "c": "done"}}`,
		`{"phase": "pushing", "progress": [[]]}`,
		`{"phase": "pushing", "progress": "done"}`,
		`{"phase": {"toString": 1}, "message": {"toString": 1}}`,
		`{"phase": ["failed"]}`,
		`{"phase": "constructor"}`,
		`{"phase": null, "message": null, "progress": null}`,
		`{"message": {"text": "failed"}}`,
		`"failed"`, `null`, `[]`, `{"phase": "fai`,
	}
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gate := hubtest.NewGate()
		s := tell(t, b, browser.Options{}, append(hubtest.Script{
			hubtest.Send(pushing), hubtest.Send(odd...), hubtest.Send(hub.Log("", "the last of them\n")), hubtest.Wait(gate),
		}, hubtest.Cached()...))
		s.run()
		s.Click(part("toggle"))
		s.Wait("document.querySelector('[data-bb=lines]').textContent.includes('the last of them')")
		if got := s.Text("document.querySelector('[data-bb=status]').textContent + ' ' + document.querySelector('[data-bb=bar]').value"); got != "Storing the image 0.25" {
			t.Errorf("it shows %q", got)
		}
		gate.Open()
		s.Wait(inState("ready"))
		if p := s.Problems(); len(p) > 0 {
			t.Errorf("problems: %s", strings.Join(p, "\n"))
		}
	})
}

// TestNamedElements has elements in the post that hide the document's own
// properties by their names.
func TestNamedElements(t *testing.T) {
	const named = `<img name="activeElement" alt=""><img name="hidden" alt=""><img name="createElement" alt=""><img name="fullscreenEnabled" alt="">` +
		`<img name="querySelector" alt=""><img name="visibilityState" alt=""><form name="documentElement"></form><img id="sessions" name="words" alt="">`
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{}, hubtest.Fresh(), hubtest.BuildFails())
		s.site.pages["/post"] = strings.Replace(s.site.pages["/post"], "<main>", "<main>"+named, 1)
		s.GoTo(s.url)
		if !s.Is("document.activeElement.name === 'activeElement'") {
			t.Fatal("the names hide nothing")
		}
		run := "document.getElementById('bb-1').querySelector('[data-bb=run]')"
		s.Eval(run+".click()", nil)
		state := "document.getElementById('bb-1').dataset.state"
		s.Wait(state + " === 'ready'")
		s.Eval("document.getElementById('bb-1').restart()", nil)
		s.Wait(state + " === 'failed'")
		s.Wait("document.getElementById('bb-1').querySelector('.bb-fault')")
		if p := s.Problems(); len(p) > 0 {
			t.Errorf("problems: %s", strings.Join(p, "\n"))
		}
	})
}

// TestWithoutWords has the file of the script's words missing: the link then does
// what it does without scripts.
func TestWithoutWords(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{})
		s.site.wordless = true
		s.run()
		// The hub's page, which the link opens, leads on to the app by itself.
		patience.Eventually(t, "the launch page is opened", func() bool { return asked(s.hub, "/v2/gh/demo/sine/") == 1 })
	})
}

// TestSeconds says the number of seconds that a hub names.
func TestSeconds(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{}, hubtest.Limited())
		s.run()
		s.Wait(inState("failed"))
		if got := s.text("todo"); !strings.HasSuffix(got, "It asks to wait 0:40.") {
			t.Errorf("it says %q", got)
		}
	})
}

// TestTheme tells the app whether the page is light or dark.
func TestTheme(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for theme, style := range map[string]string{"light": "", "dark": "main { background: #111; color: rgb(235 235 240); }", "light ": "main { color: #345; }"} {
			e := embed{}
			e.tag.URLPath = "/proxy/5006/bokeh-app?theme={theme}&x=1"
			s := tellOf(t, b, browser.Options{}, e)
			s.site.pages["/theme.css"] = style
			s.site.pages["/post"] = strings.Replace(s.site.pages["/post"], "</head>", `<link rel="stylesheet" href="/theme.css"></head>`, 1)
			s.GoTo(s.url)
			s.run()
			s.Wait(inState("ready"))
			if got := s.Text("new URL(document.querySelector('iframe').src).search"); !strings.HasPrefix(got, "?theme="+strings.TrimSpace(theme)+"&x=1&token=") {
				t.Errorf("%s: the app is asked for with %s", theme, got)
			}
			if got := s.Text("new URL(document.querySelector('.bb-launch').href).searchParams.get('urlpath')"); got != "/proxy/5006/bokeh-app?theme=light&x=1" {
				t.Errorf("the launch link has %s", got)
			}
		}
	})
}

// TestHeight has the app say how high it is: a number within bounds, from that
// frame alone.
func TestHeight(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{})
		s.run()
		s.Wait(inState("ready"))
		height := "document.querySelector('iframe').clientHeight"
		before := s.Number(height)
		send := func(value string) string {
			return "parent.postMessage(" + value + ", '*')"
		}
		inFrame := func(script string) {
			t.Helper()
			if err := s.TryFrame("("+script+", 1)", nil); err != nil {
				t.Fatal(err)
			}
		}
		s.Eval("postMessage({ bokehbinder: { height: 700 } }, '*')", nil)
		for _, odd := range []string{"null", "'700'", "{ bokehbinder: 700 }", "{ bokehbinder: { height: '700' } }", "{ bokehbinder: { height: NaN } }", "{ bokehbinder: { height: Infinity } }"} {
			inFrame(send(odd))
		}
		inFrame(send("{ bokehbinder: { height: 812.5 } }"))
		s.Wait(height + " === 813")
		inFrame(send("{ bokehbinder: { height: 1e9 } }"))
		s.Wait(height + " === 4000")
		inFrame(send("{ bokehbinder: { height: -5 } }"))
		s.Wait(height + " === 100")
		if before == 700 {
			t.Error("the frame had that height before")
		}
	})
}
