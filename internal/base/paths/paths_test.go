package paths_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
)

// place makes folders and links, and goes there.
func place(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"a/b/c", "ab", "other/x"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(name)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"link": "a", "a/out": "../other", "other/in": "../a/b", "nowhere": "gone"} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip(err)
		}
	}
	t.Chdir(dir)
	return dir
}

func TestRel(t *testing.T) {
	dir := place(t)
	for _, tt := range []struct {
		folder, path, rel string
		ok                bool
	}{
		{"a", "a", ".", true},
		{"a", "a/b/c", "b/c", true},
		{"a", "link/b", "b", true},
		{"link", "a/b", "b", true},
		{"link", dir + "/a/b", "b", true},
		{"a", "other/in/c", "b/c", true},
		{"a", "a/b/../b", "b", true},
		{".", "a", "a", true},
		{"a", "a/new/file", "new/file", true},
		{"a", "link/new", "new", true},
		{"a", "ab", "", false},
		{"a", "a/..", "", false},
		{"a", "a/out/x", "", false},
		{"a", "a/out/new", "", false},
		{"gone", "gone/x", "", false},
		{"a", "nowhere/x", "", false},
	} {
		rel, ok := paths.Rel(filepath.FromSlash(tt.folder), filepath.FromSlash(tt.path))
		if filepath.ToSlash(rel) != tt.rel || ok != tt.ok {
			t.Errorf("from %s to %s: got %q %v, want %q %v", tt.folder, tt.path, rel, ok, tt.rel, tt.ok)
		}
	}
}

func TestSame(t *testing.T) {
	place(t)
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"a", "link", true}, {"a/b", "other/in", true}, {"a", "ab", false}, {"gone", "gone", false}, {".", "a/..", true}} {
		if got := paths.Same(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: got %v", tt.a, tt.b, got)
		}
	}
}

// TestWalk names what is in a linked folder by the link.
func TestWalk(t *testing.T) {
	place(t)
	var got []string
	err := paths.Walk("link", func(path string, _ fs.DirEntry, err error) error {
		got = append(got, filepath.ToSlash(path))
		return err
	})
	want := []string{"link", "link/b", "link/b/c", "link/out"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if err := paths.Walk("gone", func(_ string, _ fs.DirEntry, err error) error { return err }); err == nil {
		t.Error("a folder that is not there has been walked")
	}
}
