package piece_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

func TestLines(t *testing.T) {
	tests := []struct {
		name        string
		first, last int
		lines       bool
	}{
		{"L10", 10, 10, true},
		{"L10-L30", 10, 30, true},
		{"L10-30", 10, 30, true},
		{"L30-L10", 30, 10, true},
		{"L0", 0, 0, true},
		{"L1-L99999999999999999999", 1, math.MaxInt, true},
		{"l10", 0, 0, false},
		{"L10-", 0, 0, false},
		{"L1C2-L3C4", 0, 0, false},
		{"L-1", 0, 0, false},
		{"load", 0, 0, false},
		{"", 0, 0, false},
	}
	for _, tt := range tests {
		first, last, lines := piece.Lines(tt.name)
		if first != tt.first || last != tt.last || lines != tt.lines {
			t.Errorf("%q: got %d, %d, %v", tt.name, first, last, lines)
		}
	}
}

// TestSplit joins paths and names, and finds them again.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		path := rapid.StringMatching(`[a-c#/. *]{0,6}[a-c]`).Draw(r, "path")
		name := rapid.StringMatching(`[a-cL0-9./ -]{0,6}`).Draw(r, "name")
		if p, n, ok := piece.Split(path + "#" + name); !ok || p != path || n != name {
			r.Errorf("got %q, %q, %v", p, n, ok)
		}
	})
	for _, item := range []string{"a/b.py", "#a", "#", ""} {
		if _, _, ok := piece.Split(item); ok {
			t.Errorf("%q may be one of a piece", item)
		}
	}
}

// TestUntold has a card that knows of some pieces, and of a file whose name has a #.
func TestUntold(t *testing.T) {
	c := &card.Card{Files: []card.File{{Path: "c#/x#1.csv"}}, Pieces: []card.Piece{{Of: "a.py#L1"}, {Of: "a.py#f", Problem: "is gone"}}}
	got := piece.Untold(c, []string{"a.py", "a.py#L1", "a.py#f", "a.py#L2", "c#/x#1.csv", "c#/x#*.csv", "c#/x#2.csv", "*#*.py"})
	if want := []string{"a.py#L2", "c#/x#2.csv", "*#*.py"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
