package kramdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// rawParser finds the HTML elements within text whose content is no Markdown,
// as <code>*args</code>. One that its paragraph does not close is left to
// goldmark, as are all others.
type rawParser struct{}

var _ parser.InlineParser = rawParser{}

// rawSpans are the elements.
var rawSpans = set("code kbd samp var")

func (rawParser) Trigger() []byte { return []byte{'<'} }

func (rawParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	tag, ok := parseStartTag(line)
	lines := parent.Lines()
	if !ok || !rawSpans[tag.name] || tag.closed || lines.Len() == 0 {
		return nil
	}
	element, ok := stateOf(pc).element(block.Source(), segment.Start)
	if !ok || element.end > lines.At(lines.Len()-1).Stop {
		return nil
	}
	raw := ast.NewRawHTML()
	for {
		line, at := block.PeekLine()
		if line == nil {
			return raw
		}
		if element.end <= at.Stop {
			raw.Segments.Append(at.WithStop(element.end))
			block.Advance(element.end - at.Start)
			return raw
		}
		raw.Segments.Append(at)
		block.AdvanceLine()
	}
}

// isWhole reports whether a piece of HTML within text is an element with its
// end tag.
func isWhole(raw []byte) bool { return bytes.Contains(raw[1:], []byte("</")) }
