package repo_test

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// BenchmarkReadVsClone reads two files of a repository of 200 MB, and clones
// the same repository at depth 1, over the same loopback server. It reports
// what a read costs, how many times as much a clone does, and the peak memory
// of a process that reads a tree of 100,000 files.
func BenchmarkReadVsClone(b *testing.B) {
	site := gittest.Serve(b, gitserve.Options{})
	site.Setenv()
	files := gitserve.Files{"bokeh-app/main.py": "print(1)\n", ".binder/environment.yml": "dependencies: [bokeh]\n"}
	for i := range 20 {
		files[fmt.Sprintf("data/%02d.bin", i)] = noise(uint64(i), 10_000_000)
	}
	site.Repo("github.com/o/large", files)
	clear(files)
	site.Repo("github.com/o/many", manyFiles())

	site.Set(gitserve.Options{})
	start := time.Now()
	if out, err := exec.Command("git", "clone", "--quiet", "--depth=1", "https://github.com/o/large", filepath.Join(b.TempDir(), "clone")).CombinedOutput(); err != nil {
		b.Fatalf("clone: %v\n%s", err, out)
	}
	cloneTime := time.Since(start)
	cloneBytes := traffic(site)

	site.Set(gitserve.Options{})
	for b.Loop() {
		tree, err := (&repo.Reader{}).Open(context.Background(), card.Request{Repo: "o/large", Ref: "main"})
		if err != nil {
			b.Fatal(err)
		}
		blobs, err := tree.Read(context.Background(), []string{"bokeh-app/main.py", ".binder/environment.yml"})
		if err != nil || len(blobs) != 2 {
			b.Fatal(blobs, err)
		}
		tree.Close()
	}
	n := float64(b.N)
	readBytes, readTime := traffic(site)/n, b.Elapsed().Seconds()/n
	b.ReportMetric(readBytes, "read-bytes")
	b.ReportMetric(float64(len(site.Requests()))/n, "requests")
	b.ReportMetric(cloneBytes, "clone-bytes")
	b.ReportMetric(cloneBytes/readBytes, "clone/read-bytes")
	b.ReportMetric(cloneTime.Seconds()/readTime, "clone/read-time")
	_, peak := readInChild(b, "o/many")
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
}

// traffic returns the bytes that went either way.
func traffic(site *gittest.Site) float64 {
	sent, received := site.Bytes()
	return float64(sent + received)
}

// BenchmarkOpenDir lists a folder of 10,000 files in a git repository.
func BenchmarkOpenDir(b *testing.B) {
	gittest.ClearEnv(b)
	dir := b.TempDir()
	for i := range 10_000 {
		write(b, 0o644, "1\n", dir, fmt.Sprintf("station-%02d", i%100), fmt.Sprintf("%05d.csv", i))
	}
	git(b, "init", "--quiet", dir)
	git(b, "-C", dir, "add", "--all")
	for b.Loop() {
		tree, err := repo.OpenDir(dir)
		if err != nil || len(tree.Files()) != 10_000 {
			b.Fatal(err)
		}
		tree.Close()
	}
}
