package view

import (
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/visible"
)

// Visible returns a card with all that readers see of it made visible, which is the
// card itself if it is already, as those are that this project makes. Whoever takes
// cards from elsewhere does it once, so that nobody has to later.
func Visible(c *card.Card) *card.Card {
	seen := *c
	changed := false
	write := func(text *string) {
		if s := visible.Text(*text); s != *text {
			*text, changed = s, true
		}
	}
	seen.Apps, seen.Files = slices.Clone(c.Apps), slices.Clone(c.Files)
	write(&seen.Repo)
	for i := range seen.Apps {
		app := &seen.Apps[i]
		write(&app.Name)
		write(&app.Path)
		write(&app.Entry)
	}
	for i := range seen.Files {
		write(&seen.Files[i].Path)
		write(&seen.Files[i].Text)
	}
	seen.Pieces = slices.Clone(c.Pieces)
	for i := range seen.Pieces {
		p := &seen.Pieces[i]
		for _, text := range []*string{&p.Path, &p.Name, &p.Text, &p.Problem, &p.Valid} {
			write(text)
		}
	}
	if !changed {
		return c
	}
	return &seen
}
