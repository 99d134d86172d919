package extension_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// largeText is Python in which each word is a token of its own.
func largeText(bytes int) string { return strings.Repeat("a = b + c[1] # d\n", bytes/17) }

// hostileTags is how many tags the documents have that strangers write here.
const hostileTags = 500

// mostMemory is how much a hostile comment may take, beside the processes of git.
// It takes a quarter of that.
const mostMemory = 128 << 20

// peak returns what f makes the heap grow to above what it was, in bytes, as far as
// looking at it all the time shows.
func peak(f func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, most := m.HeapAlloc, m.HeapAlloc
	done, looked := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(looked)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	}()
	f()
	close(done)
	<-looked
	return most - before
}

// countedGit is a git that notes each of its processes in a file.
func countedGit(t *testing.T) (program string, count func() int) {
	t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	program, log := filepath.Join(dir, "git"), filepath.Join(dir, "log")
	script := fmt.Sprintf("#!/bin/sh\necho x >> %s\nexec %s \"$@\"\n", log, real)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return program, func() int {
		data, _ := os.ReadFile(log)
		return strings.Count(string(data), "x")
	}
}

// TestHostileComment converts comments with 500 tags each, over git, as a comment
// field does: no limit is passed, and a box says which was reached.
func TestHostileComment(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	files := gitserve.Files{"requirements.txt": "bokeh\njupyter-server-proxy\n", "start": "bokeh serve app &\nexec \"$@\"\n"}
	for i := range 6 {
		files[fmt.Sprintf("app/m%d.py", i)] = largeText(60_000)
	}
	files["app/main.py"] = largeText(60_000)
	for i := range 8 {
		site.Repo(fmt.Sprintf("github.com/demo/large%d", i), files)
	}
	site.Setenv()
	large := func(int) string { return "<<< bokehbinder repo=demo/large0 >>>" }
	several := func(i int) string { return fmt.Sprintf("<<< bokehbinder repo=demo/large%d >>>", i%8) }
	withFiles := []string{"launch", "app", "files"}
	for _, tt := range []struct {
		name   string
		tag    func(i int) string
		limits extension.Limits
		show   []string
		box    string // what is said of the limit
		boxes  int
	}{
		{"as it is", several, extension.Limits{}, nil, "the document has more than 5 of these tags", 3},
		{"many repositories", several, extension.Limits{Tags: hostileTags}, nil, "the document names more than 3 repositories", hostileTags * 5 / 8},
		{"many processes", several, extension.Limits{Tags: hostileTags, Repositories: 8, Processes: 20}, nil, "takes more than 20 processes of git", 1},
		{"large cards", large, extension.Limits{Tags: hostileTags}, withFiles, "what the document&#39;s tags show is more than 262144 bytes of HTML", 1},
		{"many arguments", func(int) string { return "<<< bokehbinder repo=o/n " + strings.Repeat("x=y ", 100) + ">>>" }, extension.Limits{}, nil, "the document has more than 5 of these tags", 6},
		{"other refs", func(i int) string { return fmt.Sprintf("<<< bokehbinder repo=demo/large0 ref=v%d >>>", i) }, extension.Limits{}, nil, "names more than 3 repositories", 6},
		{"no repositories", func(i int) string { return fmt.Sprintf("<<< bokehbinder repo=demo/gone%d >>>", i) }, extension.Limits{}, nil, "the document has more than 5 of these tags", 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			program, processes := countedGit(t)
			git, err := extension.NewGit(extension.GitOptions{Program: program})
			if err != nil {
				t.Fatal(err)
			}
			tt.limits.Time = time.Hour // how fast this machine is, is not asked here
			said := 0
			x := &extension.Extender{Comments: true, Source: git, Limits: tt.limits, Show: tt.show, OnError: func(*extension.Error) { said++ }}
			var source strings.Builder
			for i := range hostileTags {
				source.WriteString(tt.tag(i) + "\n\n")
			}
			var html bytes.Buffer
			most := peak(func() { err = goldmark.New(goldmark.WithExtensions(x)).Convert([]byte(source.String()), &html) })
			boxes := strings.Count(html.String(), `class="bb bb-problem"`)
			t.Logf("%d processes of git, %d requests, %d bytes of HTML with %d boxes, %d errors, %d MiB of memory at most",
				processes(), len(site.Requests()), html.Len(), boxes, said, most>>20)
			if err != nil || !strings.Contains(html.String(), tt.box) {
				t.Errorf("%v, and no box says %q:\n%.3000s", err, tt.box, html.String())
			}
			if boxes < tt.boxes || boxes > max(tt.boxes, hostileTags) {
				t.Errorf("%d boxes, want %d", boxes, tt.boxes)
			}
			limits := extension.CommentLimits()
			if tt.limits.Processes != 0 {
				limits.Processes = tt.limits.Processes
			}
			if n := processes(); n > limits.Processes {
				t.Errorf("%d processes of git, at most %d are allowed", n, limits.Processes)
			}
			if n := html.Len(); n > limits.HTML+boxes*3000 {
				t.Errorf("%d bytes of HTML", n)
			}
			if most > mostMemory {
				t.Errorf("%d MiB of memory, at most %d are allowed", most>>20, mostMemory>>20)
			}
		})
	}
}

// TestCommentArguments shows what a stranger's tag may not ask for.
func TestCommentArguments(t *testing.T) {
	for source, want := range map[string]string{
		"poster=/logout":   "poster: is not shown here | valid: none",
		"show=app,files":   `show: "files" is not shown here | valid: launch, app`,
		"files=secret.txt": "files: are not shown here | valid: none",
		"show=app":         "",
		"title=x":          "",
	} {
		var got []string
		x := &extension.Extender{Comments: true, Source: sources, OnError: func(e *extension.Error) { got = append(got, e.Message+" | "+e.Hint) }}
		html := show(t, x, "<<< bokehbinder repo=demo/sine "+source+" >>>\n")
		if strings.Join(got, "\n") != want || strings.Contains(html, "<details") {
			t.Errorf("%s: got %q, want %q\n%s", source, got, want, html)
		}
	}
	x := &extension.Extender{Comments: true, Source: sources, Show: []string{"files"}}
	if html := show(t, x, "<<< bokehbinder repo=demo/sine files=*.csv >>>\n"); !strings.Contains(html, "<details") || strings.Contains(html, "<iframe") {
		t.Errorf("files are not shown although Show has them:\n%s", html)
	}
}

// TestRenderedTwice renders one document twice with a budget for one: it is drawn
// once, and comes out the same.
func TestRenderedTwice(t *testing.T) {
	once := len(show(t, &extension.Extender{Source: sources}, twoTags))
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources, IDPrefix: "bb", Limits: extension.Limits{HTML: once}}))
	doc := md.Parser().Parse(reader(twoTags))
	var first, second bytes.Buffer
	if err := errors.Join(md.Renderer().Render(&first, []byte(twoTags), doc), md.Renderer().Render(&second, []byte(twoTags), doc)); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() || strings.Contains(first.String(), "bb-problem") {
		t.Errorf("first\n%s\nsecond\n%s", first.String(), second.String())
	}
}

// TestStrictLimits fails a strict document whose tags become too much.
func TestStrictLimits(t *testing.T) {
	x := &extension.Extender{Source: sources, Strict: true, Limits: extension.Limits{HTML: 1000}}
	if _, err := tryShow(x, twoTags); err == nil || err.Error() != "post.md:5:1: what the document's tags show is more than 1000 bytes of HTML" {
		t.Errorf("got %v", err)
	}
	x.Limits = extension.Limits{Tags: 1}
	if html, err := tryShow(x, twoTags); err == nil || html != "" {
		t.Errorf("got %v, %d bytes", err, len(html))
	}
}

// TestTimeOfDrawing has no time left when the first of two tags was drawn.
func TestTimeOfDrawing(t *testing.T) {
	slow := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		time.Sleep(20 * time.Millisecond) // and does not look at its context
		return sineCard(), nil
	})
	html := show(t, &extension.Extender{Source: slow, Limits: extension.Limits{Time: time.Millisecond}}, twoTags)
	if !strings.Contains(html, "the document takes longer than 1ms") || strings.Count(html, "bb-problem") != 1 {
		t.Errorf("got\n%s", html)
	}
}
