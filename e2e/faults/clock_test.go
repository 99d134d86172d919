package faults

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// dates are those that a clock leaves behind that was wrong.
var dates = map[string]time.Time{
	"1970": time.Unix(0, 0), "2100": time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
}

// TestDates has all that is there dated before or after all clocks: the files of the
// folder, what a killed run has left, and the commit.
func TestDates(t *testing.T) {
	folder := t.TempDir()
	for _, w := range writings(t, folder) {
		for name, date := range dates {
			dir := t.TempDir()
			w.before.write(t, dir)
			tree{"bokehbinder-read-1.tmp/objects/1.pack": "half"}.write(t, folder)
			tree{path.Join(path.Dir(w.changes()[0]), ".bokehbinder-file-1.tmp"): "half"}.write(t, dir)
			age(t, dir, date)
			age(t, folder, date)
			count(t, w.name, "files and leftovers of "+name, "", false, w.again(t, dir)...)
		}
	}
}

// age dates all below a folder.
func age(t *testing.T, dir string, date time.Time) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, date, date)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCommitDates reads commits of such dates.
func TestCommitDates(t *testing.T) {
	forge, n := served(t, nil)
	n.learn(t)
	repo := &gitserve.Repo{Dir: forge.RepoDir("github.com/demo/wave")}
	tree, err := repo.Git("rev-parse", "main^{tree}")
	if err != nil {
		t.Fatal(err)
	}
	for name, date := range dates {
		who := fmt.Sprintf(" A <a@example.org> %d +0000\n", date.Unix())
		commit, err := repo.Object("commit", "tree "+tree+"\nauthor"+who+"committer"+who+"\nx\n")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := repo.Git("update-ref", "refs/heads/main", commit); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		blog.write(t, dir)
		var wrong []string
		code, said := run(t, syncing(dir, time.Minute)...)
		if text := fmt.Sprint(read(t, dir)); code != 0 || !strings.Contains(text, `"`+name+`-01-01T00:00:00Z"`) {
			wrong = append(wrong, fmt.Sprintf("%d: %s: %s", code, said, text))
		}
		count(t, "git server", "commit of "+name, "", false, wrong...)
	}
}
