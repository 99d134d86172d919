package extension

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/near"
)

// nearPriority puts the search for what is no tag behind that for tags.
const nearPriority = TransformerPriority + 1

// nearTags tells OnWarning of text that looks as if it was meant as a tag.
type nearTags struct{ warn func(*Error) }

// Transform implements parser.ASTTransformer.
func (t *nearTags) Transform(root *ast.Document, reader text.Reader, pc parser.Context) {
	source := reader.Source()
	var tags []text.Segment
	for _, found := range Tags(pc) {
		tags = append(tags, found.Segment)
	}
	found := near.Find(root, source, tags)
	if len(found) == 0 {
		return
	}
	origin := stateOf(pc).origin
	places := position.Count(position.Position{File: origin.File, Line: max(origin.Line, 1), Column: 1}, source)
	for _, n := range found {
		t.warn(&Error{Position: places.At(n.Offset).Token(n.Offset), Message: n.Message, Hint: n.Hint})
	}
}
