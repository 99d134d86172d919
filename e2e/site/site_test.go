// Package site_test tests the documentation as a contributor and a reader meet
// it: from a fresh clone, through the demonstration, and in its feed. That its
// pages are valid, and its cards fresh, is tested in package hugo_test, beside
// what else is tested with Hugo.
package site_test

import (
	"bytes"
	"encoding/xml"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// build builds the site of a clone with the environment variables and returns
// what is published.
func build(t *testing.T, dir string, env ...string) gitserve.Files {
	t.Helper()
	out := filepath.Join(t.TempDir(), "public")
	cmd := exec.Command(project.Hugo(t), "build", "--quiet", "--destination", out, "--cacheDir", t.TempDir())
	cmd.Dir = filepath.Join(dir, "exampleSite")
	cmd.Env = append(os.Environ(), env...)
	if log, err := cmd.CombinedOutput(); err != nil || len(log) > 0 {
		t.Fatalf("hugo: %v\n%s", err, log)
	}
	files, err := gitserve.ReadFiles(out)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestBuildsWithoutGoAndNetwork builds the site from a clone as it is, and
// then where there is neither a go command nor a git, nor a module proxy.
func TestBuildsWithoutGoAndNetwork(t *testing.T) {
	dir := project.Copy(t, project.Module...)
	want := build(t, dir)
	got := build(t, dir, "PATH="+t.TempDir(), "GOPROXY=off", "GOFLAGS=-mod=mod",
		"HTTPS_PROXY=http://127.0.0.1:9", "HTTP_PROXY=http://127.0.0.1:9")
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("without go and network %s is\n%s\nelse\n%s", name, got[name], want[name])
		}
	}
	for name, text := range want {
		if filepath.Ext(name) != ".html" {
			continue
		}
		if strings.Contains(text, "&amp;#") || strings.Contains(text, "&amp;quot;") {
			t.Errorf("%s has text that is escaped twice", name)
		}
	}
	if len(want["findings/start-race/index.html"]) == 0 {
		t.Errorf("the findings are not published: %q", slices.Sorted(maps.Keys(want)))
	}
}

// loads finds what a page makes a browser fetch.
var loads = regexp.MustCompile(`<(?:link|script|img|iframe|source|video|audio|object|embed)\b[^>]*?\s(?:href|src|srcset|data)="?([^"\s>]*)[^>]*>`)

// TestAsksNoOtherSite looks for what a page or a style sheet loads.
func TestAsksNoOtherSite(t *testing.T) {
	own := regexp.MustCompile(`^(/bokehbinder/|https://bokehbinder\.github\.io/bokehbinder/)`)
	found := 0
	for name, text := range build(t, project.Copy(t, project.Module...)) {
		switch filepath.Ext(name) {
		case ".html":
			for _, m := range loads.FindAllStringSubmatch(text, -1) {
				found++
				if !own.MatchString(m[1]) {
					t.Errorf("%s loads %s", name, m[0])
				}
			}
		case ".css":
			if strings.Contains(text, "@import") || strings.Contains(text, "//") {
				t.Errorf("%s names an address", name)
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d things are loaded", found)
	}
}

// TestFeed reads the feed: each post with its dashboards as links, and nothing
// that a feed reader would not show.
func TestFeed(t *testing.T) {
	var feed struct {
		Items []struct {
			Title       string `xml:"title"`
			Description string `xml:"description"`
		} `xml:"channel>item"`
	}
	text := build(t, project.Copy(t, project.Module...))["index.xml"]
	if err := xml.NewDecoder(strings.NewReader(text)).Decode(&feed); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(feed.Items) != 2 {
		t.Errorf("%d posts, want 2", len(feed.Items))
	}
	for _, item := range feed.Items {
		if !strings.Contains(item.Description, `href="https://mybinder.org/v2/gh/bokehbinder/`) {
			t.Errorf("%s: no launch link in\n%s", item.Title, item.Description)
		}
		for _, bad := range []string{"<bokeh-binder", "<iframe", "<script", "<link", "<<<", "&lt;&lt;&lt; bokehbinder repo=https"} {
			if strings.Contains(item.Description, bad) {
				t.Errorf("%s: there is %s in\n%s", item.Title, bad, item.Description)
			}
		}
	}
}

// TestDemo runs the demonstration in a clone: it leaves a page and the site,
// and writes cards that were deleted as they were.
func TestDemo(t *testing.T) {
	dir := project.Copy(t, project.Module...)
	demo := filepath.Join(t.TempDir(), "demo")
	compile := exec.Command("go", "build", "-o", demo, "./internal/demo")
	compile.Dir = "../.."
	if log, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, log)
	}
	if err := os.Symlink(absolute(t, ".."), filepath.Join(dir, "e2e")); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(demo, args...)
		cmd.Dir = dir
		if log, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("demo %q: %v\n%s", args, err, log)
		}
	}
	run("-o", "out")
	for _, page := range []string{"out/index.html", "out/site/index.html"} {
		data, err := os.ReadFile(filepath.Join(dir, page))
		if err != nil || !bytes.Contains(data, []byte("<bokeh-binder ")) {
			t.Errorf("%s shows no dashboard: %v", page, err)
		}
	}
	cards := filepath.Join(dir, "exampleSite/assets/bokehbinder")
	before, err := gitserve.ReadFiles(cards)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(cards); err != nil {
		t.Fatal(err)
	}
	run("-sync")
	after, err := gitserve.ReadFiles(cards)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)); !slices.Equal(got, want) {
		t.Errorf("the cards are %q, but %q are committed", got, want)
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// TestDividersAreMeant looks at the first divider of each page, which Hugo takes
// out even where it stands in code: a page that speaks of it has one of its own.
func TestDividersAreMeant(t *testing.T) {
	const divider = "<!--more-->"
	pages, err := filepath.Glob("../../exampleSite/content/*/*.md")
	if err != nil || len(pages) < 15 {
		t.Fatalf("%d pages: %v", len(pages), err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, divider) {
				continue
			}
			if strings.TrimSpace(line) != divider {
				t.Errorf("%s: Hugo takes the divider out of %q", page, line)
			}
			break
		}
	}
}
