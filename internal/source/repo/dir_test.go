package repo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// folder makes a folder with one of everything.
func folder(t *testing.T) string {
	t.Helper()
	outside := write(t, 0o644, "secret", t.TempDir(), "secret")
	dir := filepath.Join(t.TempDir(), "work")
	write(t, 0o644, "print(1)\n", dir, "main.py")
	write(t, 0o755, "#!/bin/sh\n", dir, ".binder", "postBuild")
	write(t, 0o644, "b", dir, "a", "b")
	write(t, 0o644, "", dir, "a.txt")
	write(t, 0o644, "\xff", dir, "caf\xe9\n")
	write(t, 0o644, "ignored/\n*.pyc\n", dir, ".gitignore")
	write(t, 0o644, "x", dir, "ignored", "x")
	write(t, 0o644, "x", dir, "a", "x.pyc")
	write(t, 0o644, "x", dir, "nested", ".git", "HEAD")
	write(t, 0o644, "x", dir, "nested", "inner")
	for link, target := range map[string]string{
		"link": "main.py", "out": outside, "outdir": filepath.Dir(outside), "dangling": "nowhere", "up": "..",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	return dir
}

// list returns a folder's files as mode, path and size.
func list(t *testing.T, dir string) (repo.Tree, string) {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	var lines []string
	for _, f := range tree.Files() {
		size := fmt.Sprint(f.Size)
		if f.Mode == repo.ModeSymlink {
			size = "-"
		}
		lines = append(lines, fmt.Sprintf("%s %q %s", f.Mode, f.Path, size))
	}
	return tree, strings.Join(lines, "\n")
}

// TestOpenDir lists a folder that is no repository, and the same folder after
// git init.
func TestOpenDir(t *testing.T) {
	gittest.ClearEnv(t)
	t.Setenv("GIT_CEILING_DIRECTORIES", os.TempDir())
	dir := folder(t)
	const head = "100755 \".binder/postBuild\" 10\n100644 \".gitignore\" 15\n100644 \"a.txt\" 0\n100644 \"a/b\" 1\n"
	const rest = "100644 \"caf\\xe9\\n\" 1\n120000 \"dangling\" -\n"
	const tail = "120000 \"link\" -\n100644 \"main.py\" 9\n160000 \"nested\" -1\n120000 \"out\" -\n120000 \"outdir\" -\n120000 \"up\" -"

	plain, got := list(t, dir)
	if want := head + "100644 \"a/x.pyc\" 1\n" + rest + "100644 \"ignored/x\" 1\n" + tail; got != want {
		t.Errorf("without git:\n%s\nwant:\n%s", got, want)
	}
	checkReads(t, plain)

	git(t, "init", "--quiet", dir)
	if err := os.RemoveAll(filepath.Join(dir, "nested")); err != nil {
		t.Fatal(err)
	}
	git(t, "init", "--quiet", filepath.Join(dir, "nested"))
	write(t, 0o644, "x", dir, "nested", "inner")
	git(t, "-C", filepath.Join(dir, "nested"), "-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--allow-empty", "--message=x")
	tracked, got := list(t, dir)
	if want := head + rest + tail; got != want {
		t.Errorf("untracked:\n%s\nwant:\n%s", got, want)
	}
	checkReads(t, tracked)

	git(t, "-C", dir, "-c", "advice.addEmbeddedRepo=false", "add", "--all")
	if _, got := list(t, dir); got != head+rest+tail {
		t.Errorf("tracked:\n%s\nwant:\n%s", got, head+rest+tail)
	}
	if err := os.Remove(filepath.Join(dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	if _, got := list(t, dir); strings.Contains(got, "a.txt") {
		t.Errorf("a deleted file is listed:\n%s", got)
	}
	_, got = list(t, filepath.Join(dir, "ignored"))
	if got != `100644 "x" 1` {
		t.Errorf("a folder that git ignores: %s", got)
	}
	_, got = list(t, filepath.Join(dir, "a"))
	if got != `100644 "b" 1` {
		t.Errorf("a folder in a repository: %s", got)
	}
}

// checkReads reads a folder's files: links give their target, nothing outside
// is read.
func checkReads(t *testing.T, tree repo.Tree) {
	t.Helper()
	if tree.Commit() != "" || !tree.Date().IsZero() || tree.Address() != (forge.Address{}) || tree.Name() != "work" {
		t.Errorf("a folder has commit %q, date %v, address %v, name %q", tree.Commit(), tree.Date(), tree.Address(), tree.Name())
	}
	blobs, err := tree.Read(context.Background(), []string{
		"main.py", "link", "out", "up", "dangling", "nested", "missing", "a/b", "caf\xe9\n", "../work/main.py", "outdir/secret", "/etc/passwd", "",
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"main.py": "print(1)\n", "link": "main.py", "up": "..", "dangling": "nowhere", "a/b": "b", "caf\xe9\n": "\xff"} {
		if got, ok := blobs[path]; !ok || string(got.Data) != want || got.Size != int64(len(want)) {
			t.Errorf("%q: %q, want %q", path, got.Data, want)
		}
	}
	if len(blobs) != 7 || strings.Contains(string(blobs["out"].Data), "secret\n") {
		t.Errorf("read %d files: %v", len(blobs), blobs)
	}
}

// TestDirBehindLink replaces a folder by a link to elsewhere, before and after
// the folder is opened.
func TestDirBehindLink(t *testing.T) {
	gittest.ClearEnv(t)
	outside := t.TempDir()
	write(t, 0o644, "secret", outside, "f")
	dir := t.TempDir()
	write(t, 0o644, "mine", dir, "d", "f")
	git(t, "init", "--quiet", dir)
	git(t, "-C", dir, "add", "--all")
	before, _ := list(t, dir)
	if err := os.Rename(filepath.Join(dir, "d"), filepath.Join(dir, "moved")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "d")); err != nil {
		t.Skip(err)
	}
	_, err := before.Read(context.Background(), []string{"d/f"})
	failure{reason: card.ReasonNotFound, message: "d/f"}.check(t, err)
	if _, got := list(t, dir); strings.Contains(got, "d/f") && !strings.Contains(got, "moved/f") || strings.Contains(got, `"d/f"`) {
		t.Errorf("a file behind a link is listed:\n%s", got)
	}
}

func TestOpenDirLong(t *testing.T) {
	dir := t.TempDir()
	write(t, 0o644, strings.Repeat("x", 3<<20), dir, "long")
	tree, _ := list(t, dir)
	if b := read(t, tree, "long"); b.Size != 3<<20 || len(b.Data) != repo.DefaultMaxFileBytes {
		t.Errorf("%d of %d bytes", len(b.Data), b.Size)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := tree.Read(ctx, []string{"long"})
	failure{reason: card.ReasonCanceled}.check(t, err)
}

func TestOpenDirErrors(t *testing.T) {
	dir := t.TempDir()
	_, err := repo.OpenDir(filepath.Join(dir, "missing"))
	failure{card.ReasonNotFound, "no such folder", "path", ""}.check(t, err)
	_, err = repo.OpenDir(write(t, 0o644, "", dir, "file"))
	failure{card.ReasonNotFound, "not a folder", "folder", ""}.check(t, err)
	if _, got := list(t, t.TempDir()); got != "" {
		t.Errorf("an empty folder has %s", got)
	}
	t.Run("without git", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, got := list(t, dir); got != `100644 "file" 0` {
			t.Errorf("got %s", got)
		}
	})
}

// TestPartialClone opens a work tree whose list of ignored files is not here: git would
// ask the server for it.
func TestPartialClone(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{".gitignore": "*.log\n", "main.py": "print(1)\n"})
	dir := filepath.Join(t.TempDir(), "clone")
	for _, args := range [][]string{
		{"clone", "--quiet", "--filter=blob:none", "--no-checkout", "https://github.com/o/n", dir},
		{"-C", dir, "read-tree", "HEAD"},
		{"-C", dir, "config", "core.sparseCheckout", "true"},
		{"-C", dir, "update-index", "--skip-worktree", ".gitignore"},
	} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	for _, name := range []string{"main.py", "new.py"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("print(2)\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := len(site.Requests())
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if after := site.Requests(); len(after) > before {
		t.Errorf("the server was asked: %q", after[before:])
	}
	if files := tree.Files(); len(files) != 2 || files[0].Path != "main.py" || files[1].Path != "new.py" {
		t.Errorf("files: %v", files)
	}
}
