package kramdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// htmlParser reads HTML blocks by kramdown's rules, where these are not
// CommonMark's:
//
//   - a block element goes on until its end tag, across blank lines, and no
//     further;
//   - its attribute markdown="1" makes Markdown of its content;
//   - an element of text that ends in its paragraph, as img or a, begins one.
//
// Everything else, and an element without an end tag, is left to goldmark's
// own parser of HTML blocks.
type htmlParser struct{ parser.BlockParser }

var _ parser.BlockParser = htmlParser{}

func newHTMLParser() parser.BlockParser { return htmlParser{parser.NewHTMLBlockParser()} }

// htmlElement is an HTML element with Markdown in it: blocks, or text alone.
type htmlElement struct {
	ast.BaseBlock
	name string
	// tag is the start tag without the attribute markdown.
	tag []byte
	// text is set where the content is text; it ends at the offset endTag.
	text   bool
	endTag int
}

var kindHTMLElement = ast.NewNodeKind("KramdownHTMLElement")

func (*htmlElement) Kind() ast.NodeKind { return kindHTMLElement }
func (e *htmlElement) Dump(source []byte, level int) {
	ast.DumpHelper(e, source, level, map[string]string{"Name": e.name}, nil)
}

// ownTag is the beginning of a bokehbinder tag. An element that holds one is
// not taken as a whole: its author wants the tag to be seen.
var ownTag = []byte("<<< bokehbinder")

func (p htmlParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	source := reader.Source()
	offset := segment.Start + pos - segment.Padding
	limit := offset + len(line) - pos
	if parent.Kind() == ast.KindDocument {
		limit = stateOf(pc).paragraphEnd(source, offset)
	}
	tag, ok := parseStartTag(source[offset:limit])
	if !ok || endOfRaw[tag.name] != nil || tag.name == "pre" || tag.name == "textarea" {
		return p.BlockParser.Open(parent, reader, pc)
	}
	element, ok := stateOf(pc).element(source, offset)
	if textElements[tag.name] && (emptyElements[tag.name] || ok && element.end <= stateOf(pc).paragraphEnd(source, offset)) {
		return nil, parser.NoChildren
	}
	value, marked := tag.get("markdown")
	switch {
	case textElements[tag.name]:
		return p.BlockParser.Open(parent, reader, pc)
	case ok && marked && value != "0" && !rawElements[tag.name]:
		if node, state := openElement(tag, offset, element, value, reader); node != nil {
			return node, state
		}
	case ok && !bytes.Contains(source[offset:element.end], ownTag):
		return openRegion(element, segment, reader, pc), parser.NoChildren
	}
	if marked && value != "0" {
		remark.Add(pc, offset, `the content of <%s markdown="%s"> stays HTML: nothing ends it, or more text follows its end`,
			tag.name, value)
	}
	return p.BlockParser.Open(parent, reader, pc)
}

// openElement opens an element with Markdown in it. Its end tag must be the
// last thing on its line; where it holds blocks, also the first.
func openElement(tag startTag, offset int, element span, value string, reader text.Reader) (ast.Node, parser.State) {
	source := reader.Source()
	oneLine := bytes.IndexByte(source[offset+tag.length:element.endTag], '\n') < 0
	isText := value == "span" || value == "1" && lineElements[tag.name] || oneLine
	before := source[lineBefore(source, element.endTag):element.endTag]
	if !isBlank(source[element.end:lineAfter(source, element.end)]) || !isText && len(bytes.Trim(before, " \t>")) > 0 {
		return nil, parser.NoChildren
	}
	node := &htmlElement{
		name:   tag.name,
		tag:    tag.without(source[offset:], "markdown"),
		endTag: element.endTag,
	}
	for range bytes.Count(source[offset:offset+tag.length], []byte("\n")) {
		reader.AdvanceLine()
	}
	_, at := reader.Position()
	reader.Advance(offset + tag.length - at.Start + at.Padding)
	if isText {
		node.text = true
		node.appendText(reader)
		return node, parser.NoChildren
	}
	return node, parser.HasChildren
}

// appendText adds the rest of the line to the element's text, as far as it is
// before the end tag.
func (e *htmlElement) appendText(reader text.Reader) {
	_, segment := reader.PeekLine()
	if segment.Start < e.endTag {
		segment.Stop = min(segment.Stop, e.endTag)
		if segment = segment.TrimLeftSpace(reader.Source()); !segment.IsEmpty() {
			e.Lines().Append(segment)
		}
	}
	reader.AdvanceToEOL()
}

// openRegion opens an element that is HTML up to its end tag.
func openRegion(element span, segment text.Segment, reader text.Reader, pc parser.Context) ast.Node {
	node := ast.NewHTMLBlock(ast.HTMLBlockType6)
	node.Lines().Append(segment)
	reader.AdvanceToEOL()
	stateOf(pc).regions[node] = element.end
	return node
}

func (p htmlParser) Continue(node ast.Node, reader text.Reader, pc parser.Context) parser.State {
	line, segment := reader.PeekLine()
	switch n := node.(type) {
	case *htmlElement:
		return n.next(line, segment, reader, pc)
	case *ast.HTMLBlock:
		end, ok := stateOf(pc).regions[n]
		if !ok {
			break
		}
		if segment.Start >= end {
			return parser.Close
		}
		n.Lines().Append(segment)
		reader.AdvanceToEOL()
		return parser.Continue | parser.NoChildren
	}
	return p.BlockParser.Continue(node, reader, pc)
}

// next reads the next line of an element with Markdown in it.
func (e *htmlElement) next(line []byte, segment text.Segment, reader text.Reader, pc parser.Context) parser.State {
	switch {
	case e.text && segment.Start > e.endTag:
		return parser.Close
	case e.text:
		e.appendText(reader)
		if segment.Stop > e.endTag {
			return parser.Close
		}
		return parser.Continue | parser.NoChildren
	case e.endsWith(line) && !e.heldOpen(segment.Start, reader.Source(), pc):
		reader.AdvanceToEOL()
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

// endsWith reports whether a line is the element's end tag.
func (e *htmlElement) endsWith(line []byte) bool {
	line = bytes.TrimSpace(line)
	rest := bytes.TrimPrefix(line, []byte("</"))
	return len(rest) < len(line) && len(rest) > len(e.name) &&
		strings.EqualFold(string(rest[:len(e.name)]), e.name) &&
		string(bytes.TrimSpace(rest[len(e.name):])) == ">"
}

// heldOpen reports whether a block within the element reads the line at offset
// first: an end tag there is not the element's.
func (e *htmlElement) heldOpen(offset int, source []byte, pc parser.Context) bool {
	inside := false
	for _, block := range pc.OpenedBlocks() {
		if block.Node == e {
			inside = true
			continue
		}
		if !inside {
			continue
		}
		switch n := block.Node.(type) {
		case *ast.FencedCodeBlock, *extensionBlock:
			return true
		case *htmlElement:
			if n.name == e.name {
				return true
			}
		case *ast.HTMLBlock:
			end, ok := stateOf(pc).regions[n]
			if ok && end > offset || !ok && !isOver(n, source) {
				return true
			}
		}
	}
	return false
}

// ends are what ends goldmark's types of HTML blocks. The others end where
// Markdown may go on anyway.
var ends = map[ast.HTMLBlockType]*regexp.Regexp{
	ast.HTMLBlockType1: regexp.MustCompile(`(?i)</(?:script|pre|style|textarea)>`),
	ast.HTMLBlockType2: regexp.MustCompile(`-->`),
	ast.HTMLBlockType3: regexp.MustCompile(`\?>`),
	ast.HTMLBlockType4: regexp.MustCompile(`>`),
	ast.HTMLBlockType5: regexp.MustCompile(`\]\]>`),
}

// isOver reports whether a block of goldmark's ended on its first line, which
// goldmark notices only on the next.
func isOver(n *ast.HTMLBlock, source []byte) bool {
	end, ok := ends[n.HTMLBlockType]
	first := n.Lines().At(0)
	return !ok || n.Lines().Len() == 1 && end.Match(first.Value(source))
}
