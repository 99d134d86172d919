package preview_test

import (
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

func TestMain(m *testing.M) {
	supervise.Main()
	os.Exit(m.Run())
}

// servers is a script that serves on free ports: each of its arguments is what one
// prints, with PORT, and what it answers at which path.
const servers = `import http.server, sys, threading
def serve(line, path, status, kind):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == path
            self.send_response(int(status) if found else 404)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(b"<p>site" if found else b"none")
        def log_message(self, *_): pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    if line: print(line.replace("PORT", str(server.server_port)).replace("ESC", "\x1b"), flush=True)
    threading.Thread(target=server.serve_forever).start()
for argument in sys.argv[1:]:
    serve(*argument.split("|"))
`

// TestServing finds a site where a command serves it.
func TestServing(t *testing.T) {
	python := machine.Python(t).Python
	const other = "Live reload at http://127.0.0.1:PORT|/|400|text/plain"
	for name, c := range map[string]struct {
		args []string
		want string // with the port of the last server that printed one
	}{
		"printed":          {[]string{"Serving (http://127.0.0.1:PORT/blog/).|/blog/|200|text/html"}, "http://127.0.0.1:PORT/blog/"},
		"with a name":      {[]string{"on http://localhost:PORT|/|200|text/html; charset=utf-8"}, "http://localhost:PORT/"},
		"of all addresses": {[]string{"on http://0.0.0.0:PORT/|/|200|text/html"}, "http://127.0.0.1:PORT/"},
		"in colours":       {[]string{"ESC[36mhttp://127.0.0.1:ESC[1mPORTESC[22m/x/ESC[39m|/x/|200|text/html"}, "http://127.0.0.1:PORT/x/"},
		"after another":    {[]string{other, "Site at http://127.0.0.1:PORT/|/|200|text/html"}, "http://127.0.0.1:PORT/"},
		"before another":   {[]string{other, "at PORT|/|302|text/plain"}, "http://127.0.0.1:PORT/"},
		"not printed":      {[]string{"at PORT|/|200|text/html"}, "http://127.0.0.1:PORT/"},
		"no page at /":     {[]string{"at PORT|/blog/|200|text/html"}, "http://127.0.0.1:PORT/"},
		"elsewhere, too":   {[]string{"see https://docs.example/ and http://192.0.2.1:80/ for port PORT|/|200|text/html"}, "http://127.0.0.1:PORT/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			printed := &machine.Log{}
			serving, err := (&preview.Command{
				Args: append([]string{python, "-c", servers}, c.args...), Dir: t.TempDir(), Output: printed, Say: func(text string) { t.Log(text) },
			}).Start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at, err := serving.Address(t.Context())
			if err != nil {
				t.Fatalf("%v\n%s", err, printed)
			}
			ports := regexp.MustCompile(`\d{4,}`).FindAllString(regexp.MustCompile(`\x1b\[\d+m`).ReplaceAllString(printed.String(), ""), -1)
			if want := strings.ReplaceAll(c.want, "PORT", ports[len(ports)-1]); at.String() != want {
				t.Errorf("the site is at %s, want %s", at, want)
			}
		})
	}
}

// TestServingPython takes the server that Python has, which prints its address late
// where nobody watches.
func TestServingPython(t *testing.T) {
	dir := t.TempDir()
	serving, err := (&preview.Command{
		Args: []string{machine.Python(t).Python, "-m", "http.server", "0"}, Dir: dir, Output: io.Discard, Say: func(text string) { t.Log(text) },
	}).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at, err := serving.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	res, err := preview.Visit(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if got := res.Header.Get("Server"); !strings.HasPrefix(got, "SimpleHTTP") {
		t.Errorf("%s is %s", at, got)
	}
}

// TestServingGiven waits for the address that the author names.
func TestServingGiven(t *testing.T) {
	python := machine.Python(t).Python
	port, err := exec.Command(python, "-c", "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])").Output()
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse("http://localhost:" + strings.TrimSpace(string(port)) + "/none/")
	if err != nil {
		t.Fatal(err)
	}
	serving, err := (&preview.Command{
		Args: []string{python, "-m", "http.server", "--bind", "127.0.0.1", at.Port()}, Dir: t.TempDir(), Site: at, Output: io.Discard, Say: func(text string) { t.Log(text) },
	}).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := serving.Address(t.Context()); err != nil || got != at {
		t.Errorf("%v: %v", got, err)
	}
}

// TestServingEnds tells of a command that ends before it serves anything.
func TestServingEnds(t *testing.T) {
	start := func(args ...string) (*preview.Serving, *machine.Log, error) {
		printed := &machine.Log{}
		serving, err := (&preview.Command{Args: args, Dir: t.TempDir(), Output: printed, Say: func(text string) { t.Log(text) }}).Start(t.Context())
		return serving, printed, err
	}
	serving, printed, err := start("sh", "-c", "echo no such port >&2; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	if at, err := serving.Address(t.Context()); err == nil || !strings.HasSuffix(err.Error(), "has ended with exit code 3, before it served the site") {
		t.Errorf("%v: %v", at, err)
	}
	patience.Eventually(t, "what it printed is shown", func() bool { return printed.String() == "no such port\n" })
	if _, _, err := start("no-such-command"); err == nil || err.Error() != "there is no no-such-command command" {
		t.Error(err)
	}
}
