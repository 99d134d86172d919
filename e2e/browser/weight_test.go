package browser_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
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

// weight is what a reader loads of something: bytes as they are, and as gzip.
type weight struct{ raw, gzip float64 }

func (w weight) add(other weight) weight { return weight{w.raw + other.raw, w.gzip + other.gzip} }

// String writes both.
func (w weight) String() string {
	if w.raw == 0 {
		return "none"
	}
	return figures.Whole(w.raw) + " / " + figures.Whole(w.gzip)
}

// weigh weighs a text.
func weigh(b *testing.B, text []byte) weight {
	b.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return weight{float64(len(text)), float64(out.Len())}
}

// packed is what a reader loads of a script or a style sheet: with all that it
// imports, minified and compressed, by the same tools for whomever it is. Without a
// file it is nothing.
func packed(b *testing.B, file string) weight {
	b.Helper()
	if file == "" {
		return weight{}
	}
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{file}, Bundle: true, Format: api.FormatESModule, External: []string{"./bokehbinder.*.js"},
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
	})
	if len(built.Errors) > 0 {
		b.Fatal(built.Errors)
	}
	return weigh(b, built.OutputFiles[0].Contents)
}

// rival is what pages embed: an element with its files, or what needs none.
type rival struct {
	name, title   string
	script, style string
	// words are what the script loads with a click.
	words string
	// others is what the page asks other sites for before the click.
	others string
	html   func(i int) string
}

// post is a page of n of them.
func (r rival) post(n int) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="en"><meta charset="utf-8"><title>A post</title>`)
	if r.script != "" {
		b.WriteString(`<link rel="stylesheet" href="/style.css"><script type="module" src="/script.js"></script>`)
	}
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

// BenchmarkEmbeds reports what an embed without its files weighs, beside a video's, as an
// element and as the frame that YouTube has people copy, and beside BinderHub's own
// client, which has no element: what a reader loads before the click, and how long the
// elements of a page take until they live.
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
		{"bokehbinder", "bokehbinder, without files", own("bokehbinder.js"), own("look.css"), own("words.js"), "nothing", func(i int) string {
			c := sample()
			c.Files = nil
			var one bytes.Buffer
			if err := view.Embed(&one, c, &tag.Tag{Repo: c.Repo}, view.Settings{Hubs: []string{"https://mybinder.org"}}, fmt.Sprint("bb-", i)); err != nil {
				b.Fatal(err)
			}
			return one.String()
		}},
		{"lite-youtube", "lite-youtube-embed 0.3.4", installed(b, "lite-youtube-embed/src/lite-yt-embed.js"), installed(b, "lite-youtube-embed/src/lite-yt-embed.css"), "", "the video's picture", func(int) string {
			return `<lite-youtube videoid="0RKpf3rK57I" playlabel="Play: a video"></lite-youtube>` + "\n"
		}},
		{"iframe", "YouTube's `<iframe>`, which loads YouTube's page at once", "", "", "", "YouTube's player", func(int) string {
			return `<iframe width="560" height="315" src="https://www.youtube-nocookie.com/embed/0RKpf3rK57I" title="A video" allow="encrypted-media; picture-in-picture" referrerpolicy="strict-origin-when-cross-origin" allowfullscreen></iframe>` + "\n"
		}},
	}
	client := installed(b, "@jupyterhub/binderhub-client/lib/client.js")
	table := figures.Table{Columns: []string{"bytes / as gzip", "script", "with a click", "look", "HTML of 1", "HTML of 20", "requests to the own site", "to others, for"}}
	lives := figures.Table{Columns: []string{"milliseconds until they live", "1 of them", "20"}}
	for b.Loop() {
		table.Rows, lives.Rows = nil, nil
		for _, r := range rivals {
			script, style, words := packed(b, r.script), packed(b, r.style), packed(b, r.words)
			one, many := r.post(1), r.post(20)
			live1, requests := r.upgrade(b, chromium, one)
			if r.script != "" {
				live20, _ := r.upgrade(b, chromium, many)
				lives.Add(r.title, live1.Spread(figures.Number), live20.Spread(figures.Number))
				b.ReportMetric(live20.Median(), "ms-20-"+r.name)
			}
			table.Add(r.title, script.String(), words.String(), style.String(), weigh(b, []byte(one)).String(), weigh(b, []byte(many)).String(), fmt.Sprint(requests), r.others)
			b.ReportMetric(script.add(words).gzip, "gzip-B-script+words-"+r.name)
			b.ReportMetric(style.gzip, "gzip-B-look-"+r.name)
			b.ReportMetric(float64(len(one)), "html-B-1-"+r.name)
			b.ReportMetric(float64(len(many)), "html-B-20-"+r.name)
		}
		table.Add("@jupyterhub/binderhub-client 0.5.0, without an element", packed(b, client).String(), "", "", "", "", "", "")
	}
	figures.Record(b, "page", figures.Section{
		Title: "The page before the click",
		Text: fmt.Sprintf(`What a post weighs that has nothing but embeds, as bytes and as gzip; scripts and looks by the same
tools, minified. The colours of code are %s more where a page shows files. How long the browser takes to
bring the elements to life and to lay them out is measured in Chromium, %d times.`, packed(b, own("palette.css")), 2*figures.Runs()),
		Tables: []figures.Table{table, lives},
	})
}

// upgrade measures some times how long the page's elements take, and counts the
// requests of a reader who comes the first time. The page may ask nobody but its own
// site.
func (r rival) upgrade(b *testing.B, chromium *browser.Browser, page string) (times figures.Sample, requests int64) {
	b.Helper()
	var count atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path != "/favicon.ico" {
			count.Add(1)
		}
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
	p := chromium.Open(b, browser.Options{Preload: upgrades})
	p.GoTo(server.URL + "/")
	requests = count.Load()
	for i := 0; r.script != "" && i < 2*figures.Runs(); i++ {
		p.GoTo(server.URL + "/")
		p.Wait("window.took !== undefined")
		times = append(times, p.Number("window.took"))
	}
	return times, requests
}
