package lock

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// hintLines says what to ask for instead of lines that move.
const hintLines = "look at the page; a function, a class or a region is found by its name wherever it moves"

// linesOf lists the files of which a card shows lines, in which those are looked for
// once the file has changed.
func linesOf(c *card.Card) []string {
	var paths []string
	for _, p := range c.Pieces {
		if path, name, _ := piece.Split(p.Of); isShown(&p) && isLines(name) {
			paths = append(paths, path)
		}
	}
	return sortedSet(paths)
}

func isLines(name string) bool { _, _, lines := piece.Lines(name); return lines }

func isShown(p *card.Piece) bool { return p != nil && p.Problem == "" }

// without returns a card without the files that were read with it for a look at them:
// those that none of the items asks for.
func without(c *card.Card, looked, items []string) *card.Card {
	if len(looked) == 0 {
		return c
	}
	var globs []*glob.Pattern
	for _, item := range items {
		if g, err := glob.CompileStars(item); err == nil {
			globs = append(globs, g)
		}
	}
	out := *c
	out.Files = slices.DeleteFunc(slices.Clone(c.Files), func(f card.File) bool {
		return f.Role == card.RoleExtra && !slices.ContainsFunc(globs, func(g *glob.Pattern) bool { return g.Match(f.Path) })
	})
	return &out
}

// news says what became of the pieces that a use asks for: which of them are not there,
// and which are lines that show something else than on the card before, if there was
// one. A piece with a name shows what has the name, and no news is made of that.
func news(u use, before, now *card.Card) (list []Problem) {
	tell := func(p Problem) {
		p.Where = u.where
		list = append(list, p)
	}
	if before == nil {
		before = new(card.Card)
	}
	for _, item := range u.files {
		p, old := piece.Of(now, item), piece.Of(before, item)
		_, name, _ := piece.Split(item)
		switch {
		case p == nil:
		case p.Problem != "" && isShown(old):
			tell(Problem{Message: fmt.Sprintf("files: %s; it was there at %s", p.Problem, short(before)), Hint: fmt.Sprintf(doors.Say().Valid, p.Valid)})
		case p.Problem != "":
			tell(Problem{Message: fmt.Sprintf("files: %s at %s", p.Problem, short(now)), Hint: fmt.Sprintf(doors.Say().Valid, p.Valid)})
		case isShown(old) && isLines(name) && p.Text != old.Text:
			tell(Problem{Message: fmt.Sprintf("files: %q shows other lines than at %s; %s", item, short(before), movedTo(now, old)), Hint: hintLines})
		}
	}
	return list
}

// short is a card's commit as people write it.
func short(c *card.Card) string { return c.Commit[:min(len(c.Commit), 7)] }

// movedTo says where the lines of a piece are now, as far as the card has the file.
func movedTo(now *card.Card, old *card.Piece) string {
	for _, f := range now.Files {
		if f.Path != old.Path || f.Text == "" {
			continue
		}
		text := "\n" + f.Text
		at := strings.Index(text, "\n"+old.Text)
		switch {
		case at >= 0 && strings.Contains(text[at+1:], "\n"+old.Text):
			return "those are in several places now"
		case at >= 0:
			return fmt.Sprintf("those begin at #L%d now", strings.Count(text[:at+1], "\n"))
		case f.Omitted == "":
			return "those are not in the file any more"
		}
	}
	return "where those are is not known"
}
