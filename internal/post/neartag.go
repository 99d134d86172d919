package post

import (
	"regexp"
	"sort"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// NearTags adds a warning for each text that looks as if it was meant as a tag
// and is none, also for one inside an HTML block. It does nothing without the extension that finds the tags.
var NearTags goldmark.Extender = nearTags{}

type nearTags struct{}

// Extend installs a transformer that comes after those that make tags of text.
func (nearTags) Extend(md goldmark.Markdown) {
	md.Parser().AddOptions(parser.WithASTTransformers(util.Prioritized(nearTags{}, 1000)))
}

var nearTag = regexp.MustCompile(`(?i)<{2,3}[ \t]*bokehbinders?\b`)

// Transform looks at the text of every block but code, and at HTML blocks.
func (nearTags) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	source := reader.Source()
	if !nearTag.Match(source) {
		return
	}
	meant := outside(nearTag.FindAllIndex(source, -1), extension.Tags(pc))
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Text:
			if entering && n.Parent().Kind() != ast.KindCodeSpan {
				tell(pc, meant, n.Segment, nearTagMessage)
			}
		case *ast.HTMLBlock:
			if !entering || n.HTMLBlockType < ast.HTMLBlockType6 { // code, comments and the like
				break
			}
			for i := range n.Lines().Len() {
				tell(pc, meant, n.Lines().At(i), inHTMLMessage)
			}
		}
		return ast.WalkContinue, nil
	})
}

const nearTagMessage = `this looks like a tag and is none: a tag begins with "<<< bokehbinder ", in this spelling, ` +
	`and ends with >>> in the same paragraph, not at the beginning of a line`

const inHTMLMessage = "this tag stays text, since it stands inside an HTML block, which is not Markdown; put an empty line before it and after it"

// tell adds a remark for each offset that is in a segment.
func tell(pc parser.Context, offsets []int, s text.Segment, message string) {
	from, to := within(offsets, s)
	for _, at := range offsets[from:to] {
		remark.Add(pc, at, "%s", message)
	}
}

// outside returns the beginnings of the matches that are not in a tag. Both are
// in the order of the source.
func outside(matches [][]int, tags []*extension.Tag) (offsets []int) {
	for _, m := range matches {
		for len(tags) > 0 && tags[0].Segment.Stop <= m[0] {
			tags = tags[1:]
		}
		if len(tags) == 0 || m[0] < tags[0].Segment.Start {
			offsets = append(offsets, m[0])
		}
	}
	return offsets
}

// within returns which of the ascending offsets are in a segment.
func within(offsets []int, s text.Segment) (from, to int) {
	return sort.SearchInts(offsets, s.Start), sort.SearchInts(offsets, s.Stop)
}
