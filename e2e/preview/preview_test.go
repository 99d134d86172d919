package preview_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

func TestMain(m *testing.M) { browser.Main(m) }

const post = `---
title: A pendulum
---

Swing it:

<<< bokehbinder repo=bokehbinder/pendulum >>>
`

// TestPost is the main story: a post, a click, an app that answers; then the
// app and the post change, and the page shows it.
func TestPost(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		dir := dashboard(t, "pendulum")
		file := write(t, "post.md", post)
		v := open(t, b, start(t, file, "--work-tree", dir))
		v.run("#bb-1")
		v.shown(t, "1.0 m takes")
		v.move(t, "1.0 m takes")

		// A change of the app loads the page anew and runs it again.
		edit(t, filepath.Join(dir, "pendulum", "main.py"), "A schoolbook's pendulum", "An ideal pendulum")
		v.shown(t, "An ideal pendulum")
		if !v.Is("document.querySelector('#bb-1').textContent.includes('An ideal pendulum')") {
			t.Error("the page shows the old file")
		}
		// So does one of the post, with the same server.
		edit(t, file, "Swing it", "Let it swing")
		v.Wait("document.body.textContent.includes('Let it swing')")
		v.shown(t, "An ideal pendulum")
	})
}

// TestTwoEmbeds share one server.
func TestTwoEmbeds(t *testing.T) {
	b := browser.Start(t, "chromium")
	p := start(t, write(t, "post.md", post+"\nOnce more:\n\n<<< bokehbinder repo=bokehbinder/pendulum show=app >>>\n"), "-w", dashboard(t, "pendulum"))
	v := open(t, b, p)
	v.Eval("document.querySelectorAll('[data-bb=run]').forEach((a) => a.click())", nil)
	v.ready("#bb-1")
	v.ready("#bb-2")
	if n := servers(t, p); n != 1 {
		t.Errorf("%d servers", n)
	}
}

// servers counts the Jupyter servers of a preview.
func servers(tb testing.TB, p *process) int {
	tb.Helper()
	images, err := filepath.Glob(filepath.Join(p.temp, "bokehbinder-hub-*", "image-*"))
	if err != nil {
		tb.Fatal(err)
	}
	return len(images)
}

// TestKilled shows that a killed preview leaves nothing running, and that its
// page says what has happened.
func TestKilled(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		p := start(t, write(t, "post.md", post), "-w", dashboard(t, "pendulum"))
		v := open(t, b, p)
		v.run("#bb-1")
		v.shown(t, "1.0 m takes")
		p.kill()
		p.gone()
		v.WaitFor("[role=alert]")
		v.Eval("(window.late = 120_000, document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))", nil)
		v.Wait("document.querySelector('#bb-1').dataset.state === 'ended'")
		if text := v.Text("document.querySelector('#bb-1 [data-bb=happened]').textContent"); text == "" {
			t.Error("the page says nothing")
		}
		// The copy of the app that it has left goes away with the next preview's.
		if left, _ := filepath.Glob(filepath.Join(p.temp, "bokehbinder-hub-*", "image-*")); len(left) == 0 {
			t.Error("nothing is left to remove")
		}
		next := exec.Command(p.cmd.Path, "preview", "--offline", t.TempDir())
		next.Env = os.Environ()
		beginIn(t, next, p.temp).stop()
	})
}

// TestFolder previews an app that is in no repository yet.
func TestFolder(t *testing.T) {
	b := browser.Start(t, "chromium")
	dir := dashboard(t, "pendulum")
	// A pipe waits for a writer when it is opened.
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	v := open(t, b, start(t, dir))
	v.run("#bb-1")
	v.shown(t, "1.0 m takes")
}

// TestRepository runs a repository that nobody has a work tree of, when it is
// trusted, and not else.
func TestRepository(t *testing.T) {
	b := browser.Start(t, "chromium")
	repository(t, "github.com/bokehbinder/pendulum", "../../exampleSite/repositories/pendulum")
	file := write(t, "post.md", post)
	v := open(t, b, start(t, file))
	v.Click("#bb-1 [data-bb=run]")
	v.Wait("document.querySelector('#bb-1').dataset.state === 'failed'")
	v.Click("#bb-1 [data-bb=toggle]")
	v.WaitFor("#bb-1 .bb-log")
	if text := v.Text("document.querySelector('#bb-1 .bb-log').textContent"); !strings.Contains(text, "--trust") {
		t.Errorf("the log does not say what to do: %s", text)
	}
	v = open(t, b, start(t, file, "--trust"))
	v.run("#bb-1")
	v.shown(t, "1.0 m takes")

	// What the page does not name is not trusted with it.
	if text := v.build("unnamed"); !strings.Contains(text, "--trust") {
		t.Errorf("a repository that the page does not name: %s", text)
	}
	edit(t, file, "Swing it:", "Beside <<< bokehbinder repo=bokehbinder/unnamed >>> swing it:")
	v.Wait("document.body.textContent.includes('Beside')")
	if text := v.build("unnamed"); text == "" || strings.Contains(text, "--trust") {
		t.Errorf("a repository that the page names now: %s", text)
	}
}

// TestConfirm asks at the terminal before it runs the code of a repository, each
// time until the answer is yes.
func TestConfirm(t *testing.T) {
	b := browser.Start(t, "chromium")
	repository(t, "github.com/bokehbinder/pendulum", "../../exampleSite/repositories/pendulum")
	typed, tty := terminal(t)
	p := startAt(t, tty, write(t, "post.md", post))
	v := open(t, b, p)
	answer := func(text string, times int) {
		t.Helper()
		question := "run the code of https://github.com/bokehbinder/pendulum on this machine, with your rights? [y/N]"
		patience.Eventually(t, "it asks", func() bool { return strings.Count(p.log(), question) == times })
		if _, err := typed.WriteString(text + "\n"); err != nil {
			t.Fatal(err)
		}
	}
	v.Click("#bb-1 [data-bb=run]")
	answer("", 1)
	v.Wait("document.querySelector('#bb-1').dataset.state === 'failed'")
	if n := servers(t, p); n != 0 {
		t.Errorf("%d servers after a refusal", n)
	}
	v.GoTo(p.url) // whom a hub has blocked is not offered to try again
	v.Wait("!location.search && customElements.get('bokeh-binder')")
	v.Click("#bb-1 [data-bb=run]")
	answer("yes", 2)
	v.ready("#bb-1")
}
