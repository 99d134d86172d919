package browser_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
)

// scene is one state of the stage and the way there.
type scene struct {
	name   string
	script hubtest.Script
	state  string
	then   func(s *story) // from the click to the scene
	embed  embed
}

// scenes are all states that a reader can see.
func scenes() []scene {
	building := hubtest.Script{hubtest.Send(hub.Waiting("Waiting for build to start...\n")), hubtest.Send(hubtest.BuildLog()...), hubtest.Hold()}
	status := func(text string) func(*story) {
		return func(s *story) {
			s.Wait("document.querySelector('[data-bb=status]').innerText.includes(" + quote(text) + ")")
		}
	}
	log := func(s *story) { s.Click(part("toggle")) }
	return []scene{
		{name: "idle", state: "idle"},
		{name: "idle-poster", state: "idle", embed: embed{tag: tag.Tag{Poster: "/poster.svg"}}, then: func(s *story) {
			s.Wait("document.querySelector('.bb-poster').naturalWidth")
		}},
		{name: "idle-files", state: "idle", then: func(s *story) {
			s.Eval("document.querySelectorAll('details').forEach((e) => { e.open = true; })", nil)
		}},
		{name: "building", script: building, state: "building", then: status("Building the image")},
		{name: "building-log", script: building, state: "building", then: log},
		{name: "storing", script: append(hubtest.Pushing()[:3:3], hubtest.Hold()), state: "building", then: status("Storing the image")},
		{name: "starting", script: append(hubtest.Cached()[:3:3], hubtest.Hold()), state: "building", then: status("Starting the server")},
		{name: "ready", script: hubtest.Fresh(), state: "ready"},
		{name: "ready-log", script: hubtest.Fresh(), state: "ready", then: func(s *story) {
			s.Wait(inState("ready"))
			log(s)
			s.WaitFor(part("log"))
		}},
		{name: "failed", script: hubtest.Limited(), state: "failed"},
		{name: "failed-for-good", script: hubtest.Banned(), state: "failed"},
		{name: "build-failed", script: hubtest.BuildFails(), state: "failed"},
		{name: "paused", script: hubtest.Cached(), state: "paused", then: func(s *story) {
			s.Wait(inState("ready"))
			s.Eval("(hide(true), pass(11), hide(false))", nil)
		}},
		{name: "ended", script: hubtest.Cached(), state: "ended", then: func(s *story) { s.Click(part("stop")) }},
	}
}

// eachScene runs a test in every scene, each on a page of its own that is closed
// before the next is opened: pages go on drawing.
func eachScene(t *testing.T, test func(t *testing.T, c scene)) {
	for _, c := range scenes() {
		t.Run(c.name, func(t *testing.T) { test(t, c) })
	}
}

// sceneOf is the scene with a name.
func sceneOf(t *testing.T, name string) scene {
	t.Helper()
	for _, s := range scenes() {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no scene %q", name)
	return scene{}
}

// enter opens a page and brings it into a scene.
func (c scene) enter(t *testing.T, b *browser.Browser, o browser.Options) *story {
	t.Helper()
	o.Preload += clock
	var scripts []hubtest.Script
	if c.script != nil {
		scripts = append(scripts, c.script)
	}
	s := tellOf(t, b, o, c.embed, scripts...)
	s.Wait(inState("idle"))
	if c.state != "idle" {
		s.run()
	}
	if c.then != nil {
		c.then(s)
	}
	s.Wait(inState(c.state))
	return s
}

// TestAxe has axe-core look at every scene by all its rules, best practices
// included: at a light page that is wide and at a dark one that is narrow, which has
// a hostile sheet besides. Those of colours look at all four.
func TestAxe(t *testing.T) {
	const path = "../node_modules/axe-core/axe.min.js"
	b := browser.Start(t, "chromium")
	need.File(t, "node", path, "run npm ci in e2e")
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const all = `axe.getRules()`
	const colours = `axe.getRules(["cat.color"])`
	eachScene(t, func(t *testing.T, scene scene) {
		s := scene.enter(t, b, browser.Options{})
		s.Eval("(() => {"+string(axe)+"})()", nil)
		// Over a drawing axe can only say that it does not know; this one is
		// faint, and what lies under it is looked at.
		s.Eval("document.querySelector('.bb-ghost')?.remove()", nil)
		for _, look := range []struct {
			theme string
			width int
			rules string
		}{{"light", 1280, all}, {"light", 320, colours}, {"dark", 1280, colours}, {"dark", 320, all}} {
			s.Media(map[string]string{"prefers-color-scheme": look.theme})
			s.Resize(look.width, 800)
			if look.theme == "dark" && look.rules == all {
				s.endure()
			}
			var found []struct {
				ID, Help string
				Nodes    []struct{ HTML, FailureSummary string }
			}
			s.Eval(`axe.run(document, { iframes: false, runOnly: { type: "rule", values: `+look.rules+`.map(({ ruleId }) => ruleId) } }).then(({ violations, incomplete }) =>
				violations.concat(incomplete.filter((i) => i.id === "color-contrast")))`, &found)
			for _, f := range found {
				for _, node := range f.Nodes {
					t.Errorf("%s, %d px: %s: %s\n%s\n%s", look.theme, look.width, f.ID, f.Help, node.HTML, node.FailureSummary)
				}
			}
		}
	})
}

// TestKeyboard runs, watches, stops and starts again with keys alone, and the
// focus is never lost on the way, among hostile sheets too.
func TestKeyboard(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, key := range []string{"Enter", " "} {
			gate := hubtest.NewGate()
			s := tell(t, b, browser.Options{}, append(hubtest.Script{hubtest.Wait(gate)}, hubtest.Fresh()...))
			if key == " " {
				s.endure()
			}
			s.tabTo("run")
			scrolled := s.Number("scrollY")
			s.Press(key)
			s.focused("cancel")
			gate.Open()
			s.Wait(inState("ready"))
			s.focused("fullscreen")
			if s.Number("scrollY") != scrolled {
				t.Error("the page was scrolled")
			}
			for _, name := range []string{"tab", "jupyter", "restart", "stop"} {
				s.Press("Tab")
				s.focused(name)
			}
			s.Press(key)
			s.Wait(inState("ended"))
			s.focused("again")
			s.Press("Tab")
			s.focused("launch")
			s.Press("Tab", "Shift")
			s.Press("Enter")
			s.Wait(inState("ready"))
		}
	})
}

// tabTo presses Tab until a part has the focus.
func (s *story) tabTo(name string) {
	for range 30 {
		if s.Is("document.activeElement.dataset.bb === " + quote(name)) {
			return
		}
		s.Press("Tab")
	}
	s.focused(name)
}

// focused waits until a part has the focus.
func (s *story) focused(name string) {
	s.Wait("document.activeElement?.dataset.bb === " + quote(name))
}

// TestFocusStays leaves the focus where it is outside of the embed, and inside
// on what stays there.
func TestFocusStays(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gate := hubtest.NewGate()
		script := hubtest.Script{hubtest.Send(hub.Log("building", "a line\n")), hubtest.Wait(gate)}.Then(hubtest.Cached()...)
		s := tell(t, b, browser.Options{}, script)
		s.run()
		s.WaitFor(part("toggle"))
		s.Eval("document.querySelector('#end a').focus()", nil)
		gate.Open()
		s.Wait(inState("ready"))
		if !s.Is("document.activeElement.matches('#end a')") {
			t.Error("the focus was taken from outside")
		}
		s.Click(part("toggle"))
		s.Eval("document.querySelector('[data-bb=lines]').focus()", nil)
		s.hub.StopServer(s.hub.Started()[0].Name)
		s.Eval("document.querySelector('[data-bb=stop]').click()", nil)
		s.Wait(inState("ended"))
		if !s.Is("document.activeElement.dataset.bb === 'lines'") {
			t.Errorf("the focus went to %s", s.Text("document.activeElement.outerHTML"))
		}
	})
}

// TestFocusLeavesFrame moves the focus on when the frame that has it is gone.
func TestFocusLeavesFrame(t *testing.T) { browser.Each(t, testFocusLeavesFrame) }

func testFocusLeavesFrame(t *testing.T, b *browser.Browser) {
	s := tell(t, b, browser.Options{Preload: clock})
	s.run()
	s.Wait(inState("ready"))
	s.Click("iframe")
	s.Wait("document.activeElement.localName === 'iframe'")
	s.Eval("(hide(true), pass(11))", nil)
	s.Wait(inState("paused"))
	s.focused("again")
}

// TestLiveRegion announces steps, and not every event.
func TestLiveRegion(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gate := hubtest.NewGate()
		s := tell(t, b, browser.Options{}, append(hubtest.Script{hubtest.Wait(gate)}, hubtest.Fresh()...))
		if !s.Is("(() => { const e = document.querySelector('[data-bb=live]'); return e.role === 'status' && e.textContent === ''; })()") {
			t.Error("the live region is not there, or not empty")
		}
		s.Eval(`(window.said = [], new MutationObserver(() => said.push(document.querySelector("[data-bb=live]").textContent))
			.observe(document.querySelector("[data-bb=live]"), { childList: true, characterData: true, subtree: true }))`, nil)
		s.run()
		s.Wait(inState("building"))
		gate.Open()
		s.Wait(inState("ready"))
		s.Click(part("stop"))
		s.Wait("said.at(-1) === 'Stopped'")
		said := s.Text("said.join('|')")
		// What is overwritten within one task is not heard.
		if !strings.HasPrefix(said, "Asking the hub|") || !strings.Contains(said, "|Running|Stopped") {
			t.Errorf("announced %s", said)
		}
		if n := strings.Count(said, "|") + 1; n > 5 {
			t.Errorf("announced %d times: %s", n, said)
		}
		if s.Is("document.querySelector('[data-bb=stage]').closest('[aria-live]') || document.querySelector('[data-bb=elapsed]').closest('[aria-live], [role=status]')") {
			t.Error("the clock is announced")
		}
	})
}

// TestNarrowAndWide fits every scene in 320 px, which is also 1280 px at a zoom
// of 400 %, from left to right and from right to left: no sideways scrolling,
// and nothing cut off.
func TestNarrow(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		eachScene(t, func(t *testing.T, scene scene) {
			s := scene.enter(t, b, browser.Options{Width: 320, Height: 640})
			for _, direction := range []string{"ltr", "rtl"} {
				s.Eval(fmt.Sprintf("document.documentElement.dir = %q", direction), nil)
				s.Eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
				wide := s.Text(`[...document.querySelectorAll(".bb *")].filter((e) => {
						if (!e.checkVisibility() || e.closest(".bb-sr, .bb-lines, .bb-code, [class*=ghost]")) return false;
						const r = e.getBoundingClientRect();
						return r.width > 1 && (r.left < -0.5 || r.right > innerWidth + 0.5);
					}).map((e) => e.outerHTML.slice(0, 80)).join("\n")`)
				if wide != "" || s.Is("document.documentElement.scrollWidth > innerWidth") {
					t.Errorf("%s: too wide:\n%s", direction, wide)
				}
				small := s.Text(`[...document.querySelectorAll(".bb :is(button, .bb-btn, .bb-tool)")].filter((e) => e.checkVisibility()
						&& (e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44)).map((e) => e.outerHTML.slice(0, 80)).join("\n")`)
				if small != "" {
					t.Errorf("%s: targets under 44 px:\n%s", direction, small)
				}
			}
		})
	})
}

// TestStageGrows holds the panels of every scene at twice the text size: the
// stage is as high as they are, so that nothing is clipped.
func TestStageGrows(t *testing.T) {
	b := browser.Start(t, "chromium")
	eachScene(t, func(t *testing.T, scene scene) {
		s := scene.enter(t, b, browser.Options{Width: 320, Height: 640})
		s.Eval("document.documentElement.style.fontSize = '32px'", nil)
		clipped := s.Text(`(() => {
			const stage = document.querySelector(".bb-stage").getBoundingClientRect();
			return [...document.querySelectorAll(".bb-panel:not([hidden]) *")].filter((e) => {
				const r = e.getBoundingClientRect();
				return r.width && !e.closest(".bb-strut, .bb-ghost, .bb-sr, .bb-poster") && (r.top < stage.top - 1 || r.bottom > stage.bottom + 1);
			}).map((e) => e.outerHTML.slice(0, 80)).join("\n");
		})()`)
		if clipped != "" {
			t.Errorf("clipped:\n%s", clipped)
		}
	})
}

// TestForcedColours tells the steps apart, and shows the controls' borders, when
// the system's colours replace the page's.
func TestForcedColours(t *testing.T) {
	b := browser.Start(t, "chromium")
	s := sceneOf(t, "building").enter(t, b, browser.Options{Media: map[string]string{"forced-colors": "active"}})
	if !s.Is("matchMedia('(forced-colors: active)').matches") {
		t.Fatal("forced colours are not on")
	}
	const look = `[...document.querySelectorAll(".bb-steps li")].map((e) => { const c = getComputedStyle(e, "::before"); return c.content + c.borderTopWidth; })`
	if n := s.Number("new Set(" + look + ").size"); n != 3 {
		t.Errorf("the steps look alike: %s", s.Text(look+".join('|')"))
	}
}

// TestReducedMotion has nothing move for those who do not want it.
func TestReducedMotion(t *testing.T) {
	b := browser.Start(t, "chromium")
	eachScene(t, func(t *testing.T, scene scene) {
		s := scene.enter(t, b, browser.Options{Media: map[string]string{"prefers-reduced-motion": "reduce"}})
		if n := s.Number("document.getAnimations().length"); n > 0 {
			t.Errorf("%v animations", n)
		}
	})
}

// TestMotion has a bar without a number move, for all the time that a launch may
// take, and the app fade in.
func TestMotion(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		const moves = `document.getAnimations().filter((a) => a.transitionProperty?.startsWith(%q) && a.effect.target.matches(%q) && a.effect.getComputedTiming().duration >= %d).length === %d`
		s := sceneOf(t, "building").enter(t, b, browser.Options{})
		s.Wait(fmt.Sprintf(moves, "background-position", ".bb-bar", 30*60_000, 1))
		const at = "parseFloat(getComputedStyle(document.querySelector('.bb-bar')).backgroundPositionX)"
		s.Wait(fmt.Sprintf("%s < %v", at, s.Number(at)))
		s = sceneOf(t, "ready").enter(t, b, browser.Options{Preload: `
			addEventListener("transitionrun", ({ target, propertyName }) => { window.faded ||= target.matches("iframe") && propertyName === "opacity"; });
		`})
		s.Wait("window.faded")
	})
}

// TestPrint leaves on paper what can be used there: the link written out, and
// the files.
func TestPrint(t *testing.T) {
	b := browser.Start(t, "chromium")
	eachScene(t, func(t *testing.T, scene scene) {
		s := scene.enter(t, b, browser.Options{})
		s.Media(map[string]string{"type": "print"})
		if s.Shows(".bb-stage") != (scene.embed.tag.Poster != "") {
			t.Error("the stage is printed, or the poster is not")
		}
		if s.Is("[...document.querySelectorAll('.bb :is(button, .bb-btn:not(.bb-launch), .bb-note, .bb-foot, .bb-log, .bb-icon, iframe, svg)')].some((e) => e.checkVisibility())") {
			t.Error("what cannot be used on paper is printed")
		}
		if !s.Is(`getComputedStyle(document.querySelector(".bb-launch"), "::after").content.includes("/v2/gh/demo/sine/")`) {
			t.Error("the link is not written out")
		}
	})
	// A poster is printed in whatever state the app is.
	s := tellOf(t, b, browser.Options{}, embed{tag: tag.Tag{Poster: "/poster.svg"}})
	s.run()
	s.Wait(inState("ready"))
	s.Media(map[string]string{"type": "print"})
	if !s.Is("document.querySelector('.bb-poster').offsetHeight > 200") || s.Shows("iframe") {
		t.Error("the poster of a running app is not printed")
	}
}
