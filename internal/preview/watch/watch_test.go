package watch_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/watch"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

func sum(root string) uint64 {
	var f watch.Fingerprint
	f.AddTree(root)
	f.Add(filepath.Join(root, "single"))
	return f.Sum()
}

// TestFingerprint changes with what happens to files, and not without.
func TestFingerprint(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "folder", "file")
	seen := map[uint64]string{sum(root): "empty"}
	steps := []struct {
		name string
		do   func() error
	}{
		{"folder", func() error { return os.Mkdir(filepath.Dir(file), 0o755) }},
		{"new file", func() error { return os.WriteFile(file, []byte("x"), 0o644) }},
		{"longer", func() error { return os.WriteFile(file, []byte("xx"), 0o644) }},
		{"later", func() error { return os.Chtimes(file, time.Time{}, time.Unix(1, 0)) }},
		{"mode", func() error { return os.Chmod(file, 0o755) }},
		{"moved", func() error { return os.Rename(file, filepath.Join(root, "other")) }},
		{"gone", func() error { return os.RemoveAll(filepath.Join(root, "other")) }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		now := sum(root)
		if before, ok := seen[now]; ok {
			t.Errorf("%s: the same as %s", step.name, before)
		}
		if now != sum(root) {
			t.Errorf("%s: changes by itself", step.name)
		}
		seen[now] = step.name
	}
}

// TestLinks changes with what symbolic links lead to that were added themselves.
func TestLinks(t *testing.T) {
	root := t.TempDir()
	for name, target := range map[string]string{"folder": "real", "single": "real/file"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Skip(err)
		}
	}
	if err := os.Mkdir(filepath.Join(root, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	look := func(add func(f *watch.Fingerprint)) uint64 {
		var f watch.Fingerprint
		add(&f)
		return f.Sum()
	}
	tree := func(f *watch.Fingerprint) { f.AddTree(filepath.Join(root, "folder")) }
	single := func(f *watch.Fingerprint) { f.Add(filepath.Join(root, "single")) }
	before := [2]uint64{look(tree), look(single)}
	if err := os.WriteFile(filepath.Join(root, "real", "file"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if look(tree) == before[0] || look(single) == before[1] {
		t.Error("a change behind a link is not noticed")
	}
}

// TestLoop is told of each change, and ends with its context.
func TestLoop(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	ctx, stop := context.WithCancel(t.Context())
	changes, ended := make(chan struct{}), make(chan struct{})
	look := func() uint64 { return sum(filepath.Dir(file)) }
	last := look()
	go func() {
		defer close(ended)
		watch.Loop(ctx, last, look, func() { changes <- struct{}{} })
	}()
	for _, text := range []string{"1", "12", "123"} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		patience.Receive(t, "the change", changes)
	}
	stop()
	patience.Receive(t, "the end", ended)
}
