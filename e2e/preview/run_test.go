package preview_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// finished is a command that has ended.
type finished struct {
	stdout, stderr string
	code           int
}

// once runs the command to its end, and looks for what it left behind.
func once(tb testing.TB, path string, args ...string) finished {
	tb.Helper()
	cmd, temp := prepare(tb, path, args...)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	err := cmd.Run()
	f := finished{out.String(), messages.String(), cmd.ProcessState.ExitCode()}
	if err != nil && f.code < 0 {
		tb.Fatalf("%v: %v\n%s", args, err, f.stderr)
	}
	if left := descendants(temp); len(left) > 0 {
		tb.Errorf("still running: %s", left)
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		tb.Errorf("left in the temporary folder: %v", left)
	}
	return f
}

// prepare makes the command ready to start in an environment with Bokeh and
// Jupyter, with a PATH, and a folder for temporary files.
func prepare(tb testing.TB, path string, args ...string) (*exec.Cmd, string) {
	tb.Helper()
	program, err := command()
	if err != nil {
		tb.Fatal(err)
	}
	temp, env := tb.TempDir(), environment(tb)
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit) // not to hang for ever
	tb.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "VIRTUAL_ENV="+env, "TMPDIR="+temp, "PATH="+path)
	return cmd, temp
}

// withBrowser is a PATH with Chromium.
func withBrowser(tb testing.TB) string {
	tb.Helper()
	need.Program(tb, "chromium", "chromium", "chromium-browser", "google-chrome")
	return os.Getenv("PATH")
}

var isBrowser = regexp.MustCompile(`^(chrom|google-chrome)`)

// withoutBrowser is a PATH with all but browsers.
func withoutBrowser(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, from := range filepath.SplitList(os.Getenv("PATH")) {
		programs, _ := os.ReadDir(from)
		for _, p := range programs {
			if !isBrowser.MatchString(p.Name()) {
				_ = os.Symlink(filepath.Join(from, p.Name()), filepath.Join(dir, p.Name())) // the first one counts
			}
		}
	}
	return dir
}

// broken is a sample repository with one text replaced.
func broken(tb testing.TB, file, from, to string) string {
	tb.Helper()
	dir := dashboard(tb, "pendulum")
	edit(tb, filepath.Join(dir, filepath.FromSlash(file)), from, to)
	return dir
}

// TestCheckRun runs repositories that work and that do not, with a browser and
// without.
func TestCheckRun(t *testing.T) {
	ways := []struct {
		name string
		path func(testing.TB) string
		says string
	}{
		{"chromium", withBrowser, "another site, with chromium"},
		{"requests", withoutBrowser, "with its requests alone"},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			path := way.path(t)
			t.Run("works", func(t *testing.T) {
				f := once(t, path, "check", "--run", dashboard(t, "pendulum"))
				f.says(t, 0, way.says, "  build    done", "  server   started", "  page     /pendulum/pendulum answers 200 text/html",
					"  scripts  5 loaded", "  socket   opened, and the server answers", "  app      ", "\nthe app works")
			})
			t.Run("white page", func(t *testing.T) {
				dir := broken(t, ".binder/jupyter_server_config.py", `"environment": {"BOKEH_RESOURCES": "cdn"},`, "")
				f := once(t, path, "check", "--run", dir)
				f.says(t, 1, "  scripts  5 of 5 are not there: /static/js/bokeh.min.js at the server's root (404) and others\n",
					"explained by white-page .binder/jupyter_server_config.py:5:9\n", "Starting Bokeh server", "\nthe app does not work\n")
				if strings.Contains(f.stdout, "  socket ") {
					t.Errorf("what follows from a failure is told, too:\n%s", f.stdout)
				}
			})
			t.Run("failing code", func(t *testing.T) {
				f := once(t, path, "check", "--run", broken(t, "pendulum/main.py", "STEP = 0.01", "STEP = nowhere"))
				f.says(t, 1, "  socket   opened, and the server answers\n", "  app      the document is empty", "NameError: name 'nowhere' is not defined")
			})
		})
	}
}

// says checks the exit code, and that standard output has texts in their order.
func (f finished) says(tb testing.TB, code int, texts ...string) {
	tb.Helper()
	rest := f.stdout
	for _, text := range texts {
		_, after, ok := strings.Cut(rest, text)
		if !ok {
			tb.Errorf("no %q in its place", text)
			break
		}
		rest = after
	}
	if f.code != code {
		tb.Errorf("exit code %d, want %d", f.code, code)
	}
	if tb.Failed() {
		tb.Logf("it printed\n%s\nand\n%s", f.stdout, f.stderr)
	}
}

// TestCheckRunBuild tells of a build that fails with its log.
func TestCheckRunBuild(t *testing.T) {
	dir := broken(t, ".binder/postBuild", "set -euo pipefail", "set -euo pipefail\necho preparing\ncat nothing.txt")
	once(t, withoutBrowser(t), "check", "--run", dir).says(t, 1,
		"  build    .binder/postBuild ended with exit code 1\n", "| preparing\n", "nothing.txt: No such file or directory\n", "\nthe app does not work\n")
}

// TestCheckRunPage tells of a server that answers with an error, and names what
// may explain it.
func TestCheckRunPage(t *testing.T) {
	for name, path := range map[string]func(testing.TB) string{"chromium": withBrowser, "requests": withoutBrowser} {
		t.Run(name, func(t *testing.T) {
			// The shell prints before the server's time is over, however busy the machine is.
			dir := broken(t, ".binder/jupyter_server_config.py", `"bokeh", "serve", "pendulum", "--port={port}",`, `"sh", "-c", "echo preparing; exec bokeh serve pendulum --port={port} --no-such-option",`)
			edit(t, filepath.Join(dir, ".binder", "jupyter_server_config.py"), `"timeout": 60`, `"timeout": 3`)
			once(t, path(t), "check", "--run", dir).says(t, 1, "  server   started\n", "  page     /pendulum/pendulum answers 500: ", "explained by proxy-timeout", "| preparing")
		})
	}
}

// TestCheckRunSocket tells of a server that takes no websocket from the page.
func TestCheckRunSocket(t *testing.T) {
	for name, path := range map[string]func(testing.TB) string{"chromium": withBrowser, "requests": withoutBrowser} {
		t.Run(name, func(t *testing.T) {
			dir := broken(t, ".binder/jupyter_server_config.py", `, "--allow-websocket-origin=*"`, "")
			once(t, path(t), "check", "--run", dir).says(t, 1, "  scripts  5 loaded", "  socket   closed again before", "explained by origin-missing", "Refusing websocket connection")
		})
	}
}

// TestCheckRunNothing says that there is nothing to run.
func TestCheckRunNothing(t *testing.T) {
	dir := t.TempDir()
	once(t, os.Getenv("PATH"), "check", "--run", dir).says(t, 1, "  app      there is none to run", "explained by no-environment", "\nthe app does not work\n")
	if err := os.WriteFile(filepath.Join(dir, "environment.yml"), []byte("dependencies:\n  - bokeh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	once(t, os.Getenv("PATH"), "check", "--run", dir).says(t, 1, "  app      there is none to run", "explained by no-app-start", "\nthe app does not work\n")
}

// TestCheckRunFormats puts a failure into the forms for programs, as a finding.
func TestCheckRunFormats(t *testing.T) {
	dir := broken(t, ".binder/jupyter_server_config.py", `"environment": {"BOKEH_RESOURCES": "cdn"},`, "")
	f := once(t, withoutBrowser(t), "check", "--run", "--json", dir)
	c, err := card.Read(strings.NewReader(f.stdout))
	if err != nil {
		t.Fatal(err)
	}
	found := c.Findings[0]
	if f.code != 1 || found.ID != "run-failed" || found.Level != card.LevelError || found.Path != ".binder/jupyter_server_config.py" || !strings.Contains(found.Message, "404") {
		t.Errorf("exit code %d, %+v", f.code, found)
	}
	if !strings.Contains(f.stderr, "the app does not work") {
		t.Errorf("people learn nothing: %s", f.stderr)
	}
	f = once(t, withoutBrowser(t), "check", "--run", "--sarif", dashboard(t, "pendulum"))
	if f.code != 0 || !json.Valid([]byte(f.stdout)) || strings.Contains(f.stdout, "run-failed") {
		t.Errorf("exit code %d\n%s", f.code, f.stdout)
	}
}

// TestCheckRunRepository runs a repository once it is trusted, and not else.
func TestCheckRunRepository(t *testing.T) {
	repository(t, "github.com/bokehbinder/pendulum", "../../exampleSite/repositories/pendulum")
	path := withoutBrowser(t)
	f := once(t, path, "check", "--run", "bokehbinder/pendulum", "main")
	if f.code != 1 || f.stdout != "" || !strings.Contains(f.stderr, "was not run") || !strings.Contains(f.stderr, "--trust") {
		t.Errorf("exit code %d\n%s\n%s", f.code, f.stdout, f.stderr)
	}
	once(t, path, "check", "--run", "--trust", "bokehbinder/pendulum", "main").says(t, 0, "pendulum was run here", "\nthe app works")
}

// TestRunKilled shows that a killed check leaves nothing running, neither the
// server nor the browser.
func TestRunKilled(t *testing.T) {
	cmd, temp := prepare(t, withBrowser(t), "check", "--run", dashboard(t, "pendulum"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	running := func() bool {
		all := strings.Join(descendants(temp), "\n")
		return strings.Contains(all, "--remote-debugging-pipe") && strings.Contains(all, "jupyter")
	}
	patience.Eventually(t, "browser and server run", running)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	patience.Eventually(t, "nothing runs", func() bool { return len(descendants(temp)) == 0 })
}

// TestScreenshot takes the picture of an app, and of none that does not run.
func TestScreenshot(t *testing.T) {
	path := withBrowser(t)
	file := filepath.Join(t.TempDir(), "poster.png")
	text := "---\ntitle: Three\n---\n" + strings.Repeat("A long story.\n\n", 200) + "<<< bokehbinder repo=bokehbinder/pendulum height=480 >>>\n"
	f := once(t, path, "preview", "--screenshot", file, write(t, "post.md", text), "-w", dashboard(t, "pendulum"))
	f.says(t, 0, "poster.png, ", " by 480 pixels\n")
	if !strings.Contains(f.stderr, "poster=poster.png") {
		t.Errorf("what to do with it is not said: %s", f.stderr)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if size := picture.Bounds().Size(); size.Y != 480 || size.X < 500 {
		t.Errorf("%v pixels", size)
	}
	// The plot's blue line is there, and the page around the app is not.
	if n := colours(picture); n[0x1f77b4] == 0 || len(n) < 10 {
		t.Errorf("%d colours, %d pixels of the line's", len(n), n[0x1f77b4])
	}
	if corner := rgb(picture, 0, 0); corner != 0xffffff {
		t.Errorf("the corner is %x", corner)
	}
}

// TestScreenshotSite takes the picture of an app on a page of a site.
func TestScreenshotSite(t *testing.T) {
	dir := filepath.Join(project.Copy(t, project.Module...), "exampleSite")
	file := filepath.Join(t.TempDir(), "poster.jpg") // as a JPEG
	arguments := []string{"preview", "--screenshot", file, "--hugo", project.Hugo(t), "-w", "bokehbinder/pendulum=" + dashboard(t, "pendulum"), dir}
	once(t, withBrowser(t), append(arguments, "--page", "/bokehbinder/"+pendulumPost+"/")...).says(t, 0, "poster.jpg, ")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	f := once(t, withBrowser(t), append(arguments, "--page", "/bokehbinder/guide/check/")...)
	if f.code != 1 || !strings.Contains(f.stderr, "has no app") {
		t.Errorf("exit code %d: %s", f.code, f.stderr)
	}
}

// colours counts the pixels of each colour.
func colours(picture image.Image) map[int]int {
	n := map[int]int{}
	size := picture.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			n[rgb(picture, x, y)]++
		}
	}
	return n
}

func rgb(picture image.Image, x, y int) int {
	r, g, b, _ := picture.At(x, y).RGBA()
	return int(r>>8)<<16 | int(g>>8)<<8 | int(b>>8)
}

// TestNoScreenshot leaves no file behind where there is no picture.
func TestNoScreenshot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "poster.png")
	f := once(t, withoutBrowser(t), "preview", "--screenshot", file, dashboard(t, "pendulum"))
	if f.code != 1 || !strings.Contains(f.stderr, "no Chromium or Chrome") {
		t.Errorf("exit code %d: %s", f.code, f.stderr)
	}
	f = once(t, withBrowser(t), "preview", "--screenshot", file, broken(t, "pendulum/main.py", "STEP = 0.01", "STEP = nowhere"))
	if f.code != 1 || !strings.Contains(f.stderr, "the app does not run") || !strings.Contains(f.stderr, "NameError") {
		t.Errorf("exit code %d: %s", f.code, f.stderr)
	}
	f = once(t, withBrowser(t), "preview", "--screenshot", file, write(t, "post.md", "No app.\n"))
	if f.code != 1 || !strings.Contains(f.stderr, "has no app") {
		t.Errorf("exit code %d: %s", f.code, f.stderr)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a file")
	}
}

// TestCheckRunMended runs what "init --fix" makes of repositories that do not work.
func TestCheckRunMended(t *testing.T) {
	const enable = "jupyter serverextension enable --sys-prefix starts_it\n"
	tests := []struct {
		name    string
		files   map[string]string // below .binder, instead of what is there
		address string
	}{
		{"an extension", map[string]string{
			"starts_it.py": "from subprocess import Popen\n\ndef load_jupyter_server_extension(nbapp):\n    Popen([\"bokeh\", \"serve\", \"pendulum\", \"--allow-websocket-origin=*\", \"--keep-alive\", \"9000\"])\n",
			"postBuild":    "mv .binder/starts_it.py ${NB_PYTHON_PREFIX}/lib/python3.12/site-packages/\n" + enable,
		}, "/pendulum/pendulum"},
		{"an entry", map[string]string{
			"jupyter_server_config.py": "c.ServerProxy.servers = {\n    \"pendulum\": {\n        \"command\": [\"bokeh\", \"serve\", \"pendulum\"],\n    },\n}\n",
			"postBuild":                "#!/bin/bash\r\nset -e\r\nmkdir -p ${NB_PYTHON_PREFIX}/etc/jupyter\r\ncp jupyter_server_config.py ${NB_PYTHON_PREFIX}/etc/jupyter/\r\n",
		}, "/pendulum/pendulum"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := dashboard(t, "pendulum")
			for _, old := range []string{"jupyter_server_config.py", "postBuild"} {
				if err := os.Remove(filepath.Join(dir, ".binder", old)); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, ".binder", name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if f := once(t, withoutBrowser(t), "check", "--run", dir); f.code != 1 {
				t.Errorf("it works before it is mended:\n%s", f.stdout)
			}
			once(t, withoutBrowser(t), "init", "--fix", dir) // warnings may be left
			once(t, withoutBrowser(t), "check", "--run", dir).says(t, 0, "  page     "+tt.address+" answers 200 text/html", "\nthe app works")
			if again := once(t, withoutBrowser(t), "init", "--fix", dir); !strings.Contains(again.stdout, "nothing was mended") && !strings.Contains(again.stdout, "no problems found") {
				t.Errorf("a second run changes\n%s", again.stdout)
			}
		})
	}
}
