// Package colour says which files of a card may be highlighted.
package colour

import (
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/strain"
)

// Fit returns the card with a language for those of its pieces and files alone that
// together cost a highlighter no more than a card may. It is the same card where
// all of them do; otherwise that one is left as it is.
func Fit(c *card.Card) *card.Card {
	pieces, files, left := slices.Clone(c.Pieces), slices.Clone(c.Files), strain.NewLeft()
	take := func(language *string, text string) {
		if *language != "" && !left.Take(text) {
			*language = ""
		}
	}
	for i := range pieces {
		take(&pieces[i].Language, pieces[i].Text)
	}
	for i := range files {
		take(&files[i].Language, files[i].Text)
	}
	if slices.Equal(files, c.Files) && slices.Equal(pieces, c.Pieces) {
		return c
	}
	out := *c
	out.Pieces, out.Files = pieces, files
	return &out
}
