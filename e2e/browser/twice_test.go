package browser_test

import (
	"os"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// twice is a page with two copies of one embed, as where a post's summary is beside
// the post: its ids stand twice.
func twice(t *testing.T, s *site, h *hubtest.Hub) string {
	t.Helper()
	url := s.post(t, h, "/post", embed{}, embed{})
	s.pages["/post"] = strings.ReplaceAll(s.pages["/post"], "bb-2", "bb-1")
	if strings.Count(s.pages["/post"], `id="bb-1"`) != 2 {
		t.Fatal("the embeds are no copies")
	}
	return url
}

// violations are what axe-core finds by some of its rules.
func violations(t *testing.T, p *browser.Page, rules string) string {
	t.Helper()
	const path = "../node_modules/axe-core/axe.min.js"
	need.File(t, "node", path, "run npm ci in e2e")
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p.Eval("(() => {"+string(axe)+"})()", nil)
	return p.Text(`axe.run(document, { iframes: false, runOnly: { type: "rule", values: ` + rules + ` } })
		.then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes.map(({ html }) => html).join(" ")).join("\n"))`)
}

// TestTwice has two copies of one embed on a page: each works by itself, and no id
// that anything refers to stands twice, with the script and without.
func TestTwice(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		t.Run("script", func(t *testing.T) { testTwice(t, b) })
		t.Run("no script", func(t *testing.T) { testTwiceWithoutScript(t, b) })
	})
}

// copyOf selects a part of the first or the second copy.
func copyOf(n, name string) string {
	return "bokeh-binder:nth-of-type(" + n + ") [data-bb=" + name + "]"
}

func testTwice(t *testing.T, b *browser.Browser) {
	h := hubtest.New(t, hubtest.Options{})
	s := newSite(t, h)
	p := b.Open(t, browser.Options{})
	p.GoTo(twice(t, s, h))
	const idle = "[...document.querySelectorAll('bokeh-binder')].every((e) => e.dataset.state === 'idle')"
	p.Wait(idle)
	p.Eval("(document.querySelector('main').append(document.querySelector('bokeh-binder').cloneNode(true)), 0)", nil)
	p.Wait("document.querySelectorAll('bokeh-binder').length === 3 && " + idle)
	const ids = "[...document.querySelectorAll('[id]')].map(({ id }) => id).sort().join(' ')"
	if got := p.Text(ids); got != "bb-1 bb-1-2 bb-1-2-2 end" {
		t.Errorf("the page has the ids %q", got)
	}
	if !p.Is("document.querySelector('bokeh-binder').id === 'bb-1'") {
		t.Error("the first copy has lost its id")
	}
	for _, relation := range []string{"run ariaDescribedByElements", "toggle ariaControlsElements"} {
		name, property, _ := strings.Cut(relation, " ")
		if !p.Is("[...document.querySelectorAll('[data-bb=" + name + "]')].every((e) => e." + property + "[0] && e.closest('bokeh-binder').contains(e." + property + "[0]))") {
			t.Errorf("a copy's %s is not its own", relation)
		}
	}
	if found := violations(t, p, "axe.getRules().map(({ ruleId }) => ruleId)"); found != "" {
		t.Errorf("axe: %s", found)
	}
	p.Click(copyOf("2", "run"))
	p.Wait("document.querySelector('bokeh-binder:nth-of-type(2)').dataset.state === 'ready'")
	if !p.Is("document.querySelector('bokeh-binder').dataset.state === 'idle'") {
		t.Error("the first copy began, too")
	}
	p.Eval("(document.querySelector('"+copyOf("2", "toggle")+"').click(), 0)", nil)
	p.WaitFor(copyOf("2", "log"))
	if p.Shows(copyOf("1", "log")) {
		t.Error("the first copy's log is open")
	}
	p.Click(copyOf("1", "run"))
	p.Wait("document.querySelector('bokeh-binder').dataset.state === 'ready'")
	if n := len(h.Builds()); n != 1 {
		t.Errorf("%d builds", n)
	}
}

func testTwiceWithoutScript(t *testing.T, b *browser.Browser) {
	h := hubtest.New(t, hubtest.Options{})
	s := newSite(t, h)
	s.Policy += "; script-src 'none'"
	url := twice(t, s, h)
	for i, n := range []string{"1", "2"} {
		p := b.Open(t, browser.Options{})
		p.GoTo(url)
		if found := violations(t, p, `["duplicate-id-aria", "duplicate-id-active", "aria-valid-attr-value"]`); found != "" {
			t.Errorf("axe: %s", found)
		}
		p.Click(copyOf(n, "run"))
		patience.Eventually(t, "the app is asked for in a tab", func() bool {
			return asked(h, "/proxy/5006/bokeh-app?token=") > i && len(p.Tabs()) == 2
		})
		if at := p.Text("location.href"); at != url {
			t.Errorf("the page went to %s", at)
		}
	}
}
