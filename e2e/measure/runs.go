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
	// app is the smallest one, in this file; empty where the import is all that is tried.
	app, file string
	// args serve it, after the environment's folder of programs; PORT stands for the
	// port.
	args []string
	// ask is a program that asks for the app's page and session at PORT.
	ask string
	// with are packages that are installed beside it, which it does not ask for itself.
	with string
	// source says that it is installed from its source, where it has no build.
	source bool
}

var served = []server{
	{
		name: "bokeh", from: "1.0", modules: "bokeh.server.server, bokeh.plotting", source: true,
		app:  "from bokeh.io import curdoc\nfrom bokeh.plotting import figure\np = figure()\np.line([1, 2], [3, 4])\ncurdoc().add_root(p)\n",
		args: []string{"bokeh", "serve", "app.py", "--port", "PORT", "--address", "127.0.0.1", "--allow-websocket-origin", "*"},
		ask:  askBokeh,
	},
	{
		name: "panel", from: "0.7", modules: "bokeh.server.server, bokeh.plotting, panel", source: true,
		app:  "import panel as pn\npn.extension()\npn.Column(pn.widgets.FloatSlider(), '# text').servable()\n",
		args: []string{"panel", "serve", "app.py", "--port", "PORT", "--address", "127.0.0.1", "--allow-websocket-origin", "*"},
		ask:  "import panel\n" + askBokeh,
	},
	{
		name: "streamlit", from: "0.50", modules: "streamlit", source: true,
		app:  "import streamlit as st\nst.title('one')\nst.slider('two', 0, 1)\n",
		args: []string{"streamlit", "run", "app.py", "--server.port", "PORT", "--server.address", "127.0.0.1", "--server.headless", "true"},
		ask:  askStreamlit,
	},
	{
		name: "dash", from: "1.0", modules: "dash", source: true,
		app: "import sys, dash\ntry:\n    from dash import html\nexcept ImportError:\n    import dash_html_components as html\n" +
			"app = dash.Dash(__name__)\napp.layout = html.Div('one')\nrun = getattr(app, 'run', None) or app.run_server\nrun(host='127.0.0.1', port=int(sys.argv[1]))\n",
		args: []string{"python", "app.py", "PORT"},
		ask:  askDash,
	},
	{
		name: "voila", from: "0.0", modules: "voila.app", with: "ipykernel",
		app: `{"cells": [{"cell_type": "code", "metadata": {}, "source": ["print('o' + 'ne')"], "outputs": [], "execution_count": null}],
			"metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}, "nbformat": 4, "nbformat_minor": 4}`,
		file: "app.ipynb",
		args: []string{"voila", "app.ipynb", "--port=PORT", "--no-browser"},
		ask:  `assert "one" in page("/"), "an empty page"`,
	},
	{
		name: "jupyter-server-proxy", from: "1.0", modules: "jupyter_server_proxy", with: "jupyter-server",
		app:  "# it leads to its own server\n",
		args: []string{"jupyter-server", "--port=PORT", "--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password="},
		ask:  `assert "version" in page("/proxy/PORT/api"), "an empty page"`,
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
	{"'contextfilter' from 'jinja2'", "jinja2<3.1"},
	{"'soft_unicode' from 'markupsafe'", "markupsafe<2.1"},
	{"lxml.html.clean", "lxml<5.2"},
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
	{"numpy.dtype size changed", "numpy<2"},
	{"numpy.core.multiarray failed", "numpy<2"},
	{"_ARRAY_API", "numpy<2"},
	{"from 'numpy", "numpy<2"},
	{"from 'numpy", "numpy<1.24"},
	{"No module named 'numpy.", "numpy<2"},
	{"umpy", "numpy<2"},
	{"from 'pandas", "pandas<2"},
	{"module 'pandas", "pandas<2"},
	{"No module named 'pandas.", "pandas<2"},
	{"from 'pandas", "pandas<1.4"},
	{"from 'matplotlib", "matplotlib<3.9"},
	{"module 'matplotlib", "matplotlib<3.9"},
	{"No module named 'matplotlib.", "matplotlib<3.9"},
	{"from 'matplotlib", "matplotlib<3.6"},
	{"module 'matplotlib", "matplotlib<3.6"},
	{"from 'scipy", "scipy<1.14"},
	{"No module named 'scipy.", "scipy<1.14"},
	{"module 'scipy", "scipy<1.14"},
	{"from 'scipy", "scipy<1.8"},
	{"from 'shapely", "shapely<2"},
	{"module 'shapely", "shapely<2"},
	{"from 'networkx", "networkx<3"},
	{"from 'xarray", "xarray<2023"},
	{"from 'dask", "dask<2025"},
	{"from 'dask", "dask<2024"},
	{"No module named 'dask.", "dask<2024"},
	{"from 'holoviews", "holoviews<1.16"},
	{"from 'panel", "panel<1"},
	{"module 'panel", "panel<1"},
	{"ipywidgets", "ipywidgets<8"},
	{"'Widget' object", "ipywidgets<8"},
	{"No module named 'ipython_genutils'", "ipython_genutils"},
	{"No module named 'notebook.", "notebook<7"},
	{"'notebook", "notebook<7"},
	{"from 'nbconvert", "nbconvert<6"},
	{"No module named 'nbconvert.", "nbconvert<6"},
	{"from 'jupyter_server", "jupyter_server<2"},
	{"jupyter_server", "jupyter_server<2"},
	{"from 'jupyter_client", "jupyter_client<8"},
	{"traitlets", "traitlets<5"},
	{"pydantic", "pydantic<2"},
	{"Pydantic", "pydantic<2"},
	{"from 'httpx", "httpx<0.28"},
	{"from 'starlette", "starlette<0.36"},
	{"from 'fastapi", "fastapi<0.100"},
	{"from 'huggingface_hub", "huggingface_hub<0.26"},
	{"from 'jsonschema", "jsonschema<4"},
	{"from 'websockets", "websockets<14"},
	{"from 'websockets", "websockets<11"},
	{"No module named 'websockets.", "websockets<11"},
	{"from 'simpervisor", "simpervisor<1"},
	{"No module named 'typing_extensions'", "typing_extensions"},
	{"No module named 'pkg_resources'", "setuptools<81"},
	{"No module named 'setuptools'", "setuptools<81"},
	{"No module named 'pytz'", "pytz"},
	{"No module named 'requests'", "requests"},
	{"No module named 'decorator'", "decorator"},
	{"No module named 'packaging'", "packaging"},
	{"No module named 'scipy'", "scipy"},
	{"No module named 'pandas'", "pandas"},
	{"No module named 'ipython'", "ipython"},
	{"No module named 'IPython'", "ipython"},
	{"No module named 'toolz'", "toolz"},
	{"No module named 'future'", "future"},
}

// newestOfSeries lists the newest release of each minor series, oldest first.
func newestOfSeries(python string, p *server, from string) ([]string, error) {
	args := []string{"-m", "pip", "index", "versions", p.name}
	if !p.source {
		args = append(args, "--only-binary", ":all:")
	}
	text, err := run(python, args...)
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
	var pins, tried []string
	name, first := p.name, ""
	how := ""
	if p.app == "" {
		how = "import "
	}
	for {
		said, err := s.serve(p, version, pins)
		if err != nil {
			return "", err
		}
		switch {
		case first == "" && how != "" && strings.HasPrefix(said, notInstalled), // the table of builds knows more
			strings.Contains(said, "signal: killed"): // it took too long, which says nothing
			return "", nil
		case said == "" && first == "":
			return fmt.Sprintf("%s %s %sworks", name, version, how), nil
		case said == "":
			return fmt.Sprintf("%s %s %sfails: %s: %s", name, version, how, strings.Join(pins, " "), first), nil
		}
		first = cmp.Or(first, said)
		i := slices.IndexFunc(companions, func(c struct{ says, pin string }) bool {
			return strings.Contains(said, c.says) && !slices.Contains(tried, c.pin)
		})
		if i < 0 {
			fmt.Fprintf(os.Stderr, "%s %s with %q: %s\n", name, version, pins, said)
			return fmt.Sprintf("%s %s %sfails: nothing: %s", name, version, how, first), nil
		}
		pin := companions[i].pin
		tried = append(tried, pin)
		pins = append(slices.DeleteFunc(pins, func(p string) bool { return pinned(p) == pinned(pin) }), pin)
	}
}

// setuptools is what repo2docker's environment of Python 3.10 has.
const setuptools = "setuptools==80.9.0"

// notInstalled begins what is said of a release that cannot be installed.
const notInstalled = "not installed: "

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
	if text, err := run(s.uv, append([]string{"pip", "install", "-q", "--python", python}, slices.Concat(p.builds(), p.asked(version), pins)...)...); err != nil {
		return notInstalled + lastLine(text), nil
	}
	if said := imports(python, p.modules); said != "" || p.app == "" {
		return said, nil
	}
	if err := os.WriteFile(filepath.Join(dir, cmp.Or(p.file, "app.py")), []byte(p.app), 0o644); err != nil {
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
