package repository_test

import (
	"context"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
)

// TestIndex finds files by their names, and what may be a module.
func TestIndex(t *testing.T) {
	files := map[string]string{}
	for _, p := range []string{"tool", "a.py", "b/a.py", "c/d/__init__.py", "c/d/e/f.csv", "g.csv", "x/y.py/z"} {
		files[p] = ""
	}
	f, err := repository.Read(context.Background(), newTree(t, "owner/name", files), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a.py": "a.py b/a.py", "f.csv": "c/d/e/f.csv", "d": "", "tool": "tool"} {
		got := ""
		for file := range f.Snapshot.Named(name) {
			got += " " + file.Path
		}
		if len(want) > 0 {
			want = " " + want
		}
		if got != want {
			t.Errorf("%s is the name of%s, want%s", name, got, want)
		}
	}
	for name, want := range map[string]string{"a": "a.py", "d": "c/d/__init__.py", "c": "-", "e": "-", "tool": "-", "y.py": "-", "f": "", "g": "", "g.csv": "-", "z": "", "__init__": "-"} {
		got := ""
		if file, ok := f.Snapshot.Module(name); ok {
			got = file.Path
		} else if f.HasModule(name) {
			got = "-"
		}
		if got != want {
			t.Errorf("the module %s is %q, want %q", name, got, want)
		}
	}
}
