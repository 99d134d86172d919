package preview_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/app"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// dashboard copies a sample repository, and returns the folder.
func dashboard(tb testing.TB, name string) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS("../../exampleSite/repositories/"+name)); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// write writes a file below a new folder, and returns its path.
func write(tb testing.TB, name, text string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		tb.Fatal(err)
	}
	return path
}

// edit replaces a text in a file.
func edit(tb testing.TB, path, from, to string) {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if !strings.Contains(string(text), from) {
		tb.Fatalf("%s has no %q", path, from)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// page is a page of a preview in a browser.
type page struct {
	*browser.Page
	tb testing.TB
}

// later lets a test be late: an embed asks its server once a minute at most.
const later = "{ const now = Date.now.bind(Date); window.late = 0; Date.now = () => now() + window.late; }"

// open opens the address that the preview printed.
func open(tb testing.TB, b *browser.Browser, p *process) page {
	tb.Helper()
	v := page{b.Open(tb, browser.Options{Height: 1200, Preload: later}), tb}
	v.GoTo(p.url)
	v.Wait("!location.search && customElements.get('bokeh-binder')")
	return v
}

// build asks the page's hub for a repository of ours, as the page would, and returns what
// it says until that has failed.
func (v page) build(name string) (answer string) {
	v.Eval(`new Promise((done) => {
		const stream = new EventSource(document.querySelector("bokeh-binder").dataset.hub + "/build/gh/bokehbinder/`+name+`/HEAD");
		let all = "";
		stream.onmessage = ({ data }) => {
			all += data;
			if (JSON.parse(data).phase === "failed") done(all);
		};
		stream.onerror = () => done(all);
	})`, &answer)
	return answer
}

// run clicks 'Run here' of an embed, and waits until its app is there.
func (v page) run(embed string) {
	v.Click(embed + " [data-bb=run]")
	v.ready(embed)
}

func (v page) ready(embed string) {
	state := "document.querySelector('" + embed + "').dataset.state"
	v.Wait(state + " === 'ready' || " + state + " === 'failed'")
	if v.Text(state) == "failed" {
		v.tb.Fatalf("the app does not run: %s", v.Text("document.querySelector('"+embed+"').innerText"))
	}
}

// app is the app in the page's first frame.
func (v page) app() app.View { return app.View{Page: v.Page, Framed: true} }

// shown waits until the app shows a text.
func (v page) shown(tb testing.TB, text string) {
	tb.Helper()
	patience.Eventually(tb, "the app shows "+text, func() bool { return strings.Contains(v.app().Text(), text) })
}

// move moves the app's first slider, and waits until a text that came from
// Python is another one.
func (v page) move(tb testing.TB, before string) {
	tb.Helper()
	if err := v.app().Move(); err != nil {
		tb.Fatal(err)
	}
	patience.Eventually(tb, "Python answers", func() bool {
		text := v.app().Text()
		return strings.Contains(text, "m takes") && !strings.Contains(text, before)
	})
}

// repository serves a sample repository, so that git takes it from there.
func repository(tb testing.TB, address, dir string) {
	tb.Helper()
	server, err := gitserve.NewServer(tb.TempDir(), gitserve.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { server.Close() })
	files, err := gitserve.ReadFiles(dir)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := gitserve.BuildRepo(server.RepoDir(address), files); err != nil {
		tb.Fatal(err)
	}
	for _, kv := range server.Env() {
		name, value, _ := strings.Cut(kv, "=")
		setenv(tb, name, value)
	}
}

func setenv(tb testing.TB, name, value string) {
	if t, ok := tb.(*testing.T); ok {
		t.Setenv(name, value)
	}
}
