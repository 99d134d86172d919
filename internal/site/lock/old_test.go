package lock_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

const oldIndex = `{
  "version": 1,
  "names": {"ada/waves": "https://github.com/ada/waves"},
  "repos": {
    "https://github.com/ada/waves": {
      "refs": {
        "HEAD": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "v1": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      },
      "cards": {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": {"path": "cards/github.com/ada/waves/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json", "files": ["*.csv"]},
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb": {"path": "cards/github.com/ada/waves/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json"}
      }
    }
  }
}
`

// oldFolder is one as the first version left it.
func oldFolder(t *testing.T) lockfile.Folder {
	t.Helper()
	s := lockfile.Folder{Dir: t.TempDir()}
	dir := filepath.Join(s.Dir, "cards", "github.com", "ada", "waves")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, commit := range []string{commitA, commitB} {
		var text bytes.Buffer
		c := card.Card{Repo: repo, Commit: commit}
		if err := errors.Join(c.Write(&text), os.WriteFile(filepath.Join(dir, commit+".json"), text.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(s.Dir, "index.json"), oldIndex)
	return s
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOldIndexIsMovedOver(t *testing.T) {
	s := oldFolder(t)
	writeFile(t, filepath.Join(s.Dir, "cards", "github.com", "notes.md"), "mine")
	f := newForge()
	wants := []lock.Want{want("ada/waves", "", "*.csv")}
	problems, err := lock.Check(s, wants)
	if err != nil || len(problems) != 2 {
		t.Errorf("check: %+v, %v", problems, err)
	}
	report := sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked", f.calls(), nil)
	equal(t, "files", names(t, s), sorted("cards/github.com/notes.md", fileOf("HEAD"), fileOf("v1")))
	if report.Moved != 2 || len(report.Left) > 0 {
		t.Errorf("report %+v", report)
	}
	clean(t, s, append(wants, want(repo, "v1"))...)
}

// TestOldIndexOfAMergeIsMovedOver has both sides of a conflict, of which one has
// moved a branch.
func TestOldIndexOfAMergeIsMovedOver(t *testing.T) {
	s := oldFolder(t)
	ours := strings.Replace(oldIndex, `"v1": "`+commitB, `"v1": "`+commitA, 1)
	writeFile(t, filepath.Join(s.Dir, "index.json"), "<<<<<<< HEAD\n"+ours+"=======\n"+oldIndex+">>>>>>> side\n")
	report := sync1(t, s, newForge(), lock.Options{}, want("ada/waves", ""), want("ada/waves", "v1"))
	if report.Moved != 1 || len(report.Failures) != 1 || !strings.Contains(report.Failures[0].Err.Error(), commitA+" and "+commitB) {
		t.Errorf("report %+v", report)
	}
	report = sync1(t, s, newForge(), lock.Options{Update: true}, want("ada/waves", ""), want("ada/waves", "v1"))
	if len(report.Failures) > 0 {
		t.Errorf("failures %+v", report.Failures)
	}
	equal(t, "files", names(t, s), sorted(fileOf("HEAD"), fileOf("v1")))
}

// TestOldCardsThatAreDamaged are read again where they were pinned, if a page
// shows them; else the index stays, until it is told to go.
func TestOldCardsThatAreDamaged(t *testing.T) {
	s := oldFolder(t)
	f := newForge()
	f.refs[repo+" HEAD"], f.refs[repo+" old"] = commitB, commitA
	for _, commit := range []string{commitA, commitB} {
		writeFile(t, filepath.Join(s.Dir, "cards", "github.com", "ada", "waves", commit+".json"), "{")
	}
	report := sync1(t, s, f, lock.Options{}, want("ada/waves", ""))
	equal(t, "asked", f.calls(), []string{repo + " " + commitA + " *.csv"})
	if len(report.Mended) != 1 || len(report.Left) != 1 || report.Left[0].Commit != commitB {
		t.Errorf("report %+v", report)
	}
	sync1(t, s, f, lock.Options{Prune: true}, want("ada/waves", ""))
	if _, err := os.Stat(filepath.Join(s.Dir, "index.json")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the index is still there: %v", err)
	}
	clean(t, s, want("ada/waves", ""))
}

func TestBadOldIndexIsAnError(t *testing.T) {
	s := lockfile.Folder{Dir: t.TempDir()}
	writeFile(t, filepath.Join(s.Dir, "index.json"), "{")
	if _, err := lock.Sync(t.Context(), s, newForge(), nil, lock.Options{}); err == nil || !strings.Contains(err.Error(), "index.json") {
		t.Errorf("got %v", err)
	}
}
