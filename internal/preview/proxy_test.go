package preview_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview"
)

// ownServer is the server of a site, and notes what it is asked.
type ownServer struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
}

func (s *ownServer) last(t *testing.T) *http.Request {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == 0 {
		t.Fatal("the site's server was not asked")
	}
	return s.asked[len(s.asked)-1]
}

func (s *ownServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

const testHub = "http://127.0.0.1:1/secret"

// through shows what a handler serves through a preview, with its home page at a path.
func through(t *testing.T, home string, h http.HandlerFunc) (f *preview.Front, s *ownServer, named *[]string) {
	t.Helper()
	s = &ownServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r)
		s.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	f, err := preview.NewFront(0)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(s.URL + home)
	if err != nil {
		t.Fatal(err)
	}
	named = new([]string)
	pages, err := (&preview.Proxy{
		Site: at, Origin: f.Origin, Hub: testHub + "/",
		Named: func(repo string) { *named = append(*named, repo) },
		Say:   func(text string) { t.Log(text) },
	}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(pages) }()
	t.Cleanup(func() {
		f.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return f, s, named
}

// TestProxyPage shows what of a page becomes another.
func TestProxyPage(t *testing.T) {
	const scripts = `<script src="/.bokehbinder/hub.js" data-hub="HUB" data-launch="^https?://[^?#]*?(/v2/(?:gh|gist|git|gl)/.*)$"></script>` +
		`<script src="/.bokehbinder/preview.js" defer></script>`
	for _, c := range []struct{ page, want string }{
		{`<!doctype html><!-- <head> --><HTML lang="a>b"><head prefix=x><title>x</title>`, `<!doctype html><!-- <head> --><HTML lang="a>b"><head prefix=x>SCRIPTS<title>x</title>`},
		{`<!doctype html><meta charset=utf-8><header>`, `<!doctype html>SCRIPTS<meta charset=utf-8><header>`},
		{`text`, `SCRIPTStext`},
		// Embeds, as Markdown processors leave them.
		{`<bokeh-binder data-hub="https&#58;//mybinder&#46;org https://other.example">`, `SCRIPTS<bokeh-binder data-hub="HUB">`},
		{`<bokeh-binder data-hub=https://mybinder.org data-x>`, `SCRIPTS<bokeh-binder data-hub=HUB data-x>`},
		{`<bokeh-binder data-hub>`, `SCRIPTS<bokeh-binder data-hub>`},
		{`<a href="https://hub.example/services/binder/v2/gl/a%2Fb/main?urlpath=%2Fc&amp;d" rel="NoFollow noopener">`, `SCRIPTS<a href="HUB/v2/gl/a%2Fb/main?urlpath=%2Fc&amp;d" rel="NoFollow noopener">`},
		{`<a href="https://mybinder.org/v2/gh/o/n/HEAD">`, `SCRIPTS<a href="https://mybinder.org/v2/gh/o/n/HEAD">`},
		{`<a href="https://mybinder.org/v2/zenodo/1" rel=nofollow><a href="/v2/gh/o/n/HEAD" rel=nofollow>`, `SCRIPTS<a href="https://mybinder.org/v2/zenodo/1" rel=nofollow><a href="/v2/gh/o/n/HEAD" rel=nofollow>`},
		// Text and scripts stay.
		{`<pre>&lt;bokeh-binder data-hub="https://mybinder.org"></pre><script>"<bokeh-binder data-hub='x'>"</script>`, `SCRIPTS<pre>&lt;bokeh-binder data-hub="https://mybinder.org"></pre><script>"<bokeh-binder data-hub='x'>"</script>`},
		// The site's server calls itself by all names.
		{`<a href="http://localhost:PORT/a?b&amp;c">http://localhost:PORT/</a><img srcset="http://127.0.0.1:PORT/1.png 1x, http://0.0.0.0:PORT 2x">`, `SCRIPTS<a href="OWN/a?b&amp;c">http://localhost:PORT/</a><img srcset="OWN/1.png 1x, OWN 2x">`},
		{`<a href="http://localhost:PORT0/"><a href="http://localhost/"><a href="http://localhost:PORT.example/">`, `SCRIPTS<a href="http://localhost:PORT0/"><a href="http://localhost/"><a href="http://localhost:PORT.example/">`},
		// The hub is let in where the published one is.
		{`<meta http-equiv="Content-Security-Policy" content="connect-src https://mybinder.org">`, `SCRIPTS<meta http-equiv="Content-Security-Policy" content="connect-src https://mybinder.org http://127.0.0.1:1">`},
	} {
		page := ""
		f, s, _ := through(t, "/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Etag", `"1"`)
			w.Header().Set("Cache-Control", "max-age=600")
			fmt.Fprint(w, page)
		})
		own, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.NewReplacer("SCRIPTS", strings.ReplaceAll(scripts, "HUB", testHub), "HUB", testHub, "PORT", own.Port(), "OWN", f.Origin)
		page = words.Replace(c.page)
		res, body := get(t, f.Origin+"/", "Cookie", enter(t, f))
		if want := words.Replace(c.want); body != want {
			t.Errorf("%s\nbecomes\n%s\nwant\n%s", page, body, want)
		}
		if res.Header.Get("Etag") != "" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: a browser would keep the page: %v", page, res.Header)
		}
		// What a script asks for goes into a page that has them.
		if _, part := get(t, f.Origin+"/", "Cookie", enter(t, f), "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty"); "SCRIPTS"+part != strings.Replace(body, words.Replace("SCRIPTS"), "", 1) && strings.Contains(part, "/.bokehbinder/") {
			t.Errorf("a part of a page has scripts: %s", part)
		}
	}
}

// TestProxyServer shows what the site's server is asked, and which of its answers
// become others.
func TestProxyServer(t *testing.T) {
	f, s, _ := through(t, "/blog/", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/blog/old":
			http.Redirect(w, r, "http://localhost:"+portOf(r.Host)+"/blog/new?x=1#y", http.StatusMovedPermanently)
		case "/blog/away":
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		case "/blog/policy":
			w.Header().Set("Content-Security-Policy", "frame-src https://mybinder.org")
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<bokeh-binder data-hub="https://mybinder.org" data-provider="gh" data-spec="ada/waves/main">`)
		case "/blog/large.js":
			w.Header().Set("Etag", `"1"`)
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprintf(w, "// http://%s/ <bokeh-binder data-hub='x'>", r.Host)
		}
	})
	cookie := enter(t, f)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string, headers ...string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), method, f.Origin+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", "theme=dark; "+cookie+"; bokehbinder-1=other; lang=a b")
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	for path, want := range map[string]string{"/": "/blog/", "/blog/old": f.Origin + "/blog/new?x=1#y", "/blog/away": "https://elsewhere.example/"} {
		if got := ask("GET", path).Header.Get("Location"); got != want {
			t.Errorf("%s leads to %s, want %s", path, got, want)
		}
	}

	res := ask("GET", "/blog/large.js?a=1&b;c", "Origin", f.Origin, "Referer", f.Origin+"/blog/", "Accept-Encoding", "br, gzip", "If-None-Match", `"0"`)
	body, _ := io.ReadAll(res.Body)
	asked := s.last(t)
	host := strings.TrimPrefix(s.URL, "http://")
	if want := "// http://" + host + "/ <bokeh-binder data-hub='x'>"; string(body) != want || res.Header.Get("Etag") != `"1"` {
		t.Errorf("a file that is no page has become %s %v", body, res.Header)
	}
	if asked.Host != host || asked.RequestURI != "/blog/large.js?a=1&b;c" {
		t.Errorf("asked for %s at %s", asked.RequestURI, asked.Host)
	}
	for name, want := range map[string]string{
		"Origin": s.URL, "Referer": s.URL + "/blog/", "Cookie": "theme=dark; lang=a b",
		"Accept-Encoding": "identity", "If-None-Match": `"0"`, "X-Forwarded-For": "",
	} {
		if got := asked.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}

	policies := ask("GET", "/blog/policy").Header["Content-Security-Policy"]
	if got := strings.Join(policies, "; "); got != "frame-ancestors 'self'; frame-src https://mybinder.org http://127.0.0.1:1" {
		t.Errorf("policies %s", got)
	}
	if res := ask("HEAD", "/blog/policy"); res.StatusCode != 200 || res.ContentLength > 0 {
		t.Errorf("HEAD: %s, %d bytes", res.Status, res.ContentLength)
	}

	s.Close()
	if res := ask("GET", "/blog/"); res.StatusCode != http.StatusBadGateway {
		t.Errorf("without the site's server: %s", res.Status)
	}
}

func portOf(host string) string { return host[strings.LastIndex(host, ":")+1:] }

// TestProxyNamed shows whose pages may say what --trust runs.
func TestProxyNamed(t *testing.T) {
	f, _, named := through(t, "/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<bokeh-binder data-hub="https://mybinder.org" data-provider="gl" data-spec="ada%2F`+r.URL.Query().Get("q")+`/main"></bokeh-binder>
			<bokeh-binder data-provider="none" data-spec="a/b/c"></bokeh-binder><a rel="nofollow" href="https://mybinder.org/v2/gh/a/linked/HEAD">x</a>`)
	})
	cookie := enter(t, f)
	get(t, f.Origin+"/?q=own", "Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
	get(t, f.Origin+"/?q=visited", "Cookie", cookie, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
	get(t, f.Origin+"/?q=typed", "Cookie", cookie, "Sec-Fetch-Site", "none", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
	if got := strings.Join(*named, " "); got != "https://gitlab.com/ada/own https://gitlab.com/ada/typed" {
		t.Errorf("named: %s", got)
	}
}

// TestProxyDoor shows that the site's server hears of nothing that other pages ask.
func TestProxyDoor(t *testing.T) {
	f, s, _ := through(t, "/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		fmt.Fprint(w, "secret")
	})
	cookie := enter(t, f)
	socket := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-Websocket-Version", "13", "Sec-Websocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="}
	for _, headers := range [][]string{
		{}, // without the cookie
		{"Cookie", cookie, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "cors", "Sec-Fetch-Dest", "empty", "Origin", "http://localhost:1"},
		{"Cookie", cookie, "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"},
		{"Cookie", cookie, "Origin", "http://localhost:1"},
		{"Cookie", cookie, "Host", "evil.example"},
		append([]string{"Cookie", cookie, "Origin", "http://localhost:1"}, socket...),
		append([]string{"Cookie", cookie, "Origin", "null"}, socket...),
		append([]string{"Origin", f.Origin}, socket...),
	} {
		res, body := get(t, f.Origin+"/socket", headers...)
		if res.StatusCode/100 != 4 || strings.Contains(body, "secret") {
			t.Errorf("%q: %s %s", headers, res.Status, body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE"} {
		req, err := http.NewRequestWithContext(t.Context(), method, f.Origin+"/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", cookie)
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode/100 != 4 {
			t.Errorf("%s: %s", method, res.Status)
		}
	}
	if n := s.count(); n > 0 {
		t.Errorf("the site's server was asked %d times: %v", n, s.last(t))
	}
	if _, body := get(t, f.Origin+"/", "Cookie", cookie); body != "secret" {
		t.Errorf("the page itself gets %s", body)
	}
}

// TestProxyStreams has events and websockets come through at once.
func TestProxyStreams(t *testing.T) {
	next := make(chan bool)
	f, s, _ := through(t, "/", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ")
			_ = rw.Flush()
			word, _ := rw.ReadString('.')
			fmt.Fprint(rw, word)
			_ = rw.Flush()
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for range next {
			fmt.Fprint(w, "data: x\n\n")
			_ = http.NewResponseController(w).Flush()
		}
	})
	cookie := enter(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { next <- true }()
	res := ask(t, ctx, f.Origin+"/events", "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	lines := bufio.NewScanner(res.Body)
	for range 3 {
		if lines.Scan(); lines.Text() != "data: x" {
			t.Fatalf("got %q", lines.Text())
		}
		lines.Scan()
		go func() { next <- true }()
	}
	defer close(next)

	res = ask(t, ctx, f.Origin+"/socket", "Cookie", cookie, "Origin", f.Origin, "Connection", "Upgrade", "Upgrade", "websocket")
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(res.Status)
	}
	if asked := s.last(t); asked.Header.Get("Origin") != s.URL {
		t.Errorf("the socket is opened from %s", asked.Header.Get("Origin"))
	}
	conn, ok := res.Body.(io.ReadWriter)
	if !ok {
		t.Fatal("nothing can be sent")
	}
	fmt.Fprint(conn, "there.")
	got := make([]byte, len("hello there."))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello there." {
		t.Errorf("got %q: %v", got, err)
	}
}

// TestProxyElsewhere asks no server of the web.
func TestProxyElsewhere(t *testing.T) {
	for _, address := range []string{"http://192.0.2.1/", "https://[2001:db8::1]/", "http://8.8.8.8:4000/"} {
		at, err := preview.ParseSite(address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := preview.Visit(t.Context(), at); err == nil || !strings.Contains(err.Error(), "is not in this machine's own network") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, text := range []string{"", "localhost:4000", "ftp://localhost/", "http://", "http://a:b@localhost/", "/blog/"} {
		if at, err := preview.ParseSite(text); err == nil {
			t.Errorf("%s is %s", text, at)
		}
	}
}
