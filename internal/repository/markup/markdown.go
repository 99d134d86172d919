package markup

import (
	"regexp"
	"strings"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown parses as the forges do, as far as links are concerned. Emphasis is
// left out: it has none, and many marks of it take long.
var markdown = sync.OnceValue(func() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(extension.NewLinkifyParser(extension.WithLinkifyURLRegexp(regexp.MustCompile("^"+bare))), 999),
		),
	)
})

// maxLine is how long a line of Markdown may be, pictures in it left out: what is longer is
// data, and brackets and quotation marks in it take a time that grows with their square.
const maxLine = 4 << 10

// maxLines is how many lines may follow one another without an empty one: the next is
// taken for empty, since definitions in one paragraph take a time that grows with their
// square.
const maxLines = 1000

// picture is what badges have of their logo, as data: URLs write it.
var picture = regexp.MustCompile(`[A-Za-z0-9+/=]{80,}`)

// tooLong says whether a line is left out.
func tooLong(line string) bool {
	if len(line) <= maxLine {
		return false
	}
	size := len(line)
	for _, m := range picture.FindAllStringIndex(line, -1) {
		size -= m[1] - m[0]
	}
	return size > maxLine
}

// markdownLinks reads Markdown. Of links by reference, the definition is the link.
func markdownLinks(source string) []Link {
	d := &document{source: []byte(source)}
	run := 0
	for _, l := range linesOf(source) {
		if run++; strings.TrimSpace(l.text) == "" {
			run = 0
		} else if run > maxLines || tooLong(l.text) {
			copy(d.source[l.start:], strings.Repeat(" ", len(l.text)))
			run = 0
		}
	}
	d.text = string(d.source)
	d.read(markdown().Parse(text.NewReader(d.source)), 0)
	return d.links
}

// document collects the links of a document in Markdown.
type document struct {
	text   string
	source []byte
	links  []Link
}

// read collects the links of a node that begins at an offset or later, and
// returns where what is known of it ends. A node's own destination comes after
// its label.
func (d *document) read(n ast.Node, from int) int {
	if n.Pos() > from {
		from = n.Pos()
	}
	begin := from
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		from = max(from, d.read(c, from))
	}
	switch n := n.(type) {
	case *ast.Text:
		return n.Segment.Stop
	case *ast.AutoLink:
		label := string(n.Label(d.source))
		if n.AutoLinkType == ast.AutoLinkURL && d.find(label, from) {
			last := &d.links[len(d.links)-1]
			last.URL = trimmed(label)
			last.End = last.Start + len(last.URL)
			return last.End
		}
	case *ast.Link:
		if n.Reference == nil && d.find(string(n.Destination), from) {
			return d.links[len(d.links)-1].End
		}
	case *ast.LinkReferenceDefinition:
		d.find(string(n.Destination), begin+len(n.Label)+1)
	case *ast.FencedCodeBlock:
		return d.code(n.Lines(), from)
	case *ast.RawHTML:
		if s := n.Segments; s.Len() > 0 {
			return d.html(s.At(0).Start, s.At(s.Len()-1).Stop)
		}
	case *ast.HTMLBlock:
		if l := n.Lines(); l.Len() > 0 {
			end := l.At(l.Len() - 1).Stop
			if n.HasClosure() {
				end = max(end, n.ClosureLine.Stop)
			}
			return d.html(l.At(0).Start, end)
		}
	}
	return from
}

// find notes the link whose destination is the next such text.
func (d *document) find(destination string, from int) bool {
	if from > len(d.text) || destination == "" {
		return false
	}
	i := strings.Index(d.text[from:], destination)
	if i < 0 {
		return false
	}
	start := from + i
	url := util.UnescapePunctuations([]byte(destination))
	url = util.ResolveEntityNames(util.ResolveNumericReferences(url))
	d.links = append(d.links, Link{string(url), start, start + len(destination)})
	return true
}

// code notes the link of a fenced block that is an address and nothing else: it
// is there to be opened.
func (d *document) code(lines *text.Segments, from int) int {
	if lines.Len() == 0 {
		return from
	}
	start, end := lines.At(0).Start, lines.At(lines.Len()-1).Stop
	if word := strings.TrimSpace(d.text[start:end]); bareURL.FindString(word) == word && word != "" {
		d.find(word, start)
	}
	return end
}

// html notes the links of a piece of HTML.
func (d *document) html(start, end int) int {
	d.links = append(d.links, moved(htmlLinks(d.text[start:end]), start)...)
	return end
}
