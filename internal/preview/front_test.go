package preview_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview"
)

// serve serves a post with a picture beside it.
func serve(t *testing.T) *preview.Front {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"picture.svg": "<svg/>", ".env": "secret", "sub/a.css": "a{}", ".git/config": "secret"} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(folder), "outside"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../outside", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	makePipe(t, filepath.Join(folder, "pipe"))
	f, err := preview.NewFront(0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- f.Serve(&preview.Post{Folder: folder, Render: func(context.Context) ([]byte, error) {
			return []byte("<!doctype html><body><p>Hello</p></body>"), nil
		}})
	}()
	t.Cleanup(func() {
		f.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return f
}

// enter opens the printed address, and returns the cookie that it gives.
func enter(t *testing.T, f *preview.Front) string {
	t.Helper()
	res, body := get(t, f.URL())
	if !strings.Contains(body, `content="0;url=/"`) {
		t.Errorf("the token stays in the address: %s", body)
	}
	cookies := res.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("cookies: %v", cookies)
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

// TestFront shows who gets the page, and what of the post's folder.
func TestFront(t *testing.T) {
	f := serve(t)
	cookie := enter(t, f)
	host := strings.TrimPrefix(f.Origin, "http://")
	tests := []struct {
		path    string
		headers []string
		status  int
		want    string
	}{
		{"/", []string{"Cookie", cookie}, 200, `<!doctype html><script src="/.bokehbinder/preview.js" defer></script><body><p>Hello</p>`},
		{"/", nil, 403, "it has a token"},
		{"/?token=wrong", nil, 403, "it has a token"},
		{"/", []string{"Cookie", cookie + "x"}, 403, "it has a token"},
		{"/", []string{"Cookie", cookie, "Host", "127.0.0.1" + host[strings.Index(host, ":"):]}, 421, f.Origin},
		{"/", []string{"Cookie", cookie, "Host", "evil.example"}, 421, f.Origin},
		{"/.bokehbinder/preview.js", []string{"Cookie", cookie}, 200, "EventSource"},
		{"/.bokehbinder/preview.js", nil, 403, "token"},
		{"/picture.svg", []string{"Cookie", cookie}, 200, "<svg/>"},
		{"/sub/a.css", []string{"Cookie", cookie}, 200, "a{}"},
		{"/picture.svg", nil, 403, "token"},
		{"/.env", []string{"Cookie", cookie}, 404, ""},
		{"/.git/config", []string{"Cookie", cookie}, 404, ""},
		{"/sub", []string{"Cookie", cookie}, 404, ""},
		{"/link", []string{"Cookie", cookie}, 404, ""},
		{"/pipe", []string{"Cookie", cookie}, 404, ""},
		{"/../outside", []string{"Cookie", cookie}, 404, ""},
	}
	for _, test := range tests {
		res, body := get(t, f.Origin+test.path, test.headers...)
		if res.StatusCode != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s %q: %s %q, want %d %q", test.path, test.headers, res.Status, body, test.status, test.want)
		}
	}
}

// TestFrontDoor shows what other pages of the browser get, those of other ports of
// this machine among them, which have its cookies sent.
func TestFrontDoor(t *testing.T) {
	f := serve(t)
	cookie := enter(t, f)
	if _, value, _ := strings.Cut(cookie, "="); strings.HasSuffix(f.URL(), value) {
		t.Error("the cookie is the token")
	}
	const script = "/.bokehbinder/preview.js"
	for _, test := range []struct {
		method, path string
		headers      []string
		status       int
	}{
		{"GET", "/", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"}, 200},
		{"HEAD", "/", nil, 200},
		{"GET", "/", []string{"Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"GET", "/", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"GET", "/", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, 403},
		{"GET", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 200},
		{"GET", "/", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty"}, 403},
		{"GET", script, []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "script"}, 200},
		{"GET", script, []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "script"}, 403},
		{"GET", script, []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, 403},
		{"GET", "/picture.svg", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, 403},
		{"GET", "/", []string{"Origin", f.Origin}, 200},
		{"GET", "/", []string{"Origin", "http://localhost:1"}, 403},
		{"GET", "/", []string{"Origin", "null"}, 403},
		{"POST", "/", nil, 405},
		{"DELETE", "/", []string{"Sec-Fetch-Site", "same-origin"}, 405},
		{"OPTIONS", "/", []string{"Sec-Fetch-Site", "same-site"}, 405},
	} {
		req, err := http.NewRequestWithContext(t.Context(), test.method, f.Origin+test.path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", cookie)
		for i := 0; i < len(test.headers); i += 2 {
			req.Header.Set(test.headers[i], test.headers[i+1])
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != test.status {
			t.Errorf("%s %s %q: %s, want %d", test.method, test.path, test.headers, res.Status, test.status)
		}
		if got := res.Header.Get("Content-Security-Policy"); got != "frame-ancestors 'self'" {
			t.Errorf("%s %s: policy %q", test.method, test.path, got)
		}
	}
}

// TestFrontCookie shows that a cookie is of no use once its preview has ended, though
// the next one has the same port.
func TestFrontCookie(t *testing.T) {
	first := serve(t)
	cookie := enter(t, first)
	first.Close()
	_, text, _ := strings.Cut(strings.TrimPrefix(first.Origin, "http://"), ":")
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	next, err := preview.NewFront(port)
	if err != nil {
		t.Skipf("skipped: somebody has the port now: %v", err)
	}
	go func() { _ = next.Serve(http.NotFoundHandler()) }()
	defer next.Close()
	if res, body := get(t, next.Origin+"/", "Cookie", cookie); res.StatusCode != http.StatusForbidden {
		t.Errorf("%s %s", res.Status, body)
	}
	if res, _ := get(t, next.Origin+"/", "Cookie", enter(t, next)); res.StatusCode != http.StatusNotFound {
		t.Errorf("with its own cookie: %s", res.Status)
	}
}

// TestFrontChanged tells open pages of changes.
func TestFrontChanged(t *testing.T) {
	f := serve(t)
	res := ask(t, t.Context(), f.Origin+"/.bokehbinder/changes", "Cookie", enter(t, f))
	lines := bufio.NewScanner(res.Body)
	lines.Scan() // the comment that says that it is connected
	for range 2 {
		f.Changed()
		for lines.Scan() && lines.Text() == "" {
		}
		if lines.Text() != "data: changed" {
			t.Errorf("got %q", lines.Text())
		}
	}
}

// TestFrontPort takes no port that somebody has.
func TestFrontPort(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, text, _ := net.SplitHostPort(l.Addr().String())
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := preview.NewFront(port); err == nil {
		f.Close()
		t.Error("there is a front on a port in use")
	}
}
