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
	"github.com/yuin/goldmark/util"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/post"
	"github.com/bokehbinder/bokehbinder/internal/post/mdx"
	"github.com/bokehbinder/bokehbinder/internal/post/rst"
)

// Options say how embeds are made.
type Options struct {
	// Form is that of the post.
	Form form.Form
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
	s := syntaxes[o.Form]
	entry, err := s.parse(file, src)
	if err != nil {
		return nil, err
	}
	md := s.markdown(&extension.Extender{Source: o.Source, Hubs: o.Hubs, Limits: o.Limits, Language: entry.Meta.Language()}, post.NearTags)
	var document parser.Context
	root, warnings := entry.Tree(md, func(pc parser.Context) {
		document = pc
		extension.SetContext(ctx, pc)
		extension.SetOrigin(pc, extension.Origin{File: entry.File, Line: entry.FirstLine})
		form.Set(pc, form.As{Form: o.Form, ID: ids(o.File)})
	})
	if err := md.Renderer().Render(io.Discard, entry.Body, root); err != nil {
		return nil, err
	}
	embeds, err := drawn(md, entry.Body, root)
	if err != nil {
		return nil, err
	}
	r := &Result{Warnings: warnings, Text: bytes.Clone(src[:len(src)-len(entry.Body)])}
	b := &body{text: entry.Body, syntax: s, pc: document}
	literal := raw.FindAllIndex(entry.Body, -1)
	at := 0
	for _, t := range extension.Tags(document) {
		if within(literal, t.Segment.Start) {
			continue
		}
		if t.Inline && !s.links {
			return nil, &post.Error{Pos: position.Of(t.Position), Message: "no embed and no link can be put into a title, a table, a term or an argument; give the tag a paragraph of its own"}
		}
		r.Tags, r.Errors = append(r.Tags, t), append(r.Errors, t.Errors()...)
		r.Text = append(r.Text, entry.Body[at:t.Segment.Start]...)
		text, stop := b.embed(t, embeds[t])
		r.Text = append(r.Text, text...)
		at = stop
	}
	r.Text = append(r.Text, entry.Body[at:]...)
	if len(r.Tags) == 0 || len(r.Errors) > 0 {
		return r, nil
	}
	// Markdown has more corners than are thought of here.
	if was, problems, err := Collapse(file, r.Text, o.Form, false); err != nil || len(problems) > 0 || !bytes.Equal(was, src) {
		return nil, &post.Error{Pos: position.Of(r.Tags[0].Position), Message: "an embed here could not be taken out again; give each tag a paragraph of its own, with empty lines around it"}
	}
	return r, nil
}

// Tags returns the tags of a post, also those that are kept with their embeds, and what
// is worth telling its author. Their repositories are not read.
func Tags(file string, src []byte, f form.Form) ([]*extension.Tag, []post.Warning, error) {
	src, _, err := Collapse(file, src, f, true)
	if err != nil {
		return nil, nil, err
	}
	s := syntaxes[f]
	entry, err := s.parse(file, src)
	if err != nil {
		return nil, nil, err
	}
	var document parser.Context
	_, warnings := entry.Tree(s.markdown(tagsAlone{}, post.NearTags), func(pc parser.Context) {
		document = pc
		extension.SetOrigin(pc, extension.Origin{File: entry.File, Line: entry.FirstLine})
	})
	literal := raw.FindAllIndex(entry.Body, -1)
	return slices.DeleteFunc(extension.Tags(document), func(t *extension.Tag) bool { return within(literal, t.Segment.Start) }), warnings, nil
}

// tagsAlone finds the tags and reads no repository.
type tagsAlone struct{}

// Extend implements goldmark.Extender.
func (tagsAlone) Extend(md goldmark.Markdown) {
	md.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(&extension.Parser{}, extension.ParserPriority)),
		parser.WithASTTransformers(util.Prioritized(&extension.Transformer{}, extension.TransformerPriority)),
	)
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
type body struct {
	*syntax
	text []byte
	pc   parser.Context
	runs []rst.Run
}

// embed is what stands in the place of a tag, with the spaces behind it if lines follow
// that must not begin with them, and where the text goes on.
func (b *body) embed(t *extension.Tag, html string) (text string, stop int) {
	inner := string(b.text[t.Segment.Start+len(tag.Open) : t.Segment.Stop-len(tag.Close)])
	around, before, after, indent := b.inline, "", "", ""
	if !t.Inline {
		around = b.block
		before, after, indent = b.around(b, t)
	}
	html = strings.TrimSuffix(strings.TrimPrefix(html, around.begin), around.end)
	text = fmt.Sprintf("%s%s%s-%d-%d%s%s%s%s%s", around.begin, b.opening, hash(html), len(before), len(after), keep(inner), b.opened, html, b.closing, around.end)
	end := b.lineEnd(t.Segment.Start)
	text = before + strings.NewReplacer("\n\n", end+end+indent, "\n", end+indent).Replace(text)
	stop = t.Segment.Stop
	if b.exact && after != "" {
		stop += spaces(b.text[stop:])
	}
	return text + string(b.text[t.Segment.Stop:stop]) + after, stop
}

// spaces returns how many a text begins with.
func spaces(text []byte) int { return len(text) - len(bytes.TrimLeft(text, " \t")) }

// hash tells whether an embed is as it was written. Where it has several lines, it may
// have moved.
func hash(html string) string {
	sum := sha256.Sum256([]byte(lineStart.ReplaceAllString(html, "\n")))
	return hex.EncodeToString(sum[:6])
}

var lineStart = regexp.MustCompile(`\r?\n[ \t]*`)

var (
	// containers begin a line within quotes, list items and the like.
	containers = regexp.MustCompile(`^(?:[ \t]*(?:>|[-*+][ \t]|[0-9]{1,9}[.)][ \t]|\[\^[^\]\n]+\]:|:[ \t]))*[ \t]*`)
	item       = regexp.MustCompile(`[-*+.):]`)
	newItem    = regexp.MustCompile(`^[ \t>]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]`)
)

// lineEnd is that of the line at an offset.
func (b *body) lineEnd(at int) string {
	first := bytes.LastIndexByte(b.text[:at], '\n') + 1
	if i := bytes.IndexByte(b.text[first:], '\n'); i > 0 && b.text[first+i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// place is where a tag stands: where its line begins, what of it is before the tag, and
// behind it the rest of the last line, the next line and whatever follows.
type place struct {
	first                  int
	line                   string
	rest, below, following []byte
	end                    string // of lines
}

func (b *body) place(t *extension.Tag) (p place) {
	p.first = bytes.LastIndexByte(b.text[:t.Segment.Start], '\n') + 1
	p.line = string(b.text[p.first:t.Segment.Start])
	p.rest, p.following, _ = bytes.Cut(b.text[t.Segment.Stop:], []byte("\n"))
	p.below, _, _ = bytes.Cut(p.following, []byte("\n"))
	p.end = b.lineEnd(t.Segment.Start)
	return p
}

// isAfterBlank says whether an offset is at the beginning, or behind a line with
// nothing but marks of quotes.
func (b *body) isAfterBlank(first int) bool {
	return first == 0 || isBlank(b.text[bytes.LastIndexByte(b.text[:first-1], '\n')+1:first])
}

// aroundMarkdown makes a block of HTML: it has blank lines, or nothing, around it.
func (b *body) aroundMarkdown(t *extension.Tag) (before, after, indent string) {
	p := b.place(t)
	prefix := containers.FindString(p.line)
	next := continued(containers.FindString(b.paragraph(p.first)))
	inItem := item.MatchString(prefix)
	switch {
	case prefix != p.line:
		before = p.end + next + p.end + next
	case inItem || b.isAfterBlank(p.first):
	default:
		before = p.end + next
	}
	switch {
	case len(bytes.TrimSpace(p.rest)) > 0:
		after = p.end + next + p.end + next
	case isBlank(p.below) || inItem && newItem.Match(p.below):
	default:
		after = p.end + next
	}
	return before, after, ""
}

// aroundMDX makes a block of an element: it stands alone in its line.
func (b *body) aroundMDX(t *extension.Tag) (before, after, indent string) {
	p := b.place(t)
	if mdx.Bare(b.pc, t.Segment.Start) {
		return "", "", ""
	}
	next := continued(containers.FindString(b.paragraph(p.first)))
	if containers.FindString(p.line) != p.line {
		before = p.end + next
	}
	if len(bytes.TrimSpace(p.rest)) > 0 {
		after = p.end + next
	}
	return before, after, ""
}

// aroundRST makes a block of directive and comments: it has blank lines around it, and
// the indentation of the paragraph. An empty comment keeps the last one from taking
// what is indented behind it.
func (b *body) aroundRST(t *extension.Tag) (before, after, indent string) {
	if b.runs == nil {
		b.runs = rst.Runs(b.text)
	}
	p := b.place(t)
	run, _ := rst.At(b.runs, t.Segment.Start)
	next := strings.Repeat(" ", run.Indent)
	switch {
	case run.Start < t.Segment.Start && len(bytes.TrimSpace(b.text[max(run.Start, p.first):t.Segment.Start])) > 0, run.Directive:
		before = p.end + p.end + next
	case run.Start < p.first:
		before = p.end + next
	}
	switch {
	case len(bytes.TrimSpace(p.rest)) > 0:
		after = p.end + p.end + next
	case !isBlank(p.below):
		after = p.end
	}
	if rst.Indented(p.following, run.Indent) && len(bytes.TrimSpace(p.rest)) == 0 {
		after = p.end + p.end + next + ".." + after
	}
	return before, after, next
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
