package hublink

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestFind finds links in a page, and in the text of a feed.
func TestFind(t *testing.T) {
	links, followed := Find(`<a href="https://hub.test/a/v2/gh/o/n/x?y=1">l</a><a rel="noopener nofollow" href="/v2/gl/o%2Fn/x">m</a><a href="/v3">n</a>` +
		`<description>&lt;p>&lt;a href="https://hub.test/v2/gh/o/n/y">l&lt;/a></description>`)
	if want := []string{"https://hub.test/a/v2/gh/o/n/x?y=1", "/v2/gl/o%2Fn/x", "https://hub.test/v2/gh/o/n/y"}; !slices.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
	if want := []string{links[0], links[2]}; !slices.Equal(followed, want) {
		t.Errorf("followed %q, want %q", followed, want)
	}
}

// TestViews walks all that the views have written: no crawler is invited to
// start a build.
func TestViews(t *testing.T) {
	const goldens = "../../../internal/page/view/testdata"
	files, err := filepath.Glob(filepath.Join(goldens, "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens: %v", err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		links, followed := Find(string(text))
		found += len(links)
		if len(followed) > 0 {
			t.Errorf("%s: without nofollow: %q", filepath.Base(file), followed)
		}
	}
	// Each view that leads to a hub does so once, or by 'Run here', too.
	if found < len(files) {
		t.Errorf("only %d links in %d goldens", found, len(files))
	}
}

// TestStories walks what Hugo has written in the stories.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("../../hugo/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		story, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range story.Files {
			if !strings.HasPrefix(f.Name, "want/") {
				continue
			}
			links, followed := Find(string(f.Data))
			found += len(links)
			if len(followed) > 0 {
				t.Errorf("%s, %s: without nofollow: %q", filepath.Base(file), f.Name, followed)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d links in %d stories", found, len(files))
	}
}
