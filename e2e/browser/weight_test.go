package browser_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// installed is a file of e2e/node_modules.
func installed(b *testing.B, name string) string {
	b.Helper()
	file, err := filepath.Abs(filepath.Join("..", "node_modules", filepath.FromSlash(name)))
	if err != nil {
		b.Fatal(err)
	}
	need.File(b, "node", file, "run npm ci in e2e")
	return file
}

// packed is what a reader loads of a script or a style sheet: with all that it
// imports, minified and compressed, by the same tools for whomever it is.
func packed(b *testing.B, file string) float64 {
	b.Helper()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{file}, Bundle: true, Format: api.FormatESModule, External: []string{"./bokehbinder.*.js"},
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
	})
	if len(built.Errors) > 0 {
		b.Fatal(built.Errors)
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Write(built.OutputFiles[0].Contents); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return float64(out.Len())
}

// rival is an element that pages embed.
type rival struct {
	name, script, style string
	html                func(i int) string
}

// post is a page of n of them.
func (r rival) post(n int) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A post</title><link rel="stylesheet" href="/style.css"><script type="module" src="/script.js"></script>`)
	for i := range n {
		b.WriteString(r.html(i))
	}
	return b.String()
}

// upgrades measures how long it takes to bring a page's elements to life and to
// lay them out, in milliseconds.
const upgrades = `{
	const define = CustomElementRegistry.prototype.define;
	CustomElementRegistry.prototype.define = function (...args) {
		const start = performance.now();
		define.apply(this, args);
		document.body.getBoundingClientRect();
		window.took = performance.now() - start;
	};
}`

// BenchmarkEmbeds reports what an embed without its files weighs, beside a video's
// and beside BinderHub's own client, which has no element: bytes of gzip that a
// reader loads once, and for pages of 1 and 20 the bytes of HTML and the milliseconds
// until they live.
func BenchmarkEmbeds(b *testing.B) {
	chromium := browser.Start(b, "chromium")
	folder := b.TempDir()
	look, palette, _ := bytes.Cut(bokehbinder.Style(), []byte("/* Highlighting:"))
	for name, text := range map[string][]byte{
		"bokehbinder.js": bokehbinder.Script(), "words.js": bokehbinder.Words("en"), "look.css": look, "palette.css": append([]byte("/*"), palette...),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	own := func(name string) string { return filepath.Join(folder, name) }
	rivals := []rival{
		{"bokehbinder", own("bokehbinder.js"), own("look.css"), func(i int) string {
			c := sample()
			c.Files = nil
			var one bytes.Buffer
			if err := view.Embed(&one, c, &tag.Tag{Repo: c.Repo}, view.Settings{Hubs: []string{"https://mybinder.org"}}, fmt.Sprint("bb-", i)); err != nil {
				b.Fatal(err)
			}
			return one.String()
		}},
		{"lite-youtube", installed(b, "lite-youtube-embed/src/lite-yt-embed.js"), installed(b, "lite-youtube-embed/src/lite-yt-embed.css"), func(int) string {
			return `<lite-youtube videoid="0RKpf3rK57I" playlabel="Play: a video"></lite-youtube>` + "\n"
		}},
	}
	client := installed(b, "@jupyterhub/binderhub-client/lib/client.js")
	for b.Loop() {
		b.ReportMetric(packed(b, own("bokehbinder.js"))+packed(b, own("words.js")), "gzip-B-script+words")
		b.ReportMetric(packed(b, own("look.css")), "gzip-B-look")
		b.ReportMetric(packed(b, own("palette.css")), "gzip-B-palette")
		b.ReportMetric(packed(b, client), "gzip-B-binderhub-client")
		b.ReportMetric(packed(b, rivals[1].script), "gzip-B-lite-youtube")
		b.ReportMetric(packed(b, rivals[1].style), "gzip-B-lite-youtube-look")
		for _, r := range rivals {
			for _, n := range []int{1, 20} {
				page := r.post(n)
				b.ReportMetric(float64(len(page)), fmt.Sprintf("html-B-%d-%s", n, r.name))
				b.ReportMetric(r.upgrade(b, chromium, page), fmt.Sprintf("ms-%d-%s", n, r.name))
			}
		}
	}
}

// upgrade is the least of some times that the page's elements take. The page may
// ask nobody but its own site.
func (r rival) upgrade(b *testing.B, chromium *browser.Browser, page string) float64 {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self' 'unsafe-inline'")
		switch req.URL.Path {
		case "/script.js":
			http.ServeFile(w, req, r.script)
		case "/style.css":
			http.ServeFile(w, req, r.style)
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, page)
		}
	}))
	defer server.Close()
	least := math.Inf(1)
	p := chromium.Open(b, browser.Options{Preload: upgrades})
	for range 10 {
		p.GoTo(server.URL + "/")
		p.Wait("window.took !== undefined")
		least = min(least, p.Number("window.took"))
	}
	return least
}
