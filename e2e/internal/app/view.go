// Package app looks at a dashboard in a browser, as a reader sees it: in a tab of
// its own or in the frame of another site's page.
package app

import (
	"errors"
	"fmt"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// View is an app in a browser's page.
type View struct {
	*browser.Page
	// Framed says that it is in the page's first frame that shows something.
	Framed bool
}

// Script has what is asked of an app's page: text(), what it shows, and
// slider(), its first slider, also where they are in shadow trees.
const Script = `
const all = (root, out = []) => {
	for (const e of root.querySelectorAll("*")) { out.push(e); if (e.shadowRoot) all(e.shadowRoot, out); }
	return out;
};
const text = (node = document.body) => [...node.childNodes].map((n) =>
	n.nodeType === 3 ? n.data : /^(STYLE|SCRIPT|NOSCRIPT)$/.test(n.nodeName) ? "" : (n.shadowRoot ? text(n.shadowRoot) : "") + text(n)).join(" ");
const frames = async (n) => { for (let i = 0; i < n; i++) await new Promise(requestAnimationFrame) };
const slider = () => all(document).find((e) => (e.getAttribute("role") === "slider" || e.type === "range") && e.getBoundingClientRect().width > 0);
`

// Try evaluates the body of an async function in the app's page, which has what
// [Script] has.
func (v View) Try(body string, out any) error {
	expression := "(async () => {" + Script + body + "})()"
	if v.Framed {
		return v.TryFrame(expression, out)
	}
	return v.Page.Try(expression, out)
}

// Is says whether a condition holds in the app's page now.
func (v View) Is(condition string) bool {
	var is bool
	return v.Try("return !!("+condition+")", &is) == nil && is
}

// Text is what the app's page shows, or why that is not known.
func (v View) Text() string {
	var text string
	if err := v.Try("return text()", &text); err != nil {
		return "(" + err.Error() + ")"
	}
	return text
}

// value is what the app's slider stands at.
const value = `return String(slider().ariaValueNow ?? slider().value)`

// ErrNoSlider is that of an app that never shows a slider.
var ErrNoSlider = errors.New("there is no slider")

// Move moves the app's first slider with the pointer. A page that is still being
// put together may let go of it, so it is tried again until the slider has
// moved.
func (v View) Move() error {
	if !patience.Until(func() bool { return v.Is("slider()") }) {
		return ErrNoSlider
	}
	var before, now string
	if err := v.Try(value, &before); err != nil {
		return err
	}
	var last error
	moved := patience.Until(func() bool {
		last = v.drag()
		return last == nil && v.Try("await frames(10); "+value, &now) == nil && now != before
	})
	if !moved {
		return fmt.Errorf("the slider does not move (%v)", last)
	}
	return nil
}

// drag drags the app's slider to the right, from where it is once it is still.
func (v View) drag() error {
	var at [2]float64
	err := v.Try(`
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
	if v.Framed {
		var frame [2]float64
		v.Eval(`(async () => {
			for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
			const r = document.querySelector("iframe[src]").getBoundingClientRect(); return [r.x, r.y] })()`, &frame)
		at[0], at[1] = at[0]+frame[0], at[1]+frame[1]
	}
	v.Drag(at[0], at[1], at[0]+60, at[1])
	return nil
}
