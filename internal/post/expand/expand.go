// Package expand puts embeds in the place of a post's tags, for a site whose own
// generator does the rest, and takes them out again. Every other byte stays as it is.
//
// A tag is kept in a comment at the beginning of its embed, so that running it again
// updates the embed: it is taken out first, then put in anew. What the comment says
// before the tag is a hash of the embed, by which a change by hand is noticed, and how
// many bytes were put in before and after the embed to make a block of it.
package expand

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/post"
)

// Options say how embeds are made.
type Options struct {
	// Source answers what the tags ask for.
	Source card.Source
	// Limits are what one post may cost.
	Limits extension.Limits
	// Hubs are for tags that name none.
	Hubs []string
	// File names the post among all those whose embeds may stand on one page.
	File string
}

// Result is what became of a post.
type Result struct {
	Text     []byte
	Tags     []*extension.Tag
	Warnings []post.Warning
	// Errors is what is wrong with tags. The text is of no use then.
	Errors []*extension.Error
}

// Expand puts embeds in the place of the tags of a post that has none yet, see
// [Collapse].
func Expand(ctx context.Context, file string, src []byte, o Options) (*Result, error) {
	entry, err := post.Parse(file, src)
	if err != nil {
		return nil, err
	}
	md := post.Markdown(&extension.Extender{Source: o.Source, Hubs: o.Hubs, Limits: o.Limits, Language: entry.Meta.Language()}, post.NearTags)
	var document parser.Context
	root, warnings := entry.Tree(md, func(pc parser.Context) {
		document = pc
		extension.SetContext(ctx, pc)
		extension.SetOrigin(pc, extension.Origin{File: entry.File, Line: entry.FirstLine})
		form.Set(pc, form.As{Markdown: true, ID: ids(o.File)})
	})
	if err := md.Renderer().Render(io.Discard, entry.Body, root); err != nil {
		return nil, err
	}
	embeds, err := drawn(md, entry.Body, root)
	if err != nil {
		return nil, err
	}
	r := &Result{Warnings: warnings, Text: bytes.Clone(src[:len(src)-len(entry.Body)])}
	b := &body{text: entry.Body}
	literal := raw.FindAllIndex(entry.Body, -1)
	at := 0
	for _, t := range extension.Tags(document) {
		if within(literal, t.Segment.Start) {
			continue
		}
		r.Tags, r.Errors = append(r.Tags, t), append(r.Errors, t.Errors()...)
		r.Text = append(r.Text, entry.Body[at:t.Segment.Start]...)
		r.Text = append(r.Text, b.embed(t, embeds[t])...)
		at = t.Segment.Stop
	}
	r.Text = append(r.Text, entry.Body[at:]...)
	if len(r.Tags) == 0 || len(r.Errors) > 0 {
		return r, nil
	}
	// Markdown has more corners than are thought of here.
	if was, problems, err := Collapse(file, r.Text, false); err != nil || len(problems) > 0 || !bytes.Equal(was, src) {
		return nil, &post.Error{Pos: position.Of(r.Tags[0].Position), Message: "an embed here could not be taken out again; give each tag a paragraph of its own, with empty lines around it"}
	}
	return r, nil
}

// raw is text that Jekyll shows as it stands.
var raw = regexp.MustCompile(`(?s)\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}`)

func within(ranges [][]int, at int) bool {
	return slices.ContainsFunc(ranges, func(r []int) bool { return r[0] <= at && at < r[1] })
}

// ids returns the ids of one file's embeds: made of the file, the repository and how
// often it was shown before, so that another tag changes none of them.
func ids(file string) func(repo string) string {
	used := make(map[string]int)
	return func(repo string) string {
		used[repo]++
		sum := sha256.Sum256([]byte(file + "\x00" + repo))
		return fmt.Sprintf("bb-%s-%d", hex.EncodeToString(sum[:4]), used[repo])
	}
}

// drawn returns each tag's HTML.
func drawn(md goldmark.Markdown, source []byte, root ast.Node) (map[*extension.Tag]string, error) {
	embeds := make(map[*extension.Tag]string)
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		var t *extension.Tag
		switch n := n.(type) {
		case *extension.Block:
			t = n.Tag
		case *extension.Inline:
			t = n.Tag
		}
		if t == nil || !entering {
			return ast.WalkContinue, nil
		}
		var b strings.Builder
		err := md.Renderer().Render(&b, source, n)
		embeds[t] = strings.TrimRight(b.String(), "\n")
		return ast.WalkContinue, err
	})
	return embeds, err
}

// body is the text in which tags stand.
type body struct{ text []byte }

// embed is what stands in the place of a tag.
func (b *body) embed(t *extension.Tag, html string) string {
	inner := string(b.text[t.Segment.Start+len(tag.Open) : t.Segment.Stop-len(tag.Close)])
	element, before, after := "span", "", ""
	if !t.Inline {
		element = "div"
		html = strings.TrimSuffix(strings.TrimPrefix(html, "<div>"), "</div>")
		before, after = b.around(t.Segment.Start, t.Segment.Stop)
	}
	return fmt.Sprintf("%s<%s>%s%s-%d-%d%s-->%s%s</%s>%s", before, element, opening, hash(html), len(before), len(after),
		keep(inner), html, closing, element, after)
}

// The comments around an embed.
const (
	opening = "<!--bokehbinder "
	closing = "<!--/bokehbinder-->"
)

// hash tells whether an embed is as it was written.
func hash(html string) string {
	sum := sha256.Sum256([]byte(html))
	return hex.EncodeToString(sum[:6])
}

var (
	// containers begin a line within quotes, list items and the like.
	containers = regexp.MustCompile(`^(?:[ \t]*(?:>|[-*+][ \t]|[0-9]{1,9}[.)][ \t]|\[\^[^\]\n]+\]:|:[ \t]))*[ \t]*`)
	item       = regexp.MustCompile(`[-*+.):]`)
	newItem    = regexp.MustCompile(`^[ \t>]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]`)
)

// around returns what has to stand before and after the embed for a tag, to make a
// block of it: it has blank lines, or nothing, around it.
func (b *body) around(start, stop int) (before, after string) {
	first := bytes.LastIndexByte(b.text[:start], '\n') + 1
	line := string(b.text[first:start])
	prefix := containers.FindString(line)
	end := "\n"
	if i := bytes.IndexByte(b.text[first:], '\n'); i > 0 && b.text[first+i-1] == '\r' {
		end = "\r\n"
	}
	next := continued(containers.FindString(b.paragraph(first)))
	inItem := item.MatchString(prefix)
	switch {
	case prefix != line:
		before = end + next + end + next
	case inItem || first == 0 || isBlank(b.text[bytes.LastIndexByte(b.text[:first-1], '\n')+1:first]):
	default:
		before = end + next
	}
	rest, following, _ := bytes.Cut(b.text[stop:], []byte("\n"))
	below, _, _ := bytes.Cut(following, []byte("\n"))
	switch {
	case len(bytes.TrimSpace(rest)) > 0:
		after = end + next + end + next
	case isBlank(below) || inItem && newItem.Match(below):
	default:
		after = end + next
	}
	return before, after
}

// paragraph returns the text from the first line of the paragraph that goes on at an
// offset: further lines of one may be indented as if they were code, or lack the marks
// of their quote.
func (b *body) paragraph(first int) string {
	for first > 0 {
		above := bytes.LastIndexByte(b.text[:first-1], '\n') + 1
		if item.Match(containers.Find(b.text[first:])) || isBlank(b.text[above:first]) {
			break
		}
		first = above
	}
	line, _, _ := bytes.Cut(b.text[first:], []byte("\n"))
	return string(line)
}

// continued is how a further line begins in the containers that a line begins with.
func continued(prefix string) string {
	return strings.Map(func(r rune) rune {
		if r == '>' || r == '\t' {
			return r
		}
		return ' '
	}, prefix)
}

// isBlank says whether a line has nothing but marks of quotes.
func isBlank(line []byte) bool { return len(bytes.Trim(line, " \t\r\n>")) == 0 }
