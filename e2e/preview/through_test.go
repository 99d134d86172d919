package preview_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// jekyllSite is a site of Jekyll, whose layout names files by whole addresses.
var jekyllSite = map[string]string{
	"_config.yml": "title: Swings\nbaseurl: /blog\n",
	"_layouts/default.html": `<!doctype html>
<html lang="en"><head><title>{{ page.title }}</title>
<link rel="stylesheet" href="{{ '/assets/bokehbinder.css' | relative_url }}">
<script type="module" src="{{ '/assets/bokehbinder.js' | absolute_url }}"></script></head>
<body>{{ content }}</body></html>
`,
	"index.md":  "---\nlayout: default\ntitle: Home\n---\n\nWelcome\n",
	"swings.md": "---\nlayout: default\ntitle: Swings\npermalink: /swings/\n---\n\nSwing it:\n\n<<< bokehbinder repo=bokehbinder/pendulum >>>\n",
}

// expanded makes a site with the embeds of its posts, and style and script.
func expanded(t *testing.T, files map[string]string) string {
	t.Helper()
	repository(t, "github.com/bokehbinder/pendulum", "../../exampleSite/repositories/pendulum")
	dir := machine.Folder(t, files)
	for _, args := range [][]string{{"assets", "assets"}, {"expand", "--in-place", "."}} {
		printed(t, dir, args...)
	}
	return dir
}

// printed runs a command of ours in a folder, and returns what it prints.
func printed(t *testing.T, dir string, args ...string) string {
	t.Helper()
	path, err := command()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v: %s", args, err, stderr.String())
	}
	return string(out)
}

// TestThroughJekyll starts Jekyll beside a preview: an app runs on its page, and what
// changes is shown.
func TestThroughJekyll(t *testing.T) {
	jekyll := need.Program(t, "jekyll", "jekyll")
	b := browser.Start(t, "chromium")
	dir := expanded(t, jekyllSite)
	tree := dashboard(t, "pendulum")
	p := start(t, dir, "-w", "bokehbinder/pendulum="+tree, "--",
		jekyll, "serve", "--livereload", "--port", fmt.Sprint(machine.FreePort(t)), "--livereload-port", fmt.Sprint(machine.FreePort(t)))
	v := open(t, b, p)
	if path := v.Text("location.pathname"); path != "/blog/" {
		t.Errorf("the site's home page is at %s", path)
	}
	v.GoTo(v.Text("location.origin") + "/blog/swings/")
	v.Wait("customElements.get('bokeh-binder')")
	v.run(runnable)
	v.shown(t, "1.0 m takes")
	v.move(t, "1.0 m takes")

	// Jekyll's live reload shows a change of the post.
	v.Eval("window.old = true", nil)
	edit(t, filepath.Join(dir, "swings.md"), "Swing it", "Let it swing")
	v.Wait("!window.old && document.body.textContent.includes('Let it swing')")
	v.shown(t, "1.0 m takes")
	// A change of the app has it run anew.
	v.Eval("window.old = true", nil)
	edit(t, filepath.Join(tree, "pendulum", "main.py"), "A schoolbook's pendulum", "An ideal pendulum")
	v.Wait("!window.old")
	v.shown(t, "An ideal pendulum")
	p.stop()
	if log := p.log(); strings.Contains(log, "SignalException") {
		t.Errorf("Jekyll complains of its end:\n%s", log)
	}
}

// scripted is a page that a script makes, in a site whose server reloads by a
// websocket.
const scripted = `<!doctype html><html lang="en"><head><title>Made by a script</title>
<script type="module" src="assets/bokehbinder.js"></script></head><body>
<p id="first">The first text</p>
<bokeh-binder hidden data-hub="https://mybinder.org" data-provider="gh" data-spec="bokehbinder/named/HEAD"><a data-bb="run"></a></bokeh-binder>
<script type="module">
await customElements.whenDefined("bokeh-binder");
document.body.insertAdjacentHTML("beforeend", await (await fetch("embed.txt")).text());
document.body.insertAdjacentHTML("beforeend",
  "<a id=link rel=nofollow href='https://mybinder.org/v2/gh/bokehbinder/pendulum/HEAD'>launch</a><a id=other href='https://mybinder.org/v2/gh/o/n/HEAD'>x</a>");
window.made = true;
</script></body></html>
`

// TestThroughSocket passes a site through by its address: embeds that a script makes
// launch here, its websocket comes through, and what other pages ask does not.
func TestThroughSocket(t *testing.T) {
	const server = "../node_modules/@11ty/eleventy-dev-server/cmd.js"
	need.File(t, "node", server, "run scripts/setup.sh")
	script, err := filepath.Abs(server)
	if err != nil {
		t.Fatal(err)
	}
	b := browser.Start(t, "chromium")
	dir := expanded(t, map[string]string{"post.md": post, "site.js": "window.taken = true"})
	machine.Write(t, dir, map[string]string{"index.html": scripted, "embed.txt": printed(t, dir, "render", "post.md")})
	p := start(t, dir, "--trust", "--", "node", script, "--dir=.", "--port="+fmt.Sprint(machine.FreePort(t)))
	v := open(t, b, p)
	v.Wait("window.made")
	hub := v.Text("document.querySelector('bokeh-binder').dataset.hub")
	if !strings.HasPrefix(hub, "http://127.0.0.1:") {
		t.Errorf("the hub of the page is %s", hub)
	}
	if got := v.Text("document.querySelector('bokeh-binder:not([hidden])').dataset.hub"); got != hub {
		t.Errorf("the hub of what a script made is %s", got)
	}
	if links := v.Text("[...document.querySelectorAll('bokeh-binder [rel~=nofollow]')].map((a) => a.href).join(' ')"); strings.Contains(links, "mybinder") || !strings.Contains(links, hub+"/v2/gh/bokehbinder/pendulum/") {
		t.Errorf("links: %s", links)
	}
	v.Eval("document.querySelector('#link').addEventListener('click', (e) => e.preventDefault())", nil)
	v.Click("#link")
	if got := v.Text("document.querySelector('#link').href + ' ' + document.querySelector('#other').href"); got != hub+"/v2/gh/bokehbinder/pendulum/HEAD https://mybinder.org/v2/gh/o/n/HEAD" {
		t.Errorf("links in a sentence: %s", got)
	}

	// What the page names is trusted with it, and nothing else.
	if text := v.build("named"); text == "" || strings.Contains(text, "--trust") {
		t.Errorf("a repository that the page names: %s", text)
	}
	if text := v.build("unnamed"); !strings.Contains(text, "--trust") {
		t.Errorf("a repository that the page does not name: %s", text)
	}

	// The site's own live reload, by a websocket.
	edit(t, filepath.Join(dir, "index.html"), "The first text", "Another text")
	v.Wait("document.querySelector('#first').textContent === 'Another text'")

	// Another page of this machine has the cookies sent.
	origin := v.Text("location.origin")
	opened := `new Promise((done) => {
		const socket = new WebSocket("` + strings.Replace(origin, "http", "ws", 1) + `");
		socket.onopen = () => done("opened");
		socket.onerror = () => done("refused");
	})`
	var got string
	if v.Eval(opened, &got); got != "opened" {
		t.Errorf("the page's own websocket: %s", got)
	}
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><script src="%[1]s/site.js"></script><iframe src="%[1]s/"></iframe><p>stranger`, origin)
	}))
	defer stranger.Close()
	v.GoTo(strings.Replace(stranger.URL, "127.0.0.1", "localhost", 1))
	v.Wait("document.readyState === 'complete'")
	if v.Eval(opened, &got); got != "refused" {
		t.Errorf("a stranger's websocket: %s", got)
	}
	if v.Is("window.taken") {
		t.Error("a stranger gets a script")
	}
	var text string
	v.Eval(`fetch("`+origin+`/", { credentials: "include" }).then((r) => r.text(), () => "refused")`, &text)
	if text != "refused" {
		t.Errorf("a stranger reads %s", text)
	}
}

// TestThroughKilled shows that the site's server ends with a preview that is killed,
// and the preview with a server that is.
func TestThroughKilled(t *testing.T) {
	arguments := []string{t.TempDir(), "--", machine.Python(t).Python, "-m", "http.server", "0"}
	p := killed(t, arguments, func(line string) bool {
		return strings.Contains(line, "http.server") && !strings.Contains(line, "bokehbinder")
	})
	if log := p.log(); !strings.Contains(log, "-m http.server 0 has ended\n") || p.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("the preview does not say that the server has ended: %v\n%s", p.cmd.ProcessState, log)
	}
}
