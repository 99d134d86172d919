package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// served are the packages whose releases are tried, the first of their releases
// that is, and the smallest app of each.
var served = []struct{ name, from, app string }{
	{"bokeh", "1.0", "from bokeh.io import curdoc\nfrom bokeh.plotting import figure\np = figure()\np.line([1, 2], [3, 4])\ncurdoc().add_root(p)\n"},
	{"panel", "0.7", "import panel as pn\npn.extension()\npn.Column(pn.widgets.FloatSlider(), '# text').servable()\n"},
}

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
}

const runsHead = `# Releases of Bokeh and Panel, each installed alone on Python 3.10 with the newest
# companions that its own conditions allow, imported, served, and asked for its
# page's session. Where that failed: what it said, and with which companions it
# worked; "nothing" where none was found. Measured in %s, in one run.
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
			line, err := s.try(p.name, v, p.app)
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
func (s settings) try(name, version, app string) (string, error) {
	var pins []string
	first := ""
	for {
		said, err := s.serve(name, version, app, pins)
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
func (s settings) serve(name, version, app string, pins []string) (said string, err error) {
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
	if text, err := run(s.uv, append([]string{"pip", "install", "-q", "--python", python, name + "==" + version}, pins...)...); err != nil {
		return "not installed: " + lastLine(text), nil
	}
	if text, err := run(python, "-c", "import bokeh.server.server, bokeh.plotting, "+name); err != nil {
		return lastLine(text), nil
	}
	file := filepath.Join(dir, "app.py")
	if err := os.WriteFile(file, []byte(app), 0o644); err != nil {
		return "", err
	}
	return session(dir, env, name, file)
}

var running = regexp.MustCompile(`running at: http://[^/]*:(\d+)/app`)

// session serves an app and asks for its session. What the server logs is what
// a failure says.
func session(dir, env, program, file string) (said string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(env, "bin", program), "serve", file, "--port", "0", "--address", "127.0.0.1", "--allow-websocket-origin", "*")
	cmd.Dir = dir
	log, write := io.Pipe()
	cmd.Stdout, cmd.Stderr = write, write
	if err := cmd.Start(); err != nil {
		return "", err
	}
	go func() { write.CloseWithError(cmd.Wait()) }()
	port := make(chan string, 1)
	var lines []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		scanner := bufio.NewScanner(log)
		for scanner.Scan() {
			lines = append(lines, scanner.Text())
			if m := running.FindStringSubmatch(scanner.Text()); m != nil {
				port <- m[1]
			}
		}
	}()
	var answer string
	var failed error
	select {
	case p := <-port:
		answer, failed = run(filepath.Join(env, "bin", "python"), "-c", `
import urllib.request, `+program+`
from bokeh.client import pull_session
url = "http://127.0.0.1:`+p+`/app"
assert urllib.request.urlopen(url).status == 200
try:
    assert pull_session(url=url).document.roots, "an empty page"
except Exception as e: # it got a document with models that it has not imported
    if type(e).__name__ != "DeserializationError":
        raise
`)
	case <-done:
		failed = errors.New("it ended")
	}
	cancel()
	<-done
	if failed == nil {
		return "", nil
	}
	if said := lastError(lines); said != "" {
		return said, nil
	}
	return cmp.Or(lastLine(answer), lastLine(strings.Join(lines, "\n")), failed.Error()), nil
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
