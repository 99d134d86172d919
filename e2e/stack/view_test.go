package stack_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

// browsers are those that a view is looked at in.
var browsers = []string{"chromium", "firefox"}

// show is a way in which an app is shown: in a tab of its own, or in an iframe
// on another site's page.
type show string

const (
	inTab     show = "tab"
	inAllowed show = "frame, cookies of other sites allowed"
	inDefault show = "frame, as the browser comes"
	inBlocked show = "frame, cookies of other sites blocked"
)

// view is an app as a reader sees it.
type view struct {
	*browser.Page
	framed bool
	// since is how many exchanges there were before it.
	since int
	base  string // the path of its server
}

// open opens an address in a browser, with empty storage.
func open(tb testing.TB, name string, how show, address string) *view {
	tb.Helper()
	setup := browser.Setup{Proxy: network().Addr}
	switch how {
	case inAllowed:
		setup.Cookies = browser.CookiesAllowed
	case inBlocked, inTab:
		setup.Cookies = browser.CookiesBlocked // a tab needs none of another site
	}
	v := &view{Page: setup.Start(tb, name).Open(tb, browser.Options{}), framed: how != inTab, since: len(network().seen())}
	if v.framed {
		address = "https://" + blogHost + "/?app=" + url.QueryEscape(address)
	}
	v.GoTo(address)
	return v
}

// script has what is asked of an app's page: elements and texts also where they
// are in shadow trees.
const script = `
const all = (root, out = []) => {
	for (const e of root.querySelectorAll("*")) { out.push(e); if (e.shadowRoot) all(e.shadowRoot, out); }
	return out;
};
const text = (node) => [...node.childNodes].map((n) =>
	n.nodeType === 3 ? n.data : /^(STYLE|SCRIPT|NOSCRIPT)$/.test(n.nodeName) ? "" : (n.shadowRoot ? text(n.shadowRoot) : "") + text(n)).join(" ");
const frames = async (n) => { for (let i = 0; i < n; i++) await new Promise(requestAnimationFrame) };
const slider = () => all(document).find((e) => (e.getAttribute("role") === "slider" || e.type === "range") && e.getBoundingClientRect().width > 0);
`

// try evaluates the body of a function in the app's page.
func (v *view) try(body string, out any) error {
	expression := "(async () => {" + script + body + "})()"
	if v.framed {
		return v.TryFrame(expression, out)
	}
	return v.Try(expression, out)
}

// is says whether a condition holds in the app's page now.
func (v *view) is(condition string) bool {
	var is bool
	return v.try("return !!("+condition+")", &is) == nil && is
}

// text is what the app's page shows.
func (v *view) text() string {
	var text string
	if err := v.try("return text(document.body)", &text); err != nil {
		return "(" + err.Error() + ")"
	}
	return text
}

// answer matches what the apps of the tests say once their slider was moved from
// 3: what Python computes of its value.
const answer = `(([, n, square]) => +n !== 3 && n * n === +square)(text(document.body).match(/(\d+) squared is (\d+)/) ?? [, 3])`

// works moves the app's slider and waits for the server's answer.
func (v *view) works() error {
	if err := v.move(); err != nil {
		return err
	}
	if !browser.Until(func() bool { return v.is(answer) }) {
		return fmt.Errorf("the server's answer is not seen; the page shows %q%s", v.text(), v.said())
	}
	return nil
}

// move moves the app's slider with the pointer. A page that is still being put
// together may let go of it, so it is tried again until the slider has moved.
func (v *view) move() error {
	if !browser.Until(func() bool { return v.is("slider()") }) {
		return fmt.Errorf("there is no slider; the page shows %q%s", v.text(), v.said())
	}
	var before, now string
	if err := v.try(value, &before); err != nil {
		return err
	}
	var last error
	moved := browser.Until(func() bool {
		last = v.drag()
		return last == nil && v.try("await frames(10); "+value, &now) == nil && now != before
	})
	if !moved {
		return fmt.Errorf("the slider does not move (%v); the page shows %q%s", last, v.text(), v.said())
	}
	return nil
}

// value is what the app's slider stands at.
const value = `return String(slider().ariaValueNow ?? slider().value)`

// drag drags the app's slider to the right, from where it is once it is still.
func (v *view) drag() error {
	var at [2]float64
	err := v.try(`
		const place = () => { const r = slider().getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] };
		for (let a = place(), still = 0; still < 5;) {
			await frames(3);
			const b = place();
			still = a[0] === b[0] && a[1] === b[1] ? still + 1 : 0;
			a = b;
		}
		return place()`, &at)
	if err != nil {
		return err
	}
	if v.framed {
		var frame [2]float64
		v.Eval(`(async () => {
			for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
			const r = document.querySelector("iframe").getBoundingClientRect(); return [r.x, r.y] })()`, &frame)
		at[0], at[1] = at[0]+frame[0], at[1]+frame[1]
	}
	v.Drag(at[0], at[1], at[0]+60, at[1])
	return nil
}

// said is what the browser complained of and what it asked for, for a message.
func (v *view) said() string {
	var b strings.Builder
	for _, p := range v.Problems() {
		fmt.Fprintf(&b, "\nproblem: %s", p)
	}
	for _, e := range network().seen()[v.since:] {
		// Others' servers, and what browsers ask for themselves, say nothing.
		if strings.Contains(e.URL, v.base) || !strings.Contains(e.URL, "/user/") && !strings.HasSuffix(e.URL, ":443") {
			fmt.Fprintf(&b, "\nasked: %d %s", e.Status, e.URL)
		}
	}
	return b.String()
}

// TestCookies is the control of all views: a page that needs a cookie in an
// iframe of another site works or not as the browser is told, and everywhere in
// a tab.
func TestCookies(t *testing.T) {
	tests := []struct {
		how                show
		plain, partitioned map[string]bool
	}{
		{inTab, map[string]bool{"chromium": true, "firefox": true}, map[string]bool{"chromium": true, "firefox": true}},
		{inAllowed, map[string]bool{"chromium": true, "firefox": true}, map[string]bool{"chromium": true, "firefox": true}},
		{inDefault, map[string]bool{"chromium": false, "firefox": true}, map[string]bool{"chromium": true, "firefox": true}},
		// This is Firefox's setting for all cookies of other sites, not its default.
		{inBlocked, map[string]bool{"chromium": false, "firefox": false}, map[string]bool{"chromium": true, "firefox": false}},
	}
	for _, tt := range tests {
		for _, name := range browsers {
			t.Run(string(tt.how)+"/"+name, func(t *testing.T) {
				for query, want := range map[string]bool{"": tt.plain[name], "?partitioned": tt.partitioned[name]} {
					v := open(t, name, tt.how, "https://"+hubHost+"/control"+query)
					said := ""
					browser.Eventually(t, "the page is loaded again", func() bool {
						return v.try("return document.body?.dataset.done === '' ? document.querySelector('#came').textContent : ''", &said) == nil && said != ""
					})
					if said != strconv.FormatBool(want) {
						t.Errorf("%q: the cookie comes: %s", query, said)
					}
				}
			})
		}
	}
}
