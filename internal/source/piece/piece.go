// Package piece reads what a request for a card says of pieces of files:
// app/main.py#L10-L30 and app/main.py#load. A file whose own name is written so is
// no piece, so that a text alone does not tell; a repository's files do, and the
// card that was made of them.
package piece

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
)

// Mark stands between a file's path and the piece of it.
const Mark = "#"

// Split returns the path and the piece that an item of the argument files has, if
// it may be one of a piece. A path may have the mark, too, so the last one counts.
func Split(item string) (path, name string, ok bool) {
	at := strings.LastIndex(item, Mark)
	if at <= 0 {
		return item, "", false
	}
	return item[:at], item[at+len(Mark):], true
}

// lines is how they are written: as GitHub and GitLab do in their addresses.
var lines = regexp.MustCompile(`^L([0-9]+)(?:-L?([0-9]+))?$`)

// Lines returns the first and last line that a piece's name says, if it is one of
// lines and not that of something in the file. A number that is too large to be one
// is the largest.
func Lines(name string) (first, last int, ok bool) {
	m := lines.FindStringSubmatch(name)
	if m == nil {
		return 0, 0, false
	}
	first, _ = strconv.Atoi(m[1]) // which returns the largest where it is too large
	if last = first; m[2] != "" {
		last, _ = strconv.Atoi(m[2])
	}
	return first, last, true
}

// Of returns what a card has of an item, nil if that is no piece there.
func Of(c *card.Card, item string) *card.Piece {
	at := slices.IndexFunc(c.Pieces, func(p card.Piece) bool { return p.Of == item })
	if at < 0 {
		return nil
	}
	return &c.Pieces[at]
}

// Untold returns those items of which a card does not say whether they are pieces: it
// was made by what does not know them.
func Untold(c *card.Card, items []string) []string {
	return slices.DeleteFunc(slices.Clone(items), func(item string) bool {
		_, _, may := Split(item)
		return !may || Of(c, item) != nil || isFile(c, item)
	})
}

// isFile says whether a card has a file that an item stands for.
func isFile(c *card.Card, item string) bool {
	p, err := glob.CompileStars(item)
	return err != nil || slices.ContainsFunc(c.Files, func(f card.File) bool { return p.Match(f.Path) })
}
