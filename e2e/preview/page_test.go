package preview_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/gitserve"
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

// pieces are JavaScript that looks into shadow trees.
const pieces = `
const all = (root, out = []) => {
	for (const e of root.querySelectorAll("*")) { out.push(e); if (e.shadowRoot) all(e.shadowRoot, out); }
	return out;
};
const slider = () => all(document).find((e) => e.getAttribute("role") === "slider" && e.getBoundingClientRect().width > 0);
const text = (node = document.body) => [...node.childNodes].map((n) =>
	n.nodeType === 3 ? n.data : /^(STYLE|SCRIPT)$/.test(n.nodeName) ? "" : (n.shadowRoot ? text(n.shadowRoot) : "") + text(n)).join("");
`

// frame evaluates a condition in the app.
func (v page) frame(condition string) bool {
	var is bool
	return v.TryFrame("(() => {"+pieces+"return !!("+condition+")})()", &is) == nil && is
}

// shown waits until the app shows a text.
func (v page) shown(tb testing.TB, text string) {
	tb.Helper()
	browser.Eventually(tb, "the app shows "+text, func() bool { return v.frame("text().includes(`" + text + "`)") })
}

// move drags the app's first slider.
func (v page) move(tb testing.TB) {
	tb.Helper()
	browser.Eventually(tb, "the app has a slider", func() bool { return v.frame("slider()") })
	var at, frame [2]float64
	browser.Eventually(tb, "the slider stays where it is", func() bool {
		before := at
		err := v.TryFrame("(() => {"+pieces+"const r = slider().getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()", &at)
		return err == nil && at == before
	})
	v.Eval("(() => { const r = document.querySelector('iframe[src]').getBoundingClientRect(); return [r.x, r.y] })()", &frame)
	v.Drag(frame[0]+at[0], frame[1]+at[1], frame[0]+at[0]+60, frame[1]+at[1])
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
