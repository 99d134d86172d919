// Package near finds text that looks as if it was meant as a tag and is none, for all
// doors.
package near

import (
	"cmp"
	"regexp"
	"slices"
	"sort"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Text is such a text.
type Text struct {
	// Offset is where it begins in the source.
	Offset int
	// Message says why it is no tag, in lower case without a full stop.
	Message string
	// Hint says what would help; it may be empty.
	Hint string
}

// String returns all that is to be said.
func (t Text) String() string {
	if t.Hint == "" {
		return t.Message
	}
	return t.Message + "; " + t.Hint
}

var (
	notATag = Text{Message: `this looks like a tag and is none: a tag begins with "<<< bokehbinder ", in this spelling, ` +
		`and ends with >>> in the same paragraph, not at the beginning of a line`}
	inHTML = Text{Message: "this tag stays text, since it stands inside an HTML block, which is not Markdown",
		Hint: "put an empty line before it and after it"}
)

var looks = regexp.MustCompile(`(?i)<{2,3}[ \t]*bokehbinders?\b`)

// Find looks at the text of every block of a document but code, and at HTML blocks. The
// tags of the document are in the order of the source.
func Find(doc ast.Node, source []byte, tags []text.Segment) (found []Text) {
	matches := looks.FindAllIndex(source, -1)
	if len(matches) == 0 {
		return nil
	}
	meant := outside(matches, tags)
	tell := func(s text.Segment, what Text) {
		from, to := sort.SearchInts(meant, s.Start), sort.SearchInts(meant, s.Stop)
		for _, what.Offset = range meant[from:to] {
			found = append(found, what)
		}
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering && n.Parent().Kind() != ast.KindCodeSpan {
				tell(n.Segment, notATag)
			}
		case *ast.HTMLBlock:
			if !entering || n.HTMLBlockType < ast.HTMLBlockType6 { // code, comments and the like
				break
			}
			for i := range n.Lines().Len() {
				tell(n.Lines().At(i), inHTML)
			}
		}
		return ast.WalkContinue, nil
	})
	slices.SortStableFunc(found, func(a, b Text) int { return cmp.Compare(a.Offset, b.Offset) })
	return found
}

// outside returns the beginnings of the matches that are not in a tag. Both are in the
// order of the source.
func outside(matches [][]int, tags []text.Segment) (offsets []int) {
	for _, m := range matches {
		for len(tags) > 0 && tags[0].Stop <= m[0] {
			tags = tags[1:]
		}
		if len(tags) == 0 || m[0] < tags[0].Start {
			offsets = append(offsets, m[0])
		}
	}
	return offsets
}
