package site

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	bokehbinder "github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/page/near"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/site/shortcode"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
)

// contentFile is a file of content.
type contentFile struct {
	name     string // in messages
	src      []byte
	body     int // where the front matter ends
	markdown bool
	places   *position.Counter
	masked   []byte // src as Hugo's Markdown sees it, with shortcodes as words

	uses     []Use
	problems []Problem
}

// readFile finds a file's shortcodes, and its tags if it is Markdown, in the
// order in which they stand.
func readFile(name string, src []byte) *contentFile {
	p := &contentFile{
		name:     name,
		src:      src,
		body:     frontMatter(src),
		markdown: isMarkdown(name),
		places:   position.Count(position.Position{File: name, Line: 1, Column: 1}, src),
	}
	codes := shortcode.Scan(p.src[p.body:])
	for i := range codes {
		shift(&codes[i], p.body)
	}
	for _, sc := range codes {
		if isOurs(sc.Name) && !sc.Closing {
			p.readShortcode(sc)
		}
	}
	if p.markdown {
		p.masked = p.mask(codes)
		p.readTags()
	}
	slices.SortStableFunc(p.uses, func(a, b Use) int {
		return a.Pos.Compare(b.Pos)
	})
	return p
}

// launchShortcode shows a link alone.
const launchShortcode = "bokehbinder/launch"

// isOurs reports whether a shortcode is one of this module's.
func isOurs(name string) bool {
	switch name {
	case "bokehbinder", launchShortcode, "bokehbinder/app", "bokehbinder/files":
		return true
	}
	return false
}

// shift moves a shortcode's places.
func shift(sc *shortcode.Shortcode, by int) {
	sc.Start += by
	sc.End += by
	for i := range sc.Params {
		sc.Params[i].Pos += by
	}
}

func (p *contentFile) problem(at position.Position, message, hint string) {
	p.problems = append(p.problems, Problem{Where: at.String(), Message: message, Hint: hint})
}

func (p *contentFile) readShortcode(sc shortcode.Shortcode) {
	at := p.places.At(sc.Start)
	if sc.Err != nil {
		p.problem(at, sc.Err.Error(), "Hugo refuses the page, too")
		return
	}
	if sc.Markdown {
		p.problem(at, fmt.Sprintf("{{%% %s %%}} puts HTML into the page's Markdown, which drops or damages it", sc.Name),
			fmt.Sprintf("write {{< %s … >}}", sc.Name))
		return
	}
	args := make(map[string]string)
	places := make(map[string]position.Position)
	bad := false
	for _, param := range sc.Params {
		if message := refuse(sc.Name, param); message != "" {
			p.problem(p.places.At(param.Pos), message, "")
			bad = true
			continue
		}
		args[param.Name] = param.Value
		places[param.Name] = p.places.At(param.Pos)
	}
	t, err := tag.FromArgs(args, at)
	var list tag.Errors
	if errors.As(err, &list) {
		for _, e := range list {
			if pos, ok := places[e.Arg]; ok {
				e.Pos = pos
			}
			p.problem(e.Pos, e.Text(), "")
		}
		return
	}
	if bad {
		return
	}
	p.uses = append(p.uses, Use{
		Shortcode: sc.Name, Request: t.Request(), Address: t.Address, App: t.App, URLPath: t.URLPath, Hubs: t.Hubs, Pos: at,
		start: sc.Start, link: sc.Name == launchShortcode,
	})
}

// What Hugo takes for numbers when it does not stand in quotes.
var (
	integer = regexp.MustCompile(`^[-+]?\d+$`)
	decimal = regexp.MustCompile(`^[-+]?\d*\.\d+$`)
)

// refuse says what is wrong with a parameter before its value is looked at.
func refuse(name string, p shortcode.Param) string {
	if p.Name == "" {
		return tag.NoPair(p.Value)
	}
	if p.Name == "show" && name != "bokehbinder" {
		return "show: " + doors.Say().OnePart
	}
	if p.Quoted {
		return ""
	}
	// Hugo hands on the number, from which the text cannot be had back.
	n, err := strconv.Atoi(p.Value)
	rewritten := integer.MatchString(p.Value) && err == nil && strconv.Itoa(n) != p.Value
	if rewritten || decimal.MatchString(p.Value) {
		return p.Name + ": " + fmt.Sprintf(doors.Say().Number, p.Value)
	}
	return ""
}

// opaque are the shortcodes whose content is no Markdown.
var opaque = []string{"highlight", "comment"}

// mask returns the text with words in the place of shortcodes, which Hugo
// replaces before it reads Markdown.
func (p *contentFile) mask(codes []shortcode.Shortcode) []byte {
	masked := slices.Clone(p.src)
	for i, sc := range codes {
		if sc.Err != nil {
			continue
		}
		mask(masked[sc.Start:sc.End])
		if sc.Closing || !slices.Contains(opaque, sc.Name) {
			continue
		}
		for _, end := range codes[i+1:] {
			if end.Closing && end.Name == sc.Name {
				mask(masked[sc.End:end.Start])
				break
			}
		}
	}
	return masked
}

// readTags finds the tags.
func (p *contentFile) readTags() {
	pc := parser.NewContext()
	bokehbinder.SetOrigin(pc, bokehbinder.Origin{File: p.name, Line: p.places.At(p.body).Line})
	body := p.masked[p.body:]
	root := tagParser().Parse(text.NewReader(body), parser.WithContext(pc))
	tags := bokehbinder.Tags(pc)
	p.useTags(tags)
	var segments []text.Segment
	for _, t := range tags {
		segments = append(segments, t.Segment)
	}
	for _, n := range near.Find(root, body, segments) {
		p.problems = append(p.problems, Problem{Where: p.places.At(p.body + n.Offset).String(), Message: n.String(), Harmless: true})
	}
}

// useTags takes what tags show, and what is wrong with them.
func (p *contentFile) useTags(tags []*bokehbinder.Tag) {
	for _, t := range tags {
		if errs := t.Errors(); len(errs) > 0 {
			for _, e := range errs {
				var wrong *tag.Error
				if errors.As(e, &wrong) {
					p.problem(wrong.Pos, wrong.Text(), "")
				}
			}
			continue
		}
		req := t.Request()
		address, err := asked.Address(req)
		if err != nil {
			p.problem(position.Of(t.Position), err.Error(), "")
			continue
		}
		p.uses = append(p.uses, Use{
			Request: req, Address: address, App: t.Arg("app"), URLPath: t.Arg("urlpath"), Hubs: hubs(t.Arg("hub")),
			Pos:   position.Of(t.Position),
			start: p.body + t.Segment.Start, link: t.Inline,
		})
	}
}

// mask makes text a word, so that it is text to Markdown. Line ends stay, since
// positions are counted by them.
func mask(text []byte) {
	for i, c := range text {
		if c != '\n' && c != '\r' {
			text[i] = 'x'
		}
	}
}

// hugoMarkdown reads Markdown as Hugo does when it is not configured otherwise.
func hugoMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(
			extension.Table, extension.Strikethrough, extension.TaskList, extension.Footnote, extension.DefinitionList,
		),
		goldmark.WithParserOptions(parser.WithAttribute()),
	)
}

// tagParser is that with the tag.
func tagParser() parser.Parser {
	md := hugoMarkdown()
	md.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(&bokehbinder.Parser{}, bokehbinder.ParserPriority)),
		parser.WithASTTransformers(util.Prioritized(&bokehbinder.Transformer{}, bokehbinder.TransformerPriority)),
	)
	return md.Parser()
}
