package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// server is a package whose releases are tried.
type server struct {
	name string
	// from is the first of its releases that is tried, and modules are imported first.
	from, modules string
	// app is the smallest one.
	app string
	// args serve it, after the environment's folder of programs; PORT stands for the
	// port.
	args []string
	// ask is a program that asks for the app's page and session at PORT.
	ask string
}

var served = []server{
	{
		"bokeh", "1.0", "bokeh.server.server, bokeh.plotting",
		"from bokeh.io import curdoc\nfrom bokeh.plotting import figure\np = figure()\np.line([1, 2], [3, 4])\ncurdoc().add_root(p)\n",
		[]string{"bokeh", "serve", "app.py", "--port", "PORT", "--address", "127.0.0.1", "--allow-websocket-origin", "*"}, askBokeh,
	},
	{
		"panel", "0.7", "bokeh.server.server, bokeh.plotting, panel",
		"import panel as pn\npn.extension()\npn.Column(pn.widgets.FloatSlider(), '# text').servable()\n",
		[]string{"panel", "serve", "app.py", "--port", "PORT", "--address", "127.0.0.1", "--allow-websocket-origin", "*"}, "import panel\n" + askBokeh,
	},
	{
		"streamlit", "0.50", "streamlit",
		"import streamlit as st\nst.title('one')\nst.slider('two', 0, 1)\n",
		[]string{"streamlit", "run", "app.py", "--server.port", "PORT", "--server.address", "127.0.0.1", "--server.headless", "true"}, askStreamlit,
	},
	{
		"dash", "1.0", "dash",
		"import sys, dash\ntry:\n    from dash import html\nexcept ImportError:\n    import dash_html_components as html\n" +
			"app = dash.Dash(__name__)\napp.layout = html.Div('one')\nrun = getattr(app, 'run', None) or app.run_server\nrun(host='127.0.0.1', port=int(sys.argv[1]))\n",
		[]string{"python", "app.py", "PORT"}, askDash,
	},
}

// askBokeh asks as bokeh.client does.
const askBokeh = `
from bokeh.client import pull_session
page("/app")
try:
    assert pull_session(url="http://127.0.0.1:PORT/app").document.roots, "an empty page"
except Exception as e: # it got a document with models that it has not imported
    if type(e).__name__ != "DeserializationError":
        raise
`

// askStreamlit asks as its page does: the websocket wants the script to be run, and
// gets what it draws.
const askStreamlit = `
page("/")
import tornado.httpclient, tornado.ioloop, tornado.websocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

async def session():
    for path in ["/_stcore/stream", "/stream"]:
        try:
            socket = await tornado.websocket.websocket_connect("ws://127.0.0.1:PORT" + path)
            break
        except tornado.httpclient.HTTPError:
            pass
    wish, drawn = BackMsg(), 0
    try:
        wish.rerun_script.SetInParent()
    except AttributeError: # before it had a message of its own
        wish.rerun_script = True
    await socket.write_message(wish.SerializeToString(), binary=True)
    while True:
        got = ForwardMsg()
        got.ParseFromString(await socket.read_message())
        kind = got.WhichOneof("type")
        if kind == "delta":
            element = got.delta.new_element
            assert element.WhichOneof("type") != "exception", element.exception.type + ": " + element.exception.message
            drawn += 1
        elif kind in ("script_finished", "report_finished") and drawn > 1:
            return

tornado.ioloop.IOLoop.current().run_sync(session, timeout=30)
`

// askDash asks as its page does.
const askDash = `
page("/")
page("/_dash-dependencies")
assert "one" in page("/_dash-layout"), "an empty page"
`

// askPage waits for the server and asks for a page.
const askPage = `
import time, urllib.error, urllib.request

def page(path):
    for _ in range(1200):
        try:
            with urllib.request.urlopen("http://127.0.0.1:PORT" + path) as answer:
                assert answer.status == 200
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError("it does not listen")
`

// companions are the conditions that are tried, by what the failure says.
var companions = []struct{ says, pin string }{
	{"'Markup' from 'jinja2'", "jinja2<3.1"},
	{"'contextfunction' from 'jinja2'", "jinja2<3.1"},
	{"'soft_unicode' from 'markupsafe'", "markupsafe<2.1"},
	{"has no attribute 'bool8'", "numpy<2"},
	{"np.bool8", "numpy<2"},
	{"was removed in the NumPy 2.0", "numpy<2"},
	{"module 'numpy' has no attribute", "numpy<1.24"},
	{"No module named 'six'", "six"},
	{"'_config' object has no attribute", "param<2"},
	{"Selector parameter", "param<2"},
	{"RecursionError", "param<2"},
	{"'NoneType' object has no attribute 'startswith'", "param<2"},
	{"from 'bokeh.", "bokeh<3"},
	{"from 'param", "param<2"},
	{"module 'param' has no attribute", "param<2"},
	{"module 'bokeh", "bokeh<3"},
	{"Descriptors cannot", "protobuf<4"},
	{"'altair.vegalite.v4'", "altair<5"},
	{"'get_current_traceback' from 'werkzeug", "werkzeug<2.1"},
	{"'before_first_request'", "flask<2.3"},
	{"from 'werkzeug", "werkzeug<2.1"},
	{"from 'flask", "flask<2.3"},
	{"from 'click", "click<8"},
	{"get_os_args", "click<8.1"},
	{"'escape' from 'jinja2'", "jinja2<3.1"},
	{"'url_quote' from 'werkzeug", "werkzeug<3"},
	{"'url_decode' from 'werkzeug", "werkzeug<3"},
}

const runsHead = `# Releases of Bokeh, Panel, Streamlit and Dash, each installed alone on Python 3.10 with
# the newest companions that its own conditions allow, imported, served, and asked for
# its page's session. Where that failed: what it said, and with which companions it
# worked; "nothing" where none was found. Measured in %s; a series that
# is not listed was not tried.
# go run . runs
`

// measureRuns installs releases and runs them.
func measureRuns(s settings) (string, error) {
	var out strings.Builder
	fmt.Fprintf(&out, runsHead, s.date)
	for _, p := range served {
		if !s.wanted(p.name) {
			continue
		}
		versions, err := newestOfSeries(s.python, p.name, cmp.Or(s.from, p.from))
		if err != nil {
			return "", err
		}
		for _, v := range versions {
			line, err := s.try(&p, v)
			if err != nil {
				return "", err
			}
			fmt.Fprintln(os.Stderr, line)
			out.WriteString(line + "\n")
		}
	}
	return out.String(), nil
}

// newestOfSeries lists the newest release of each minor series, oldest first.
func newestOfSeries(python, name, from string) ([]string, error) {
	text, err := run(python, "-m", "pip", "index", "versions", name)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, text)
	}
	_, text, _ = strings.Cut(text, "Available versions: ")
	text, _, _ = strings.Cut(text, "\n")
	seen := map[string]bool{}
	var out []string
	for v := range strings.SplitSeq(text, ", ") {
		parts := strings.SplitN(v, ".", 3)
		if len(parts) < 2 || seen[parts[0]+"."+parts[1]] || compareVersions(v, from) < 0 {
			continue
		}
		seen[parts[0]+"."+parts[1]] = true
		out = append(out, v)
	}
	slices.SortFunc(out, compareVersions)
	return out, nil
}

// compareVersions orders versions by their numbers.
func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if c := cmp.Compare(number(x, i), number(y, i)); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b)
}

func number(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i])
	return n
}

// try installs a release and runs it; where it fails, again with the companions
// that the failure calls for.
func (s settings) try(p *server, version string) (string, error) {
	var pins []string
	name, first := p.name, ""
	for {
		said, err := s.serve(p, version, pins)
		if err != nil {
			return "", err
		}
		switch {
		case said == "" && first == "":
			return fmt.Sprintf("%s %s works", name, version), nil
		case said == "":
			return fmt.Sprintf("%s %s fails: %s: %s", name, version, strings.Join(pins, " "), first), nil
		}
		first = cmp.Or(first, said)
		i := slices.IndexFunc(companions, func(c struct{ says, pin string }) bool {
			return strings.Contains(said, c.says) && !slices.Contains(pins, c.pin)
		})
		if i < 0 {
			fmt.Fprintf(os.Stderr, "%s %s with %q: %s\n", name, version, pins, said)
			return fmt.Sprintf("%s %s fails: nothing: %s", name, version, first), nil
		}
		pins = append(pins, companions[i].pin)
	}
}

// setuptools is what repo2docker's environment of Python 3.10 has.
const setuptools = "setuptools==80.9.0"

// serve returns what the failure says, "" where the app works.
func (s settings) serve(p *server, version string, pins []string) (said string, err error) {
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	env := filepath.Join(dir, "env")
	if text, err := run(s.uv, "venv", "-q", "--python", s.python, env); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	python := filepath.Join(env, "bin", "python")
	if text, err := run(s.uv, "pip", "install", "-q", "--python", python, setuptools); err != nil {
		return "", fmt.Errorf("%w\n%s", err, text)
	}
	if text, err := run(s.uv, append([]string{"pip", "install", "-q", "--python", python, p.name + "==" + version}, pins...)...); err != nil {
		return "not installed: " + lastLine(text), nil
	}
	if text, err := run(python, "-c", "import "+p.modules); err != nil {
		return lastLine(text), nil
	}
	if err := os.WriteFile(filepath.Join(dir, "app.py"), []byte(p.app), 0o644); err != nil {
		return "", err
	}
	return p.session(dir, filepath.Join(env, "bin"))
}

// session serves an app and asks for its session. What the server logs is what
// a failure says.
func (p *server) session(dir, bin string) (said string, err error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	told := func(text string) string { return strings.ReplaceAll(text, "PORT", port) }
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var args []string
	for _, arg := range p.args[1:] {
		args = append(args, told(arg))
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, p.args[0]), args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	ownGroup(cmd)
	cmd.Cancel = func() error { return stopGroup(cmd) }
	if err := cmd.Start(); err != nil {
		return "", err
	}
	asking, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // it was stopped, or its log says why it ended
		stop()
	}()
	ask := exec.CommandContext(asking, filepath.Join(bin, "python"), "-c", told(askPage+p.ask))
	answer, failed := ask.CombinedOutput()
	cancel()
	<-done
	if failed == nil {
		return "", nil
	}
	if said := lastError(strings.Split(log.String(), "\n")); said != "" {
		return said, nil
	}
	return cmp.Or(lastLine(string(answer)), lastLine(log.String()), failed.Error()), nil
}

// freePort is one on which nothing listens.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

var errorLine = regexp.MustCompile(`^\w[\w.]*(?:Error|Exception)\b`)

// lastError is the last line of a log that names an error.
func lastError(lines []string) string {
	for _, line := range slices.Backward(lines) {
		if errorLine.MatchString(line) {
			return ownPath.ReplaceAllString(line, "")
		}
	}
	return ""
}

// ownPath is what Python says of where it looked on this machine, and its guess
// at what was meant.
var ownPath = regexp.MustCompile(` \(/[^)]*\)|\. Did you mean: .*`)

// lastLine is the last line that names an error, or the last at all.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(ownPath.ReplaceAllString(cmp.Or(lastError(lines), lines[len(lines)-1]), ""))
}
