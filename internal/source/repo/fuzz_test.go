package repo

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

const hash = "16eebda4779dd6dc52fcdc4c2181b291fbb5a270"

// FuzzOutput reads what git prints: of refs, of a tree and of objects. What it takes is
// a hash where there should be one, a path that may be a file's, in order and once, and
// no more of an object than its head says.
func FuzzOutput(f *testing.F) {
	seeds := []struct {
		refs, tree      string
		objects         string
		names, files, n int
	}{
		{hash + "\trefs/heads/main\n" + hash + "\trefs/tags/v1\n" + hash + "\trefs/tags/v1^{}\n",
			"100644 blob " + hash + "\ta.py\x00100755 blob " + hash + "\tb/c\x00120000 blob " + hash + "\td\x00160000 commit " + hash + "\te\x00",
			hash + " blob 3\nabc\n" + hash + " missing\n" + hash + " commit 2\nx\n\n", 2, 4, 3},
		{"warning: x\n" + hash + "\n", "100644 blob " + hash + "\t../a\x00100644 blob " + hash + "\tb\x00100644 blob " + hash + "\ta\x00100644 blob " + hash + "\ta\x00",
			hash + " blob 30\nabc\n", 0, 2, 1},
		{"", "", hash + " blob -3\nabc\n", 0, 0, 0},
	}
	for _, s := range seeds {
		f.Add(s.refs, s.tree, s.objects)
		if names, files, objects := readOutput(f, s.refs, s.tree, s.objects); names != s.names || files != s.files || objects != s.n {
			f.Errorf("%d names, %d files and %d objects are read of %+v", names, files, objects, s)
		}
	}
	f.Fuzz(func(t *testing.T, refs, tree, objects string) { readOutput(t, refs, tree, objects) })
}

func readOutput(t testing.TB, listed, tree, objects string) (names, files, read int) {
	r := &refs{hash: map[string]string{}}
	if err := r.read(strings.NewReader(listed)); err != nil {
		t.Errorf("refs: %v", err)
	}
	for name, h := range r.hash {
		if !forge.IsHash(h) || !strings.Contains(listed, h+"\t"+name) {
			t.Errorf("the ref %q names %q", name, h)
		}
	}
	all, err := readTree(strings.NewReader(tree), 1000)
	if err != nil && err != errTooMany {
		t.Errorf("tree: %v", err)
	}
	for i, f := range all {
		if !forge.IsHash(f.Hash) || !safePath(f.Path) || !slices.Contains([]string{ModeFile, ModeExecutable, ModeSymlink, ModeSubmodule}, f.Mode) {
			t.Errorf("the tree has %+v", f)
		}
		if i > 0 && all[i-1].Path >= f.Path {
			t.Errorf("%q comes after %q", f.Path, all[i-1].Path)
		}
	}
	in := bufio.NewReader(strings.NewReader(objects))
	for range 100 {
		before := read
		err := readObject(in, func(o object, content io.Reader) error {
			var data bytes.Buffer
			n, err := io.Copy(&data, content)
			if n > o.size {
				t.Errorf("%d bytes of an object of %d", n, o.size)
			}
			read++
			return err
		})
		if err != nil || read == before {
			break
		}
	}
	return len(r.names), len(all), read
}

// TestListings has git print half of what is read of a listing, and twice as much.
func TestListings(t *testing.T) {
	readers := map[string]func(io.Reader) error{
		"refs": (&refs{hash: map[string]string{}}).read,
		"tree": func(in io.Reader) error { _, err := readTree(in, 1000); return err },
	}
	for name, read := range readers {
		for _, n := range []int64{maxListing / 2, 2 * maxListing} {
			switch err := read(io.LimitReader(&endless{}, n)); {
			case n < maxListing && err != nil:
				t.Errorf("%s, %d bytes: %v", name, n, err)
			case n > maxListing && err != errTooLarge && err != errTooMany:
				t.Errorf("%s, %d bytes: %v", name, n, err)
			}
		}
	}
}

// endless are records of 1,000 bytes that say nothing, ended in both ways.
type endless struct{ at int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "x\x00\n"[max(0, e.at%1000-997)]
		e.at++
	}
	return len(p), nil
}
