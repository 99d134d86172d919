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
	"github.com/bokehbinder/bokehbinder/internal/lock"
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

func sync1(t *testing.T, s lock.Store, f *forge, o lock.Options, wants ...lock.Want) *lock.Report {
	t.Helper()
	report, err := lock.Sync(t.Context(), s, f, wants, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// tree returns the store's files, by path.
func tree(t *testing.T, s lock.Store) map[string]string {
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

func names(t *testing.T, s lock.Store) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(tree(t, s)))
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got  %q\n want %q", what, got, want)
	}
}

func cardName(commit string) string { return "cards/github.com/ada/waves/" + commit + ".json" }

func clean(t *testing.T, s lock.Store, wants ...lock.Want) {
	t.Helper()
	problems, err := lock.Check(s, wants)
	if err != nil || len(problems) > 0 {
		t.Errorf("check: %v, %v", problems, err)
	}
}

func TestSyncWritesWhatIsMissing(t *testing.T) {
	s := lock.Store{Dir: filepath.Join(t.TempDir(), "assets", lock.Folder)}
	f := newForge()
	wants := []lock.Want{want("ada/waves", ""), want(repo, "main"), want(repo, "main"), want(repo, "v1")}
	report := sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked", f.calls(), []string{repo + " HEAD", repo + " main", repo + " v1"})
	equal(t, "files", names(t, s), []string{cardName(commitA), cardName(commitB), "index.json"})
	if len(report.Failures) > 0 || len(report.Pins) != 3 || len(report.Written) != 2 {
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

func TestIndexGolden(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	sync1(t, s, newForge(), lock.Options{}, want("ada/waves", "", "*.csv"), want(repo, "v1"))
	const golden = `{
  "version": 1,
  "names": {
    "ada/waves": "https://github.com/ada/waves"
  },
  "repos": {
    "https://github.com/ada/waves": {
      "refs": {
        "HEAD": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "v1": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      },
      "cards": {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": {
          "path": "cards/github.com/ada/waves/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.json",
          "files": [
            "*.csv"
          ]
        },
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb": {
          "path": "cards/github.com/ada/waves/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.json"
        }
      }
    }
  }
}
`
	if got := tree(t, s)["index.json"]; got != golden {
		t.Errorf("index:\n%s", got)
	}
}

func TestUpdateMovesBranches(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	f := newForge()
	wants := []lock.Want{want(repo, "main"), want(repo, commitB)}
	sync1(t, s, f, lock.Options{}, wants...)
	f.calls()
	f.refs[repo+" main"] = commitB

	sync1(t, s, f, lock.Options{}, wants...)
	sync1(t, s, f, lock.Options{Update: true, Only: []string{"ada/other"}}, wants...)
	equal(t, "asked without an update of this repository", f.calls(), nil)

	report := sync1(t, s, f, lock.Options{Update: true, Only: []string{"ada/waves"}}, wants...)
	equal(t, "asked", f.calls(), []string{repo + " main"})
	if len(report.Pins) != 1 || report.Pins[0].Old != commitA || report.Pins[0].New != commitB || report.Pins[0].Card == nil {
		t.Errorf("pins %+v", report.Pins)
	}
	equal(t, "files", names(t, s), []string{cardName(commitB), "index.json"})
	clean(t, s, wants...)
}

func TestPagesShareTheCardOfACommit(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	f := newForge()
	f.refs[repo+" v1"] = commitA
	wants := []lock.Want{want(repo, "main", "a.csv"), want(repo, "v1", "b.csv")}
	sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked", f.calls(), []string{repo + " " + commitA + " a.csv b.csv", repo + " main a.csv", repo + " v1 b.csv"})
	got := tree(t, s)[cardName(commitA)]
	if !strings.Contains(got, "a.csv") || !strings.Contains(got, "b.csv") {
		t.Errorf("card:\n%s", got)
	}
	clean(t, s, wants...)

	f.refs[repo+" main"] = commitB
	wants = append(wants, want(repo, "main", "c.csv"))
	problems, err := lock.Check(s, wants)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, "lacks files") {
		t.Errorf("check before the sync: %v, %v", problems, err)
	}
	f.calls()
	sync1(t, s, f, lock.Options{}, wants...)
	equal(t, "asked for one more file", f.calls(), []string{repo + " " + commitA + " a.csv b.csv c.csv"})
	clean(t, s, wants...)
}

func TestFailuresLeaveTheRest(t *testing.T) {
	const other = "https://gitlab.com/ada/group/tides"
	s := lock.Store{Dir: t.TempDir()}
	f := newForge()
	f.refs[other+" main"] = commitB
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	old := tree(t, s)[cardName(commitA)]

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
	if files[cardName(commitA)] != old {
		t.Errorf("the old card is not what it was:\n%s", files[cardName(commitA)])
	}
	if files["cards/gitlab.com/ada/group/tides/"+commitB+".json"] == "" {
		t.Errorf("the other repository's card is missing: %q", names(t, s))
	}
	x, err := s.Index()
	if err != nil || x.Commit(repo, "main") != commitA {
		t.Errorf("the index lost its pin: %v, %v", x, err)
	}
}

func TestFailureToReadAgainKeepsWhatThereIs(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	f := newForge()
	sync1(t, s, f, lock.Options{}, want(repo, "main", "a.csv"))
	old := tree(t, s)[cardName(commitA)]
	f.refs[repo+" v1"] = commitA

	src := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		if len(req.Ref) == 40 {
			return nil, &card.Error{Repo: req.Repo, Reason: card.ReasonServer, Message: "no commits by hash here"}
		}
		return f.Card(ctx, req)
	})
	report, err := lock.Sync(t.Context(), s, src, []lock.Want{want(repo, "main", "a.csv"), want(repo, "v1", "b.csv")}, lock.Options{})
	if err != nil || len(report.Failures) != 1 || report.Failures[0].Ref != "v1" {
		t.Errorf("report %+v, %v", report, err)
	}
	if got := tree(t, s)[cardName(commitA)]; got != old {
		t.Errorf("the old card is not what it was:\n%s", got)
	}
}

func TestCheckLooksForApps(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	asked := want(repo, "main")
	asked.App = "sea"
	sync1(t, s, newForge(), lock.Options{}, asked)
	problems, err := lock.Check(s, []lock.Want{asked})
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, `no app "sea"`) {
		t.Errorf("check: %v, %v", problems, err)
	}
}

func TestUnusedCardsGo(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	f := newForge()
	wants := []lock.Want{want(repo, "main"), want(repo, "v1")}
	sync1(t, s, f, lock.Options{}, wants...)
	foreign := filepath.Join(s.Dir, "cards", "github.com", "notes.json")
	if err := os.WriteFile(foreign, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	problems, err := lock.Check(s, wants[1:])
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0].Message, "nothing shows it") {
		t.Errorf("check: %v, %v", problems, err)
	}

	sync1(t, s, f, lock.Options{Keep: true}, wants[1:]...)
	clean(t, s, wants...)
	report := sync1(t, s, f, lock.Options{}, wants[1:]...)
	equal(t, "files", names(t, s), []string{cardName(commitB), "cards/github.com/notes.json", "index.json"})
	if len(report.Removed) != 1 {
		t.Errorf("removed %q", report.Removed)
	}
	sync1(t, s, f, lock.Options{})
	equal(t, "files", names(t, s), []string{"cards/github.com/notes.json", "index.json"})
	if _, err := os.Stat(filepath.Join(s.Dir, "cards", "github.com", "ada")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("empty folders are left: %v", err)
	}
}

func TestNothingWantedWritesNothing(t *testing.T) {
	s := lock.Store{Dir: filepath.Join(t.TempDir(), "bokehbinder")}
	sync1(t, s, newForge(), lock.Options{})
	equal(t, "files", names(t, s), nil)
}

func TestDamagedCardsAreReadAgain(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"missing":        os.Remove,
		"cut":            func(file string) error { return os.Truncate(file, 20) },
		"another commit": func(file string) error { return replaceIn(file, commitA, commitB) },
		"version":        func(file string) error { return replaceIn(file, `"version": 1`, `"version": 0`) },
	} {
		t.Run(name, func(t *testing.T) {
			s := lock.Store{Dir: t.TempDir()}
			f := newForge()
			sync1(t, s, f, lock.Options{}, want(repo, "main"))
			good := tree(t, s)
			f.calls()
			if err := damage(filepath.Join(s.Dir, filepath.FromSlash(cardName(commitA)))); err != nil {
				t.Fatal(err)
			}
			problems, err := lock.Check(s, []lock.Want{want(repo, "main")})
			if err != nil || len(problems) == 0 {
				t.Errorf("check sees nothing: %v, %v", problems, err)
			}
			f.refs[repo+" main"] = commitB // which must not matter: the pin holds
			f.refs[repo+" old"] = commitA
			sync1(t, s, f, lock.Options{}, want(repo, "main"))
			equal(t, "asked", f.calls(), []string{repo + " " + commitA})
			if !maps.Equal(tree(t, s), good) {
				t.Errorf("not as it was: %v", names(t, s))
			}
		})
	}
}

func replaceIn(file, old, new string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(data), old, new)), 0o600)
}

func TestBadIndexIsAnError(t *testing.T) {
	for _, text := range []string{"<<<<<<< HEAD\n{}", `{"version": 9}`} {
		s := lock.Store{Dir: t.TempDir()}
		if err := os.WriteFile(filepath.Join(s.Dir, "index.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := lock.Sync(t.Context(), s, newForge(), nil, lock.Options{}); err == nil || !strings.Contains(err.Error(), "index.json") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestCardPath(t *testing.T) {
	for address, path := range map[string]string{
		"https://github.com/ada/waves":         "cards/github.com/ada/waves/",
		"https://git.example:8443/ada/x.y":     "cards/git.example%3A8443/ada/x.y/",
		"https://github.com/ada/.waves":        "cards/github.com/ada/%2Ewaves/",
		"https://git.example/a/../b":           "cards/git.example/a/%2E%2E/b/",
		"https://git.example/~ada/na%20me%2Fx": "cards/git.example/%7Eada/na%20me/x/",
	} {
		got, err := lock.CardPath(address, commitA)
		if err != nil || got != path+commitA+".json" {
			t.Errorf("%s: %s, %v", address, got, err)
		}
	}
	for _, bad := range [][2]string{{"ada/waves", commitA}, {repo, "main"}, {repo, strings.ToUpper(commitA)}, {"", commitA}} {
		if path, err := lock.CardPath(bad[0], bad[1]); err == nil {
			t.Errorf("%q: %s", bad, path)
		}
	}
}

func TestLeftoversOfAKilledRunGo(t *testing.T) {
	s := lock.Store{Dir: t.TempDir()}
	f := newForge()
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	old := filepath.Join(s.Dir, "cards", "github.com", "ada", "waves", "."+commitB+".json123")
	young := filepath.Join(s.Dir, ".index.json45")
	for _, file := range []string{old, young} {
		if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(young)
	if err != nil {
		t.Fatal(err)
	}
	ago := info.ModTime().Add(-3 * 60 * 60e9)
	if err := os.Chtimes(old, ago, ago); err != nil {
		t.Fatal(err)
	}
	sync1(t, s, f, lock.Options{}, want(repo, "main"))
	equal(t, "files", names(t, s), []string{".index.json45", cardName(commitA), "index.json"})
}

// TestStoppedAtAnyStep ends an update before each of the changes that it makes:
// every card is whole, the index names only cards that are there, and the next
// run needs no help.
func TestStoppedAtAnyStep(t *testing.T) {
	type stopped struct{}
	defer lock.SetStep(func(string) {})
	const other = "https://gitlab.com/ada/group/tides"
	wants := []lock.Want{want(repo, "main", "a.csv"), want(repo, "v1"), want(other, "main")}
	steps := 0
	for at := 0; at <= steps; at++ {
		s := lock.Store{Dir: t.TempDir()}
		f := newForge()
		f.refs[other+" main"] = commitA
		lock.SetStep(func(string) {})
		sync1(t, s, f, lock.Options{}, wants...)
		const commitC = "cccccccccccccccccccccccccccccccccccccccc"
		f.refs[repo+" main"], f.refs[repo+" v1"], f.refs[other+" main"] = commitC, commitA, commitC
		n := 0
		lock.SetStep(func(string) {
			if n++; n > at {
				panic(stopped{})
			}
		})
		func() {
			defer func() {
				if r := recover(); r != nil && r != any(stopped{}) {
					panic(r)
				}
			}()
			sync1(t, s, f, lock.Options{Update: true}, wants...)
		}()
		steps = max(steps, n)
		checkIndexed(t, s, at)
		lock.SetStep(func(string) {})
		sync1(t, s, f, lock.Options{Update: true}, wants...)
		clean(t, s, wants...)
		equal(t, "files", names(t, s), []string{
			cardName(commitA), cardName(commitC), "cards/gitlab.com/ada/group/tides/" + commitC + ".json", "index.json",
		})
	}
	if steps < 6 { // three cards, the index, two cards to remove
		t.Errorf("only %d steps", steps)
	}
}

func checkIndexed(t *testing.T, s lock.Store, at int) {
	t.Helper()
	x, err := s.Index()
	if err != nil || len(x.Repos) != 2 {
		t.Fatalf("stopped at step %d: %v, %v", at, x, err)
	}
	for repo, r := range x.Repos {
		for ref, commit := range r.Refs {
			if _, err := s.Card(repo, commit); err != nil {
				t.Errorf("stopped at step %d: %s at %s: %v", at, repo, ref, err)
			}
		}
	}
}
