package hub_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

var update = flag.Bool("update", false, "update golden files")

const spec = "gh/demo/sine/HEAD"

// stream is one recorded stream.
type stream struct {
	name   string
	spec   string // default spec
	script hubtest.Script
	events int
	open   bool // the hub does not end it
}

func streams() []stream {
	return []stream{
		{"fresh", "", hubtest.Fresh(), 21, true},
		{"pushing", "", hubtest.Pushing(), 10, false},
		{"cached", "", hubtest.Cached(), 6, false},
		{"unknown-ref", "gh/demo/sine/nope", hubtest.UnknownRef(), 1, false},
		{"missing-repository", "git/https%3A%2F%2Fgit.example%2Fdemo%2Fsine/HEAD", hubtest.MissingRepository(), 1, false},
		{"banned", "gh/evil/repo/HEAD", hubtest.Banned(), 1, false},
		{"full", "", hubtest.Full(), 1, false},
		{"full-cached", "", hubtest.FullCached(), 2, false},
		{"busy", "", hubtest.Busy(), 2, false},
		{"limited", "", hubtest.Limited(), 1, false},
		{"build-fails", "", hubtest.BuildFails(), 22, true},
		{"build-dies", "", hubtest.BuildDies(), 17, true},
		{"watch-breaks", "", hubtest.WatchBreaks(), 2, true},
		{"silent", "", hubtest.Silent(), 1, true},
		{"spawn-fails", "", hubtest.SpawnFails(), 10, false},
		{"old-branch", "gh/demo/sine/master", hubtest.OldBranch(), 7, false},
	}
}

// TestStreams compares every stream with its recording, byte by byte, and sees
// whether the hub ends it.
func TestStreams(t *testing.T) {
	for _, s := range streams() {
		t.Run(s.name, func(t *testing.T) {
			h := hubtest.New(t, hubtest.Options{KeepAlive: 20 * time.Millisecond})
			h.Script("", s.script)
			body := get(t, h.URL+"build/"+cmp.Or(s.spec, spec))
			text, ended := readEvents(t, body, s.events)
			golden(t, s.name+".txt", normal(h, text))
			if !ended {
				ended = !readKeepAlive(body)
			}
			if ended == s.open {
				t.Errorf("stream ended: %v, want %v", ended, !s.open)
			}
		})
	}
}

// TestProtocolErrors has what the hub refuses before it asks its launcher.
func TestProtocolErrors(t *testing.T) {
	tests := []struct{ name, path, want string }{
		{"no ref", "gh/demo/sine", `{"phase": "failed", "message": "Spec is not of the form \"user/repo/ref\", provided: \"demo/sine\". Did you mean \"demo/sine/HEAD\"?\n"}`},
		{"only an owner", "gh/demo/main", `{"phase": "failed", "message": "Spec is not of the form \"user/repo/ref\", provided: \"demo/main\".\n"}`},
		{"provider", "xx/demo/sine/HEAD", `{"phase": "failed", "message": "No provider found for prefix xx\n"}`},
		{"git protocol", "git/ftp%3A%2F%2Fx%2Fy/HEAD", `{"phase": "failed", "message": "Unsupported git url ftp://x/y, protocol ftp not in http, https, git, ssh\n"}`},
		{"git without ref", "git/https%3A%2F%2Fx%2Fy", `{"phase": "failed", "message": "not enough values to unpack (expected 2, got 1)\n"}`},
		{"gitlab without ref", "gl/group%2Fname/", `{"phase": "failed", "message": "not enough values to unpack (expected 2, got 1)\n"}`},
		{"build token", "gh/demo/sine/HEAD?build_token=no", `{"phase": "failed", "status_code": 403, "message": "Invalid build token\n"}`},
		{"build only", "gh/demo/sine/HEAD?build_only=true", `{"phase": "failed", "status_code": 400, "message": "Building but not launching is not permitted when the API only mode was not enabled by setting ` + "`enable_api_only_mode`" + ` to True. \n"}`},
	}
	h := hubtest.New(t, hubtest.Options{})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readAll(t, get(t, h.URL+"build/"+test.path))
			if want := "data: " + test.want + "\n\n"; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
	if n := len(h.Builds()); n != 0 {
		t.Errorf("the launcher was asked %d times", n)
	}
}

func TestAccept(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{})
	for accept, ok := range map[string]bool{
		"text/event-stream":         true,
		"text/event-stream; q=1":    true,
		"Text/Event-Stream":         true,
		"text/event-stream, */*":    false,
		"*/*":                       false,
		"application/json; q=0.1":   false,
		"q=1;text/event-stream;x=y": true,
	} {
		req := request(t, h.URL+"build/"+spec)
		req.Header.Set("Accept", accept)
		got := readAll(t, do(t, req).Body)
		refused := got == `data: {"phase": "failed", "status_code": 400, "message": "Missing Accept header: text/event-stream\n"}`+"\n\n"
		if refused == ok {
			t.Errorf("Accept %q: %s", accept, got)
		}
	}
}

// TestSpecs follows the asked spec into the ready event.
func TestSpecs(t *testing.T) {
	tests := []struct{ spec, repo, persistent string }{
		{"gh/demo/sine/feature/x", "https://github.com/demo/sine", "gh/demo/sine/COMMIT"},
		{"gh/demo/sine.git/HEAD/", "https://github.com/demo/sine", "gh/demo/sine.git/COMMIT"},
		{"gl/group%2Fsub%2Fname/main", "https://gitlab.com/group/sub/name", "gl/group%2Fsub%2Fname/COMMIT"},
		{"git/https%3A%2F%2Fcodeberg.org%2Fa%2Fb/feature%2Fx", "https://codeberg.org/a/b", "git/https%3A%2F%2Fcodeberg.org%2Fa%2Fb/COMMIT"},
		{"gist/demo/0123456789abcdef", "https://gist.github.com/demo/0123456789abcdef", "gist/demo/0123456789abcdef/COMMIT"},
	}
	h := hubtest.New(t, hubtest.Options{Base: "/services/binder/"})
	for _, test := range tests {
		t.Run(test.spec, func(t *testing.T) {
			ready := last(t, readAll(t, get(t, h.URL+"build/"+test.spec)))
			want := map[string]any{
				"phase":                     "ready",
				"repo_url":                  test.repo,
				"binder_request":            "v2/" + strings.TrimSuffix(test.spec, "/"),
				"binder_persistent_request": "v2/" + strings.ReplaceAll(test.persistent, "COMMIT", "9579c85e4307151a54c3f81d0e756040b58b0252"),
				"binder_launch_host":        h.URL,
				"binder_client_ip":          "127.0.0.1",
			}
			for name, value := range want {
				if ready[name] != value {
					t.Errorf("%s is %v, want %v", name, ready[name], value)
				}
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{Limit: &hub.Limiter{Requests: 5, Window: time.Hour}})
	for _, method := range []string{"GET", "OPTIONS", "HEAD"} {
		req := request(t, h.URL+"build/"+spec)
		req.Method = method
		req.Header.Set("Accept", "text/event-stream")
		res := do(t, req)
		if res.StatusCode != 200 || res.Header.Get("Access-Control-Allow-Origin") != "*" ||
			res.Header.Get("Access-Control-Allow-Headers") != "cache-control" ||
			res.Header.Get("Access-Control-Expose-Headers") != "" {
			t.Errorf("%s: %s %v", method, res.Status, res.Header)
		}
		if method == "GET" && (res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("X-Ratelimit-Remaining") != "4") {
			t.Errorf("%s: %v", method, res.Header)
		}
	}
	for _, path := range []string{"versions", "health"} {
		res := do(t, request(t, h.URL+path))
		var answer map[string]any
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v %v", path, err, res.Header)
		}
	}
}

func TestRateLimit(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{Limit: &hub.Limiter{Requests: 2, Window: 40 * time.Second}})
	for range 2 {
		if ready := last(t, readAll(t, get(t, h.URL+"build/"+spec))); ready["phase"] != "ready" {
			t.Fatalf("refused too early: %v", ready)
		}
	}
	got := readAll(t, get(t, h.URL+"build/"+spec))
	if want := `data: {"phase": "failed", "status_code": 429, "message": "Rate limit exceeded. Try again in 40 seconds.\n"}` + "\n\n"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestLaunchPage does what the script of the hub's page does: its token is not
// counted, but good only for this spec and host.
func TestLaunchPage(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{Limit: &hub.Limiter{Requests: 1, Window: time.Hour}})
	page := readAll(t, do(t, request(t, h.URL+"v2/"+spec+"?urlpath=%2Fproxy%2F5006%2Fapp")).Body)
	token := regexp.MustCompile(`data-token="([^"]+)"`).FindStringSubmatch(page)
	if token == nil {
		t.Fatalf("no token in the page: %s", page)
	}
	for range 3 {
		if ready := last(t, readAll(t, get(t, h.URL+"build/"+spec+"?build_token="+token[1]))); ready["phase"] != "ready" {
			t.Errorf("refused: %v", ready)
		}
	}
	other := last(t, readAll(t, get(t, h.URL+"build/gh/demo/other/HEAD?build_token="+token[1])))
	if other["status_code"] != 403.0 {
		t.Errorf("the token is good for another repository: %v", other)
	}
}

// TestServer asks the started server as a page of another site does.
func TestServer(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{})
	ready := last(t, readAll(t, get(t, h.URL+"build/"+spec)))
	server, token := ready["url"].(string), ready["token"].(string)
	if !strings.HasPrefix(server, h.ServersURL+"user/demo-sine-") || !strings.HasSuffix(server, "/") {
		t.Fatalf("server at %s", server)
	}
	check := func(method, path string, status int, cors, ancestors string) {
		t.Helper()
		req := request(t, server+path)
		req.Method = method
		res := do(t, req)
		csp := res.Header.Get("Content-Security-Policy")
		if res.StatusCode != status || res.Header.Get("Access-Control-Allow-Origin") != cors ||
			!strings.HasPrefix(csp, ancestors) || ancestors == "" && csp != "" {
			t.Errorf("%s %s: %s %v", method, path, res.Status, res.Header)
		}
	}
	check("GET", "api/status?token="+token, 200, "*", "frame-ancestors 'self'")
	check("GET", "api/status?token=wrong", 403, "", "frame-ancestors 'self'")
	check("GET", "lab?token="+token, 200, "", "frame-ancestors 'self'")
	check("GET", "proxy/5006/bokeh-app?token="+token, 200, "", "")
	check("GET", "proxy/5006/bokeh-app", 200, "", "frame-ancestors 'self'") // the login page
	check("POST", "api/shutdown?token="+token, 200, "*", "frame-ancestors 'self'")
	check("GET", "api/status?token="+token, 403, "", "frame-ancestors 'none'")
	if names := h.Running(); len(names) != 0 {
		t.Errorf("still running: %v", names)
	}
}

// TestDownAndUp keeps the address, so that a page can try again.
func TestDownAndUp(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{})
	h.Down()
	if _, err := http.Get(h.URL + "versions"); err == nil {
		t.Error("the hub still answers")
	}
	h.Up()
	if res := do(t, request(t, h.URL+"versions")); res.StatusCode != 200 {
		t.Errorf("the hub answers %s", res.Status)
	}
}

// TestClientLeaves ends the launcher's work.
func TestClientLeaves(t *testing.T) {
	h := hubtest.New(t, hubtest.Options{})
	h.Script(spec, hubtest.Silent())
	ctx, cancel := context.WithCancel(t.Context())
	req := request(t, h.URL+"build/"+spec).WithContext(ctx)
	req.Header.Set("Accept", "text/event-stream")
	res := do(t, req)
	if text, _ := readEvents(t, res.Body, 1); text == "" {
		t.Fatal("no event")
	}
	cancel()
	patience.Receive(t, "the end of the build", h.Builds()[0].Done())
}

// TestEventsAreASCII holds for what the hub says itself, as in Python.
func TestEventsAreASCII(t *testing.T) {
	got := hub.Failed("café \U0001f600 <&>\n")
	if want := hub.Event(`{"phase": "failed", "message": "caf\u00e9 \ud83d\ude00 <&>\n"}`); got != want {
		t.Errorf("got %s", got)
	}
}

func request(t *testing.T, address string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func do(t *testing.T, req *http.Request) *http.Response {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// get asks for an event stream.
func get(t *testing.T, address string) io.Reader {
	t.Helper()
	req := request(t, address)
	req.Header.Set("Accept", "text/event-stream")
	return bufio.NewReader(do(t, req).Body)
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// readEvents reads n events, without comments, and says whether the stream has
// ended before that.
func readEvents(t *testing.T, r io.Reader, n int) (text string, ended bool) {
	t.Helper()
	lines, ok := r.(*bufio.Reader)
	if !ok {
		lines = bufio.NewReader(r)
	}
	var b strings.Builder
	for seen := 0; seen < n; {
		block, err := readBlock(lines)
		if err != nil {
			return b.String(), true
		}
		if strings.HasPrefix(block, ":") {
			continue
		}
		b.WriteString(block)
		seen++
	}
	return b.String(), false
}

// readBlock reads up to and with the next empty line.
func readBlock(r *bufio.Reader) (string, error) {
	var block string
	for !strings.HasSuffix(block, "\n\n") {
		line, err := r.ReadString('\n')
		if err != nil {
			return block, err
		}
		block += line
	}
	return block, nil
}

// readKeepAlive reports whether a keep-alive comment comes before the end and
// before any event.
func readKeepAlive(r io.Reader) bool {
	block, err := readBlock(r.(*bufio.Reader))
	return err == nil && block == ":keepalive\n\n"
}

// last decodes the last event of a stream.
func last(t *testing.T, text string) map[string]any {
	t.Helper()
	blocks := strings.Split(strings.TrimSpace(text), "\n\n")
	var event map[string]any
	line := strings.TrimPrefix(blocks[len(blocks)-1], "data: ")
	if err := json.Unmarshal([]byte(line), &event); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return event
}

// normal takes out of a stream what differs from run to run.
func normal(h *hubtest.Hub, text string) string {
	hubURL, _ := url.Parse(h.URL)
	serversURL, _ := url.Parse(h.ServersURL)
	pairs := []string{hubURL.Host, "HUB", serversURL.Host, "SERVERS"}
	for _, s := range h.Started() {
		pairs = append(pairs, s.Name, "NAME", s.Token, "TOKEN")
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}
