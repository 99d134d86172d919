package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// tab is a browser's tab, as a driver offers it.
type tab interface {
	goTo(url string) error
	// history moves back (-1) or forward (1).
	history(delta int) error
	// evaluate runs an expression that gives a string or a promise of one.
	evaluate(expression string) (string, error)
	// evaluateFrame does so in the page's first frame, which must be of another
	// site; it is errNoFrame where there is none yet.
	evaluateFrame(expression string) (string, error)
	click(x, y float64) error
	// drag presses at one point and releases at another.
	drag(x1, y1, x2, y2 float64) error
	press(key string, modifiers ...string) error
	screenshot(full bool) ([]byte, error)
	resize(width, height int) error
	// media sets media features, and the media type by the name "type".
	media(features map[string]string) error
	// force has elements look as if they were in the states that pseudo-classes
	// name ("hover").
	force(selector string, states []string) error
	// print prints to a PDF that nobody looks at.
	print() error
	// requests are the addresses that the tab asked for so far.
	requests() []string
	// problems are its uncaught exceptions and console errors so far.
	problems() []string
	// tabs are the addresses of all tabs that share its storage.
	tabs() ([]string, error)
	// close closes them.
	close()
}

// Page is one tab of a browser. A method that cannot do its work ends the test.
type Page struct {
	tab
	// Browser is the browser's name.
	Browser string
	tb      testing.TB
	scripts bool
}

// Open opens an empty page with empty storage, for as long as the test runs.
func (b *Browser) Open(tb testing.TB, o Options) *Page {
	tb.Helper()
	if o.Width == 0 {
		o.Width = 1280
	}
	if o.Height == 0 {
		o.Height = 800
	}
	t, err := b.driver.open(o)
	if err != nil {
		tb.Fatalf("open a page in %s: %v", b.Name, err)
	}
	tb.Cleanup(t.close)
	return &Page{tab: t, Browser: b.Name, tb: tb, scripts: !o.NoScript}
}

// GoTo loads a page and waits for its load event.
func (p *Page) GoTo(url string) {
	p.tb.Helper()
	if err := p.goTo(url); err != nil {
		p.tb.Fatalf("go to %s: %v", url, err)
	}
}

// Back goes back in the history.
func (p *Page) Back() {
	p.tb.Helper()
	if err := p.history(-1); err != nil {
		p.tb.Fatalf("go back: %v", err)
	}
}

// Eval runs a JavaScript expression in the page, waits for its value if it is a
// promise, and decodes it into out unless that is nil.
func (p *Page) Eval(expression string, out any) {
	p.tb.Helper()
	if err := p.Try(expression, out); err != nil {
		p.tb.Fatalf("%s: %v", expression, err)
	}
}

// Try is Eval that returns its error: a page that is being replaced has one.
func (p *Page) Try(expression string, out any) error {
	return decode(p.evaluate, expression, out)
}

var errNoFrame = errors.New("the page has no frame of another site")

// TryFrame is Eval in the page's first frame, which must be of another site. A
// frame that is not there, or is being replaced, is an error.
func (p *Page) TryFrame(expression string, out any) error {
	return decode(p.evaluateFrame, expression, out)
}

func decode(evaluate func(string) (string, error), expression string, out any) error {
	text, err := evaluate("(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()")
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

// Text evaluates an expression that gives a string.
func (p *Page) Text(expression string) string {
	p.tb.Helper()
	var text string
	p.Eval(expression, &text)
	return text
}

// Number evaluates an expression that gives a number.
func (p *Page) Number(expression string) float64 {
	p.tb.Helper()
	var n float64
	p.Eval(expression, &n)
	return n
}

// Is evaluates a condition.
func (p *Page) Is(condition string) bool {
	p.tb.Helper()
	var is bool
	p.Eval("!!("+condition+")", &is)
	return is
}

// Wait waits until a condition holds in the page.
func (p *Page) Wait(condition string) {
	p.tb.Helper()
	var last error
	ok := patience.Until(func() bool {
		var is bool
		// A page that is being replaced cannot answer; the next one will.
		last = p.Try("!!("+condition+")", &is)
		return is
	})
	if ok {
		return
	}
	body := ""
	_ = p.Try("(document.querySelector('bokeh-binder') ?? document.body).innerText", &body)
	p.tb.Fatalf("%s never was true (%v). The page shows:\n%s\nProblems:\n%s", condition, last, body, strings.Join(p.problems(), "\n"))
}

// Click moves the pointer to the middle of the element and clicks there, once the
// element has come to rest. A browser that is late to draw may give the click to
// a frame of another site that was at this point before: nobody pressed anything
// then, and it is pressed anew.
func (p *Page) Click(selector string) {
	p.tb.Helper()
	var seen string
	if !patience.Until(func() bool {
		seen = p.clickOnce(selector)
		return seen != unheard
	}) {
		p.tb.Fatalf("the page hears of no click on %s", selector)
	}
	if seen != "" {
		p.tb.Fatalf("the click on %s went to %s", selector, seen)
	}
}

// unheard is a click of which the page did not hear.
const unheard = "unheard"

// clickOnce clicks, and returns what was hit unless it was the element.
func (p *Page) clickOnce(selector string) string {
	p.tb.Helper()
	var at [2]float64
	p.Wait(visible(selector))
	// Where frames of other sites are is known to the browser only once it has
	// drawn the page.
	p.Eval(fmt.Sprintf(`(async () => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const middle = async () => {
			for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
			const r = e.getBoundingClientRect();
			return [r.x + r.width / 2, r.y + r.height / 2];
		};
		let before, at = await middle();
		do [before, at] = [at, await middle()];
		while (String(before) !== String(at));
		window.hit = %[2]q;
		addEventListener("click", ({ target }) => {
			window.hit = e.contains(target) ? "" : target.outerHTML.slice(0, 200);
		}, { capture: true, once: true });
		return at;
	})()`, selector, unheard), &at)
	p.ClickAt(at[0], at[1])
	var hit string
	// Without scripts, and in the frame of another site, no page hears of it. A
	// page that the click has replaced, or is about to, knows nothing of hit.
	if p.scripts && !p.Is(fmt.Sprintf("document.querySelector(%q)?.localName === 'iframe'", selector)) {
		_ = p.Try("window.hit ?? ''", &hit)
	}
	return hit
}

// ClickAt clicks a point of the window.
func (p *Page) ClickAt(x, y float64) {
	p.tb.Helper()
	if err := p.click(x, y); err != nil {
		p.tb.Fatalf("click at %v, %v: %v", x, y, err)
	}
}

// Drag presses the pointer at one point of the window and releases it at another.
func (p *Page) Drag(x1, y1, x2, y2 float64) {
	p.tb.Helper()
	if err := p.drag(x1, y1, x2, y2); err != nil {
		p.tb.Fatalf("drag: %v", err)
	}
}

// visible is the condition that an element is there and shown.
func visible(selector string) string {
	return fmt.Sprintf("document.querySelector(%q)?.checkVisibility({ visibilityProperty: true })", selector)
}

// WaitFor waits until an element is there and shown.
func (p *Page) WaitFor(selector string) {
	p.tb.Helper()
	p.Wait(visible(selector))
}

// Shows reports whether an element is there and shown.
func (p *Page) Shows(selector string) bool {
	p.tb.Helper()
	return p.Is(visible(selector))
}

// Press presses and releases a key, named as KeyboardEvent.key names it, while
// the modifiers ("Shift") are held.
func (p *Page) Press(key string, modifiers ...string) {
	p.tb.Helper()
	if err := p.press(key, modifiers...); err != nil {
		p.tb.Fatalf("press %s: %v", key, err)
	}
}

// Screenshot is a picture of the window, or of the whole page.
func (p *Page) Screenshot(full bool) []byte {
	p.tb.Helper()
	picture, err := p.screenshot(full)
	if err != nil {
		p.tb.Fatalf("screenshot: %v", err)
	}
	return picture
}

// Media sets media features ("prefers-color-scheme": "dark"), and the media
// type by the name "type". Only Chromium can do it.
func (p *Page) Media(features map[string]string) {
	p.tb.Helper()
	if err := p.media(features); err != nil {
		p.tb.Fatalf("set media features: %v", err)
	}
}

// Force has the elements that match a selector look as if they were in all the
// states that are given by the names of pseudo-classes ("hover"), and in no
// other. Only Chromium can do it.
func (p *Page) Force(selector string, states ...string) {
	p.tb.Helper()
	if err := p.force(selector, states); err != nil {
		p.tb.Fatalf("force %s to be %v: %v", selector, states, err)
	}
}

// Print prints the page, to nowhere.
func (p *Page) Print() {
	p.tb.Helper()
	if err := p.print(); err != nil {
		p.tb.Fatalf("print: %v", err)
	}
}

// Resize changes the window's size.
func (p *Page) Resize(width, height int) {
	p.tb.Helper()
	if err := p.resize(width, height); err != nil {
		p.tb.Fatalf("resize: %v", err)
	}
}

// Requests are the addresses that the page asked for so far, without its frames
// of other sites.
func (p *Page) Requests() []string { return p.requests() }

// Problems are the page's uncaught exceptions and console errors so far.
func (p *Page) Problems() []string { return p.problems() }

// Tabs are the addresses of all tabs that share the page's storage.
func (p *Page) Tabs() []string {
	p.tb.Helper()
	tabs, err := p.tabs()
	if err != nil {
		p.tb.Fatalf("list the tabs: %v", err)
	}
	return tabs
}
