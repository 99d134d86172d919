package faults

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/testing/faults"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
)

// hurry makes the script's pauses between attempts short, and divides by %d how long a
// launch may take.
const hurry = `{
	const start = window.setTimeout;
	window.setTimeout = (f, ms = 0, ...args) => start(f, ms < 60_000 ? ms / 100 : ms < 1_200_000 ? ms : ms / %d, ...args);
}`

// launching is a page with an embed, whose hub may be behind a proxy.
type launching struct {
	*faults.Proxy
	url     string
	browser *browser.Browser
}

// behind puts a hub behind a proxy, and a page with an embed before it.
func behind(t *testing.T) *launching {
	t.Helper()
	b := browser.Start(t, "chromium")
	proxy := faults.New(t, strings.TrimSuffix(hubtest.New(t, hubtest.Options{}).URL, "/"), nil)
	return &launching{Proxy: proxy, browser: b, url: posted(t, proxy.URL)}
}

// posted renders a page with an embed for a hub, and returns its address.
func posted(t *testing.T, hub string) string {
	t.Helper()
	forge := gittest.Serve(t, gitserve.Options{})
	forge.Repo("github.com/demo/wave", wave)
	forge.Setenv()
	dir := t.TempDir()
	tree{"post.md": "<<< bokehbinder repo=demo/wave ref=main hub=" + hub + " >>>\n"}.write(t, dir)
	page := filepath.Join(dir, "page.html")
	if code, said := run(t, "render", "-q", "--page", "-o", page, filepath.Join(dir, "post.md")); code != cli.ExitDone {
		t.Fatal(said)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

const (
	state  = `document.querySelector("bokeh-binder").dataset.state`
	failed = state + ` === "failed"`
	ready  = state + ` === "ready"`
)

// open has a reader launch while the hub has a fault, and tells how that ended.
func (l *launching) open(t *testing.T, set func(), hasty int) (p *browser.Page, told bool) {
	t.Helper()
	p = l.browser.Open(t, browser.Options{Preload: fmt.Sprintf(hurry, hasty)})
	p.GoTo(l.url)
	p.Wait(`customElements.get("bokeh-binder") !== undefined`)
	set()
	p.Click("[data-bb=run]")
	p.Wait(failed + " || " + ready)
	return p, p.Is(failed)
}

// meet has a reader launch while the hub has a fault, and again when it has none.
func (l *launching) meet(t *testing.T, name, detail string, f faults.Fault, hasty int, fits string) {
	t.Helper()
	l.meets(t, name, detail, func() { l.Set(t, f) }, func() { l.Set(t, faults.Fault{}) }, hasty, fits)
}

// meets has a reader launch once something is broken, and again once it is mended.
func (l *launching) meets(t *testing.T, name, detail string, breaks, mends func(), hasty int, fits string) (told bool) {
	t.Helper()
	p, told := l.open(t, breaks, hasty)
	var wrong []string
	mends()
	if told {
		said := p.Text(`["happened", "todo"].map((name) => document.querySelector("[data-bb=" + name + "]").innerText.trim()).join(": ")`)
		if !regexp.MustCompile(`^(?:` + fits + `): .`).MatchString(said) {
			wrong = append(wrong, "it says "+said)
		}
		p.Click("[data-bb=again]")
		p.Wait(ready)
	}
	count(t, "hub", name, detail, told, wrong...)
	return told
}

const (
	unreached = "The hub cannot be reached|The hub does not answer this page"
	broken    = unreached + "|The hub stopped answering|The connection was lost|The hub's answer is not understood"
)

// TestHub has the hub's answers break in every way.
func TestHub(t *testing.T) {
	l := behind(t)
	if p, told := l.open(t, func() { l.Set(t, faults.Fault{}) }, 1); told {
		t.Fatalf("without a fault: %s", p.Text(`document.body.innerText`))
	}
	bytes, bodies, answers := l.Sent()
	t.Logf("%d bytes, %d of them in bodies, in %d answers", bytes, bodies, answers)
	step := max(bytes/int64(few(3, 30)), 1)
	for at := int64(1); at <= bytes; at += step {
		detail := fmt.Sprintf("at byte %d", at)
		l.meet(t, "connection reset at the n-th byte", detail, faults.Fault{Reset: at}, 1, broken)
		l.meet(t, "connection closed at the n-th byte", detail, faults.Fault{Close: at}, 1, broken)
		l.meet(t, "stream truncated at the n-th byte", detail, faults.Fault{Cut: 1 + (at-1)*bodies/bytes}, 1, broken)
	}
	l.meet(t, "connection refused", "", faults.Fault{Refuse: true}, 1, "The hub cannot be reached")
	l.meet(t, "half-open: accepted, never answered", "", faults.Fault{Mute: true}, 600, "It takes too long")
	l.meet(t, "one byte a second", "", faults.Fault{Pause: time.Second}, 600, "It takes too long")
	for _, status := range []int{503, 500, 502, 504}[:few(1, 4)] {
		l.meet(t, "5xx", fmt.Sprint(status), faults.Fault{Answer: faults.Status(status)}, 1, "The hub does not answer this page")
	}
	l.meet(t, "redirect elsewhere", "", faults.Fault{Answer: faults.Redirect("https://127.0.0.1:1")}, 1, unreached)
}

// TestHubCertificates has a hub prove to be somebody else, or to have been itself: a browser
// tells a page no more of either than that there is no answer.
func TestHubCertificates(t *testing.T) {
	now := time.Now()
	right := browser.Certificate(t)
	b := browser.Setup{Trusts: browser.Fingerprint(t, right)}.Start(t, "chromium")
	var shown atomic.Pointer[tls.Config]
	shown.Store(right)
	hub := hubtest.New(t, hubtest.Options{TLS: &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		return shown.Load(), nil
	}}})
	l := &launching{browser: b, url: posted(t, hub.URL)}
	if p, told := l.open(t, func() {}, 1); told {
		t.Fatalf("without a fault: %s", p.Text(`document.body.innerText`))
	}
	for name, end := range map[string]time.Time{
		"certificate of an unknown authority": now.Add(time.Hour),
		"certificate that has expired":        now.Add(-time.Hour),
	} {
		wrong := browser.CertificateUntil(t, end)
		if !l.meets(t, name, "", func() { shown.Store(wrong) }, func() { shown.Store(right) }, 1, "The hub cannot be reached") {
			t.Errorf("%s: it is taken", name)
		}
	}
}
