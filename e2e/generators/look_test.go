package generators

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/base/common"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// alive says that our script has come.
const alive = `customElements.get("bokeh-binder") !== undefined && document.querySelector("bokeh-binder") !== null`

// embeds are what a page's text shows of repositories, without what may differ: ids,
// what scripts of themes give to code that is copied or scrolls, and where those links
// lead that our script fills in.
const embeds = `[...document.querySelectorAll('bokeh-binder, .bb, a[href*="/v2/"]')].filter(e => !e.parentElement.closest(".bb, aside, nav")).map(e => {
	const copy = e.cloneNode(true);
	for (const n of copy.querySelectorAll("pre")) for (const a of ["id", "tabindex"]) n.removeAttribute(a);
	for (const n of copy.querySelectorAll("[data-bb=launch], [data-bb=tab], [data-bb=jupyter]")) n.removeAttribute("href");
	for (const n of [copy, ...copy.querySelectorAll("[name], [target]")]) {
		for (const a of ["id", "name", "target"]) if (n.getAttribute(a)?.startsWith("bb-")) n.setAttribute(a, "bb");
	}
	return copy.outerHTML;
})`

// look opens both posts in Chromium: each embed is what render makes of it, its app
// runs, and no script fails.
func (s *site) look(t *testing.T) {
	t.Helper()
	p := browser.Start(t, "chromium").Open(t, browser.Options{})
	p.GoTo(s.url + s.postAt)
	s.compare(t, p, 0)
	s.turn(t, p)
	s.run(t, p)
	for _, problem := range p.Problems() {
		if s.own == "" || !strings.Contains(problem, s.own) {
			t.Errorf("problem: %s", problem)
		}
	}
	if p.Is("window.hostile") {
		t.Error("a script in a file has run")
	}
	for _, url := range p.Requests() {
		if !strings.HasPrefix(url, strings.TrimSuffix(s.url, s.base)) && !strings.HasPrefix(url, s.hub.URL) && !strings.HasPrefix(url, s.hub.ServersURL) && !strings.HasPrefix(url, "data:") {
			t.Errorf("the site asks for %s", url)
		}
	}
}

// turn goes from the page's post to the other one.
func (s *site) turn(t *testing.T, p *browser.Page) {
	t.Helper()
	if s.instant != "" {
		p.Wait(s.instant)
		p.Eval("window.stays = true", nil)
		p.Click(`a[href$="` + s.otherAt + `"]`)
		p.Wait("location.pathname === " + quote(s.base+s.otherAt))
		p.Wait(`document.querySelectorAll("bokeh-binder").length > 0 && document.querySelector("h1").textContent.includes("Tides")`)
		if !p.Is("window.stays") {
			t.Error("the click has loaded a new page")
		}
		s.compare(t, p, 1)
	}
	p.GoTo(s.url + s.otherAt)
	s.compare(t, p, 1)
}

func quote(text string) string { return `"` + text + `"` }

// compare compares the embeds of a page with those of render.
func (s *site) compare(t *testing.T, p *browser.Page, post int) {
	t.Helper()
	p.Wait(alive)
	page, err := os.ReadFile(s.want[post])
	if err != nil {
		t.Fatal(err)
	}
	rendered := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) }))
	defer rendered.Close()
	r := browser.Start(t, "chromium").Open(t, browser.Options{})
	r.GoTo(rendered.URL)
	r.Wait(alive)
	var got, want []string
	p.Eval(embeds, &got)
	r.Eval(embeds, &want)
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%d embeds, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			at := common.Prefix(got[i], want[i])
			t.Errorf("post %d, embed %d has\n%.200s\nwant\n%.200s", post+1, i+1, got[i][at:], want[i][at:])
		}
	}
}

// run runs the app of the other post.
func (s *site) run(t *testing.T, p *browser.Page) {
	t.Helper()
	p.Wait(alive)
	p.Click("[data-bb=run]")
	p.Wait(`document.querySelector("bokeh-binder").dataset.state === "ready"`)
	server := s.hub.Started()[0]
	if got, want := p.Text("document.querySelector('bokeh-binder iframe').src"), server.URL+"waves/waves?token="+server.Token; got != want {
		t.Errorf("the frame shows %s, want %s", got, want)
	}
	p.Click("bokeh-binder iframe")
	patience.Eventually(t, "the app hears of the click", func() bool {
		for _, r := range s.hub.Requests() {
			if strings.Contains(r.URL, "moved?value=3") {
				return true
			}
		}
		return false
	})
}
