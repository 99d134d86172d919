package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestNothingBeforeTheClick counts what a page asks of others before its reader
// asks for anything: nothing, whatever way it was opened.
func TestNothingBeforeTheClick(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		url := s.post(t, h, "/post", embed{}, embed{})
		for _, noScript := range []bool{false, true} {
			p := b.Open(t, browser.Options{NoScript: noScript})
			for _, suffix := range []string{"", "#bb-1", "#end", "#bb-1-log", "#:~:text=Nothing%20you%20do", "#:~:text=environment.yml"} {
				p.GoTo(url + suffix)
				p.GoTo("about:blank")
			}
			p.GoTo(url)
			p.Print()
			if !noScript {
				// To scroll to the frame must not load it either.
				p.Eval("scrollTo({ top: 1e6, behavior: 'instant' })", nil)
				p.Wait("scrollY > 0 && customElements.get('bokeh-binder')")
			}
			for _, asked := range p.Requests() {
				if !strings.HasPrefix(asked, s.URL+"/") && !strings.HasPrefix(asked, "about:") && !strings.HasPrefix(asked, "data:") {
					t.Errorf("scripts off %v: asked for %s", noScript, asked)
				}
			}
		}
		if n := len(h.Requests()); n > 0 {
			t.Errorf("the hub was asked %d times: %v", n, h.Requests())
		}
	})
}

// TestWithoutScript opens the hub's own page in a tab, which ends in the app.
func TestWithoutScript(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{})
		s := newSite(t, h)
		s.Policy += "; script-src 'none'"
		url := s.post(t, h, "/post", embed{})
		p := b.Open(t, browser.Options{})
		p.GoTo(url)
		p.Click(part("run"))
		patience.Eventually(t, "the app is asked for in a tab", func() bool {
			return asked(h, "/proxy/5006/bokeh-app?token=") > 0 && len(p.Tabs()) == 2
		})
		if url2 := p.Text("location.href"); url2 != url {
			t.Errorf("the page went to %s", url2)
		}
	})
}

// watchShift sums up the layout shifts that no input of the reader explains, and
// says what moved. Only Chromium tells of them. A busy Chromium paints a page before
// it has read the whole, and what it reads then moves what it has painted: such shifts
// are any page's, so that they count from the first frame of the whole page, at whole.
const watchShift = `
	window.shift = 0;
	window.shifted = [];
	addEventListener("DOMContentLoaded", () => {
		requestAnimationFrame(() => requestAnimationFrame(() => { window.whole = performance.now(); }));
	});
	new PerformanceObserver((list) => {
		for (const e of list.getEntries()) {
			if (e.hadRecentInput || !(e.startTime >= window.whole)) continue;
			window.shift += e.value;
			for (const { node, previousRect, currentRect } of e.sources) {
				const places = [previousRect, currentRect].map((r) => [r.x, r.y, r.width, r.height].join());
				window.shifted.push(places.join(" -> ") + " " + (node?.data ?? node?.outerHTML)?.slice(0, 200));
			}
		}
	}).observe({ type: "layout-shift", buffered: true });
`

// TestUpgrade brings the served markup to life without a jolt: no layout shift,
// focus and scrolling stay, and once is enough.
func TestUpgrade(t *testing.T) {
	// The script is held back until the reader has focused and scrolled.
	const preload = watchShift + `
		const define = customElements.define.bind(customElements);
		customElements.define = (...args) => { window.upgrade = () => define(...args); };
	`
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{Width: 800, Height: 500, Preload: preload})
		const rects = `JSON.stringify([...document.querySelectorAll("main > *, .bb > *, .bb-stage > *")].map((e) => e.getBoundingClientRect()).map(({ x, y, width, height }) => [x, y, width, height]))`
		s.Wait("window.upgrade && window.whole")
		s.Eval(`(document.querySelector("[data-bb=run]").focus(), scrollTo({ top: 300, behavior: "instant" }))`, nil)
		s.Wait("scrollY === 300")
		// Without the script there is no footer; its place is kept free.
		before := s.Text(rects)
		s.Eval("window.upgrade()", nil)
		s.Wait("document.querySelector('bokeh-binder').dataset.state === 'idle'")
		s.Eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
		if after := s.Text(rects); after != before {
			t.Errorf("the layout changed:\n%s\n%s", before, after)
		}
		if !s.Is(`document.activeElement.dataset.bb === "run" && scrollY === 300`) {
			t.Error("focus or scrolling was lost")
		}
		// Only Chromium has the observer; the comparison above is for both.
		if shift := s.Number("window.shift"); shift != 0 {
			t.Errorf("layout shift %v: %s", shift, s.Text("window.shifted.join()"))
		}
		html := s.Text("document.querySelector('main').outerHTML")
		s.Eval(`(async () => {
			await import("/bokehbinder.js?again");
			const e = document.querySelector("bokeh-binder");
			e.connectedCallback();
			customElements.upgrade(e);
		})()`, nil)
		if s.Text("document.querySelector('main').outerHTML") != html {
			t.Error("a second upgrade changed the page")
		}
	})
}

// TestLayoutStays has the stage at its final size from the first paint to the
// running app. A script clicks: browsers excuse what moves soon after a reader's
// own click, and how soon a hub answers is not known.
func TestLayoutStays(t *testing.T) {
	b := browser.Start(t, "chromium")
	for _, width := range []int{1280, 600, 390, 320} {
		t.Run(fmt.Sprint(width), func(t *testing.T) { testLayoutStays(t, b, width) })
	}
}

func testLayoutStays(t *testing.T, b *browser.Browser, width int) {
	gate := hubtest.NewGate()
	s := tell(t, b, browser.Options{Width: width, Height: 900, Preload: watchShift},
		append(hubtest.Script{hubtest.Wait(gate)}, hubtest.Fresh()...))
	const place = "JSON.stringify([document.querySelector('.bb-stage'), document.querySelector('#end')].map((e) => e.getBoundingClientRect().toJSON()))"
	s.Wait(inState("idle") + " && window.whole")
	before := s.Text(place)
	s.Eval("document.querySelector('"+part("run")+"').click()", nil)
	s.Wait(inState("building"))
	during := s.Text(place)
	gate.Open()
	s.Wait(inState("ready"))
	if after := s.Text(place); during != before || after != before {
		t.Errorf("the page moved:\n%s\n%s\n%s", before, during, after)
	}
	s.Eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
	if shift := s.Number("window.shift"); shift != 0 {
		t.Errorf("layout shift %v: %s", shift, s.Text("window.shifted.join()"))
	}
}
