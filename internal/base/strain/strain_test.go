package strain_test

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/base/strain"
)

// TestRuns has 16 to 64 KB of each character, of it and a letter, and of it and a
// blank or the end of a line: all that is not made of letters is over the limit.
func TestRuns(t *testing.T) {
	for c := rune('!'); c < 0x7f; c++ {
		if strings.ContainsRune("_", c) || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' {
			continue
		}
		for _, unit := range []string{string(c), string(c) + "a", string(c) + " ", string(c) + "\n"} {
			for _, size := range []int{16 << 10, 64 << 10} {
				if got := strain.Steps(strings.Repeat(unit, size/len(unit))); got <= strain.MaxCard {
					t.Errorf("%d bytes of %q: %d steps", size, unit, got)
				}
			}
		}
	}
	for _, unit := range []string{" ", "\n", " \n", "\t"} {
		if got := strain.Steps(strings.Repeat(unit, 16<<10)); got <= strain.MaxCard {
			t.Errorf("%q: %d steps", unit, got)
		}
	}
}

// TestCode has the files of this module: half of a card that is full of such is highlighted,
// but for lines that nobody reads.
func TestCode(t *testing.T) {
	all, over := 0, 0
	err := fs.WalkDir(os.DirFS("../../.."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path.Base(name) == "node_modules" || name == "build" || path.Base(name) == "testdata" || name == ".git"):
			return fs.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".go", ".py", ".js", ".css", ".yaml", ".yml", ".html", ".toml", ".md", ".sh"}, path.Ext(name)):
			return nil
		}
		text, err := os.ReadFile("../../../" + name)
		if size := min(len(text), 64<<10); size > 0 {
			all++
			if strain.Steps(string(text[:size]))/size > strain.MaxCard/(256<<10) {
				over++
			}
		}
		return err
	})
	if err != nil || all < 100 || over > all/20 {
		t.Errorf("%d of %d files cost too much: %v", over, all, err)
	}
}

func TestTake(t *testing.T) {
	left := strain.NewLeft()
	line, taken := strings.Repeat("a: [b]", 100)+"\n", 0
	for left.Take(line) {
		taken++
	}
	if want := strain.MaxCard / strain.Steps(line); taken != want || taken == 0 {
		t.Errorf("%d lines are taken, want %d", taken, want)
	}
	if !left.Take("a = 1\n") {
		t.Error("what is left is not enough for one line")
	}
}
