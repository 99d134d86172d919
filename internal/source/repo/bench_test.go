package repo_test

import (
	"fmt"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

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
