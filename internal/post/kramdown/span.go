package kramdown

import (
	"bytes"
	"regexp"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// spanParser finds attribute lists and extensions within text:
//
//	[text](address){: target="_blank"}
//	{::comment}not shown{:/}
//
// and the id at the end of a heading, {#id}.
type spanParser struct{}

var _ parser.InlineParser = spanParser{}

func (spanParser) Trigger() []byte { return []byte{'{'} }

func (p spanParser) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	switch {
	case bytes.HasPrefix(line, []byte("{#")) && parent.Kind() == ast.KindHeading:
		return headingID(parent, line, block)
	case bytes.HasPrefix(line, []byte("{::")), bytes.HasPrefix(line, []byte("{:/")):
		return p.extension(parent, line, segment, block, pc)
	case bytes.HasPrefix(line, []byte("{:")):
		return p.attributes(parent, segment, block, pc)
	}
	return nil
}

var headingIDEnd = regexp.MustCompile(`^\{#([\pL_:][\pL\pN_:.\x{B7}-]*)\}\s*$`)

// headingID reads the id at the end of a heading. White space must stand
// before it, which goes with it.
func headingID(heading ast.Node, line []byte, block text.Reader) ast.Node {
	found := headingIDEnd.FindSubmatch(line)
	before, ok := heading.LastChild().(*ast.Text)
	if found == nil || !ok || heading.Kind() != ast.KindHeading {
		return nil
	}
	trimmed := before.Segment.TrimRightSpace(block.Source())
	if trimmed.Len() == before.Segment.Len() {
		return nil
	}
	if _, at := block.Position(); at.Stop < heading.Lines().At(heading.Lines().Len()-1).Stop {
		return nil
	}
	before.Segment = withoutClosing(trimmed, heading, block.Source())
	heading.SetAttributeString("id", found[1])
	block.AdvanceToEOL()
	return ast.NewString(nil)
}

var closingSigns = regexp.MustCompile(`(?:^|[ \t]+)#+$`)

// withoutClosing returns the last text of a heading without the signs that
// close it. goldmark has not seen them, since an id followed.
func withoutClosing(last text.Segment, heading ast.Node, source []byte) text.Segment {
	line := source[lineBefore(source, heading.Lines().At(0).Start):]
	if at := closingSigns.FindIndex(last.Value(source)); at != nil && bytes.HasPrefix(bytes.TrimLeft(line, " >"), []byte("#")) {
		last.Stop = last.Start + at[0]
	}
	return last
}

// attributes reads an attribute list. Of what element they are is known only
// when all of the text has been read, since emphasis is found last.
func (spanParser) attributes(parent ast.Node, segment text.Segment, block text.Reader, pc parser.Context) ast.Node {
	lines := parent.Lines()
	if lines.Len() == 0 {
		return nil
	}
	source, limit := block.Source(), lines.At(lines.Len()-1).Stop
	from := segment.Start + len("{:")
	end := stateOf(pc).brace(source, from, limit)
	if end <= from {
		return nil
	}
	m := &spanMark{literal: text.NewSegment(segment.Start, end+1), item: beginsItem(parent)}
	if !m.item && !isElement(parent.LastChild()) {
		remark.Add(pc, segment.Start,
			"attribute list %s follows no link, image, code or emphasis: it stays as text", source[segment.Start:end+1])
		return nil
	}
	literal := readTo(block, end+1)
	list, junk := parseAttributes(string(literal[len("{:") : len(literal)-1]))
	reportJunk(pc, segment.Start, literal, list, junk)
	m.list = list
	if m.item {
		block.SkipSpaces()
	}
	return m
}

// beginsItem reports whether nothing stands before this place of a list item,
// a definition or a defined term.
func beginsItem(block ast.Node) bool {
	if block.HasChildren() {
		return false
	}
	if block.Kind() == extast.KindDefinitionTerm {
		return true
	}
	parent := block.Parent()
	return parent != nil && isItem(parent) && parent.FirstChild() == block
}

// isElement reports whether a node of a text is, or may become, an element
// that takes attributes.
func isElement(n ast.Node) bool {
	switch n := n.(type) {
	case nil, *ast.Text, *ast.String:
		return false
	case *parser.Delimiter:
		return n.CanClose
	}
	return n.Kind() != linkOpener
}

// linkOpener is the kind of the node that goldmark has in the place of a
// bracket until it knows whether a link begins there.
var linkOpener = func() ast.NodeKind {
	source := []byte("[")
	pc := parser.NewContext()
	block := text.NewReader(source)
	return parser.NewLinkParser().Parse(ast.NewParagraph(), block, pc).Kind()
}()

var (
	spanExtensionStart = regexp.MustCompile(`^\{::(\w+)(?:\s((?:\\\}|[^}])*?))?(/)?\}`)
	spanExtensionStop  = regexp.MustCompile(`^\{:/(\w[\w-]*)?\}`)
)

// extension reads {::name attributes}…{:/name} or {::name attributes /}.
func (spanParser) extension(parent ast.Node, line []byte, segment text.Segment, block text.Reader, pc parser.Context) ast.Node {
	if stop := spanExtensionStop.Find(line); stop != nil {
		remark.Add(pc, segment.Start, "%s closes nothing: it stays as text", stop)
		return nil
	}
	found := spanExtensionStart.FindSubmatch(line)
	if found == nil {
		return nil
	}
	name := string(found[1])
	if !isExtension(name) {
		remark.Add(pc, segment.Start, "kramdown has no extension named %s: it stays as text", name)
		return nil
	}
	block.Advance(len(found[0]))
	var body []byte
	if len(found[3]) == 0 {
		var ok bool
		if body, ok = readUntilStop(parent, block, name, pc); !ok {
			remark.Add(pc, segment.Start, "{::%s} is not closed in its paragraph: it stays as text", name)
			return nil
		}
	}
	list, junk := parseAttributes(string(found[2]))
	reportJunk(pc, segment.Start, found[0], list, junk)
	reportOptions(pc, segment.Start, name, list)
	out := ast.NewString(extensionHTML(name, list, body))
	out.SetCode(true) // which is how goldmark says: write it as it is
	return out
}

// readUntilStop reads the rest of a block up to {:/} or {:/name}, and behind.
func readUntilStop(parent ast.Node, block text.Reader, name string, pc parser.Context) (body []byte, ok bool) {
	lines := parent.Lines()
	if lines.Len() == 0 {
		return nil, false
	}
	_, at := block.Position()
	start, end := stateOf(pc).spanStop(block.Source(), at.Start, lines.At(lines.Len()-1).Stop, name)
	if start < 0 {
		return nil, false
	}
	body = readTo(block, start)
	readTo(block, end)
	return body, true
}

// extensionHTML is what an extension with the given content leaves in the
// page.
func extensionHTML(name string, list attributeList, body []byte) []byte {
	switch name {
	case "comment":
		inner := bytes.ReplaceAll(body, []byte("-->"), []byte("--&gt;"))
		return []byte("<!-- " + string(inner) + " -->")
	case "nomarkdown":
		kinds := list.get("type")
		if isBlank([]byte(kinds)) || regexp.MustCompile(`(^|\s)html(\s|$)`).MatchString(kinds) {
			return body
		}
	}
	return nil
}

// readTo returns what a block has up to an offset of the source, which is at or
// behind its reader's position, and moves the reader there. What the block's
// containers have at the beginning of its lines is left out.
func readTo(block text.Reader, offset int) (read []byte) {
	for {
		line, at := block.PeekLine()
		if line == nil {
			return read
		}
		if offset <= at.Stop {
			n := min(max(offset-at.Start+at.Padding, 0), len(line))
			block.Advance(n)
			return append(read, line[:n]...)
		}
		read = append(read, line...)
		block.AdvanceLine()
	}
}
