package preview_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// TestMakeDemo is what somebody sees who has just cloned the project: one
// address, a click, an app that answers; then a change, a second embed, and the
// end.
func TestMakeDemo(t *testing.T) {
	environment(t) // says where Python's packages are missing
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		dir := project.Clone(t)
		p := begin(t, makeDemo(t, dir))
		v := open(t, b, p)
		v.GoTo(v.Text("location.href") + pendulumPost + "/")
		v.run(runnable)
		v.shown(t, "1.0 m takes")
		v.move(t, "1.0 m takes")

		edit(t, filepath.Join(dir, "exampleSite/repositories/pendulum/pendulum/main.py"), "A schoolbook's pendulum", "An ideal pendulum")
		v.shown(t, "An ideal pendulum")
		if !v.Is("document.body.textContent.includes('An ideal pendulum')") {
			t.Error("the page shows the old file")
		}

		edit(t, filepath.Join(dir, "exampleSite/content", pendulumPost+".md"), "## When you change something",
			"<<< bokehbinder repo=bokehbinder/pendulum ref=main show=app >>>\n\n## When you change something")
		v.Wait("document.querySelectorAll('" + runnable + "').length === 2")
		v.ready(runnable)
		v.Eval("[...document.querySelectorAll('"+runnable+"')].at(-1).querySelector('[data-bb=run]').click()", nil)
		v.Wait("document.querySelectorAll('bokeh-binder[data-state=ready]').length === 2")
		if n := servers(t, p); n != 1 {
			t.Errorf("%d servers", n)
		}

		p.kill()
		p.gone()
		v.WaitFor("[role=alert]")
		v.Eval("(window.late = 120_000, document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))", nil)
		v.Wait("document.querySelector('" + runnable + "').dataset.state === 'ended'")
		os.RemoveAll(p.temp)
	})
}

// makeDemo is the command, with environments that stay for the next test.
func makeDemo(tb testing.TB, dir string) *exec.Cmd {
	tb.Helper()
	names := []string{"GOCACHE", "GOMODCACHE"}
	values, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command("make", "demo")
	cmd.Dir = dir
	// Without its path, what one clone compiles is there for the next.
	cmd.Env = append(os.Environ(), "GOFLAGS="+os.Getenv("GOFLAGS")+" -trimpath", "DEMO_SERVE=1", "XDG_CACHE_HOME="+filepath.Join(project.Root(tb), "build", "cache"))
	for i, value := range strings.Fields(string(values)) {
		cmd.Env = append(cmd.Env, names[i]+"="+value)
	}
	return cmd
}

// TestMakeDemoWithoutApps shows the demo's site where its apps cannot run. It
// ends when it is told to, leaves nothing running, and has changed none of the
// clone's files.
func TestMakeDemoWithoutApps(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		want string
	}{
		"no Python": {[]string{"PATH=" + withoutPython(t), "HOME=" + t.TempDir(), "PYENV_ROOT="}, "there is no Python: "},
		"no registry": {[]string{
			"PIP_INDEX_URL=http://127.0.0.1:9/simple", "PIP_EXTRA_INDEX_URL=", "PIP_FIND_LINKS=", "PIP_CONFIG_FILE=" + os.DevNull, "PIP_RETRIES=0",
			"UV_OFFLINE=1", "XDG_CACHE_HOME=" + t.TempDir(),
		}, " ended with exit code "}, // of pip, or of uv where that is installed
	} {
		t.Run(name, func(t *testing.T) {
			dir := project.Clone(t)
			before := filesOf(t, filepath.Join(dir, "exampleSite"))
			cmd := makeDemo(t, dir)
			cmd.Env = append(cmd.Env, c.env...)
			p := begin(t, cmd)
			if page := visitor(t, p)("/bokehbinder/"); !strings.Contains(page, "data-hub=\"http://127.0.0.1:") {
				t.Errorf("the page has no hub:\n%s", page)
			}
			p.stop()
			same(t, filepath.Join(dir, "exampleSite"), before)
			if log := p.log(); !strings.Contains(log, "warning: the dashboards cannot run, and all else works: ") || !strings.Contains(log, c.want) {
				t.Errorf("the demo does not say %q:\n%s", c.want, log)
			}
		})
	}
}

// withoutPython is a PATH with no Python on it.
func withoutPython(tb testing.TB) string {
	tb.Helper()
	bin := tb.TempDir()
	for _, name := range []string{"go", "git", "make", "sh", "gcc", "ld", "as"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			tb.Fatal(err)
		}
	}
	return bin
}
