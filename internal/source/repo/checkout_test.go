package repo_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// TestCheckout writes a repository's files as git would, and compares them with
// what it serves from.
func TestCheckout(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	files := gitserve.Files{
		"main.py": "print(1)\n", "100755 bin/start": "#!/bin/sh\n", "data/deep/é.csv": "a,b\r\n",
		"120000 link": "data/deep", "120000 out": "/etc/passwd", "160000 sub": strings.Repeat("1", 40), "empty": "",
	}
	site.Repo("github.com/o/n", files)
	dir := filepath.Join(t.TempDir(), "copy")
	if err := repo.Checkout(context.Background(), open(t, &repo.Reader{}, "o/n", ""), dir, 1<<20); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "sub")); err != nil || !info.IsDir() {
		t.Errorf("the submodule is no folder: %v", err)
	}
	got, err := gitserve.ReadFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	delete(files, "160000 sub")
	for name, want := range files {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	if len(got) != len(files) {
		t.Errorf("%d files, want %d: %v", len(got), len(files), got)
	}
}

// TestCheckoutLarge refuses a file that is larger than what was read,
// rather than write a part of it.
func TestCheckoutLarge(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"large": strings.Repeat("x", 100)})
	dir := t.TempDir()
	err := repo.Checkout(context.Background(), open(t, &repo.Reader{MaxFileBytes: 10}, "o/n", ""), dir, 1<<20)
	if err == nil || !strings.Contains(err.Error(), "large has 100 bytes") {
		t.Errorf("got %v", err)
	}
}

// TestCheckoutTogether counts a file once for each path.
func TestCheckoutTogether(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": strings.Repeat("x", 100), "b": strings.Repeat("x", 100)})
	for max, fits := range map[int64]bool{200: true, 199: false} {
		dir := filepath.Join(t.TempDir(), "copy")
		err := repo.Checkout(context.Background(), open(t, &repo.Reader{}, "o/n", ""), dir, max)
		if _, none := os.Stat(dir); (err == nil) != fits || (none == nil) != fits {
			t.Errorf("at most %d bytes: got %v, and the folder: %v", max, err, none)
		}
	}
}
