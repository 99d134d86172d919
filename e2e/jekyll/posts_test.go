package jekyll_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/post"
)

// golden compares with a file, or writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", file, got)
	}
}

func readPost(t *testing.T, file string) *post.Post {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := post.Parse(file, src)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func postFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/posts/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no posts: %v", err)
	}
	return files
}

// TestPosts renders whole posts: the HTML is beside them, then the warnings.
func TestPosts(t *testing.T) {
	for _, file := range postFiles(t) {
		p := readPost(t, file)
		var out bytes.Buffer
		warnings, err := p.Render(&out, post.Markdown())
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range warnings {
			out.WriteString("\n" + w.String())
		}
		golden(t, strings.TrimSuffix(file, ".md")+".html", out.String()+"\n")
	}
}

// needsSite are the lines whose Liquid only a site can answer.
var needsSite = regexp.MustCompile(`(?m)^.*(?:\{\{ site|\{% include|\{% post_url).*\n`)

// TestPostsLikeJekyll compares whole posts with what Jekyll makes of them, less
// the lines that need a site.
func TestPostsLikeJekyll(t *testing.T) {
	for _, file := range postFiles(t) {
		p := readPost(t, file)
		p.Body = needsSite.ReplaceAll(p.Body, nil)
		// Jekyll evaluates the Liquid in code, which we leave alone.
		p.Body = bytes.ReplaceAll(p.Body, []byte("  # {{ not Liquid for us }}"), nil)
		recorded := strings.TrimSuffix(file, ".md") + ".jekyll.html"
		if *update {
			golden(t, recorded, runJekyll(t, []string{string(p.Body)})[0])
		}
		want, err := os.ReadFile(recorded)
		if err != nil {
			t.Fatal(err)
		}
		got := render(t, string(p.Body))
		if normalize(got) != normalize(string(want)) {
			t.Errorf("got\n%s\nJekyll\n%s", normalize(got), normalize(string(want)))
		}
	}
}
