package post

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/page/near"
	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// NearTags adds a warning for each text that looks as if it was meant as a tag
// and is none, also for one inside an HTML block. It does nothing without the extension that finds the tags.
var NearTags goldmark.Extender = telling(tellNearTags)

func tellNearTags(doc *ast.Document, reader text.Reader, pc parser.Context) {
	var tags []text.Segment
	for _, t := range extension.Tags(pc) {
		tags = append(tags, t.Segment)
	}
	for _, n := range near.Find(doc, reader.Source(), tags) {
		remark.Add(pc, n.Offset, "%s", n)
	}
}
