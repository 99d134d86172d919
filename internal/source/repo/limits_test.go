package repo_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// noise returns bytes that cannot be compressed, the same for the same seed.
func noise(seed uint64, size int) string {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	data := make([]byte, size)
	rand.NewChaCha8(key).Read(data)
	return string(data)
}

// TestBigFileBeside reads one small file of a repository with 50 MB beside it.
// At most a thousandth of the repository may come over the wire.
func TestBigFileBeside(t *testing.T) {
	const size = 50 << 20
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"main.py": "print(1)\n", "data.bin": noise(1, size)})
	tree := open(t, &repo.Reader{}, "o/n", "main")
	if got := string(read(t, tree, "main.py").Data); got != "print(1)\n" {
		t.Errorf("content %q", got)
	}
	sent, received := site.Bytes()
	t.Logf("%d bytes from the server, %d to it, %d requests", sent, received, len(site.Requests()))
	if sent+received > size/1000 {
		t.Errorf("%d and %d bytes for a repository of %d", sent, received, size)
	}
}

func TestTooLarge(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"main.py": "print(1)\n", "data.bin": noise(2, 20<<20), "zeros": strings.Repeat("\x00", 20<<20)})
	r := &repo.Reader{MaxBytes: 1 << 20, MaxFileBytes: 16 << 20}
	t.Run("without filters", func(t *testing.T) {
		site.Set(gitserve.Options{NoFilter: true})
		fails(t, r, "o/n", "", failure{card.ReasonTooLarge, "more than 1 MiB to read", "repository of its own", ""})
	})
	for _, path := range []string{"data.bin", "zeros"} {
		t.Run(path, func(t *testing.T) {
			site.Set(gitserve.Options{})
			tree := open(t, r, "o/n", "")
			if _, err := tree.Read(context.Background(), []string{"main.py"}); err != nil {
				t.Errorf("the small file: %v", err)
			}
			_, err := tree.Read(context.Background(), []string{path})
			failure{card.ReasonTooLarge, "wanted files are too large: more than 1 MiB", "fewer", ""}.check(t, err)
		})
	}
	t.Run("many files", func(t *testing.T) {
		fails(t, &repo.Reader{MaxFiles: 2}, "o/n", "", failure{card.ReasonTooLarge, "more than 2 files", "repository of its own", ""})
	})
	t.Run("just enough files", func(t *testing.T) { open(t, &repo.Reader{MaxFiles: 3}, "o/n", "") })
}

// TestCut checks that of a long file the beginning is kept, and its size told.
func TestCut(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"long": "0123456789abc", "copy": "0123456789abc", "next": "xyz"})
	tree := open(t, &repo.Reader{MaxFileBytes: 10}, "o/n", "")
	blobs, err := tree.Read(context.Background(), []string{"long", "copy", "next", "long"})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]repo.Blob{
		"long": {Data: []byte("0123456789"), Size: 13}, "copy": {Data: []byte("0123456789"), Size: 13}, "next": {Data: []byte("xyz"), Size: 3},
	} {
		if got := blobs[path]; !bytes.Equal(got.Data, want.Data) || got.Size != want.Size {
			t.Errorf("%s: %q of %d", path, got.Data, got.Size)
		}
	}
}

// manyFiles is a tree of 100,000 files with paths of usual length.
func manyFiles() gitserve.Files {
	files := gitserve.Files{"main.py": "print(1)\n"}
	for i := range 100_000 {
		files[fmt.Sprintf("measurements/station-%02d/2026/day-%03d/sample-%06d.csv", i%40, i%365, i)] = "1,2,3\n"
	}
	return files
}

// peakEnv makes the test's binary read one repository and print its own peak
// memory.
const peakEnv = "BOKEHBINDER_TEST_PEAK"

func TestMain(m *testing.M) {
	if address := os.Getenv(peakEnv); address != "" {
		tree, err := (&repo.Reader{}).Open(context.Background(), card.Request{Repo: address, Ref: "main"})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer tree.Close()
		blobs, err := tree.Read(context.Background(), []string{"main.py"})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(len(tree.Files()), len(blobs["main.py"].Data), peakMemory())
		return
	}
	os.Exit(m.Run())
}

// peakMemory returns the most bytes that this process held so far, 0 where the
// system does not tell.
func peakMemory() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// readInChild reads main.py of a repository in a process of its own and
// returns how many files there are and that process's peak memory.
func readInChild(tb testing.TB, address string) (files int, peak int64) {
	tb.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), peakEnv+"="+address)
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	var size int
	if _, err := fmt.Sscan(string(out), &files, &size, &peak); err != nil || size != len("print(1)\n") {
		tb.Fatalf("the child printed %q: %v", out, err)
	}
	return files, peak
}

// TestManyFiles reads a tree of 100,000 files in a process of its own, which
// must stay under 64 MB.
func TestManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a large repository")
	}
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", manyFiles())
	files, peak := readInChild(t, "o/n")
	t.Logf("%d files, peak memory %.1f MB", files, float64(peak)/1e6)
	if files != 100_001 || peak > 64e6 {
		t.Errorf("%d files with %d bytes of memory", files, peak)
	}
}

// TestLargeObject has a commit whose message is large, and small in a pack: git holds
// it in memory, and may not take all of that, by its own limit or by the system's.
func TestLargeObject(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	site.Repo("github.com/o/n", gitserve.Files{"main.py": "print(1)\n"})
	dir := site.RepoDir("github.com/o/n")
	git := func(stdin io.Reader, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...)
		cmd.Stdin = stdin
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %q: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	const who = " A <a@example.org> 1 +0000\n"
	head := "tree " + git(nil, "rev-parse", "HEAD^{tree}") + "\nauthor" + who + "committer" + who + "\n"
	message := io.LimitReader(endless('a'), 300<<20)
	commit := git(io.MultiReader(strings.NewReader(head), message), "hash-object", "-t", "commit", "-w", "--stdin")
	git(nil, "update-ref", "refs/heads/large", commit)

	r := &repo.Reader{MaxMemory: 256 << 20}
	open(t, r, "o/n", "main")
	refused := failure{card.ReasonTooLarge, "more than git can read with the memory that it may have", "repository of its own", "over limit"}
	fails(t, r, "o/n", "large", refused)
	if runtime.GOOS != "linux" {
		return
	}
	r.Git = write(t, 0o755, "#!/bin/sh\nunset GIT_ALLOC_LIMIT\nexec git \"$@\"\n", t.TempDir(), "git")
	refused.cause = "emory"
	fails(t, r, "o/n", "large", refused)
}

// endless is a reader of one character without an end.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// TestLongNames has a file and a branch with names that no system has: they are left
// out, and the rest is there.
func TestLongNames(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	long := strings.Repeat("n", 100_000)
	site.Repo("github.com/o/n", gitserve.Files{"a.py": "1\n", long: "2\n", "z.py": "3\n"})
	refs := filepath.Join(site.RepoDir("github.com/o/n"), "packed-refs")
	head, err := exec.Command("git", "-C", site.RepoDir("github.com/o/n"), "rev-parse", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(refs, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "%s refs/heads/%s\n", strings.TrimSpace(string(head)), long[:60_000])
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	tree := open(t, &repo.Reader{}, "o/n", "main")
	var names []string
	for _, file := range tree.Files() {
		names = append(names, file.Path)
	}
	if !slices.Equal(names, []string{"a.py", "z.py"}) {
		t.Errorf("%d files, %.40q", len(names), names)
	}
}
