package hugo_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// serverSite has an assets folder from the beginning, since Hugo does not
// watch one that comes later.
const serverSite = `
-- hugo.toml --
disableKinds = ["taxonomy", "term", "sitemap", "rss", "404", "section", "home"]
markup._merge = "deep"
-- assets/keep.txt --
-- layouts/page.html --
<!DOCTYPE html><title>x</title>{{ .Content }}
-- content/a.md --
---
title: A
---
{{< bokehbinder repo="ada/waves" >}}
-- content/b.md --
---
title: B
---
Nothing yet.
`

// serve runs hugo server over the site and returns its address.
func (s *site) serve() string {
	s.tb.Helper()
	port := machine.FreePort(s.tb)
	cmd := exec.Command(s.hugo, "server", "--themesDir", filepath.Dir(root()), "--theme", filepath.Base(root()), "--theme", tagged(),
		"--bind", "127.0.0.1", "--port", fmt.Sprint(port), "--renderToMemory", "--disableLiveReload", "--cacheDir", s.path("cache"))
	cmd.Dir = s.dir
	var log safeBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if s.tb.Failed() {
			s.tb.Logf("hugo server:\n%s", log.String())
		}
	})
	return fmt.Sprintf("http://127.0.0.1:%d/", port)
}

// safeBuffer is written by a program and read by a test.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// waitFor asks for the page until it holds the text, and returns it.
func waitFor(t *testing.T, url, text string) string {
	t.Helper()
	var body []byte
	shown := patience.Until(func() bool {
		resp, err := http.Get(url)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, _ = io.ReadAll(resp.Body)
		return strings.Contains(string(body), text)
	})
	if !shown {
		t.Fatalf("%s does not show %q:\n%s", url, text, body)
	}
	return string(body)
}

// TestServerShowsCardsAsTheyCome has hugo server show a page without its card,
// then with it, without a restart.
func TestServerShowsCardsAsTheyCome(t *testing.T) {
	s := newSite(t, serverSite)
	url := s.serve()
	page := waitFor(t, url+"a/", "bb-problem")
	for _, text := range []string{"there is no card of ada/waves at HEAD", "run ./cmd/bokehbinder sync " + s.dir} {
		if !strings.Contains(page, text) {
			t.Errorf("the box does not say %q:\n%s", text, page)
		}
	}
	s.sync(lock.Want{Repo: "ada/waves"}, lock.Want{Repo: "ada/remarkable"})
	page = waitFor(t, url+"a/", "<bokeh-binder")
	if strings.Contains(page, "there is no card") {
		t.Errorf("the box is still there:\n%s", page)
	}

	// What was found about a repository shows to its author, and is not
	// published.
	s.write("content/b.md", "---\ntitle: B\n---\n<<< bokehbinder repo=ada/remarkable >>>\n")
	waitFor(t, url+"b/", "bokeh is not installed")
	if log, err := s.run(); err != nil {
		t.Fatal(err, log)
	}
	if published := s.read("public/b/index.html"); strings.Contains(published, "bokeh is not installed") {
		t.Errorf("the findings are published:\n%s", published)
	}
}

// TestServerAndSyncKeepPace runs "sync --watch" beside hugo server: a tag that
// is written into a page shows its repository.
func TestServerAndSyncKeepPace(t *testing.T) {
	forge := gittest.Serve(t, gitserve.Options{})
	forge.Setenv()
	forge.Repo("github.com/ada/tides", gitserve.Files{"README.md": "No app here.\n"})
	s := newSite(t, strings.Replace(serverSite, `{{< bokehbinder repo="ada/waves" >}}`, "Nothing.", 1))
	url := s.serve()
	waitFor(t, url+"b/", "Nothing yet.")

	ctx, stop := context.WithCancel(t.Context())
	var out safeBuffer
	done := make(chan struct{})
	var code int
	go func() {
		defer close(done)
		program := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
		code = program.Run(ctx, []string{"sync", "--watch", "--hugo", s.hugo, s.dir})
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if code != cli.ExitDone {
			t.Errorf("sync --watch ended with %d:\n%s", code, out.String())
		}
	})
	says := func(text string) {
		t.Helper()
		patience.Eventually(t, "sync --watch says "+text, func() bool {
			select {
			case <-done:
				t.Fatalf("sync --watch ended:\n%s", out.String())
			default:
			}
			return strings.Contains(out.String(), text)
		})
	}
	says("watching")
	// What goes wrong is said, and does not end it.
	s.write("content/b.md", "---\ntitle: B\n---\n<<< bokehbinder repo=ada/nowhere >>>\n")
	waitFor(t, url+"b/", "there is no card of ada/nowhere")
	says("error: ")
	s.write("content/b.md", "---\ntitle: B\n---\n<<< bokehbinder repo=ada/tides >>>\n")
	waitFor(t, url+"b/", "README.md")
}
