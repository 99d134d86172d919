package browser_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// counters are apps whose button counts its presses, in Python: what it says
// has been to the server and back.
var counters = map[string]string{
	"bokeh": `from bokeh.io import curdoc
from bokeh.models import Button

button = Button(label="0", height=500, sizing_mode="stretch_width")


def pressed():
    button.label = str(int(button.label) + 1)


button.on_click(pressed)
curdoc().add_root(button)
`,
	"panel": `import panel as pn

button = pn.widgets.Button(name="0", height=500, sizing_mode="stretch_width")


def pressed(event):
    button.name = str(int(button.name) + 1)


button.on_click(pressed)
button.servable()
`,
}

// TestSandbox measures what Bokeh and Panel need of the frame's sandbox: with
// what we give them they work, and so they do with allow-scripts alone; without
// that they do not start.
func TestSandbox(t *testing.T) {
	python := venv.Python(t, "panel", "panel==1.9.4", "bokeh==3.9.2")
	for program, source := range counters {
		t.Run(program, func(t *testing.T) {
			app := serve(t, python, program, source)
			browser.Each(t, func(t *testing.T, b *browser.Browser) {
				for name, sandbox := range map[string]string{
					"as it is":    "",
					"the least":   "allow-scripts",
					"without any": "allow-downloads allow-popups",
				} {
					t.Run(name, func(t *testing.T) {
						testSandbox(t, b, app, sandbox, name != "without any")
					})
				}
			})
		})
	}
}

// testSandbox runs an app in a frame with the given sandbox, where it is not
// empty.
func testSandbox(t *testing.T, b *browser.Browser, app http.Handler, sandbox string, works bool) {
	h := hubtest.New(t, hubtest.Options{App: app})
	s := newSite(t, h)
	p := b.Open(t, browser.Options{})
	p.GoTo(s.post(t, h, "/post", embed{}))
	if sandbox != "" {
		p.Eval("document.querySelector('iframe').setAttribute('sandbox', "+quote(sandbox)+")", nil)
	}
	p.Click(part("run"))
	p.Wait(inState("ready"))
	if !works {
		patience.Eventually(t, "the app's page is there", func() bool { return asked(h, "5006/last.png") == 1 })
		if asked(h, "/ws?") > 0 {
			t.Error("the app runs")
		}
		return
	}
	says := func(text string) func() bool {
		return func() bool {
			var is bool
			err := p.TryFrame("!!globalThis.Bokeh?.documents[0]?.roots().some(({ label }) => label === "+quote(text)+")", &is)
			return err == nil && is
		}
	}
	patience.Eventually(t, "the app is there", says("0"))
	patience.Eventually(t, "the app has its connection", func() bool { return asked(h, "/ws?") > 0 })
	for n := 1; n <= 2; n++ {
		p.Click("iframe")
		patience.Eventually(t, "a press was counted in Python", says(strconv.Itoa(n)))
	}
}

// serve runs an app with its own command, and returns a proxy to it. Its page
// has a picture behind all scripts.
func serve(t *testing.T, python, program, source string) http.Handler {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bokeh-app.py"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-m", program, "serve", "bokeh-app.py", "--port=0", "--address=127.0.0.1", "--allow-websocket-origin=*")
	cmd.Dir = dir
	// A page of one's own: nothing is loaded from anywhere.
	cmd.Env = append(os.Environ(), "BOKEH_RESOURCES=inline", "PYTHONUNBUFFERED=1")
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		in.Close()
		close(done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
	})
	var log strings.Builder
	port := ""
	for lines := bufio.NewScanner(out); port == "" && lines.Scan(); {
		log.WriteString(lines.Text() + "\n")
		if m := regexp.MustCompile(`running at: http://[^:/]+:(\d+)/`).FindStringSubmatch(lines.Text()); m != nil {
			port = m[1]
		}
	}
	if port == "" {
		t.Fatalf("%s does not start:\n%s", program, log.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "127.0.0.1:" + port})
	proxy.ModifyResponse = func(r *http.Response) error {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			return nil
		}
		page, err := io.ReadAll(r.Body)
		r.Body.Close()
		if end := bytes.LastIndex(page, []byte("</body>")); end >= 0 { // scripts hold one too
			page = slices.Insert(page, end, []byte(`<img src="last.png" alt="">`)...)
		}
		r.Body = io.NopCloser(bytes.NewReader(page))
		r.Header.Set("Content-Length", strconv.Itoa(len(page)))
		return err
	}
	return proxy
}
