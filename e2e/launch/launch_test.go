package launch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

func TestMain(m *testing.M) {
	supervise.Main()
	if os.Getenv(parentVariable) != "" {
		parent()
	}
	if os.Getenv(builderVariable) != "" {
		builder()
	}
	os.Exit(m.Run())
}

// jupyter is an environment with the Jupyter stack and Bokeh.
func jupyter(t *testing.T) environments.Environment {
	t.Helper()
	return at(t, venv.Jupyter(t))
}

// plain is the Python that environments are made of.
func plain(t *testing.T) environments.Environment {
	t.Helper()
	base, err := exec.Command(venv.Jupyter(t), "-c", "import sys; print(sys._base_executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	return at(t, strings.TrimSpace(string(base)))
}

func at(t *testing.T, python string) environments.Environment {
	t.Helper()
	env, err := environments.At(t.Context(), python)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// image builds an image that is removed with the test.
func image(t *testing.T, env environments.Environment, source string) (*launch.Image, *machine.Log) {
	t.Helper()
	l := &machine.Log{}
	// A space in the path is what folders of users have.
	scratch := filepath.Join(t.TempDir(), "a scratch")
	i, err := launch.NewImage(t.Context(), launch.ImageOptions{Folder: source, Env: env, Scratch: scratch, Log: l})
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	t.Cleanup(func() {
		if err := i.Remove(); err != nil {
			t.Error(err)
		}
	})
	return i, l
}

const (
	base  = "/user/someone-x1/"
	token = "secret-of-the-test"
)

// start starts an image's server, which is stopped with the test.
func start(t *testing.T, i *launch.Image) (*launch.Server, *machine.Log) {
	t.Helper()
	l := &machine.Log{}
	ctx, cancel := context.WithTimeout(t.Context(), patience.Limit)
	defer cancel()
	s, err := i.Start(ctx, launch.ServerOptions{BaseURL: base, Token: token, Log: l})
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	t.Cleanup(s.Stop)
	return s, l
}

// get asks a server for a page, and returns its status and content.
func get(t *testing.T, s *launch.Server, path string) (int, string) {
	t.Helper()
	res, err := http.Get("http://" + s.Addr() + base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// record lists a folder's files with size, permissions and time of change.
func record(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		fmt.Fprintln(&b, p, info.Mode(), info.Size(), info.ModTime().UnixNano())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// same checks that a folder is as it was.
func same(t *testing.T, dir, before string) {
	t.Helper()
	old := map[string]bool{}
	for line := range strings.Lines(before) {
		old[line] = true
	}
	for line := range strings.Lines(record(t, dir)) {
		if !old[line] {
			t.Errorf("changed: %s", line)
		}
		delete(old, line)
	}
	for line := range old {
		t.Errorf("was there: %s", line)
	}
}

// TestSample runs a sample repository, whose app is an entry of
// jupyter-server-proxy.
func TestSample(t *testing.T) {
	env := jupyter(t)
	before := record(t, env.Prefix)
	const source = "../../exampleSite/repositories/pendulum"
	sourceBefore := record(t, source)
	i, _ := image(t, env, source)
	s, l := start(t, i)
	if status, page := get(t, s, "pendulum/pendulum?token="+token); status != http.StatusOK || !strings.Contains(page, "bokeh") {
		t.Errorf("the app answers %d\n%s\n%s", status, page, l)
	}
	if status, _ := get(t, s, "api/status"); status != http.StatusForbidden {
		t.Errorf("without the token the server answers %d", status)
	}
	s.Stop()
	select {
	case <-s.Done():
	default:
		t.Error("the server has not ended when Stop returns")
	}
	if conn, err := net.Dial("tcp", s.Addr()); err == nil {
		conn.Close()
		t.Error("the port is still in use")
	}
	same(t, env.Prefix, before)
	same(t, source, sourceBefore)
}

// extension is a repository whose app is started by a server extension, on a
// port of its own.
func extension(t *testing.T, port int) string {
	return machine.Folder(t, map[string]string{
		"requirements.txt": "bokeh\njupyter-server-proxy\n",
		"wave/main.py":     "from bokeh.io import curdoc\nfrom bokeh.models import Div\ncurdoc().add_root(Div(text='wave'))\n",
		"waveserver.py": fmt.Sprintf(`from subprocess import Popen

def _jupyter_server_extension_points():
    return [{"module": "waveserver"}]

def _load_jupyter_server_extension(server):
    Popen(["bokeh", "serve", "wave", "--port=%d", "--allow-websocket-origin=*"], start_new_session=True)
`, port),
		"waveserver.json": `{"ServerApp": {"jpserver_extensions": {"waveserver": true}}}`,
		"postBuild": `#!/bin/bash
set -eu
mv waveserver.py "$(python -c 'import site; print(site.getsitepackages()[0])')/"
mkdir -p "${NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config.d"
mv waveserver.json "${NB_PYTHON_PREFIX}/etc/jupyter/jupyter_server_config.d/"
`,
	})
}

// TestFixedPort starts an app on a fixed port: not while somebody else has it,
// and nobody has it after the server was stopped, though the app has a session
// of its own.
func TestFixedPort(t *testing.T) {
	env := jupyter(t)
	port := machine.FreePort(t)
	i, _ := image(t, env, extension(t, port))
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for _, host := range []string{"127.0.0.1", "0.0.0.0", "::", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			t.Logf("nobody can listen on %s here: %v", host, err)
			continue
		}
		_, err = i.Start(t.Context(), launch.ServerOptions{BaseURL: base, Token: token})
		var e *launch.PortError
		if !errors.As(err, &e) || e.Port != port || e.Path != "waveserver.py" || e.Line != 7 {
			t.Errorf("with somebody at %s: %v", host, err)
		}
		l.Close()
	}
	s, l := start(t, i)
	patience.Eventually(t, "the app answers", func() bool { // nothing else waits for an app that an extension starts
		status, page := get(t, s, fmt.Sprintf("proxy/%d/wave?token=%s", port, token))
		if strings.Contains(l.String(), "Error") && status != http.StatusInternalServerError && status != http.StatusOK {
			t.Fatalf("the app answers %d\n%s", status, l)
		}
		return status == http.StatusOK && strings.Contains(page, "bokeh")
	})
	s.Stop()
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("the app still runs")
	}
}

// parentVariable makes the test's program one that starts a server and gets
// killed.
const parentVariable = "LAUNCH_TEST_PARENT"

func parent() {
	ctx := context.Background()
	env, err := environments.At(ctx, os.Args[1])
	var i *launch.Image
	if err == nil {
		i, err = launch.NewImage(ctx, launch.ImageOptions{Folder: os.Args[2], Env: env, Scratch: os.Args[3], Log: os.Stderr})
	}
	if err == nil {
		_, err = i.Start(ctx, launch.ServerOptions{BaseURL: base, Token: token, Log: os.Stderr})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("started")
	select {}
}

// TestKilled kills a program that has started a server, and waits until the
// app, which has a session of its own, is gone.
func TestKilled(t *testing.T) {
	env := jupyter(t)
	port := machine.FreePort(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, env.Python, extension(t, port), filepath.Join(t.TempDir(), "scratch"))
	cmd.Env = append(os.Environ(), parentVariable+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var line [8]byte
	if _, err := io.ReadFull(out, line[:]); err != nil {
		t.Fatal(cmd.Wait())
	}
	answers := func() bool {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			conn.Close()
		}
		return err == nil
	}
	patience.Eventually(t, "the app answers", answers)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	patience.Eventually(t, "the app has ended", func() bool { return !answers() })
}

// TestServerEnds tells of a server that ends at once, by a script that the author
// has not made executable.
func TestServerEnds(t *testing.T) {
	env := jupyter(t)
	source := machine.Folder(t, map[string]string{
		"requirements.txt": "", "start": "#!/bin/sh\necho \"the arguments: $*\"\necho no good >&2\nexit 9\n",
	})
	if err := os.Chmod(filepath.Join(source, "start"), 0o644); err != nil {
		t.Fatal(err)
	}
	i, _ := image(t, env, source)
	_, err := i.Start(t.Context(), launch.ServerOptions{BaseURL: base, Token: token})
	e, ok := err.(*launch.StartError)
	if !ok || e.ExitCode != 9 || !strings.Contains(e.Log, "no good") || !strings.Contains(e.Log, "jupyter-lab --ip=127.0.0.1 --port=") {
		t.Errorf("got %v (%+v)", err, e)
	}
}

func TestServerDoesNotAnswer(t *testing.T) {
	env := jupyter(t)
	i, _ := image(t, env, machine.Folder(t, map[string]string{"requirements.txt": "", "start": "#!/bin/sh\ntouch started\nsleep 10000\n"}))
	for limit := time.Second; limit < patience.Limit; limit *= 2 { // a busy machine needs more to start anything
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		_, err := i.Start(ctx, launch.ServerOptions{BaseURL: base, Token: token})
		cancel()
		if _, missing := os.Stat(filepath.Join(i.Dir, "started")); missing != nil {
			continue
		}
		if e, ok := err.(*launch.StartError); !ok || e.ExitCode != -1 {
			t.Errorf("got %v", err)
		}
		return
	}
	t.Error("nothing was started")
}
