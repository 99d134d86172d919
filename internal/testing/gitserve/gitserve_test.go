package gitserve_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

var files = gitserve.Files{
	"main.py":             "print(1)\n",
	"100755 bin/start":    "#!/bin/sh\n",
	"120000 link":         "main.py",
	"160000 vendored":     "0123456789012345678901234567890123456789",
	"odd \"\\\xff\n.data": "\x00\xff",
}

// TestSameFilesSameHash checks that commits do not depend on the machine or
// the moment.
func TestSameFilesSameHash(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	repo := site.Repo("github.com/o/n", files)
	const want = "590fed5246388aeb54dc9301413dc6e43e4760b9"
	if repo.Head != want {
		t.Errorf("commit %s, want %s", repo.Head, want)
	}
	second := repo.Commit("main", gitserve.Files{"a": ""})
	if parent := repo.Git("rev-parse", second+"^"); parent != repo.Head {
		t.Errorf("the second commit's parent is %s, want %s", parent, repo.Head)
	}
	if list := repo.Git("ls-tree", "-r", "--name-only", second); list != "a" {
		t.Errorf("the second commit holds %q, want only a", list)
	}
}

// TestClone checks that git gets the repository, by its public address, with
// modes and bytes as they were given.
func TestClone(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	repo := site.Repo("git.example.org/o/n", files)
	site.Setenv("git.example.org")
	dir := filepath.Join(t.TempDir(), "clone")
	git(t, "clone", "--quiet", "https://git.example.org/o/n", dir)
	if got := git(t, "-C", dir, "rev-parse", "HEAD"); got != repo.Head {
		t.Errorf("cloned %s, want %s", got, repo.Head)
	}
	data, err := os.ReadFile(filepath.Join(dir, "odd \"\\\xff\n.data"))
	if err != nil || string(data) != "\x00\xff" {
		t.Errorf("odd file: %q, %v", data, err)
	}
	tree := git(t, "-C", dir, "ls-tree", "-r", "HEAD")
	for _, want := range []string{"100755 blob", "120000 blob", "160000 commit 0123456789"} {
		if !strings.Contains(tree, want) {
			t.Errorf("no %q in the tree:\n%s", want, tree)
		}
	}
	sent, received := site.Bytes()
	if len(site.Requests()) < 2 || sent == 0 || received == 0 {
		t.Errorf("counted %d requests, %d and %d bytes", len(site.Requests()), sent, received)
	}
	site.Set(gitserve.Options{})
	if sent, received := site.Bytes(); len(site.Requests())+int(sent+received) != 0 {
		t.Error("Set does not forget what was counted")
	}
}

// TestFolders gets the same without the server, and not more than is asked for.
func TestFolders(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	repo := site.Repo("git.example.org/o/n", files)
	site.SetenvFolders("git.example.org")
	dir := filepath.Join(t.TempDir(), "clone")
	git(t, "clone", "--quiet", "--no-checkout", "--filter=blob:none", "https://git.example.org/o/n", dir)
	if got := git(t, "-C", dir, "rev-parse", "HEAD"); got != repo.Head {
		t.Errorf("cloned %s, want %s", got, repo.Head)
	}
	if missing := git(t, "-C", dir, "rev-list", "--objects", "--missing=print", "HEAD"); !strings.Contains(missing, "?") {
		t.Errorf("the files came, too:\n%s", missing)
	}
	if asked := site.Requests(); len(asked) > 0 {
		t.Errorf("the server was asked: %v", asked)
	}
}

func TestOptions(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Repo("github.com/o/n", files)
	const info = "/github.com/o/n/info/refs?service=git-upload-pack"
	tests := []struct {
		name    string
		options gitserve.Options
		status  int
		body    string
		not     string
	}{
		{"plain", gitserve.Options{}, 200, "version 2", ""},
		{"filter", gitserve.Options{}, 200, "filter", ""},
		{"no filter", gitserve.Options{NoFilter: true}, 200, "version 2", "filter"},
		{"old protocol", gitserve.Options{OldProtocol: true}, 200, "refs/heads/main", "version 2"},
		{"password", gitserve.Options{Password: "secret"}, 401, "", ""},
		{"status", gitserve.Options{Status: 503}, 503, "", ""},
		{"status from the second request", gitserve.Options{Status: 503, From: 2}, 200, "version 2", ""},
		{"not git", gitserve.Options{NotGit: true}, 200, "<!doctype html>", ""},
	}
	for _, tt := range tests {
		site.Set(tt.options)
		status, body := get(t, site.URL+info)
		if status != tt.status || !strings.Contains(body, tt.body) || tt.not != "" && strings.Contains(body, tt.not) {
			t.Errorf("%s: status %d, body %q", tt.name, status, body)
		}
	}
}

// TestHang checks that the server stops in the middle of an answer, and ends
// when it is closed all the same.
func TestHang(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{HangAfter: 10})
	site.Repo("github.com/o/n", files)
	res, err := http.Get(site.URL + "/github.com/o/n/info/refs?service=git-upload-pack")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	buf := make([]byte, 10)
	if _, err := io.ReadFull(res.Body, buf); err != nil {
		t.Fatal(err)
	}
	more := make(chan error, 1)
	go func() {
		_, err := res.Body.Read(buf)
		more <- err
	}()
	patience.Eventually(t, "the answer has stopped", func() bool { return site.Hanging() == 1 })
	site.Close()
	if err := patience.Receive(t, "the end of the answer", more); err == nil {
		t.Error("the answer went on")
	}
}

func TestParseFiles(t *testing.T) {
	got, err := gitserve.ParseFiles([]byte("a comment\n-- a/b.py --\nx\n\n-- 100755 c --\n-- d --\ny"))
	if err != nil {
		t.Fatal(err)
	}
	want := gitserve.Files{"a/b.py": "x\n\n", "100755 c": "", "d": "y"}
	if len(got) != len(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %q, want %q", k, got[k], v)
		}
	}
	if _, err := gitserve.ParseFiles([]byte("-- a --\n-- a --\n")); err == nil {
		t.Error("a file that is there twice is accepted")
	}
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Git-Protocol", "version=2")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
