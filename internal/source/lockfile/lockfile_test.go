package lockfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

const (
	repo    = "https://github.com/ada/waves"
	commitA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	commitB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func entry(commit string, files ...string) *lockfile.Entry {
	return &lockfile.Entry{Ref: "main", Files: files, Card: &card.Card{
		Version: card.Version, Repo: repo, Commit: commit, Date: "2026-01-02T03:04:05Z",
		Apps:  []card.App{{Name: "wave", Path: "wave", URLPath: "/wave"}},
		Files: []card.File{{Path: "wave/main.py", Size: -1, Text: "x = \"<é\u2028>\"\n"}},
	}}
}

func write(t testing.TB, f lockfile.Folder, e *lockfile.Entry) (file, text string) {
	t.Helper()
	if _, err := f.Write(e); err != nil {
		t.Fatal(err)
	}
	file = f.File(lockfile.Name(e.Repo(), e.Ref))
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, string(data)
}

func put(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestName(t *testing.T) {
	for want, of := range map[string][2]string{
		"github-com-ada-waves-main-":             {repo, "main"},
		"git-example-8443-ada-x-y-v1-0-feature-": {"https://git.example:8443/ada/x.y", "v1.0/feature"},
		"git-example-7eada-head-":                {"http://git.example/%7Eada", "HEAD"},
	} {
		if got := lockfile.Name(of[0], of[1]); !strings.HasPrefix(got, want) || len(got) != len(want)+len("123456789abc.json") {
			t.Errorf("%q: %s", of, got)
		}
	}
	long := lockfile.Name(repo, strings.Repeat("ab-", 80))
	if len(long) > 80 {
		t.Errorf("%s is long", long)
	}
	if a, b := lockfile.Name(repo, "Main"), lockfile.Name(repo, "main"); strings.EqualFold(a, b) {
		t.Errorf("%s and %s are one file where case does not matter", a, b)
	}
}

func TestReadsWhatItWrote(t *testing.T) {
	f := lockfile.Folder{Dir: filepath.Join(t.TempDir(), "new")}
	if _, err := f.Read(repo, "main"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
	want := entry(commitA, "b.csv", "a.csv", "b.csv")
	write(t, f, want)
	e, err := f.Read(repo, "main")
	if err != nil || e.Commit() != commitA || !slices.Equal(e.Files, []string{"a.csv", "b.csv"}) || e.Card.Files[0].Text != want.Card.Files[0].Text {
		t.Errorf("%+v, %v", e, err)
	}
	if changed, err := f.Write(want); err != nil || changed {
		t.Errorf("written again: %v, %v", changed, err)
	}
	names, err := f.Names()
	if err != nil || !slices.Equal(names, []string{lockfile.Name(repo, "main")}) {
		t.Errorf("names %q, %v", names, err)
	}
}

// TestFormDoesNotMatter rewrites a file as editors, git and formatters do.
func TestFormDoesNotMatter(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	file, text := write(t, f, entry(commitA))
	var compact, tabs bytes.Buffer
	var sorted any
	if err := errors.Join(json.Compact(&compact, []byte(text)), json.Indent(&tabs, []byte(text), " ", "\t"), json.Unmarshal([]byte(text), &sorted)); err != nil {
		t.Fatal(err)
	}
	escaped, err := json.Marshal(sorted)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"crlf": strings.ReplaceAll(text, "\n", "\r\n"), "compact": compact.String(), "tabs": tabs.String(), "sorted and escaped": string(escaped),
	} {
		if form == text {
			t.Errorf("%s: nothing changed", name)
		}
		put(t, file, form)
		if _, err := f.Read(repo, "main"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNoChangeGoesUnnoticed replaces one byte of a file by another: the card is
// the same still, or the change is noticed.
func TestNoChangeGoesUnnoticed(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	file, text := write(t, f, entry(commitA, "a.csv"))
	was, err := f.Read(repo, "main")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		at := rapid.IntRange(0, len(text)-1).Draw(r, "at")
		put(t, file, text[:at]+string(rapid.RuneFrom([]rune("a1 \",{}:\n<")).Draw(r, "byte"))+text[at+1:])
		e, err := f.Read(repo, "main")
		var d *lockfile.Damaged
		if err != nil {
			if !errors.As(err, &d) && !errors.Is(err, lockfile.ErrNewer) {
				t.Fatalf("another error: %v", err)
			}
			return
		}
		var a, b bytes.Buffer
		if err := errors.Join(was.Card.Write(&a), e.Card.Write(&b)); err != nil || a.String() != b.String() || !slices.Equal(e.Files, was.Files) {
			r.Fatalf("a change is not noticed: %v\n%s", err, b.String())
		}
	})
}

// TestCutFilesKeepTheirPin cuts a file everywhere: what is read of it is right,
// and as long as the commit is there, it is read.
func TestCutFilesKeepTheirPin(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	file, text := write(t, f, entry(commitA, "a.csv"))
	known := strings.Index(text, commitA) + len(commitA) + 1
	for at := range len(text) - 2 {
		put(t, file, text[:at])
		_, err := f.Read(repo, "main")
		var d *lockfile.Damaged
		if !errors.As(err, &d) || (len(d.Pins) == 1) != (at >= known) {
			t.Fatalf("cut at %d of %d: %v, %+v", at, known, err, d)
		}
		if len(d.Pins) == 1 && (d.Pins[0].Commit != commitA || !slices.Equal(d.Pins[0].Files, []string{"a.csv"})) {
			t.Fatalf("cut at %d: %+v", at, d.Pins)
		}
	}
}

func TestConflictsKeepBothSides(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	_, ours := write(t, f, entry(commitA, "a.csv"))
	file, theirs := write(t, f, entry(commitB, "b.csv"))
	for name, text := range map[string]string{
		"merge": "<<<<<<< HEAD\n" + ours + "=======\n" + theirs + ">>>>>>> side\n",
		"diff3": "<<<<<<< HEAD\n" + ours + "||||||| base\nnothing\n=======\n" + theirs + ">>>>>>> side\n",
		"crlf":  strings.ReplaceAll("<<<<<<< HEAD\n"+ours+"=======\n"+theirs+">>>>>>> side\n", "\n", "\r\n"),
	} {
		put(t, file, text)
		_, err := f.Read(repo, "main")
		var d *lockfile.Damaged
		if !errors.As(err, &d) || !errors.Is(err, lockfile.ErrMerge) || len(d.Pins) != 2 || d.Pins[0].Commit != commitA || d.Pins[1].Commit != commitB {
			t.Errorf("%s: %v, %+v", name, err, d)
		}
	}
}

func TestWhatANewerVersionWroteIsLeft(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	file, text := write(t, f, entry(commitA))
	for _, old := range []string{`"version": 2`, `"version": 1`} {
		put(t, file, strings.Replace(text, old, `"version": 99`, 1))
		if _, err := f.Read(repo, "main"); !errors.Is(err, lockfile.ErrNewer) {
			t.Errorf("%s: %v", old, err)
		}
	}
}

// TestWhatHangsAHighlighterIsNotRead has a card of which each file could take long,
// and one of which both together could.
func TestWhatHangsAHighlighterIsNotRead(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	for quotes, files := range map[int]int{8000: 1, 3000: 2} {
		e := entry(commitA, "a.csv")
		e.Card.Files = nil
		for i := range files {
			e.Card.Files = append(e.Card.Files, card.File{Path: fmt.Sprintf("%d.yml", i), Size: -1, Language: "yaml", Text: strings.Repeat("'", quotes)})
		}
		write(t, f, e)
		_, err := f.Read(repo, "main")
		var d *lockfile.Damaged
		if !errors.As(err, &d) || !errors.Is(err, lockfile.ErrCostly) || len(d.Pins) != 1 || d.Pins[0].Commit != commitA {
			t.Errorf("%d files with %d quotes: %v, %+v", files, quotes, err, d)
		}
		for i := range e.Card.Files {
			e.Card.Files[i].Language = ""
		}
		write(t, f, e)
		if _, err := f.Read(repo, "main"); err != nil {
			t.Errorf("as plain text: %v", err)
		}
	}
}

func TestPruneRemovesOnlyEntries(t *testing.T) {
	f := lockfile.Folder{Dir: t.TempDir()}
	file, text := write(t, f, entry(commitA))
	other := entry(commitB)
	other.Ref = "v1"
	kept, _ := write(t, f, other)
	foreign := []string{f.File("notes.json"), f.File("notes-123456789abc.json"), f.File("readme.md")}
	for _, name := range foreign {
		put(t, name, "{}")
	}
	put(t, file, text[:len(text)/2]) // a damaged one is still one
	removed, err := f.Prune([]string{filepath.Base(kept)})
	if err != nil || !slices.Equal(removed, []string{file}) {
		t.Errorf("removed %q, %v", removed, err)
	}
	for _, name := range append(foreign, kept) {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}

// TestStaysInside writes into a folder that is reached by a link, and nothing by
// a link that leads out of it.
func TestStaysInside(t *testing.T) {
	dir := t.TempDir()
	inside, outside := filepath.Join(dir, "inside"), filepath.Join(dir, "outside")
	if err := errors.Join(os.Mkdir(inside, 0o755), os.Mkdir(outside, 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("inside", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	f := lockfile.Folder{Dir: filepath.Join(dir, "link")}
	write(t, f, entry(commitA))
	if err := errors.Join(os.RemoveAll(filepath.Join(inside, "cards")), os.Symlink("../outside", filepath.Join(inside, "cards"))); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(entry(commitB)); err == nil || !strings.Contains(err.Error(), "leads out of the folder") {
		t.Errorf("got %v", err)
	}
	if list, err := os.ReadDir(outside); err != nil || len(list) > 0 {
		t.Errorf("outside are now %v, %v", list, err)
	}
}

// FuzzRead reads files that nobody may have written. One that is read comes back from
// what is written of it; of one that is not, no pin has what the text does not hold.
func FuzzRead(f *testing.F) {
	folder := lockfile.Folder{Dir: f.TempDir()}
	whole := entry(commitA, "*.csv")
	if _, err := folder.Write(whole); err != nil {
		f.Fatal(err)
	}
	file := folder.File(lockfile.Name(repo, "main"))
	text, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	if e, err := folder.Read(repo, "main"); err != nil || e.Commit() != commitA {
		f.Fatalf("%v, %v", e, err)
	}
	f.Add(text)
	f.Add(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
	f.Add(text[:len(text)/2])
	f.Add([]byte("<<<<<<< a\n" + string(text) + "=======\n" + strings.ReplaceAll(string(text), commitA, commitB) + ">>>>>>> b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		e, err := folder.Read(repo, "main")
		var damaged *lockfile.Damaged
		switch {
		case err == nil:
			other := lockfile.Folder{Dir: t.TempDir()}
			if _, err := other.Write(e); err != nil {
				t.Fatal(err)
			}
			again, err := other.Read(e.Repo(), e.Ref)
			if err != nil || again.Commit() != e.Commit() || again.Ref != e.Ref {
				t.Errorf("%+v came back as %+v, %v", e, again, err)
			}
		case errors.As(err, &damaged):
			for _, p := range damaged.Pins {
				// JSON may write a commit in other characters, and what is not UTF-8 is replaced.
				if utf8.Valid(text) && !bytes.Contains(text, []byte(`\`)) && !bytes.Contains(text, []byte(p.Commit)) {
					t.Errorf("the pin %q is not in %q", p.Commit, text)
				}
			}
		default:
			t.Errorf("%v for %q", err, text)
		}
	})
}
