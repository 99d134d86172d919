package extension_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// moving is a source whose branch is at another commit each time.
type moving struct {
	asked []string
	fail  error
}

func (m *moving) Card(_ context.Context, req card.Request) (*card.Card, error) {
	m.asked = append(m.asked, req.Ref+" "+strings.Join(req.Files, ","))
	if m.fail != nil {
		return nil, m.fail
	}
	c := sineCard()
	c.Commit = strings.Repeat(string("0123456789abcdef"[len(m.asked)]), 40)
	if len(req.Ref) == 40 {
		c.Commit = req.Ref
	}
	c.URL, c.Spec = "https://github.com/demo/sine/tree/"+c.Commit, "demo/sine/"+c.Commit
	return c, nil
}

func newFolder(t *testing.T, dir string, o extension.FolderOptions) *extension.Folder {
	t.Helper()
	f, err := extension.NewFolder(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func ask(t *testing.T, src card.Source, req card.Request) *card.Card {
	t.Helper()
	c, err := src.Card(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFolder follows a ref: read once, kept at its commit for all ways to write it,
// read again at that commit for more files, without a network, and moved.
func TestFolder(t *testing.T) {
	dir, src := t.TempDir(), &moving{}
	f := newFolder(t, dir, extension.FolderOptions{Source: src})
	first := ask(t, f, card.Request{Repo: "demo/sine"})
	if again := ask(t, f, card.Request{Repo: "https://github.com/demo/sine.git", Ref: "HEAD"}); !reflect.DeepEqual(again.Commit, first.Commit) || len(src.asked) != 1 {
		t.Errorf("it was read again: %q", src.asked)
	}
	more := ask(t, f, card.Request{Repo: "demo/sine", Files: []string{"b", "a"}})
	if more.Commit != first.Commit || src.asked[1] != first.Commit+" a,b" {
		t.Errorf("for more files it moved: %q", src.asked)
	}
	offline := newFolder(t, dir, extension.FolderOptions{})
	if c := ask(t, offline, card.Request{Repo: "demo/sine", Files: []string{"a"}}); c.Commit != first.Commit {
		t.Errorf("without a network it is at %s", c.Commit)
	}
	for _, req := range []card.Request{{Repo: "demo/sine", Ref: "v1"}, {Repo: "demo/sine", Files: []string{"c"}}, {Repo: "demo/other"}} {
		var e *card.Error
		if _, err := offline.Card(t.Context(), req); !errors.As(err, &e) || e.Reason != card.ReasonNotFound || e.Hint == "" {
			t.Errorf("%v: %v", req, err)
		}
	}
	update := newFolder(t, dir, extension.FolderOptions{Source: src, Update: true})
	moved := ask(t, update, card.Request{Repo: "demo/sine"})
	if moved.Commit == first.Commit {
		t.Error("it did not move")
	}
	src.fail = errors.New("no network")
	if c := ask(t, update, card.Request{Repo: "demo/sine"}); c.Commit != moved.Commit {
		t.Errorf("where reading fails it is at %s", c.Commit)
	}
	if _, err := update.Card(t.Context(), card.Request{Repo: "demo/sine", Ref: "v1"}); err == nil {
		t.Error("there is a card although reading failed")
	}
}

// TestFolderIsTheLock reads what the command writes for a Hugo site, and the command
// finds what a Folder writes as it should be.
func TestFolderIsTheLock(t *testing.T) {
	dir, src := t.TempDir(), &moving{}
	folder, wants := lockfile.Folder{Dir: dir}, []lock.Want{{Repo: "demo/sine", Files: []string{"a"}, Where: "post.md:1:1"}}
	if _, err := lock.Sync(t.Context(), folder, src, wants, lock.Options{}); err != nil {
		t.Fatal(err)
	}
	f := newFolder(t, dir, extension.FolderOptions{Source: src})
	ask(t, f, card.Request{Repo: "demo/sine", Files: []string{"a"}})
	if len(src.asked) != 1 {
		t.Errorf("it was read again: %q", src.asked)
	}
	ask(t, f, card.Request{Repo: "demo/sine", Ref: "v1"})
	problems, err := lock.Check(folder, append(wants, lock.Want{Repo: "demo/sine", Ref: "v1", Where: "post.md:2:1"}))
	if err != nil || len(problems) > 0 {
		t.Errorf("the command finds %+v, %v", problems, err)
	}
}

// TestFolderOfWrongFiles has a file that was changed, and a folder that cannot be
// written.
func TestFolderOfWrongFiles(t *testing.T) {
	dir, src := t.TempDir(), &moving{}
	f := newFolder(t, dir, extension.FolderOptions{Source: src})
	ask(t, f, card.Request{Repo: "demo/sine"})
	name := lockfile.Folder{Dir: dir}.File(lockfile.Name("https://github.com/demo/sine", "HEAD"))
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), "conda", "julia", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var e *card.Error
	if _, err := f.Card(t.Context(), card.Request{Repo: "demo/sine"}); !errors.As(err, &e) || !strings.Contains(e.Message, "it was changed after it was written") || !strings.Contains(e.Message, name) {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newFolder(t, filepath.Join(file, "x"), extension.FolderOptions{Source: src}).Card(t.Context(), card.Request{Repo: "demo/sine"}); !errors.As(err, &e) || e.Reason != card.ReasonSource {
		t.Errorf("got %v", err)
	}
	if _, err := extension.NewFolder("", extension.FolderOptions{}); err == nil {
		t.Error("a folder without a name")
	}
	if _, err := extension.NewFolder(dir, extension.FolderOptions{Update: true}); err == nil {
		t.Error("an update without a source")
	}
}
