package views

import (
	"fmt"
	"strings"
	"testing"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

// unfold opens all files, and shows what a script would show in the states of
// the stage.
var unfold = `(() => {
	const words = ` + strings.TrimPrefix(string(bokehbinder.Words("en")), "export default ") + `
	for (const e of document.querySelectorAll("[data-bb]")) {
		const text = words[e.dataset.bb];
		if (text) (e.lastElementChild ?? e).textContent = text;
	}
	for (const d of document.querySelectorAll("details")) d.open = true;
	const put = (name, text) => { for (const e of document.querySelectorAll("[data-bb=" + name + "]")) e.textContent = text; };
	put("happened", "The build failed");
	put("todo", "The build log says why.");
	put("elapsed", "1:05");
	document.querySelectorAll("[data-bb=steps] li")[1]?.setAttribute("aria-current", "step");
})()`

// show puts the stage into a state.
func show(state, panel string) string {
	return fmt.Sprintf(`(() => {
	const e = document.querySelector("bokeh-binder");
	const part = (name) => e.querySelector("[data-bb=" + name + "]");
	e.dataset.state = %q;
	for (const name of ["idle", "building", "over"]) part(name).hidden = name !== %q;
	part("tools").hidden = %[1]q !== "ready";
	part("toggle").hidden = part("log").hidden = %[1]q === "idle";
})()`, state, panel)
}

// states are those of the stage, with the panel that each shows.
var states = []struct{ state, panel string }{
	{"idle", "idle"}, {"building", "building"}, {"ready", ""}, {"failed", "over"}, {"paused", "over"},
}

// TestFits sees that no state is wider than its page, that the stage is as high
// in each, and that buttons are large enough for a finger.
func TestFits(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, width := range []int{1280, 700, 480, 320} {
			p := b.Open(t, browser.Options{Width: width, Height: 900})
			p.GoTo(site(t, "", golden(t, "tides")+golden(t, "problem")))
			p.Eval(unfold, nil)
			height := p.Number(`document.querySelector(".bb-stage").offsetHeight`)
			if width > 480 && height != 602 {
				t.Errorf("at %d the stage is %v high", width, height)
			}
			for _, s := range states {
				p.Eval(show(s.state, s.panel), nil)
				save(t, p, fmt.Sprintf("%s-%d-%s", s.state, width, b.Name))
				// Firefox cannot make its window as small as a phone's.
				if wide := p.Number(`document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("%s at %d: %v too wide", s.state, width, wide)
				}
				if got := p.Number(`document.querySelector(".bb-stage").offsetHeight`); got != height {
					t.Errorf("%s at %d: the stage is %v high, not %v", s.state, width, got, height)
				}
				if small := p.Text(small); small != "" {
					t.Errorf("%s at %d: too small for a finger: %s", s.state, width, small)
				}
			}
		}
	})
}

// small lists the buttons, links that look like them and summaries that are
// less than 44 pixels wide or high.
const small = `[...document.querySelectorAll(".bb-btn, .bb-tool, summary")]
	.filter((e) => e.checkVisibility())
	.map((e) => [e.textContent.trim(), e.offsetWidth, e.offsetHeight])
	.filter(([, w, h]) => w < 44 || h < 44).join(" ")`

// TestContrast sees that all text is readable on light and on dark pages.
func TestContrast(t *testing.T) {
	b := browser.Start(t, "chromium")
	for _, theme := range []string{"light", "dark"} {
		p := b.Open(t, browser.Options{})
		check := func(what string) {
			t.Helper()
			save(t, p, theme+"-"+what)
			if pale := p.Text(pale); pale != "" {
				t.Errorf("%s, %s: too pale: %s", theme, what, pale)
			}
		}
		for _, name := range []string{"problem", "gallery", "omitted", "noapp", "tides"} {
			p.GoTo(site(t, `class="`+theme+`"`, golden(t, name)))
			p.Eval(unfold, nil)
			check(name)
		}
		for _, s := range states {
			p.Eval(show(s.state, s.panel), nil)
			check(s.state)
		}
	}
}

// pale lists the texts whose contrast with what is painted behind them is less
// than 4.5. The stage's ghost is not counted: the text stands where it fades.
const pale = `(() => {
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
	const luminance = (colours) => {
		canvas.clearRect(0, 0, 1, 1);
		for (const c of colours) {
			canvas.fillStyle = c;
			canvas.fillRect(0, 0, 1, 1);
		}
		const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const found = new Set();
	const walker = document.createTreeWalker(document.querySelector(".bb"), NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) {
		const e = walker.currentNode.parentElement;
		if (!walker.currentNode.data.trim() || !e.checkVisibility({ visibilityProperty: true }) || e.matches(".bb-sr")) continue;
		const behind = [];
		for (let a = e; a; a = a.parentElement) behind.unshift(getComputedStyle(a).backgroundColor);
		const [low, high] = [luminance(behind), luminance([...behind, getComputedStyle(e).color])].sort((a, b) => a - b);
		const contrast = (high + .05) / (low + .05);
		if (contrast < 4.5) found.add(e.className + " " + walker.currentNode.data.trim().slice(0, 30) + " " + contrast.toFixed(2));
	}
	return [...found].join("; ");
})()`
