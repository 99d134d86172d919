package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestSteps follows a build event by event: the step, the phase in words, and a
// bar that says how much is done only where the hub does.
func TestSteps(t *testing.T) {
	steps := []struct {
		send   hub.Event
		status string
		step   string
		value  string // of the bar, empty without one
	}{
		{`{"message":"Picked Git content provider.\n"}`, "Asking the hub", "Prepare", ""},
		{hub.Waiting("Waiting for build to start...\n"), "Waiting for the build", "Prepare", ""},
		{hub.Log("fetching", "Cloning\n"), "Fetching the repository", "Prepare", ""},
		{hub.Log("Building", "Step 1/51\n"), "Building the image", "Build", ""},
		{hub.Log("unknown", "  warnings.warn(\n"), "Building the image", "Build", ""},
		{hub.Log("polishing", "a phase of the future\n"), "Building the image", "Build", ""},
		{hub.Log("constructor", "a name that every object has\n"), "Building the image", "Build", ""},
		{`{"phase": "pushing", "progress": {"a": {"current": 25, "total": 100}, "b": {"current": 50, "total": 100}, "c": "Layer already exists"}}`, "Storing the image", "Build", "0.375"},
		{`{"phase": "pushing", "progress": {"a": {"current": 100, "total": 100}, "b": {"current": 100, "total": 100}}}`, "Storing the image", "Build", "1"},
		{`{"phase": "Built", "message": "Built image, launching...\n"}`, "The image is ready", "Start", ""},
		{hub.Launching("Launching server...\n"), "Starting the server", "Start", ""},
		{hub.Waiting("a step back is none\n"), "Starting the server", "Start", ""},
	}
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gates := make([]*hubtest.Gate, len(steps)+1)
		var script hubtest.Script
		for i, step := range steps {
			gates[i] = hubtest.NewGate()
			// The log tells when the event has been handled.
			script = script.Then(hubtest.Wait(gates[i]), hubtest.Send(step.send, hub.Log("", fmt.Sprintf("marker %d.", i))))
		}
		gates[len(steps)] = hubtest.NewGate()
		script = script.Then(hubtest.Wait(gates[len(steps)]), hubtest.Launch())
		s := tell(t, b, browser.Options{Preload: clock}, script)
		s.run()
		s.Wait(inState("building"))
		s.Eval("pass(-60)", nil) // the clock is set back
		gates[0].Open()
		s.Click(part("toggle"))
		for i, step := range steps {
			gates[i].Open()
			s.Wait(fmt.Sprintf("document.querySelector('[data-bb=lines]').textContent.includes('marker %d.')", i))
			if got := s.text("status"); got != step.status {
				t.Errorf("%s: status %q, want %q", step.send, got, step.status)
			}
			if got := s.Text("document.querySelector('[aria-current=step]').innerText"); got != step.step {
				t.Errorf("%s: step %q, want %q", step.send, got, step.step)
			}
			if got := s.Text("document.querySelector('progress').getAttribute('value') ?? ''"); got != step.value {
				t.Errorf("%s: bar %q, want %q", step.send, got, step.value)
			}
			if !s.Is("/^\\d+:\\d\\d$/.test(document.querySelector('[data-bb=elapsed]').textContent)") {
				t.Errorf("time so far is %q", s.text("elapsed"))
			}
		}
		gates[len(steps)].Open()
		s.Wait(inState("ready"))
	})
}

// TestPure drives the script's pure functions alone.
func TestPure(t *testing.T) { browser.Each(t, testPure) }

func testPure(t *testing.T, b *browser.Browser) {
	s := tell(t, b, browser.Options{})
	const script = "(await import('/pure.js'))"
	lines := map[string]string{
		`"one\n"`:                 `["one"]`,
		`"one\ntwo"`:              `["one","two"]`,
		`"12%\r97%\r\n"`:          `["12%","97%"]`,
		`"\n"`:                    `[]`,
		`""`:                      `[]`,
		`undefined`:               `[]`,
		`{"a": 1}`:                `[]`,
		`"<b>&amp;</b>"`:          `["<b>&amp;</b>"]`,
		`"\x1b[1;31mred\x1b[0m"`:  `["red"]`,
		`"\x1b]0;title\x07done"`:  `["done"]`,
		`"\x1b[?25lx\x1b[2K"`:     `["x"]`,
		`"a".repeat(1e6)`:         `["` + strings.Repeat("a", 2000) + `"]`,
		`"{\"status\": \"x\"}\n"`: `["{\"status\": \"x\"}"]`,
	}
	for in, want := range lines {
		if got := s.Text("(async () => JSON.stringify(" + script + ".lines(" + in + ")))()"); got != want {
			t.Errorf("lines(%s) is %.100s, want %.100s", in, got, want)
		}
	}
	const server = "https://hub.test/user/x/"
	paths := []struct{ path, want string }{
		{"/proxy/5006/app", server + "proxy/5006/app?token=T"},
		{"proxy/5006/app", server + "proxy/5006/app?token=T"},
		{"///lab", server + "lab?token=T"},
		{"", server + "?token=T"},
		{"app?a=1&b=x%20y", server + "app?a=1&b=x+y&token=T"},
		{"app#part", server + "app?token=T#part"},
		{"a/../b", server + "b?token=T"},
		{"https://hub.test/user/x/lab", server + "lab?token=T"},
		{"https://evil.test/", ""},
		{"//evil.test/", server + "evil.test/?token=T"},
		{`\\\\evil.test/x`, ""},
		{"\t/evil.test/x", ""},
		{"\n//evil.test/x", ""},
		{"../../x", ""},
		{"..", ""},
		{"%2e%2e/y/", ""},
		{`..\y`, ""},
		{"javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"http://hub.test/user/x/", ""},
		{"https://hub.test:444/user/x/", ""},
		{"https://hub.test@evil.test/user/x/", ""},
		{"https://[/", ""},
	}
	for _, test := range paths {
		got := s.Text(fmt.Sprintf("(async () => %s.below({ url: %q, token: 'T' }, %q) ?? '')()", script, server, test.path))
		if got != test.want {
			t.Errorf("below(%q) is %q, want %q", test.path, got, test.want)
		}
	}
	servers := map[string]string{
		"https://hub.test/user/x":  "https://hub.test/user/x/lab?token=T",
		"http://127.0.0.1:8/u/":    "http://127.0.0.1:8/u/lab?token=T",
		"http://localhost:8/u/":    "http://localhost:8/u/lab?token=T",
		"http://[::1]:8/u/":        "http://[::1]:8/u/lab?token=T",
		"http://127.0.0.1.evil/":   "",
		"http://hub.test/u/":       "",
		"javascript:alert(1)":      "",
		"data:text/html,<h1>":      "",
		"blob:https://hub.test/x":  "",
		"/user/x/":                 "",
		"http://notlocalhost:80/u": "",
	}
	for url, want := range servers {
		got := s.Text(fmt.Sprintf("(async () => %s.below({ url: %q, token: 'T' }, 'lab') ?? '')()", script, url))
		if got != want {
			t.Errorf("lab below %q is %q, want %q", url, got, want)
		}
	}
}

// TestAddresses has a hub under a base path, and an app with a query.
func TestAddresses(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := hubtest.New(t, hubtest.Options{Base: "/services/binder/"})
		s := newSite(t, h)
		url := s.post(t, h, "/post", embed{tag: tag.Tag{URLPath: "proxy/5006/bokeh-app?theme=dark"}})
		p := b.Open(t, browser.Options{})
		p.GoTo(url)
		p.Click(part("run"))
		p.Wait(inState("ready"))
		server := h.Started()[0]
		if got, want := p.Text("document.querySelector('iframe').src"), server.URL+"proxy/5006/bokeh-app?theme=dark&token="+server.Token; got != want {
			t.Errorf("the frame shows %s, want %s", got, want)
		}
		if got, want := h.Requests()[0].URL, h.URL+"build/"+spec; got != want {
			t.Errorf("asked for %s, want %s", got, want)
		}
	})
}

// TestLog shows what the hub says as text, line by line, and copies it.
func TestLog(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		script := hubtest.Script{
			hubtest.Send(hub.Log("building", "no line end"), hub.Log("building", "two\nlines\n"), hub.Log("building", "\n")),
			hubtest.Send(hub.Log("building", "\x1b[91m<img src=x onerror=alert(1)>\x1b[0m <script>alert(2)</script>\n")),
			hubtest.Hold(),
		}
		// No browser lets a test read the clipboard unasked.
		preload := "window.copied = []; if (isSecureContext) navigator.clipboard.writeText = async (text) => { window.copied.push(text) };"
		s := tell(t, b, browser.Options{Preload: preload}, script)
		s.run()
		s.WaitFor(part("toggle"))
		if s.Shows(part("log")) || s.Text("document.querySelector('[data-bb=toggle]').ariaExpanded") != "false" {
			t.Error("the log is open")
		}
		s.Click(part("toggle"))
		s.WaitFor(part("log"))
		const want = "no line end|two|lines|<img src=x onerror=alert(1)> <script>alert(2)</script>"
		s.Wait(fmt.Sprintf("[...document.querySelectorAll('[data-bb=lines] > *')].map((e) => e.textContent).join('|') === %q", want))
		s.Click(part("copy"))
		s.Wait(fmt.Sprintf("window.copied[0] === %q", strings.ReplaceAll(want, "|", "\n")))
		s.Wait("document.querySelector('[data-bb=live]').textContent === 'Copied'")
		s.Eval("getSelection().selectAllChildren(document.querySelector('[data-bb=lines]'))", nil)
		if got := s.Text("getSelection().toString().trim()"); !strings.Contains(got, "two\nlines") {
			t.Errorf("selected %q", got)
		}
		// Where the clipboard is out of reach, the reader copies what is marked.
		s.Eval("(getSelection().removeAllRanges(), navigator.clipboard.writeText = () => Promise.reject(new Error('no')))", nil)
		s.Click(part("copy"))
		s.Wait("getSelection().toString().includes('two\\nlines')")
		s.Click(part("toggle"))
		s.Wait("document.querySelector('[data-bb=log]').hidden")
		if p := s.Problems(); len(p) > 0 {
			t.Errorf("problems: %s", strings.Join(p, "\n"))
		}
	})
}

// TestLongLog has 50,000 lines while the log is open: the page is not drawn anew
// for each of them, and only the end is kept.
func TestLongLog(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		const lines = 50_000
		gate := hubtest.NewGate()
		script := hubtest.Script{hubtest.Send(hub.Log("building", "the beginning\n")), hubtest.Wait(gate)}
		for i := 0; i < lines; i += 500 {
			events := make([]hub.Event, 500)
			for j := range events {
				events[j] = hub.Log("building", fmt.Sprintf("line %d of a long build: Collecting something==1.0 from somewhere\n", i+j))
			}
			script = script.Then(hubtest.Send(events...))
		}
		s := tell(t, b, browser.Options{}, script.Then(hubtest.Send(hub.Log("building", "the end\n")), hubtest.Hold()))
		s.run()
		s.Click(part("toggle"))
		s.Eval(`(() => {
			window.gap = window.drawn = 0;
			let last = performance.now();
			const tick = (now) => { window.gap = Math.max(window.gap, now - last); last = now; requestAnimationFrame(tick); };
			requestAnimationFrame(tick);
			const lines = document.querySelector("[data-bb=lines]");
			new MutationObserver((list) => { window.drawn += list.filter(({ target }) => target !== lines).length; })
				.observe(document.querySelector("bokeh-binder"), { subtree: true, childList: true, attributes: true, characterData: true });
		})()`, nil)
		gate.Open()
		s.Wait("document.querySelector('[data-bb=lines]').lastChild?.textContent === 'the end'")
		if n := s.Number("document.querySelector('[data-bb=lines]').childElementCount"); n > 5000 {
			t.Errorf("%.0f lines are kept", n)
		}
		if !s.Is("(() => { const e = document.querySelector('[data-bb=lines]'); return e.scrollTop + e.clientHeight > e.scrollHeight - 40; })()") {
			t.Error("the log does not follow its end")
		}
		t.Logf("longest time between two frames: %.0f ms", s.Number("window.gap"))
		if n := s.Number("window.drawn"); n > lines/10 {
			t.Errorf("the page was changed %.0f times", n)
		}
	})
}

// TestLaunches has the streams that end well: whatever else a hub says on the
// way, the app runs.
func TestLaunches(t *testing.T) {
	scripts := map[string]hubtest.Script{
		"cached":             hubtest.Cached(),
		"fresh":              hubtest.Fresh(),
		"older hub":          hubtest.Pushing(),
		"renamed branch":     hubtest.OldBranch(),
		"capital letters":    {readyIn("READY")},
		"server not at once": {hubtest.Send(hub.Launching("Spawn failed: Timeout\n"), hub.Launching("Launch attempt 1 failed, retrying...\n")), hubtest.Launch()},
		"one long message":   {hubtest.Send(hub.Log("building", strings.Repeat("a line\n", 200_000))), hubtest.Launch()},
	}
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for name, script := range scripts {
			t.Run(name, func(t *testing.T) {
				s := tell(t, b, browser.Options{}, script)
				s.run()
				s.Wait(inState("ready"))
				if n := len(s.hub.Builds()); n != 1 {
					t.Errorf("%d builds", n)
				}
				patience.Eventually(t, "the stream is closed", func() bool { return ended(s.hub) })
				if p := s.Problems(); len(p) > 0 {
					t.Errorf("problems: %s", strings.Join(p, "\n"))
				}
			})
		}
	})
}

// readyIn starts a server and says so with the phase in other letters.
func readyIn(phase string) hubtest.Step {
	return func(p *hubtest.Play) error {
		server := p.Hub.StartServer(p.Request).Server
		return p.Stream.Send(hub.Event(strings.Replace(string(hub.Ready(p.Request, server)), "ready", phase, 1)))
	}
}
