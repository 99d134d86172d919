package preview_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// runtime is a runtime without Python: its servers answer by themselves. What
// the real one does is tested with the real stack, in e2e/preview.
type runtime struct {
	build, start error
	page         string // what apps answer
	header       http.Header

	mu      sync.Mutex
	folders []string
	servers []*server
}

func (r *runtime) Build(_ context.Context, folder, scratch string, _ []string, log io.Writer) (preview.Image, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.folders = append(r.folders, folder)
	fmt.Fprint(log, "first line\nsecond line\rand its end")
	if r.build != nil {
		return nil, r.build
	}
	return image{r, scratch}, nil
}

type image struct {
	*runtime
	scratch string
}

func (i image) Name() string  { return "image" }
func (i image) Remove() error { return os.RemoveAll(i.scratch) }

func (i image) Start(_ context.Context, o launch.ServerOptions) (preview.Server, error) {
	if i.start != nil {
		return nil, i.start
	}
	s := &server{done: make(chan struct{}), base: o.BaseURL, token: o.Token}
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for k, v := range i.header {
			w.Header()[k] = v
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "%s %s %s", i.page, r.Host, r.URL.Path)
	}))
	i.mu.Lock()
	i.servers = append(i.servers, s)
	i.mu.Unlock()
	return s, nil
}

type server struct {
	http        *httptest.Server
	base, token string
	done        chan struct{}
	once        sync.Once
}

func (s *server) Addr() string          { return s.http.Listener.Addr().String() }
func (s *server) Done() <-chan struct{} { return s.done }
func (s *server) Stop()                 { s.once.Do(func() { s.http.Close(); close(s.done) }) }

const page = "http://localhost:1234"

// newHub starts a hub for the repository demo/sine, which is a folder.
func newHub(t *testing.T, r *runtime, o preview.HubOptions) *preview.Hub {
	t.Helper()
	if o.Repositories == nil {
		o.Repositories = &preview.Repositories{}
	}
	a, err := forge.Parse("demo/sine")
	if err != nil {
		t.Fatal(err)
	}
	o.Repositories.Use(a, t.TempDir())
	o.Page, o.Runtime = page, r
	h, err := preview.NewHub(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// get asks with headers, and returns the answer with its body.
func get(t *testing.T, address string, headers ...string) (*http.Response, string) {
	t.Helper()
	res := ask(t, t.Context(), address, headers...)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func ask(t *testing.T, ctx context.Context, address string, headers ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// event is an event of a build stream.
type event struct {
	Phase, Message, URL, Token string
	Status                     int `json:"status_code"`
}

// build reads a stream up to ready or failed; on returns more than that.
func build(t *testing.T, h *preview.Hub, spec string) []event {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res := ask(t, ctx, h.URL+"build/"+spec, "Accept", "text/event-stream", "Origin", page)
	var events []event
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var e event
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
		if e.Phase == "ready" || e.Phase == "failed" {
			break
		}
	}
	return events
}

// story writes events as lines.
func story(events []event) string {
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s: %s\n", e.Phase, strings.TrimRight(e.Message, "\r\n"))
	}
	return b.String()
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in\n%s", part, text)
		}
	}
}

// ended waits until no server runs any more, and nothing is left of any.
func ended(t *testing.T, h *preview.Hub) {
	t.Helper()
	patience.Eventually(t, "all servers have ended", func() bool { return h.Running() == 0 })
}

// TestLaunch goes from a request to a page of the app, and back to nothing.
func TestLaunch(t *testing.T) {
	r := &runtime{page: "hello"}
	h := newHub(t, r, preview.HubOptions{})
	events := build(t, h, "gh/demo/sine/main")
	contains(t, story(events), "waiting: Waiting for build to start...", "building: first line", "building: second line", "building: and its end",
		"built: Built image, launching...", "launching: Server ready at /user/demo-sine-", "ready: server running at ")
	ready := events[len(events)-1]
	s := r.servers[0]
	if ready.Token != s.token || !strings.HasSuffix(ready.URL, s.base) {
		t.Errorf("ready: %+v, but the server has %s and %s", ready, s.base, s.token)
	}
	res, body := get(t, ready.URL+"app?token=x")
	if want := "hello " + strings.Split(h.URL, "/")[2] + " " + s.base + "app"; body != want {
		t.Errorf("the app answers %q, want %q", body, want)
	}
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") || strings.Contains(policy, "http:") {
		t.Errorf("policy %q", policy)
	}
	s.Stop()
	ended(t, h)
	if res, _ := get(t, ready.URL+"app"); res.StatusCode != http.StatusFound {
		t.Errorf("an ended server answers %s", res.Status)
	}
}

// TestGuards shows who may use the hub: pages of its own, by its own name.
func TestGuards(t *testing.T) {
	r := &runtime{}
	h := newHub(t, r, preview.HubOptions{})
	host := strings.Split(h.URL, "/")[2]
	ready := build(t, h, "gh/demo/sine/main")
	app := ready[len(ready)-1].URL
	tests := []struct {
		name, address string
		headers       []string
		want          int
	}{
		{"the page", h.URL + "versions", []string{"Origin", page}, 200},
		{"no page", h.URL + "versions", nil, 200},
		{"the hub's own page", h.URL + "versions", []string{"Origin", "http://" + host}, 200},
		{"another site's page", h.URL + "versions", []string{"Origin", "https://evil.example"}, 403},
		{"another port's page", h.URL + "versions", []string{"Origin", "http://localhost:9"}, 403},
		{"a sandboxed page", h.URL + "versions", []string{"Origin", "null"}, 403},
		{"a name of somebody's DNS", h.URL + "versions", []string{"Host", "evil.example"}, 421},
		{"localhost", h.URL + "versions", []string{"Host", strings.Replace(host, "127.0.0.1", "localhost", 1)}, 421},
		{"without the secret", "http://" + host + "/versions", nil, 404},
		{"with another secret", "http://" + host + "/x" + strings.Split(h.URL, "/")[3] + "/versions", nil, 404},
		{"the app, framed", app, []string{"Origin", "null"}, 200},
		{"the app, from another site", app, []string{"Origin", "https://evil.example"}, 403},
		{"no app", "http://" + host + "/user/none/", nil, 302},
	}
	for _, test := range tests {
		if res, _ := get(t, test.address, test.headers...); res.StatusCode != test.want {
			t.Errorf("%s: %s, want %d", test.name, res.Status, test.want)
		}
	}
}

// TestFailures shows how each failure ends, in BinderHub's words.
func TestFailures(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/ada/waves", gitserve.Files{"main.py": "1\n"})
	yes := func(context.Context, string) error { return nil }
	no := func(context.Context, string) error { return errors.New("it was refused") }
	tests := []struct {
		name, spec string
		runtime    *runtime
		confirm    func(context.Context, string) error
		want       []string
	}{
		{"unknown ref", "gh/ada/waves/nope", &runtime{}, yes, []string{"failed: Could not resolve ref for gh:ada/waves/nope. Double check"}},
		{"unknown repository", "gh/ada/none/HEAD", &runtime{}, yes, []string{"failed: Could not resolve ref for gh:ada/none/HEAD."}},
		{"refused", "gh/ada/waves/HEAD", &runtime{}, no, []string{"fetching: nobody confirmed that its code may run here: it was refused", "failed: Sorry, ada/waves/HEAD is not allowed to launch."}},
		{"nobody to ask", "gh/ada/waves/HEAD", &runtime{}, nil, []string{"failed: Sorry, ada/waves/HEAD is not allowed to launch."}},
		{"build", "gh/demo/sine/HEAD", &runtime{build: errors.New("postBuild: exit code 1")}, nil, []string{"building: second line", "failed: postBuild: exit code 1"}},
		{"start", "gh/demo/sine/HEAD", &runtime{start: &launch.StartError{ExitCode: 3, Log: "Traceback"}}, nil, []string{"launching: Traceback", "launching: Spawn failed: ", "failed: Spawn failed: "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var said []string
			h := newHub(t, test.runtime, preview.HubOptions{Repositories: &preview.Repositories{Confirm: test.confirm}, Say: func(s string) { said = append(said, s) }})
			contains(t, story(build(t, h, test.spec)), test.want...)
			if len(said) == 0 {
				t.Error("the author is not told")
			}
			if h.Running() != 0 {
				t.Error("a server runs")
			}
		})
	}
}

// TestCheckout launches a confirmed repository's files, and asks only once.
func TestCheckout(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/ada/waves", gitserve.Files{"main.py": "1\n", "100755 .binder/postBuild": "true\n"})
	asked := 0
	r := &runtime{}
	h := newHub(t, r, preview.HubOptions{Repositories: &preview.Repositories{Confirm: func(_ context.Context, address string) error {
		asked++
		if address != "https://github.com/ada/waves" {
			t.Errorf("asked for %s", address)
		}
		return nil
	}}})
	for range 2 {
		contains(t, story(build(t, h, "gh/ada/waves/main")), "ready: ")
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if info, err := os.Stat(filepath.Join(r.folders[0], ".binder", "postBuild")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("postBuild is not there, or no program: %v", err)
	}
	for _, s := range r.servers {
		s.Stop()
	}
	ended(t, h)
	if _, err := os.Stat(r.folders[0]); err == nil {
		t.Error("the checkout stays")
	}
}

// TestFull shows that there are so many servers, and no more.
func TestFull(t *testing.T) {
	r := &runtime{}
	h := newHub(t, r, preview.HubOptions{Servers: 1})
	contains(t, story(build(t, h, "gh/demo/sine/HEAD")), "ready: ")
	contains(t, story(build(t, h, "gh/demo/sine/HEAD")), "failed: Too many users on this BinderHub! Try again soon.")
	r.servers[0].Stop()
	ended(t, h)
	contains(t, story(build(t, h, "gh/demo/sine/HEAD")), "ready: ")
}

// TestIdle shows that a server that nobody uses is stopped.
func TestIdle(t *testing.T) {
	r := &runtime{}
	said := make(chan string, 1)
	h := newHub(t, r, preview.HubOptions{Idle: 20 * time.Millisecond, Say: func(s string) { said <- s }})
	contains(t, story(build(t, h, "gh/demo/sine/HEAD")), "ready: ")
	if text := patience.Receive(t, "the server was stopped", said); !strings.Contains(text, "nobody used it") {
		t.Error(text)
	}
	patience.Receive(t, "the server's end", r.servers[0].Done())
}

// TestChanged stops the servers of a folder.
func TestChanged(t *testing.T) {
	r := &runtime{}
	h := newHub(t, r, preview.HubOptions{})
	contains(t, story(build(t, h, "gh/demo/sine/HEAD")), "ready: ")
	h.Changed("elsewhere")
	if h.Running() != 1 {
		t.Error("another folder's server was stopped")
	}
	h.Changed(r.folders[0])
	if h.Running() != 0 {
		t.Error("the server runs on")
	}
}

// TestLeave ends a build when its reader leaves.
func TestLeave(t *testing.T) {
	blocked := &blocking{began: make(chan struct{}), ended: make(chan struct{})}
	a, err := forge.Parse("demo/sine")
	if err != nil {
		t.Fatal(err)
	}
	repositories := &preview.Repositories{}
	repositories.Use(a, t.TempDir())
	slow, err := preview.NewHub(preview.HubOptions{Page: page, Repositories: repositories, Runtime: blocked})
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	ctx, leave := context.WithCancel(t.Context())
	ask(t, ctx, slow.URL+"build/gh/demo/sine/HEAD", "Accept", "text/event-stream")
	patience.Receive(t, "the build", blocked.began)
	leave()
	patience.Receive(t, "the end of the build", blocked.ended)
}

// blocking builds until it is told to stop.
type blocking struct{ began, ended chan struct{} }

func (b *blocking) Build(ctx context.Context, _, _ string, _ []string, _ io.Writer) (preview.Image, error) {
	close(b.began)
	<-ctx.Done()
	close(b.ended)
	return nil, ctx.Err()
}

// TestCDN gives pages the scripts of installed packages, of the version that
// they ask for.
func TestCDN(t *testing.T) {
	packages := t.TempDir()
	for path, text := range map[string]string{
		"bokeh-3.9.2.dist-info/METADATA": "", "bokeh/server/static/js/bokeh.min.js": "core", "bokeh/server/static/js/bokeh-widgets.min.js": "widgets",
		"bokeh/secret": "secret", "panel-1.9.4.dist-info/METADATA": "", "panel/dist/css/loading.css": "loading",
	} {
		path = filepath.Join(packages, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := &runtime{page: `<script src="https://cdn.bokeh.org/bokeh/release/bokeh-3.9.2.min.js"></script><link href="https://cdn.holoviz.org/panel/1.9.4/dist/css/loading.css">`}
	h := newHub(t, r, preview.HubOptions{CDN: &preview.CDN{Packages: func() []string { return []string{"/none", packages} }}})
	events := build(t, h, "gh/demo/sine/HEAD")
	_, body := get(t, events[len(events)-1].URL)
	contains(t, body, `src="/cdn/cdn.bokeh.org/bokeh/release/bokeh-3.9.2.min.js"`, `href="/cdn/cdn.holoviz.org/panel/1.9.4/dist/css/loading.css"`)
	host := "http://" + strings.Split(h.URL, "/")[2]
	for path, want := range map[string]string{
		"/cdn/cdn.bokeh.org/bokeh/release/bokeh-3.9.2.min.js":          "core",
		"/cdn/cdn.bokeh.org/bokeh/release/bokeh-widgets-3.9.2.min.js":  "widgets",
		"/cdn/cdn.holoviz.org/panel/1.9.4/dist/css/loading.css":        "loading",
		"/cdn/cdn.bokeh.org/bokeh/release/bokeh-3.9.1.min.js":          "",
		"/cdn/cdn.holoviz.org/panel/1.9.4/dist/../../bokeh/secret":     "",
		"/cdn/cdn.holoviz.org/panel/1.9.4/dist/..%2f..%2fbokeh/secret": "",
		"/cdn/elsewhere.example/x":                                     "",
	} {
		res, body := get(t, host+path)
		if want == "" && res.StatusCode != 404 || want != "" && body != want {
			t.Errorf("%s: %s %q, want %q", path, res.Status, body, want)
		}
	}
}
