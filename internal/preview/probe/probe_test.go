package probe

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

const server = "http://127.0.0.1:8000/user/x/"

// working is what happens when an app works.
func working() *seen {
	s := &seen{view: view{Known: true, Bokeh: true, Documents: 1, Roots: 1, Idle: true, Visible: true}}
	for _, data := range []string{
		`{"phase": "building", "message": "one\r\u001b[31mtwo\u001b[0m\n"}`, `{"message": "three\n"}`, `not JSON`,
		`{"phase": "Built", "message": "Built image\n"}`, `{"phase": "ready", "url": "` + server + `", "token": "t"}`, `{"phase": "failed"}`,
	} {
		s.launch.hear(data)
	}
	s.traffic.Exchanges = []browse.Exchange{
		{URL: "http://localhost:9000/", Kind: "Document", Status: 200, Type: "text/html"},
		{URL: "http://localhost:9000/own.js", Kind: "Script", Status: 200},
		{URL: "data:text/javascript;base64,MQ==", Kind: "Script", Status: 200},
		{URL: server + "app/app?token=t", Kind: "Document", Status: 200, Type: "text/html"},
		{URL: "http://127.0.0.1:8000/cdn/cdn.bokeh.org/bokeh.js", Kind: "Script", Status: 200},
	}
	s.traffic.Sockets = []browse.Socket{{URL: "ws://127.0.0.1:8000/user/x/app/app/ws", Status: 101, Received: 1}}
	return s
}

// TestJudge tells what each fault means to whoever reads it.
func TestJudge(t *testing.T) {
	page := func(s *seen) *browse.Exchange { return &s.traffic.Exchanges[3] }
	script := func(s *seen) *browse.Exchange { return &s.traffic.Exchanges[4] }
	for name, test := range map[string]struct {
		change     func(s *seen)
		step, text string // of the failure
		rule       string
	}{
		"works":           {func(*seen) {}, "", "", ""},
		"build":           {func(s *seen) { s.launch = launch{failed: true, failure: "postBuild ended"} }, "build", "postBuild ended", "script-crlf"},
		"server":          {func(s *seen) { s.launch = launch{built: true, failed: true} }, "server", "it does not start", "start-no-exec"},
		"never asked":     {func(s *seen) { s.traffic.Exchanges = nil }, "page", "never asked for", ""},
		"login":           {func(s *seen) { page(s).From, page(s).URL = []string{server + "app/"}, server+"login?next=x" }, "page", "/app/ leads to a page to log in", "link-not-app"},
		"not found":       {func(s *seen) { page(s).Status = 404 }, "page", "/app/app answers 404", "link-port"},
		"error":           {func(s *seen) { page(s).Status = 500 }, "page", "/app/app answers 500", "proxy-timeout"},
		"refused frame":   {func(s *seen) { page(s).Error = "blocked: csp" }, "page", "cannot be shown in a frame", "voila-frame"},
		"no answer":       {func(s *seen) { page(s).Status = 0 }, "page", "does not answer", "proxy-timeout"},
		"scripts missing": {blank(func(s *seen) { script(s).Status, script(s).URL = 404, "http://127.0.0.1:8000/static/js/bokeh.min.js" }), "scripts", "1 of 1 are not there: /static/js/bokeh.min.js at the server's root (404)", "white-page"},
		"scripts login": {blank(func(s *seen) {
			script(s).From, script(s).URL, script(s).Error = []string{server + "app/static/x.js"}, server+"login", "net::ERR_BLOCKED_BY_ORB"
		}), "scripts", "frame: /app/static/x.js (net::ERR_BLOCKED_BY_ORB)", "tab-only"},
		"scripts local":   {blank(func(s *seen) { script(s).URL, script(s).Error = "http://localhost:5006/static/x.js", "blocked: csp" }), "scripts", "asked of this very machine", "white-page"},
		"scripts blocked": {blank(func(s *seen) { script(s).Error = "blocked: csp" }), "scripts", "not loaded", ""},
		"no socket":       {blank(func(s *seen) { s.traffic.Sockets = nil }), "socket", "none was opened", ""},
		"socket refused":  {blank(func(s *seen) { s.traffic.Sockets[0] = browse.Socket{Status: 403} }), "socket", "refused (403)", "origin-missing"},
		"socket login":    {blank(func(s *seen) { s.traffic.Sockets[0] = browse.Socket{Status: 302} }), "socket", "want of a cookie", "cookie-needed"},
		"socket lost":     {blank(func(s *seen) { s.traffic.Sockets[0] = browse.Socket{Error: "reset"} }), "socket", "reset", ""},
		"socket closed":   {blank(func(s *seen) { s.traffic.Sockets[0] = browse.Socket{Status: 101, Closed: true} }), "socket", "closed again", "origin-missing"},
		"socket silent":   {blank(func(s *seen) { s.traffic.Sockets[0].Received = 0 }), "socket", "says nothing", ""},
		"empty":           {func(s *seen) { s.view.Roots = 0 }, "app", "the document is empty", "data-missing"},
		"nothing drawn":   {func(s *seen) { s.view.Visible = false }, "app", "nothing is drawn", ""},
		"far away": {func(s *seen) {
			script(s).URL, script(s).Status, script(s).Error = "https://fonts.example/x.css", 0, "no such host"
		}, "", "", ""},
		"unneeded script": {func(s *seen) { script(s).Status = 404 }, "", "", ""},
		"still loading":   {func(s *seen) { s.view = view{Known: true, Visible: true}; script(s).Status = 404 }, "scripts", "1 of 1 are not there", "dash-prefix"},
		"other framework": {func(s *seen) { s.view = view{Known: true, Visible: true}; s.traffic.Sockets = nil }, "", "", ""},
		"by requests":     {func(s *seen) { s.view = view{Bokeh: true, Roots: 1} }, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := working()
			test.change(s)
			target := Target{Page: "http://localhost:9000/?token=t", Output: func() []string { return []string{"[I 2026-01-02 03:04:05.6 ServerApp] all is well", "printed"} }}
			outcome := s.judge(target)
			failed := outcome.Failure()
			if failed == nil {
				if test.step != "" {
					t.Errorf("it does not fail: %+v", outcome.Steps)
				}
				return
			}
			if failed.Name != test.step || !strings.Contains(failed.Text, test.text) || test.rule != "" && !slices.Contains(failed.Rules, test.rule) {
				t.Errorf("%+v", failed)
			}
			if failed != &outcome.Steps[len(outcome.Steps)-1] {
				t.Errorf("something comes after the failure: %+v", outcome.Steps)
			}
			if failed.Name != "build" && failed.Name != "server" && !slices.Contains(failed.Log, "printed") || slices.ContainsFunc(failed.Log, chatter.MatchString) {
				t.Errorf("the log is %q", failed.Log)
			}
			for _, id := range failed.Rules {
				if !slices.ContainsFunc(lint.Rules(), func(r *lint.Rule) bool { return r.ID == id }) {
					t.Errorf("there is no rule %s", id)
				}
			}
		})
	}
	if lines := working().launch.lines; !slices.Equal(lines, []string{"one", "two", "three", "Built image"}) {
		t.Errorf("the log is %q", lines)
	}
}

// TestLacking says what a page does without, that works.
func TestLacking(t *testing.T) {
	s := working()
	if step := s.scripts(Target{Page: "http://localhost:9000/?token=t"}); step.Failed || strings.Contains(step.Text, "else") {
		t.Errorf("%+v", step)
	}
	s.traffic.Exchanges = append(s.traffic.Exchanges,
		browse.Exchange{URL: server + "login?next=x", From: []string{server + "app/app/static/logo.png"}, Kind: "Image", Status: 200},
		browse.Exchange{URL: server + "app/app/none.json", Kind: "Fetch", Status: 404},
		browse.Exchange{URL: "https://example.org/none.png", Kind: "Image", Status: 404})
	step := s.scripts(Target{Page: "http://localhost:9000/?token=t"})
	for _, want := range []string{"1 are refused for want of a cookie", "/app/app/static/logo.png", "1 are not there: /app/app/none.json (404)"} {
		if !strings.Contains(step.Text, want) {
			t.Errorf("%q does not say %q", step.Text, want)
		}
	}
	if step.Failed || !slices.Contains(step.Rules, "static-cookie") || strings.Contains(step.Text, "example.org") {
		t.Errorf("%+v", step)
	}
}

// blank is a change after which nothing is drawn.
func blank(change func(s *seen)) func(s *seen) {
	return func(s *seen) {
		s.view.Visible = false
		change(s)
	}
}

// TestLast keeps the end of a long log.
func TestLast(t *testing.T) {
	for n, want := range map[int]string{20: "x", 80: "… 40 lines before"} {
		if got := last(slices.Repeat([]string{"x"}, n)); len(got) != min(n, 41) || got[0] != want {
			t.Errorf("%q", got)
		}
	}
}

func TestReadPage(t *testing.T) {
	p := readPage([]byte(`<!doctype html>
<!-- <script src="commented.js"></script> -->
<link rel="icon" href="icon.png"><LINK href='a.css?x=1&amp;y=2' rel=stylesheet>
<script type="text/javascript" src="static/b.js" data-x=">"></script>
<script>const render_items = [{"token":"abc","roots":{"p1":"x","p2":"y"},"root_ids":["p1","p2"]}]; run("src=no.js")</script>`))
	want := []part{{"Stylesheet", "a.css?x=1&y=2"}, {"Script", "static/b.js"}}
	if !slices.Equal(p.parts, want) || !p.bokeh || p.roots != 2 || p.token != "abc" {
		t.Errorf("%+v", p)
	}
	if p := readPage([]byte("const render_items = [{")); !p.bokeh || p.token != "" {
		t.Errorf("%+v", p)
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add([]byte(`<script src="a.js"></script><link rel=stylesheet href=b><!-- --> render_items = [{"token": "a", "roots": {}}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, p := range readPage(text).parts {
			if p.address == "" {
				t.Error("a part without an address")
			}
		}
	})
}

func TestFramed(t *testing.T) {
	const origin = "http://localhost:9000"
	for header, want := range map[string]bool{
		"":                                       true,
		"default-src 'self'":                     true,
		"frame-ancestors 'self'":                 false,
		"x; Frame-Ancestors 'none'":              false,
		"frame-ancestors *":                      true,
		"frame-ancestors http://localhost:9000":  true,
		"frame-ancestors https://blog.example.x": false,
	} {
		h := http.Header{}
		if header != "" {
			h.Set("Content-Security-Policy", header)
		}
		if got := framed(h, origin); got != want {
			t.Errorf("%s: %v", header, got)
		}
	}
	if framed(http.Header{"X-Frame-Options": {"SAMEORIGIN"}}, origin) {
		t.Error("X-Frame-Options is passed over")
	}
}

func TestReadMessage(t *testing.T) {
	long := strings.Repeat("x", 300)
	for frame, want := range map[string]string{
		"\x81\x02hi and more":                             "hi",
		"\x81\x7e\x01\x2c" + long + "no":                  long,
		"\x81\x7f\x00\x00\x00\x00\x00\x00\x01\x2c" + long: long,
	} {
		if got, err := readMessage(bytes.NewReader([]byte(frame))); err != nil || got != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	for _, frame := range []string{"", "\x81", "\x81\x05hi", "\x88\x02\x03\xe8", "\x81\x7f\x7f\x00\x00\x00\x00\x00\x01\x2c"} {
		if got, err := readMessage(bytes.NewReader([]byte(frame))); err == nil {
			t.Errorf("%q: %q", frame, got)
		}
	}
}

// TestLongMessage has half of what is read of a message, and twice as much.
func TestLongMessage(t *testing.T) {
	for _, n := range []uint64{512 << 10, 2 << 20} {
		frame := append(binary.BigEndian.AppendUint64([]byte("\x81\x7f"), n), make([]byte, n)...)
		if _, err := readMessage(bytes.NewReader(frame)); (err == nil) != (n < 1<<20) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestBelow(t *testing.T) {
	got, err := (Target{Path: "/app/app?x=1"}).below(server, "a b")
	if err != nil || got != server+"app/app?token=a+b&x=1" {
		t.Errorf("%s, %v", got, err)
	}
}

// FuzzStream hears streams that no hub may have sent. One that ends has failed or has a
// server, never both, and no line of its log holds a line's end or a colour.
func FuzzStream(f *testing.F) {
	for stream, lines := range map[string]int{
		"data: {\"phase\": \"building\", \"message\": \"a\\r\\u001b[31mb\\n\"}\n\n:keepalive\n\ndata: {\"phase\": \"ready\", \"url\": \"https://x/\", \"token\": \"t\"}\n\n": 2,
		"data:{\"phase\": \"failed\", \"message\": \"no\"}\r\n": 0,
		"data: [1]\ndata: {\"message\": \"one\"}\nretry: 3\n":   1,
	} {
		f.Add([]byte(stream))
		if l := hearAll(f, []byte(stream)); len(l.lines) != lines {
			f.Errorf("%q has %q", stream, l.lines)
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte) { hearAll(t, stream) })
}

func hearAll(t testing.TB, stream []byte) *launch {
	l := &launch{}
	if err := l.read(bytes.NewReader(stream)); err == nil && l.failed == (l.url != "") {
		t.Errorf("failed %v, url %q", l.failed, l.url)
	}
	for _, line := range l.lines {
		if strings.ContainsAny(line, "\r\n") || colours.MatchString(line) {
			t.Errorf("the log has the line %q", line)
		}
	}
	return l
}
