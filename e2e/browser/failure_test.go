package browser_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// quick makes the script's pauses between two attempts short.
const quick = `{
	const start = window.setTimeout;
	window.setTimeout = (f, ms = 0, ...args) => start(f, ms < 60_000 ? ms / 100 : ms, ...args);
}`

// ended reports whether the hub has no open stream.
func ended(h *hubtest.Hub) bool {
	for _, build := range h.Builds() {
		select {
		case <-build.Done():
		default:
			return false
		}
	}
	return true
}

// failure is one way in which a launch fails, and what the reader sees.
type failure struct {
	name     string
	script   hubtest.Script
	happened string
	help     string // what is offered: "again", "launch"
	builds   int    // how often the hub was asked
}

func failures() []failure {
	const ref = "The hub does not find this version"
	return []failure{
		{"rate limit", hubtest.Limited(), "Too many launches from your network", "again launch", 1},
		{"network", refusal(403, "Requests from google are not allowed"), "The hub refuses your network", "again", 1},
		{"bot", refusal(403, "Sorry, bots are not allowed to launch"), "The hub takes this browser for a bot", "", 1},
		{"Accept header", refusal(400, "Missing Accept header: text/event-stream\n"), "The hub does not understand this browser", "again launch", 1},
		{"Accept header, as forbidden", refusal(403, "Missing Accept header: text/event-stream\n"), "The hub does not understand this browser", "again launch", 1},
		{"maintenance", refusal(503, "This hub is down for maintenance until noon"), "The hub is in maintenance", "again", 1},
		{"forbidden for another reason", refusal(403, "Invalid build token\n"), "The hub could not launch it", "again launch", 1},
		{"status as text", hubtest.Script{hubtest.Send(`{"phase": "failed", "status_code": "429", "message": "Slow down"}`), hubtest.Hold()}, "Too many launches from your network", "again launch", 1},
		{"message is an object", hubtest.Script{hubtest.Send(`{"phase": "failed", "message": {"toString": 1}}`), hubtest.Hold()}, "The hub could not launch it", "again launch", 1},
		{"too many users", hubtest.Busy(), "Too many people run this repository", "again", 1},
		{"hub full", hubtest.Full(), "The hub is full", "again", 1},
		{"hub full, image cached", hubtest.FullCached(), "The hub is full", "again", 1},
		{"unknown ref", hubtest.UnknownRef(), ref, "", 1},
		{"missing repository", hubtest.MissingRepository(), ref, "", 1},
		{"no ref", said(`Spec is not of the form \"user/repo/ref\", provided: \"demo/sine\". Did you mean \"demo/sine/HEAD\"?\n`), ref, "", 1},
		{"unknown provider", said(`No provider found for prefix xx\n`), ref, "", 1},
		{"unsupported protocol", said(`Unsupported git url ftp://x/y, protocol ftp not in http, https, git, ssh\n`), ref, "", 1},
		{"banned", hubtest.Banned(), "The hub does not launch this repository", "", 1},
		{"build fails", hubtest.BuildFails(), "The build failed", "again", 1},
		{"build dies", hubtest.BuildDies(), "The build failed", "again", 1},
		{"watch breaks", hubtest.WatchBreaks(), "The hub stopped answering", "again launch", 1},
		{"spawn fails", hubtest.SpawnFails(), "The server did not start", "again launch", 1},
		{"says nothing", hubtest.Silent(), "It takes too long", "again launch", 1},
		{"failed without a word", hubtest.Script{hubtest.Send(hub.FailedBare()), hubtest.Hold()}, "The hub could not launch it", "again launch", 1},
		{"capital letters", hubtest.Script{hubtest.Send(`{"phase": "Failed", "message": "Too many users on this BinderHub! Try again soon.\n"}`), hubtest.Hold()}, "The hub is full", "again", 1},
		{"ends without ready", hubtest.Script{hubtest.Send(hub.Waiting("Waiting\n"))}, "The hub stopped answering", "again launch", 3},
		{"not JSON", hubtest.Script{hubtest.Raw("data: <html>\n\n"), hubtest.Hold()}, "The hub's answer is not understood", "again launch", 1},
		{"not an object", hubtest.Script{hubtest.Raw("data: null\n\n"), hubtest.Hold()}, "The hub's answer is not understood", "again launch", 1},
		{"server over http", ready("http://evil.example/user/x/"), "The hub gave an unsafe address", "launch", 1},
		{"server is a script", ready("javascript:alert(1)//"), "The hub gave an unsafe address", "launch", 1},
		{"no server", hubtest.Script{hubtest.Send(`{"phase": "ready"}`), hubtest.Hold()}, "The hub gave an unsafe address", "launch", 1},
	}
}

// offers are the buttons with which a failure can be met.
func (s *story) offers() string {
	var shown []string
	for _, name := range []string{"again", "launch", "other"} {
		if s.Shows(part(name)) {
			shown = append(shown, name)
		}
	}
	return strings.Join(shown, " ")
}

// refusal is a request that is answered with a status.
func refusal(status int, message string) hubtest.Script {
	return hubtest.Script{hubtest.Send(hub.FailedStatus(status, message)), hubtest.Hold()}
}

// said is one failed event with a message, as it stands in JSON.
func said(message string) hubtest.Script {
	return hubtest.Script{hubtest.Send(hub.Event(`{"phase": "failed", "message": "` + message + `"}`))}
}

// ready is a launch that ends in a given address.
func ready(url string) hubtest.Script {
	return hubtest.Script{func(p *hubtest.Play) error {
		return p.Stream.Send(hub.Ready(p.Request, hub.Server{URL: url, Token: "secret"}))
	}, hubtest.Hold()}
}

// fail launches, and waits until the launch has failed.
func (s *story) fail(f failure) {
	s.run()
	if f.happened == "It takes too long" {
		s.WaitFor(part("toggle"))
		s.Eval("pass(31)", nil)
	}
	s.Wait(inState("failed"))
}

// TestFailures has every failure of the stream: said in words, with what to do,
// and the stream closed.
func TestFailures(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, f := range failures() {
			t.Run(f.name, func(t *testing.T) {
				s := tell(t, b, browser.Options{Preload: clock + quick}, f.script)
				s.fail(f)
				if got := s.text("happened"); got != f.happened {
					t.Errorf("it says %q, want %q", got, f.happened)
				}
				if s.text("todo") == "" {
					t.Error("it does not say what to do")
				}
				if got := s.offers(); got != f.help {
					t.Errorf("it offers %q, want %q", got, f.help)
				}
				patience.Eventually(t, "the stream is closed", func() bool { return ended(s.hub) })
				if n := len(s.hub.Builds()); n != f.builds {
					t.Errorf("the hub was asked %d times, want %d", n, f.builds)
				}
				if s.Is("document.querySelector('iframe').hasAttribute('src')") {
					t.Error("the frame has an address")
				}
			})
		}
	})
}

// TestRetry launches after a failure.
func TestRetry(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		s := tell(t, b, browser.Options{}, hubtest.Full(), hubtest.Cached())
		s.run()
		s.Wait(inState("failed"))
		s.Click(part("again"))
		s.Wait(inState("ready"))
	})
}

// TestLost asks again for a build, but not once a server may be starting.
func TestLost(t *testing.T) {
	for _, c := range []struct {
		name     string
		heard    []hub.Event
		happened string
		builds   int
	}{
		{"before the image is built", hubtest.BuildLog(), "The hub stopped answering", 3},
		{"after it", []hub.Event{hubtest.FoundBuilt("image")}, "The connection was lost", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			browser.Each(t, func(t *testing.T, b *browser.Browser) {
				gate := hubtest.NewGate()
				s := tell(t, b, browser.Options{Preload: quick}, hubtest.Script{
					hubtest.Send(c.heard...), hubtest.Wait(gate), hubtest.Drop(),
				})
				s.run()
				s.hears(gate)
				s.Wait(inState("failed"))
				if got := s.text("happened"); got != c.happened {
					t.Errorf("it says %q, want %q", got, c.happened)
				}
				if got := s.offers(); got != "again launch" {
					t.Errorf("it offers %q", got)
				}
				if n := len(s.hub.Builds()); n != c.builds {
					t.Errorf("the hub was asked %d times, want %d", n, c.builds)
				}
			})
		})
	}
}

// hears opens a gate when the page has heard an event: a browser may forget what
// comes right before a connection breaks.
func (s *story) hears(gate *hubtest.Gate) {
	s.Wait("sessionStorage.length === 1")
	gate.Open()
}

// TestReconnect attaches to the build again when the connection drops early.
func TestReconnect(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		gate := hubtest.NewGate()
		drop := hubtest.Script{hubtest.Send(hubtest.BuildLog()...), hubtest.Wait(gate), hubtest.Drop()}
		s := tell(t, b, browser.Options{Preload: quick}, drop, drop, hubtest.Fresh())
		s.run()
		s.hears(gate)
		s.Wait(inState("ready"))
		if n := len(s.hub.Builds()); n != 3 {
			t.Errorf("the hub was asked %d times", n)
		}
	})
}

// TestBackoff waits longer before the second attempt than before the first, and
// not for the same time in every page, so that readers whose hub restarts do not
// all come back at once.
func TestBackoff(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for random, want := range map[string]string{"0": "2000 4000", "0.5": "3000 6000", "0.75": "3500 7000"} {
			gate := hubtest.NewGate()
			drop := hubtest.Script{hubtest.Send(hub.Waiting("w\n")), hubtest.Wait(gate), hubtest.Drop()}
			s := tell(t, b, browser.Options{Preload: "Math.random = () => " + random + `;
				window.waits = [];
				const start = window.setTimeout;
				window.setTimeout = (f, ms = 0) => {
					if (ms < 1_000 || ms > 10_000) return start(f, ms);
					waits.push(ms);
					return start(f, 1);
				};
			`}, drop, drop, hubtest.Fresh())
			s.run()
			s.hears(gate)
			s.Wait(inState("ready"))
			if got := s.Text("waits.join(' ')"); got != want {
				t.Errorf("waits %s ms, want %s", got, want)
			}
		}
	})
}

// TestHubFaults has what stands in front of a hub, or is not there at all.
func TestHubFaults(t *testing.T) {
	const refused = "The hub does not answer this page"
	status := func(code int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/build/") {
				return false
			}
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.WriteHeader(code)
			return true
		}
	}
	tests := []struct {
		name     string
		front    func(http.ResponseWriter, *http.Request) bool
		happened string
	}{
		{"503", status(503), refused},
		{"204", status(204), refused},
		{"no CORS", func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = w.Write([]byte("data: {}\n\n"))
			return true
		}, refused},
		{"wrong type", func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<h1>Login</h1>"))
			return true
		}, refused},
		{"redirect outside the policy", func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/build/") {
				return false
			}
			w.Header().Set("Access-Control-Allow-Origin", "*")
			http.Redirect(w, r, "https://member.test:9/build/", http.StatusTemporaryRedirect)
			return true
		}, "This page does not allow the hub"},
		{"down", nil, "The hub cannot be reached"},
	}
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				s := tell(t, b, browser.Options{Preload: quick})
				s.hub.Front(test.front)
				if test.front == nil {
					s.hub.Down()
				}
				s.run()
				s.Wait(inState("failed"))
				if got := s.text("happened"); got != test.happened {
					t.Errorf("it says %q, want %q", got, test.happened)
				}
				if test.front == nil {
					s.hub.Up()
					s.Click(part("again"))
					s.Wait(inState("ready"))
				}
			})
		}
	})
}

// TestBuildLogOnFailure opens the log at the first line with an error, also where
// lines wrap.
func TestBuildLogOnFailure(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for _, width := range []int{1280, 390} {
			testBuildLogOnFailure(t, b, width)
			testShortLogOnFailure(t, b, width)
		}
	})
}

func testBuildLogOnFailure(t *testing.T, b *browser.Browser, width int) {
	var long []hub.Event
	for range 200 {
		long = append(long, hub.Log("building", "Collecting something that has a long name and so takes more than one line on a phone\n"))
	}
	script := append(hubtest.Script{
		hubtest.Send(hub.Waiting("w\n")),
		hubtest.Send(long...),
		hubtest.Send(hub.Log("building", "ValueError: the first of them\n")),
		hubtest.Send(long...),
	}, hubtest.BuildFails()...)
	s := tell(t, b, browser.Options{Width: width}, script)
	s.run()
	s.Wait(inState("failed"))
	s.WaitFor(part("lines"))
	s.Wait(`(() => {
			const box = document.querySelector("[data-bb=lines]").getBoundingClientRect();
			const seen = [...document.querySelectorAll("[data-bb=lines] > *")].find((line) => line.getBoundingClientRect().bottom > box.top + 2);
			return seen.textContent === "ValueError: the first of them";
		})()`)
	log := s.Text(`document.querySelector("[data-bb=lines]").textContent`)
	if !strings.Contains(log, "returned a non-zero code: 1") {
		t.Error("the hub's own message is not in the log")
	}
}

// testShortLogOnFailure has so few lines that the log cannot begin with the error.
func testShortLogOnFailure(t *testing.T, b *browser.Browser, width int) {
	s := tell(t, b, browser.Options{Width: width}, hubtest.BuildFails())
	s.run()
	s.Wait(inState("failed"))
	s.Eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))", nil)
	if !s.Is(`(() => {
		const box = document.querySelector("[data-bb=lines]").getBoundingClientRect();
		const fault = document.querySelector(".bb-fault").getBoundingClientRect();
		return fault.top >= box.top && fault.bottom <= box.bottom;
	})()`) {
		t.Errorf("%d px: the error is out of sight", width)
	}
}

// TestLimit ends a launch that goes on for ever although the hub still speaks.
func TestLimit(t *testing.T) { browser.Each(t, testLimit) }

func testLimit(t *testing.T, b *browser.Browser) {
	chatter := hubtest.Script{hubtest.Send(hub.Waiting("w\n")), func(p *hubtest.Play) error {
		for {
			if err := p.Stream.Send(hub.Log("building", "still building\n")); err != nil {
				return err
			}
			select {
			case <-p.Context.Done():
				return p.Context.Err()
			case <-time.After(100 * time.Millisecond):
			}
		}
	}}
	s := tell(t, b, browser.Options{Preload: clock}, chatter)
	s.run()
	s.WaitFor(part("toggle"))
	s.Eval("pass(29)", nil)
	if !s.Is(inState("building")) {
		t.Fatal("gave up too early")
	}
	s.Eval("pass(2)", nil)
	s.Wait(inState("failed"))
	if got := s.text("happened"); got != "It takes too long" {
		t.Errorf("it says %q", got)
	}
}
