package repo_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// TestHomeOfFolder asks where a folder comes from: git knows it of a repository's
// root alone.
func TestHomeOfFolder(t *testing.T) {
	gittest.ClearEnv(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "inner"), 0o755); err != nil {
		t.Fatal(err)
	}
	home := func(dir string) repo.Home {
		tree, err := repo.OpenDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		return tree.Home(context.Background())
	}
	if got := home(dir); got != (repo.Home{}) {
		t.Errorf("a plain folder comes from %+v", got)
	}
	for _, args := range []string{
		"init --quiet --initial-branch=feature/x", "remote add origin git@github.com:o/n.git",
		"symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/trunk",
	} {
		cmd := exec.Command("git", strings.Fields(args)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if got := home(dir); got.Address.URL != "https://github.com/o/n" || got.Ref != "feature/x" || got.Default != "trunk" {
		t.Errorf("the root comes from %+v", got)
	}
	if got := home(filepath.Join(dir, "inner")); got != (repo.Home{}) {
		t.Errorf("a folder within comes from %+v", got)
	}
}
