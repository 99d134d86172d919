package lock_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	forges "github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

const (
	repo    = "https://github.com/ada/waves"
	commitA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	commitB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// forge is a source in memory: repositories' refs and their commits.
type forge struct {
	mu   sync.Mutex
	refs map[string]string // "repo ref" → commit
	down map[string]bool   // repositories that cannot be read
	log  []string
}

func (f *forge) Card(_ context.Context, req card.Request) (*card.Card, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, strings.Join(append([]string{req.Repo, req.Ref}, req.Files...), " "))
	commit := f.refs[req.Repo+" "+req.Ref]
	for _, known := range f.refs {
		if req.Ref == known {
			commit = known
		}
	}
	if commit == "" || f.down[req.Repo] {
		return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonUnreachable, Message: "is down"}
	}
	c := &card.Card{Version: card.Version, Repo: req.Repo, Commit: commit}
	for _, glob := range req.Files {
		c.Files = append(c.Files, card.File{Path: glob, Role: card.RoleData})
	}
	return c, nil
}

// calls returns what was asked since the last call, sorted.
func (f *forge) calls() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log = nil
	slices.Sort(log)
	return log
}

func newForge() *forge {
	return &forge{refs: map[string]string{repo + " main": commitA, repo + " HEAD": commitA, repo + " v1": commitB}}
}

func want(name, ref string, files ...string) lock.Want {
	return lock.Want{Repo: name, Ref: ref, Files: files, Where: "content/post.md:3:1"}
}

func sync1(t *testing.T, s lockfile.Folder, f *forge, o lock.Options, wants ...lock.Want) *lock.Report {
	t.Helper()
	report, err := lock.Sync(t.Context(), s, f, wants, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// tree returns the store's files, by path.
func tree(t *testing.T, s lockfile.Folder) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(s.Dir, func(file string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		rel, _ := filepath.Rel(s.Dir, file)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func names(t *testing.T, s lockfile.Folder) []string {
	t.Helper()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(tree(t, s))), func(name string) bool { return name == "readme.txt" })
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got  %q\n want %q", what, got, want)
	}
}

func fileOf(ref string) string { return "cards/" + lockfile.Name(repo, ref) }

func sorted(names ...string) []string { return slices.Sorted(slices.Values(names)) }

func clean(t *testing.T, s lockfile.Folder, wants ...lock.Want) {
	t.Helper()
	problems, err := lock.Check(s, wants)
	if err != nil || len(problems) > 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
}

func TestSyncWritesWhatIsMissing(t *testing.T) {
	s := lockfile.Folder{Dir: filepath.Join(t.TempDir(), "assets", lock.Folder)}
	f := newForge()
	wants := []lock.Want{want("ada/waves", ""), want(repo, "main"), want(repo, "main"), want(repo, "v1")}
	report := sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked", f.calls(), []string{repo + " HEAD", repo + " main", repo + " v1"})
	equal(t, "files", names(t, s), sorted(fileOf("HEAD"), fileOf("main"), fileOf("v1")))
	if len(report.Failures) > 0 || len(report.Pins) != 3 || len(report.Written) != 3 {
		t.Errorf("report %+v", report)
	}
	clean(t, s, wants...)

	before := tree(t, s)
	report = sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked the second time", f.calls(), nil)
	if !maps.Equal(tree(t, s), before) || len(report.Pins)+len(report.Written)+len(report.Removed) > 0 {
		t.Errorf("the second run changed something: %+v", report)
	}
}

func TestUpdateMovesBranches(t *testing.T) {
	s := lockfile.Folder{Dir: t.TempDir()}
	f := newForge()
	wants := []lock.Want{want(repo, "main"), want(repo, commitB)}
	sync1(t, s, f, lock.Options{}, wants...)
	f.calls()
	f.refs[repo+" main"] = commitB

	sync1(t, s, f, lock.Options{}, wants...)
	sync1(t, s, f, lock.Options{Update: true, Only: []forges.Address{address(t, "ada/other")}}, wants...)
	equal(t, "asked without an update of this repository", f.calls(), nil)

	report := sync1(t, s, f, lock.Options{Update: true, Only: []forges.Address{address(t, "ada/waves")}}, wants...)
	equal(t, "asked", f.calls(), []string{repo + " main"})
	if len(report.Pins) != 1 || report.Pins[0].Old != commitA || report.Pins[0].New != commitB || report.Pins[0].Card == nil {
		t.Errorf("pins %+v", report.Pins)
	}
	equal(t, "files", names(t, s), sorted(fileOf("main"), fileOf(commitB)))
	clean(t, s, wants...)
}

// address reads an address that is right.
func address(t *testing.T, text string) forges.Address {
	t.Helper()
	a, err := forges.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFailuresLeaveTheRest(t *testing.T) {
	const other = "https://gitlab.com/ada/group/tides"
	s := lockfile.Folder{Dir: t.TempDir()}
	f := newForge()
	f.refs[other+" main"] = commitB
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	old := tree(t, s)[fileOf("main")]

	f.down = map[string]bool{repo: true}
	f.refs[repo+" main"] = commitB
	wants := []lock.Want{want(repo, "main", "new.csv"), want(other, "main"), want("not a repository", "")}
	report := sync1(t, s, f, lock.Options{Update: true}, wants...)
	var e *card.Error
	if len(report.Failures) != 2 || !errors.As(report.Failures[1].Err, &e) || e.Reason != card.ReasonUnreachable {
		t.Errorf("failures %+v", report.Failures)
	}
	if got := report.Failures[1].Where; !slices.Equal(got, []string{"content/post.md:3:1"}) {
		t.Errorf("where %q", got)
	}
	files := tree(t, s)
	if files[fileOf("main")] != old {
		t.Errorf("the old card is not what it was:\n%s", files[fileOf("main")])
	}
	if files["cards/"+lockfile.Name(other, "main")] == "" {
		t.Errorf("the other repository's card is missing: %q", names(t, s))
	}
	kept, err := s.Read(repo, "main")
	if err != nil || kept.Commit() != commitA {
		t.Errorf("the pin is lost: %v, %v", kept, err)
	}
}

func TestCheckLooksForApps(t *testing.T) {
	s := lockfile.Folder{Dir: t.TempDir()}
	asked := want(repo, "main")
	asked.App = "sea"
	sync1(t, s, newForge(), lock.Options{}, asked)
	problems, err := lock.Check(s, []lock.Want{asked})
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, `no app "sea"`) {
		t.Errorf("check: %v, %v", problems, err)
	}
}

func TestNothingWantedWritesNothing(t *testing.T) {
	s := lockfile.Folder{Dir: filepath.Join(t.TempDir(), "bokehbinder")}
	sync1(t, s, newForge(), lock.Options{})
	equal(t, "files", names(t, s), nil)
}

func replaceIn(file, old, new string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(data), old, new)), 0o600)
}

func TestOneMoreFileLeavesThePin(t *testing.T) {
	s := lockfile.Folder{Dir: t.TempDir()}
	f := newForge()
	sync1(t, s, f, lock.Options{}, want(repo, "main", "a.csv"), want(repo, "HEAD", "b.csv"))
	f.refs[repo+" main"], f.refs[repo+" HEAD"], f.refs[repo+" old"] = commitB, commitB, commitA
	f.calls()
	wants := []lock.Want{want(repo, "main", "c.csv"), want(repo, "HEAD", "b.csv")}
	problems, err := lock.Check(s, wants)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, "lacks the files c.csv") {
		t.Errorf("check before the sync: %v, %v", problems, err)
	}
	sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked for one more file", f.calls(), []string{repo + " " + commitA + " a.csv c.csv"})
	clean(t, s, append(wants, want(repo, "main", "a.csv"))...) // for when the other tag comes back
}

// TestCutAndPaste takes a tag out of a page and puts it back, while its branch
// goes on.
func TestCutAndPaste(t *testing.T) {
	s := lockfile.Folder{Dir: t.TempDir()}
	f := newForge()
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	before := tree(t, s)
	f.refs[repo+" main"] = commitB
	sync1(t, s, f, lock.Options{})
	problems, err := lock.Check(s, nil)
	if err != nil || len(problems) != 1 || !problems[0].Note {
		t.Errorf("check of what no page shows: %+v, %v", problems, err)
	}
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	if !maps.Equal(tree(t, s), before) {
		t.Error("the card is another one")
	}
}

func TestPruneOnlyWhenAllWasRead(t *testing.T) {
	s := lockfile.Folder{Dir: t.TempDir()}
	f := newForge()
	sync1(t, s, f, lock.Options{}, want(repo, "main"), want(repo, "v1"))
	report := sync1(t, s, f, lock.Options{Prune: true}, want(repo, "v1"), want(repo, "mian"))
	if len(report.Removed) > 0 || len(report.Failures) != 1 {
		t.Errorf("with a failure: %+v", report)
	}
	report = sync1(t, s, f, lock.Options{Prune: true}, want(repo, "v1"))
	equal(t, "removed", report.Removed, []string{s.File(lockfile.Name(repo, "main"))})
	equal(t, "files", names(t, s), []string{fileOf("v1")})
}

func TestDamagedCardsAreReadAgain(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"cut":     func(file string) error { return os.Truncate(file, 330) },
		"changed": func(file string) error { return replaceIn(file, `"path": "a.csv"`, `"path": "b.csv"`) },
		"version": func(file string) error { return replaceIn(file, `"version": 1`, `"version": 0`) },
		"merge": func(file string) error {
			return replaceIn(file, `    "a.csv"`, "<<<<<<< HEAD\n    \"a.csv\"\n=======\n    \"b.csv\"\n>>>>>>> side")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := lockfile.Folder{Dir: t.TempDir()}
			f := newForge()
			wants := []lock.Want{want(repo, "main", "a.csv")}
			sync1(t, s, f, lock.Options{}, wants...)
			f.calls()
			if err := damage(s.File(lockfile.Name(repo, "main"))); err != nil {
				t.Fatal(err)
			}
			problems, err := lock.Check(s, wants)
			if err != nil || len(problems) != 1 || problems[0].Note {
				t.Errorf("check: %v, %v", problems, err)
			}
			f.refs[repo+" main"] = commitB // which must not matter: the pin holds
			f.refs[repo+" old"] = commitA
			report := sync1(t, s, f, lock.Options{}, wants...)
			if len(report.Mended) != 1 || len(report.Pins)+len(report.Failures) > 0 {
				t.Errorf("report %+v", report)
			}
			if calls := f.calls(); len(calls) != 1 || !strings.HasPrefix(calls[0], repo+" "+commitA) {
				t.Errorf("asked %q", calls)
			}
			clean(t, s, wants...)
		})
	}
}

// TestWhatCannotBeMendedIsNamed has sync leave what the author has to decide,
// until it is told to read the branch anew.
func TestWhatCannotBeMendedIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"two commits": {"<<<<<<< HEAD\nOURS=======\nTHEIRS>>>>>>> side\n", commitA + " and " + commitB},
		"no commit":   {"{", "cannot be read"},
		"newer":       {`{"version": 99}`, "newer version"},
	} {
		t.Run(name, func(t *testing.T) {
			s := lockfile.Folder{Dir: t.TempDir()}
			f := newForge()
			sync1(t, s, f, lock.Options{}, want(repo, "main"))
			ours := tree(t, s)[fileOf("main")]
			f.refs[repo+" main"] = commitB
			sync1(t, s, f, lock.Options{Update: true}, want(repo, "main"))
			theirs := tree(t, s)[fileOf("main")]
			text := strings.NewReplacer("OURS", ours, "THEIRS", theirs).Replace(c.text)
			file := s.File(lockfile.Name(repo, "main"))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			report := sync1(t, s, f, lock.Options{Prune: true}, want(repo, "main"))
			if len(report.Failures) != 1 || !strings.Contains(report.Failures[0].Err.Error(), c.says) || report.Failures[0].Hint == "" {
				t.Errorf("failures %+v", report.Failures)
			}
			if got := tree(t, s)[fileOf("main")]; got != text {
				t.Errorf("the file is now\n%s", got)
			}
			if name == "newer" {
				return
			}
			sync1(t, s, f, lock.Options{Update: true}, want(repo, "main"))
			clean(t, s, want(repo, "main"))
		})
	}
}

// TestUntold has a disk that was full when the last file was to be written: the next run
// writes it, and reads nothing.
func TestUntold(t *testing.T) {
	s, f := lockfile.Folder{Dir: t.TempDir()}, newForge()
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	file := filepath.Join(s.Dir, "readme.txt")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	f.calls()
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	if _, err := os.Stat(file); err != nil || len(f.calls()) > 0 {
		t.Errorf("it is not there, or the repository was read: %v", err)
	}
}
