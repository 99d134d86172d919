package repo_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// open opens a repository and has it closed at the end of the test.
func open(t testing.TB, r *repo.Reader, address, ref string) repo.Tree {
	t.Helper()
	tree, err := r.Open(context.Background(), card.Request{Repo: address, Ref: ref})
	if err != nil {
		t.Fatalf("open %s at %q: %v (%v)", address, ref, err, errors.Unwrap(err))
	}
	t.Cleanup(func() {
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	})
	return tree
}

// read returns the content of one file.
func read(t testing.TB, tree repo.Tree, path string) repo.Blob {
	t.Helper()
	blobs, err := tree.Read(context.Background(), []string{path})
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	blob, ok := blobs[path]
	if !ok {
		t.Fatalf("%s was not read", path)
	}
	return blob
}

// TestRefs opens one repository at every kind of ref, and counts requests: at
// most six for ref, tree and content together.
func TestRefs(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", gitserve.Files{"which": "first"})
	first := r.Head
	slash := r.Commit("feature/a", gitserve.Files{"which": "feature/a"})
	both := r.Commit("both", gitserve.Files{"which": "branch both"})
	tagged := r.Commit("other", gitserve.Files{"which": "tag both"})
	r.Tag("both", tagged)
	r.Tag("v1", first)
	object := r.AnnotatedTag("v2", slash)
	r.AnnotatedTag("nested", object)
	r.Git("update-ref", "refs/pull/7/head", tagged)
	main := r.Commit("main", gitserve.Files{"which": "main"})

	homes := map[string]string{
		"main": "main", "refs/heads/main": "main", "heads/main": "main", "feature/a": "feature/a",
		"v1": "v1", "tags/v1": "v1", "v2": "v2", "refs/tags/v2": "v2", "nested": "nested",
		"both": "both", "tags/both": "both", "refs/pull/7/head": "pull/7/head",
	}
	tests := []struct {
		ref, commit, content string
		requests             int
	}{
		{"", main, "main", 5},
		{"HEAD", main, "main", 5},
		{"main", main, "main", 6},
		{"refs/heads/main", main, "main", 5},
		{"heads/main", main, "main", 6},
		{"feature/a", slash, "feature/a", 6},
		{"v1", first, "first", 6},
		{"tags/v1", first, "first", 6},
		{"v2", slash, "feature/a", 6},
		{"refs/tags/v2", slash, "feature/a", 5},
		{"nested", slash, "feature/a", 6},
		{object, slash, "feature/a", 4}, // a tag object's own hash
		{"both", both, "branch both", 6},
		{"tags/both", tagged, "tag both", 6},
		{"refs/pull/7/head", tagged, "tag both", 5},
		{main, main, "main", 4},
		{strings.ToUpper(main), main, "main", 4},
		{first, first, "first", 4}, // no ref but v1 names it, and it is not asked for
	}
	for _, tt := range tests {
		t.Run(tt.ref, func(t *testing.T) {
			site.Set(gitserve.Options{})
			tree := open(t, &repo.Reader{}, "o/n", tt.ref)
			if tree.Commit() != tt.commit {
				t.Errorf("commit %s, want %s", tree.Commit(), tt.commit)
			}
			if want := time.Unix(gitserve.Date, 0).UTC(); !tree.Date().Equal(want) {
				t.Errorf("date %v, want %v", tree.Date(), want)
			}
			if tree.Name() != "https://github.com/o/n" || tree.Address().Path != "o/n" {
				t.Errorf("name %q, address %+v", tree.Name(), tree.Address())
			}
			if home := tree.Home(context.Background()); home.Address != tree.Address() || home.Ref != homes[tt.ref] || home.Default != "" {
				t.Errorf("it comes from %+v", home)
			}
			if got := string(read(t, tree, "which").Data); got != tt.content {
				t.Errorf("content %q, want %q", got, tt.content)
			}
			if got := site.Requests(); len(got) != tt.requests {
				t.Errorf("%d requests, want %d: %q", len(got), tt.requests, got)
			}
		})
	}
}

// TestAllForges opens a repository on each public forge, on an allowed host
// and at a loopback address.
func TestAllForges(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv("git.example.org:8443")
	const gist = "0123456789abcdef0123456789abcdef"
	loopback := strings.TrimPrefix(site.URL, "http://")
	r := &repo.Reader{AllowedHosts: []string{"Git.Example.org:8443", loopback}}
	for _, path := range []string{
		"github.com/o/n", "gitlab.com/group/sub/n", "codeberg.org/o/n", "bitbucket.org/o/n",
		"gist.github.com/o/" + gist, "gist.github.com/" + gist, "git.example.org:8443/~u/a b",
	} {
		site.Repo(path, gitserve.Files{"where": path})
		tree := open(t, r, "https://"+strings.ReplaceAll(path, " ", "%20"), "")
		if got := string(read(t, tree, "where").Data); got != path {
			t.Errorf("%s: content %q", path, got)
		}
	}
	tree := open(t, r, site.URL+"/github.com/o/n.git", "main")
	if got := string(read(t, tree, "where").Data); got != "github.com/o/n" {
		t.Errorf("loopback: content %q", got)
	}
}

// TestServers reads from servers of all ages.
func TestServers(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", gitserve.Files{"a": "1", "b": "2", "dir/c": "3"})
	tests := []struct {
		name     string
		options  gitserve.Options
		requests int
	}{
		{"version 2 with filters", gitserve.Options{}, 6},
		{"version 2 without filters", gitserve.Options{NoFilter: true}, 4},
		{"version 0 without filters", gitserve.Options{OldProtocol: true, NoFilter: true}, 4},
		{"version 0 with filters", gitserve.Options{OldProtocol: true}, 8},
	}
	for _, tt := range tests {
		for _, ref := range []string{"main", "", r.Head} {
			t.Run(tt.name+" "+ref, func(t *testing.T) {
				site.Set(tt.options)
				tree := open(t, &repo.Reader{}, "o/n", ref)
				blobs, err := tree.Read(context.Background(), []string{"a", "dir/c", "missing"})
				if err != nil {
					t.Fatal(err)
				}
				if len(blobs) != 2 || string(blobs["a"].Data) != "1" || string(blobs["dir/c"].Data) != "3" {
					t.Errorf("read %v", blobs)
				}
				if got := site.Requests(); ref == "main" && len(got) != tt.requests {
					t.Errorf("%d requests, want %d: %q", len(got), tt.requests, got)
				}
			})
		}
	}
}

// TestFilterRefused reads from a server that knows filters but not this one.
func TestFilterRefused(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	r.Git("config", "uploadpackfilter.allow", "false")
	if got := string(read(t, open(t, &repo.Reader{}, "o/n", ""), "a").Data); got != "1" {
		t.Errorf("content %q", got)
	}
}

// TestIncomplete reads a file that the server lists but does not have.
func TestIncomplete(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", nil)
	tree := r.Object("tree", "100644 a\x00"+string(unhex(t, strings.Repeat("12", 20))))
	r.Git("update-ref", "refs/heads/main", r.Git("commit-tree", "-m", "x", tree))
	opened := open(t, &repo.Reader{}, "o/n", "")
	blobs, err := opened.Read(context.Background(), []string{"a"})
	if err == nil {
		t.Fatalf("read %v", blobs)
	}
	failure{reason: card.ReasonServer}.check(t, err)
}

// TestEntries checks modes, order, names and contents that are not UTF-8, and
// what is read of each kind of entry.
func TestEntries(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	const lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
	const sub = "0123456789012345678901234567890123456789"
	site.Repo("github.com/o/n", gitserve.Files{
		"main.py":              "print('é')\n",
		"100755 start":         "#!/bin/sh\n",
		"120000 link":          "../../etc/passwd",
		"160000 lib":           sub,
		"model.bin":            lfs,
		"a.txt":                "",
		"a/b":                  "b",
		"caf\xe9/\xff\n\t\".x": "\x00\xfe\xff",
		"-x":                   "hyphen",
	})
	tree := open(t, &repo.Reader{}, "o/n", "")
	var got []string
	var paths []string
	for _, f := range tree.Files() {
		got = append(got, fmt.Sprintf("%s %q %d %d", f.Mode, f.Path, f.Size, len(f.Hash)))
		paths = append(paths, f.Path)
	}
	want := []string{
		`100644 "-x" -1 40`, `100644 "a.txt" -1 40`, `100644 "a/b" -1 40`,
		`100644 "caf\xe9/\xff\n\t\".x" -1 40`, `160000 "lib" -1 40`, `120000 "link" -1 40`,
		`100644 "main.py" -1 40`, `100644 "model.bin" -1 40`, `100755 "start" -1 40`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("files:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	blobs, err := tree.Read(context.Background(), append(paths, "missing", "a", ""))
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		"main.py": "print('é')\n", "start": "#!/bin/sh\n", "link": "../../etc/passwd",
		"model.bin": lfs, "a.txt": "", "a/b": "b", "caf\xe9/\xff\n\t\".x": "\x00\xfe\xff", "-x": "hyphen",
	} {
		if b, ok := blobs[path]; !ok || string(b.Data) != content || b.Size != int64(len(content)) {
			t.Errorf("%q: %v %q of %d bytes, want %q", path, ok, b.Data, b.Size, content)
		}
	}
	if len(blobs) != 8 {
		t.Errorf("%d files were read, want 8", len(blobs))
	}
}

// TestHostileTree opens a tree that git itself would not make or check out:
// entries out of order, twice, with paths that lead elsewhere and odd modes.
func TestHostileTree(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", nil)
	blob := func(content string) string { return string(unhex(t, r.Object("blob", content))) }
	inner := unhex(t, r.Object("tree", "100644 passwd\x00"+blob("evil")))
	entries := []string{
		"100664 old\x00" + blob("old mode"),
		"100644 b\x00" + blob("first"),
		"100755 a\x00" + blob("a"),
		"100644 b\x00" + blob("second"),
		"100644 ..\x00" + blob("evil"),
		"100644 .GIT\x00" + blob("evil"),
		"100644 a//b\x00" + blob("evil"),
		"40000 ..\x00" + string(inner),
		"40000 .git\x00" + string(inner),
	}
	tree := r.Object("tree", strings.Join(entries, ""))
	commit := r.Object("commit", "tree "+tree+"\nauthor x <x> 1 +0000\ncommitter x <x> 99999999999999 +0000\n\n")
	r.Git("update-ref", "refs/heads/main", commit)

	opened := open(t, &repo.Reader{}, "o/n", "main")
	var got []string
	for _, f := range opened.Files() {
		got = append(got, f.Mode+" "+f.Path)
	}
	if want := "100755 a|100644 b|100644 old"; strings.Join(got, "|") != want {
		t.Errorf("files %q, want %q", got, want)
	}
	if b := read(t, opened, "b"); string(b.Data) != "first" {
		t.Errorf("b is %q", b.Data)
	}
	if !opened.Date().IsZero() {
		t.Errorf("date %v", opened.Date())
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReadNothing checks that no request is made for no files.
func TestReadNothing(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"a": "1"})
	tree := open(t, &repo.Reader{}, "o/n", "")
	before := len(site.Requests())
	blobs, err := tree.Read(context.Background(), nil)
	if err != nil || len(blobs) != 0 || len(site.Requests()) != before {
		t.Errorf("read %v, %v with %d requests", blobs, err, len(site.Requests())-before)
	}
}

// TestNoFiles opens a commit without files.
func TestNoFiles(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{})
	if files := open(t, &repo.Reader{}, "o/n", "").Files(); len(files) != 0 {
		t.Errorf("files %v", files)
	}
}

// TestSHA256 reads a repository with the longer hashes.
func TestSHA256(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", gitserve.Files{"a": "1"}, "--object-format=sha256")
	if len(r.Head) != 64 {
		t.Skip("git makes no SHA-256 repositories")
	}
	for _, ref := range []string{"", "main", "refs/heads/main", r.Head} {
		tree := open(t, &repo.Reader{}, "o/n", ref)
		if got := string(read(t, tree, "a").Data); got != "1" || tree.Commit() != r.Head {
			t.Errorf("%q: content %q at %s", ref, got, tree.Commit())
		}
	}
}
