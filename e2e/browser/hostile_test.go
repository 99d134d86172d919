package browser_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// hostile is a theme's style sheet at its worst: it selects the embed and all in
// it, and gives every property that the browser knows a value that no embed has.
// Where the function's argument strong is true its selectors have the weight of
// two ids, and where important is true it says so.
const hostile = `(() => {
	const special = {
		content: '"x"', display: "table", position: "fixed", "background-image": "linear-gradient(red, blue)",
		"clip-path": "inset(7px)", d: 'path("M1 1h3")', transform: "rotate(3deg)", filter: "blur(3px)", "list-style-type": "square",
		"text-transform": "uppercase", "white-space-collapse": "preserve", "grid-template-areas": '"q"', direction: "rtl", "unicode-bidi": "bidi-override",
	};
	const values = ["17px", "3px", "#c01dbe", "0.37", "7", "hidden", "none", "17%", "right", "end", "bottom", "both", "all", "auto", "normal",
		"break-all", "overline", "dotted", "italic", "fixed", "2s", "column", "wrap", "inline", "block", "optimizeSpeed", "rotate(3deg)", "qqq"];
	const usual = getComputedStyle(document.body.appendChild(document.createElement("q-q")));
	const pairs = [...usual].filter((name) => !name.startsWith("--"))
		.map((name) => [name, special[name] ?? values.find((value) => CSS.supports(name, value) && usual.getPropertyValue(name) !== value)])
		.filter(([, value]) => value);
	document.querySelector("q-q").remove();
	window.hostile = (strong, important) => {
		const declarations = pairs.map(([name, value]) => name + ":" + value + (important ? " !important;" : ";")).join("");
		const all = "html:not(.q1):not(.q2)" + (strong ? ":not(#q1):not(#q2)" : ":not(.q3)") + " ";
		const each = (suffix) => ["bokeh-binder", "bokeh-binder *"].map((name) => all + (strong ? ":is(" + name + "):not(.q3)" : name) + suffix).join();
		const states = ["", ":hover", ":focus", "::before", "::after", "::marker"];
		return states.map((state) => each(state) + "{" + declarations + "}").join("") + "@media print{" + each("") + "{" + declarations + "}}";
	};
	return pairs.length;
})()`

// snapshot notes every computed style of the embed, and changes lists what is not
// as it was noted. Pseudo-elements that are not made have no styles. What moves
// by itself stands still.
const snapshot = `(() => {
	for (let clock = 1; clock < 1000; clock++) clearInterval(clock);
	for (const animation of document.getAnimations()) { animation.pause(); animation.currentTime = 0; }
	const names = [...getComputedStyle(document.body)].filter((name) => !name.startsWith("--"));
	const note = (seen, key, style, names) => { for (const name of names) seen.set(key + " " + name, style.getPropertyValue(name)); };
	const see = () => {
		const seen = new Map();
		const root = document.querySelector("bokeh-binder");
		[root, ...root.querySelectorAll("*")].forEach((e, i) => {
			const key = i + " " + e.localName + "." + e.getAttribute("class");
			const style = getComputedStyle(e);
			note(seen, key, style, names);
			for (const pseudo of ["::before", "::after"]) {
				const its = getComputedStyle(e, pseudo);
				note(seen, key + pseudo, its, /^(none|normal)$/.test(its.content) ? ["content"] : names);
			}
			if (style.display === "list-item") note(seen, key + "::marker", getComputedStyle(e, "::marker"), names);
		});
		return seen;
	};
	const before = see();
	window.changes = (text) => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(text);
		document.adoptedStyleSheets = [sheet];
		const found = [];
		const now = see();
		for (const [key, value] of now) if (before.get(key) !== value) found.push(key + ": " + before.get(key) + " is " + value);
		for (const key of before.keys()) if (!now.has(key)) found.push(key + " is gone");
		document.adoptedStyleSheets = [];
		return found.length + " of " + before.size + "\n" + found.slice(0, 12).join("\n");
	};
	return before.size;
})()`

// The hostile sheets: strong and weak, important and not.
var (
	strongest  = []string{"hostile(true, true)"}
	allHostile = append(strongest, "hostile(true, false)", "hostile(false, true)", "hostile(false, false)")
)

// stands sees that no sheet changes a style of the embed.
func (s *story) stands(t *testing.T, what string, sheets []string) {
	t.Helper()
	if n := s.Number(snapshot); n < 10_000 {
		t.Errorf("%s: only %v styles", what, n)
	}
	for _, call := range sheets {
		if changes := s.Text("changes(" + call + ")"); !strings.HasPrefix(changes, "0 of ") {
			t.Errorf("%s: %s changes %s", what, call, changes)
		}
	}
}

// endure gives the page the strongest of the sheets.
func (s *story) endure() {
	s.Eval(hostile, nil)
	s.Eval("(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync("+strongest[0]+"); document.adoptedStyleSheets = [sheet]; })()", nil)
}

// TestHostile has hostile sheets try each scene: with the pointer on a control,
// with the focus on one, in a narrow page that is written from right to left, in
// forced colours and on paper. What other tests prove there of an embed alone is
// so among hostile sheets, too, since nothing that is computed differs.
func TestHostile(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		eachScene(t, func(t *testing.T, scene scene) {
			s := scene.enter(t, b, browser.Options{})
			if n := s.Number(hostile); n < 250 {
				t.Fatalf("only %v properties", n)
			}
			s.stands(t, "with the pointer on a control", allHostile)
			s.Eval(`[...document.querySelectorAll(".bb :is(a, button, summary)")].findLast((e) => e.checkVisibility()).focus({ preventScroll: true })`, nil)
			s.stands(t, "with the focus on a control", strongest)
			s.Eval("document.documentElement.dir = 'rtl'", nil)
			s.Resize(320, 800)
			s.ClickAt(1, 1) // where the pointer is on no control
			s.stands(t, "narrow, from right to left", strongest)
			if b.Name == "chromium" {
				s.Media(map[string]string{"forced-colors": "active"})
				s.stands(t, "in forced colours", strongest)
				s.Media(map[string]string{"type": "print"})
				s.stands(t, "on paper", strongest)
			}
		})
	})
}

// TestHostileInserted does so after the embed came with a page that was put in
// place of another one.
func TestHostileInserted(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{})
		s.site.Policy = ""
		s.GoTo(s.url)
		s.Wait(inState("idle"))
		s.Eval("(() => { const main = document.querySelector('main'); main.innerHTML = main.innerHTML; })()", nil)
		s.Wait(inState("idle"))
		s.Eval(hostile, nil)
		s.stands(t, "inserted", allHostile)
		// The sheets are as hostile as they are meant to be.
		s.Eval("(() => { for (const sheet of document.styleSheets) if (sheet.href.endsWith('/bokehbinder.css')) sheet.disabled = true; })()", nil)
		s.Eval(snapshot, nil)
		for _, call := range allHostile {
			if n := s.Number("parseInt(changes(" + call + "))"); n < 10_000 {
				t.Errorf("without our style sheet %s changes only %v styles", call, n)
			}
		}
	})
}

// TestHostileVisited looks at links that the reader has followed: what is
// computed of them is kept from pages, so that only a picture tells.
func TestHostileVisited(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{})
		s.Wait(inState("idle"))
		s.Eval(`(() => {
			for (const a of document.querySelectorAll("a")) { a.href = location.href; a.target = ""; }
			const sheet = new CSSStyleSheet();
			sheet.replaceSync("html:not(#q):not(#q) a:visited { color: #c01dbe !important; text-decoration-color: #c01dbe !important; border-color: #c01dbe !important; outline-color: #c01dbe !important; }");
			document.adoptedStyleSheets = [sheet];
		})()`, nil)
		seen := func(selector string) bool {
			var r struct{ X, Y, Width, Height float64 }
			s.Eval("document.querySelector("+quote(selector)+").getBoundingClientRect()", &r)
			return painted(t, s.Screenshot(false), image.Rect(int(r.X), int(r.Y), int(r.X+r.Width), int(r.Y+r.Height)))
		}
		if b.Name == "chromium" { // whose private pages remember no links
			s.Force("a", "visited")
		}
		patience.Eventually(t, "the page's own link looks visited", func() bool { return seen("main > p a") })
		if seen("bokeh-binder") {
			t.Error("links of the embed have the theme's colour once they are visited")
		}
	})
}

// painted tells whether a part of a picture has the colour of hostile links.
func painted(t *testing.T, picture []byte, at image.Rectangle) bool {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	at = at.Intersect(decoded.Bounds())
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if color.RGBAModel.Convert(decoded.At(x, y)) == (color.RGBA{0xc0, 0x1d, 0xbe, 0xff}) {
				return true
			}
		}
	}
	return false
}
