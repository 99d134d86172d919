package view_test

import (
	"reflect"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// TestVisible makes a card visible, once: what is visible is given back as it is,
// and the card of somebody else stays as it was.
func TestVisible(t *testing.T) {
	c := &card.Card{
		Repo: "o\u202e", Apps: []card.App{{Name: "\u202en", Path: "p\u202e", Entry: "e\u202e"}},
		Files: []card.File{{Path: "a\u202e", Text: "x\u202e"}, {Path: "b"}},
	}
	got := view.Visible(c)
	want := &card.Card{
		Repo: "o⟨U+202E⟩", Apps: []card.App{{Name: "⟨U+202E⟩n", Path: "p⟨U+202E⟩", Entry: "e⟨U+202E⟩"}},
		Files: []card.File{{Path: "a⟨U+202E⟩", Text: "x⟨U+202E⟩"}, {Path: "b"}},
	}
	if !reflect.DeepEqual(got, want) || c.Files[0].Path != "a\u202e" || c.Apps[0].Name != "\u202en" {
		t.Errorf("got %+v of %+v", got, c)
	}
	if view.Visible(got) != got {
		t.Error("a visible card is made anew")
	}
}
