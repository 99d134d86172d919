// Package consumer measures what a Hugo site pays for importing the module:
// the module zips that its first build downloads.
package consumer

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

const (
	modulePath = "github.com/bokehbinder/bokehbinder"
	version    = "v0.0.1"
)

// BenchmarkSiteDownloads has the pinned Hugo build a new site that imports the
// module, from an empty module cache, through a proxy that counts. It reports
// zips and their bytes with our own zip and without it.
func BenchmarkSiteDownloads(b *testing.B) {
	hugo := project.Hugo(b)
	for b.Loop() {
		proxy := newProxy(b)
		buildSite(b, hugo, proxy.URL)
		proxy.report(b)
	}
}

// proxy is a Go module proxy that serves the work tree as one version of our
// module, passes everything else on to the proxy that this machine uses, and
// counts the zips.
type proxy struct {
	*httptest.Server
	upstream string
	own      []byte

	mu   sync.Mutex
	zips map[string]int64
}

func newProxy(tb testing.TB) *proxy {
	tb.Helper()
	p := &proxy{upstream: upstreamProxy(tb), own: zipModule(tb), zips: make(map[string]int64)}
	p.Server = httptest.NewServer(p)
	tb.Cleanup(p.Close)
	return p
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, isOwn := strings.CutPrefix(r.URL.Path, "/"+modulePath+"/@v/")
	var body []byte
	switch {
	case isOwn && name == version+".zip":
		body = p.own
	case isOwn && name == version+".mod":
		body, _ = os.ReadFile("../../go.mod")
	case isOwn && name == version+".info":
		body = fmt.Appendf(nil, `{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, version)
	case isOwn && name == "list":
		body = []byte(version + "\n")
	case strings.HasPrefix(r.URL.Path, "/"+modulePath+"/"), r.URL.Path == "/github.com/bokehbinder/@v/list":
		http.NotFound(w, r)
		return
	default:
		resp, err := http.Get(p.upstream + r.URL.Path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		body, _ = io.ReadAll(resp.Body)
	}
	if strings.HasSuffix(r.URL.Path, ".zip") {
		p.mu.Lock()
		p.zips[r.URL.Path] = int64(len(body))
		p.mu.Unlock()
	}
	_, _ = w.Write(body)
}

func (p *proxy) report(b *testing.B) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.zips) == 0 {
		b.Fatal("the site downloaded nothing, so nothing was measured")
	}
	var total int64
	for path, size := range p.zips {
		b.Logf("%8d %s", size, path)
		total += size
	}
	b.ReportMetric(float64(len(p.zips)), "zips")
	b.ReportMetric(float64(total)/1e6, "MB-zips")
	b.ReportMetric(float64(len(p.own))/1e6, "MB-own-zip")
}

func buildSite(b *testing.B, hugo, proxyURL string) {
	dir := b.TempDir()
	write(b, dir, "hugo.toml", "baseURL = 'https://example.org/'\ndisableKinds = ['taxonomy', 'term']\n[[module.imports]]\npath = '"+modulePath+"'\n")
	write(b, dir, "go.mod", "module example.org/site\n\ngo 1.25.0\n\nrequire "+modulePath+" "+version+" // indirect\n")
	write(b, dir, "content/_index.md", "---\ntitle: Home\n---\nHello.\n")
	write(b, dir, "layouts/home.html", "<!DOCTYPE html><title>{{ .Title }}</title>{{ .Content }}\n")
	cmd := exec.Command(hugo, "--source", dir)
	cmd.Env = moduleVariables(b, proxyURL)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("hugo: %v\n%s", err, out)
	}
}

// moduleVariables are environment variables for a Hugo that downloads modules
// from a proxy, and has none yet.
func moduleVariables(tb testing.TB, proxyURL string) []string {
	tb.Helper()
	return append(os.Environ(),
		"HUGO_MODULE_PROXY="+proxyURL, "GOPROXY="+proxyURL, "GONOSUMDB=*", "GOSUMDB=off", "GOFLAGS=-modcacherw",
		"GOMODCACHE="+tb.TempDir(), "HUGO_CACHEDIR="+tb.TempDir())
}

// upstreamProxy is the module proxy that this machine uses.
func upstreamProxy(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("go", "env", "GOPROXY").Output()
	if err != nil {
		tb.Fatal(err)
	}
	first, _, _ := strings.Cut(strings.NewReplacer("|", ",").Replace(strings.TrimSpace(string(out))), ",")
	if !strings.HasPrefix(first, "http") {
		need.Missing(tb, "goproxy", fmt.Sprintf("GOPROXY is %q: there is no proxy to download from", first))
	}
	return strings.TrimSuffix(first, "/")
}

func write(tb testing.TB, dir, name, content string) {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tb.Fatal(err)
	}
}
