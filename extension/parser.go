package extension

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// Parser finds tags within the inline text of blocks. It belongs together with
// [Transformer], which reads the tags' arguments and makes blocks of those that
// stand in paragraphs.
//
// [Extender] installs both. To install them by hand:
//
//	md.Parser().AddOptions(
//		parser.WithInlineParsers(util.Prioritized(&extension.Parser{}, extension.ParserPriority)),
//		parser.WithASTTransformers(util.Prioritized(&extension.Transformer{}, extension.TransformerPriority)),
//	)
//
// What is a tag is decided as Hugo's passthrough extension decides it, with
// "<<< bokehbinder" and ">>>" as delimiters of a block: the first closer in the
// same block ends the tag, and a backslash before the opener, or two, make it text.
// Beyond that, white space must follow the opener, and whatever is no tag stays
// to the other parsers, as if this one were not there.
type Parser struct{}

var _ parser.InlineParser = (*Parser)(nil)

// ParserPriority is where [Parser] stands among the inline parsers: that of
// Hugo's passthrough. It must come before those that begin at a "<" as well,
// autolinks (300) and raw HTML (400), and before the typographer (9999), which
// makes "<<" a quotation mark. Code spans (100) and links (200) begin at other
// characters, so whichever begins first has the text.
const ParserPriority = 201

var (
	opener = []byte(tag.Open)
	closer = []byte(tag.Close)
	// escape before an opener makes it text, as in Hugo's passthrough. A single
	// backslash does so too, but goldmark sees to that itself.
	escape = []byte(`\\`)
)

// Trigger returns the first byte of a tag.
func (p *Parser) Trigger() []byte { return []byte{'<'} }

// Parse returns an [Inline] node if a tag begins here.
func (p *Parser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, start := block.PeekLine()
	if !opens(line) || bytes.HasSuffix(block.Source()[:start.Start], escape) {
		return nil
	}
	s := stateOf(pc)
	if s.unclosed == parent {
		return nil
	}
	block.Advance(len(opener))
	stop := seekCloser(block)
	if stop < 0 {
		// Whatever opens later in this block is not closed either. Looking for
		// it again each time would be quadratic.
		s.unclosed = parent
		return nil
	}
	n := &Inline{Tag: &Tag{Segment: text.NewSegment(start.Start, stop), Inline: true}}
	s.found = append(s.found, n)
	return n
}

// opens says whether a tag's opener and white space stand at the beginning of
// the line.
func opens(line []byte) bool {
	if len(line) <= len(opener) || !bytes.HasPrefix(line, opener) {
		return false
	}
	switch line[len(opener)] {
	case ' ', '\t', '\n', '\r', '\f':
		return true
	}
	return false
}

// seekCloser advances the reader behind the first closer and returns that
// offset in the source, -1 if the block has none.
func seekCloser(block text.Reader) int {
	for {
		line, segment := block.PeekLine()
		if line == nil {
			return -1
		}
		if i := bytes.Index(line, closer); i >= 0 {
			block.Advance(i + len(closer))
			return segment.Start + i - segment.Padding + len(closer)
		}
		block.AdvanceLine()
	}
}
