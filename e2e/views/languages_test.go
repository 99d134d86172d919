package views

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// TestLanguagesFit sees that nothing is wider than its place in any language: the
// embed before it runs, every step, every tool and every failure, down to the width
// of a small phone.
func TestLanguagesFit(t *testing.T) {
	c, err := card.Read(strings.NewReader(string(read(t, "cards/tides.json"))))
	if err != nil {
		t.Fatal(err)
	}
	b := browser.Start(t, "chromium")
	for _, language := range append(view.Languages(), "fi") {
		t.Run(language, func(t *testing.T) {
			settings := view.Settings{Language: language}
			var html strings.Builder
			if err := view.Embed(&html, c, &tag.Tag{Ref: "main"}, settings, "bb-1"); err != nil {
				t.Fatal(err)
			}
			_, module := view.Spoken(settings)
			said := strings.TrimSuffix(strings.TrimPrefix(string(module), "export default "), "\n")
			var words map[string]any
			if err := json.Unmarshal([]byte(said), &words); err != nil {
				t.Fatal(err)
			}
			direction := "ltr"
			if view.IsRightToLeft(language) {
				direction = "rtl"
			}
			for _, width := range []int{320, 480, 700} {
				p := b.Open(t, browser.Options{Width: width, Height: 1200})
				p.GoTo(site(t, fmt.Sprintf(`lang="%s" dir="%s"`, language, direction), html.String()))
				p.Eval(speak(said), nil)
				look := func(what string) {
					t.Helper()
					if wide := p.Text(wider); wide != "" {
						t.Errorf("%s at %d: wider than its place: %s", what, width, wide)
					}
				}
				for _, s := range states {
					p.Eval(show(s.state, s.panel), nil)
					save(t, p, fmt.Sprintf("%s-%d-%s", language, width, s.state))
					look(s.state)
				}
				p.Eval(show("failed", "over"), nil)
				for reason, pair := range words {
					if pair, isPair := pair.([]any); isPair {
						p.Eval(fmt.Sprintf(`happen(%q, %q)`, pair[0], pair[1]), nil)
						look(reason)
					}
				}
				for name := range words {
					if phase, isPhase := strings.CutPrefix(name, "phase_"); isPhase {
						p.Eval(show("building", "building"), nil)
						p.Eval(fmt.Sprintf(`document.querySelector("[data-bb=status]").textContent = %q`, words[name]), nil)
						look(phase)
					}
				}
			}
		})
	}
}

// speak puts a language's words into the embed, as the script does, and unfolds the
// files.
func speak(said string) string {
	return `(() => {
	const words = ` + said + `;
	for (const e of document.querySelectorAll("[data-bb]")) {
		const text = words[e.dataset.bb];
		if (typeof text === "string") (e.lastElementChild ?? e).textContent = text;
	}
	for (const d of document.querySelectorAll("details")) d.open = true;
	const part = (name) => document.querySelector("[data-bb=" + name + "]");
	part("again").textContent = words.start_again;
	part("other").textContent = words.other.replace("{hub}", "hub.example.org");
	part("other").hidden = false;
	part("elapsed").textContent = "12:05";
	part("status").textContent = words.running;
	part("steps").children[1].setAttribute("aria-current", "step");
	window.happen = (what, todo) => {
		part("happened").textContent = what;
		part("todo").textContent = todo + " " + words.rate_wait.replace("{time}", "12:05");
	};
	happen(...words.refused);
})()`
}

// wider lists what is wider than its place, and what of the stage does not fit its
// height.
const wider = `(() => {
	const found = [];
	const { clientWidth: width, scrollWidth } = document.documentElement;
	if (scrollWidth > width) found.push("the page, " + [scrollWidth, width]);
	for (const e of document.querySelectorAll(".bb, .bb *")) {
		if (!e.checkVisibility() || e.closest(".bb-sr, .bb-code, .bb-log, svg, iframe")) continue;
		const name = e.className || e.dataset.bb || e.localName;
		const { left, right } = e.getBoundingClientRect();
		if (left < -0.5 || right > width + 0.5) found.push(name + " is out of the page, " + [left, right]);
		if (e.matches(".bb-btn, .bb-tool, .bb-panel, .bb-steps li, .bb-head, .bb-foot, .bb-row") && e.scrollWidth > e.clientWidth + 1) found.push(name + " " + e.textContent.trim().slice(0, 30));
		if (e.matches(".bb-panel") && e.scrollHeight > e.clientHeight + 1) found.push(name + " is too high");
	}
	return [...new Set(found)].join("; ");
})()`

// TestDirections sees on which side things are: an embed runs in its page's
// direction, or in its own where it says one, and a name or a path in its own.
func TestDirections(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, test := range []struct{ page, embed, want string }{
			{`dir="rtl"`, "tides-arabic", "rtl"},
			{"", "tides-arabic", "ltr"},
			{`dir="rtl"`, "tides-finnish", "ltr"},
			{`style="direction: rtl"`, "tides-plain", "rtl"},
			{`dir="rtl"`, "tides-plain", "rtl"},
		} {
			p := b.Open(t, browser.Options{Width: 700, Height: 900})
			p.GoTo(strings.TrimSuffix(site(t, test.page, golden(t, test.embed)), "/page") + "/open")
			p.Eval(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`, nil)
			if got := p.Text(`getComputedStyle(document.querySelector(".bb-meta")).direction`); got != test.want {
				t.Errorf("%s in a page with %s is %s", test.embed, test.page, got)
			}
			const slash = `(() => {
	const name = [...document.querySelectorAll(".bb-tree bdi")].find((e) => e.textContent === "tide-table/").firstChild;
	const at = (i) => { const r = document.createRange(); r.setStart(name, i); r.setEnd(name, i + 1); return r.getBoundingClientRect().left; };
	return at(0) < at(name.length - 1) ? "right" : "left";
})()`
			if got := p.Text(slash); got != "right" {
				t.Errorf("%s in a page with %s: a path's last slash is on its %s", test.embed, test.page, got)
			}
			if got := p.Text(`getComputedStyle(document.querySelector(".bb-code")).direction`); got != "ltr" {
				t.Errorf("%s in a page with %s: code is %s", test.embed, test.page, got)
			}
		}
	})
}
