package themes

import (
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

// The least contrast of text with what is behind it, and of the edge of a control
// with what is around it, by the Web Content Accessibility Guidelines.
const (
	textContrast = 4.5
	edgeContrast = 3
)

// controls are what readers can press.
const controls = ".bb :is(a, button, summary)"

// least is the least contrast of a kind on a page, and where.
type least struct {
	Contrast float64
	Where    string
}

// readable sees that all text of the embeds has enough contrast, and every
// control's edge, before, on hover and on focus. Parts that a page hides are shown.
func readable(t *testing.T, p *browser.Page, mode string) {
	t.Helper()
	p.Eval(`document.querySelectorAll(".bb [hidden]").forEach((e) => { e.hidden = false; })`, nil)
	var worst struct{ Text, Edge least }
	worst.Text.Contrast, worst.Edge.Contrast = 21, 21
	for _, states := range [][]string{nil, {"hover"}, {"focus", "focus-visible"}} {
		p.Force(controls, states...)
		var found struct{ Text, Edge least }
		p.Eval(contrast, &found)
		if found.Text.Contrast < textContrast {
			t.Errorf("%s, %v: the contrast of %s is %.2f", mode, states, found.Text.Where, found.Text.Contrast)
		}
		if found.Edge.Contrast < edgeContrast {
			t.Errorf("%s, %v: the contrast of the edge of %s is %.2f", mode, states, found.Edge.Where, found.Edge.Contrast)
		}
		if found.Text.Contrast < worst.Text.Contrast {
			worst.Text = found.Text
		}
		if found.Edge.Contrast < worst.Edge.Contrast {
			worst.Edge = found.Edge
		}
	}
	t.Logf("%s: text %.1f (%s), edges %.1f (%s)", mode, worst.Text.Contrast, worst.Text.Where, worst.Edge.Contrast, worst.Edge.Where)
}

// contrast computes the least of both kinds. An edge is a control's border or its
// own colour, whichever is better seen, and on focus its outline.
const contrast = `(() => {
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
	const luminance = (layers) => {
		canvas.clearRect(0, 0, 1, 1);
		for (const colour of layers) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
		const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
		return .2126 * r + .7152 * g + .0722 * b;
	};
	const between = (a, b) => { const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y); return (high + .05) / (low + .05); };
	const scheme = getComputedStyle(document.documentElement).colorScheme;
	const dark = scheme.includes("dark") && (!scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
	const behind = (e) => {
		const layers = [];
		for (; e; e = e.parentElement) layers.unshift(getComputedStyle(e).backgroundColor);
		return [dark ? "black" : "white", ...layers];
	};
	const worst = { Text: { Contrast: 21, Where: "" }, Edge: { Contrast: 21, Where: "" } };
	const note = (kind, contrast, e, text) => { if (contrast < worst[kind].Contrast) worst[kind] = { Contrast: contrast, Where: e.localName + "." + e.className + " " + text.trim().slice(0, 20) }; };
	for (const root of document.querySelectorAll(".bb")) {
		const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
		while (walker.nextNode()) {
			const e = walker.currentNode.parentElement;
			if (!walker.currentNode.data.trim() || !e.checkVisibility({ visibilityProperty: true }) || e.matches(".bb-sr")) continue;
			note("Text", between(behind(e), [...behind(e), getComputedStyle(e).color]), e, walker.currentNode.data);
		}
	}
	for (const e of document.querySelectorAll("` + controls + `")) {
		if (!e.checkVisibility({ visibilityProperty: true })) continue;
		const style = getComputedStyle(e), around = behind(e.parentElement);
		if (style.outlineStyle !== "none") {
			const under = parseFloat(style.outlineOffset) < 0 ? behind(e) : around;
			note("Edge", between(under, [...under, style.outlineColor]), e, "outline");
		}
		if (e.matches(".bb-btn:not(.bb-plain)")) note("Edge", Math.max(between(around, [...behind(e), style.borderTopColor]), between(around, behind(e))), e, e.textContent);
	}
	return worst;
})()`
