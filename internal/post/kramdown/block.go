package kramdown

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// blockParser finds the lines that kramdown calls block extensions:
//
//	{: .class #id key="value"}    attributes of the block before or after
//	{:name: .class}               attributes with a name
//	{::comment} … {:/comment}     extensions
//
// and the line of a single ^, which ends the blocks before it.
type blockParser struct{}

var _ parser.BlockParser = blockParser{}

func (blockParser) Trigger() []byte             { return []byte{'{', '^'} }
func (blockParser) CanInterruptParagraph() bool { return true }
func (blockParser) CanAcceptIndentedLine() bool { return false }

var (
	definitionStart = regexp.MustCompile(`^\{:(\w[\w-]*):`)
	extensionStart  = regexp.MustCompile(`^\{::(\w+)(?:\s((?:\\\}|[^}\n])*?))?(/)?\}\s*$`)
)

func (b blockParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	pos := pc.BlockOffset()
	if pos < 0 {
		return nil, parser.NoChildren
	}
	offset := segment.Start + pos - segment.Padding
	switch line = line[pos:]; {
	case line[0] == '^' && pc.BlockIndent() == 0 && isBlank(line[1:]):
		return &mark{role: markBoundary}, parser.NoChildren
	case bytes.HasPrefix(line, []byte("{::")):
		return b.openExtension(line, offset, reader, pc)
	case bytes.HasPrefix(line, []byte("{:")):
		return b.openAttributes(parent, offset, segment.Stop, reader, pc)
	}
	return nil, parser.NoChildren
}

// openAttributes opens an attribute list that takes up the line. At the top
// level it may take up more lines; elsewhere they would begin with what the
// container asks for.
func (blockParser) openAttributes(parent ast.Node, offset, lineEnd int, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	source, s := reader.Source(), stateOf(pc)
	limit := lineEnd
	if parent.Kind() == ast.KindDocument {
		limit = s.paragraphEnd(source, offset)
	}
	from := offset + len("{:")
	name := definitionStart.FindSubmatch(source[offset:lineEnd])
	if name != nil {
		from = offset + len(name[0])
	}
	end := s.brace(source, from, limit)
	if end <= from || source[from] == '/' || source[from] == ':' || !isBlank(source[end+1:lineAfter(source, end)]) {
		return nil, parser.NoChildren
	}
	for range bytes.Count(source[offset:end], []byte("\n")) {
		reader.AdvanceLine()
	}
	list, junk := parseAttributes(string(source[from:end]))
	reportJunk(pc, offset, source[offset:end+1], list, junk)
	start := lineBefore(source, offset)
	m := &mark{
		list:        list,
		afterBlank:  start == 0 || isBlankIn(source[lineBefore(source, start-1):start]),
		beforeBlank: isBlankIn(source[lineAfter(source, end):lineAfter(source, lineAfter(source, end))]),
	}
	last := parent.LastChild()
	switch {
	case name != nil:
		m.role = markDefinition
		named := s.definitions[string(name[1])]
		named.add(list)
		s.definitions[string(name[1])] = named
	case last == nil && isItem(parent):
		m.role = markItem
	case last != nil && last.Kind() == extast.KindFootnote:
		m.lost = true
	}
	return m, parser.NoChildren
}

// openExtension opens {::name}, which must end somewhere.
func (blockParser) openExtension(line []byte, offset int, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	found := extensionStart.FindSubmatch(bytes.TrimRight(line, "\r\n"))
	if found == nil {
		return nil, parser.NoChildren
	}
	node := &extensionBlock{name: string(found[1]), open: len(found[3]) == 0}
	if !isExtension(node.name) {
		remark.Add(pc, offset, "kramdown has no extension named %s: it stays as text", node.name)
		return nil, parser.NoChildren
	}
	if node.open && stateOf(pc).stop(reader.Source(), offset+len(line), node.name) < 0 {
		remark.Add(pc, offset, "{::%s} is not closed by a line {:/%[1]s}: it stays as text", node.name)
		return nil, parser.NoChildren
	}
	list, junk := parseAttributes(string(found[2]))
	reportJunk(pc, offset, bytes.TrimSpace(line), list, junk)
	node.list = list
	reportOptions(pc, offset, node.name, list)
	return node, parser.NoChildren
}

func (blockParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	block, ok := node.(*extensionBlock)
	if !ok || !block.open {
		return parser.Close
	}
	line, segment := reader.PeekLine()
	if isStop(line, block.name) {
		block.open = false
	} else {
		block.Lines().Append(segment)
	}
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (blockParser) Close(ast.Node, text.Reader, parser.Context) {}

// isBlankIn reports whether a line is blank, apart from the markers of block
// quotes.
func isBlankIn(line []byte) bool { return len(bytes.Trim(line, space+">")) == 0 }

// isItem reports whether a node is one of those whose own attributes may stand
// at the beginning of their text.
func isItem(n ast.Node) bool {
	return n.Kind() == ast.KindListItem || n.Kind() == extast.KindDefinitionDescription
}

// isExtension reports whether kramdown knows {::name}.
func isExtension(name string) bool {
	return name == "comment" || name == "nomarkdown" || name == "options"
}

// isStop reports whether a line is {:/name} or {:/}.
func isStop(line []byte, name string) bool {
	stop := strings.TrimSpace(string(line))
	return stop == "{:/}" || stop == "{:/"+name+"}"
}

// reportJunk tells the author of what is in a list without being an attribute.
func reportJunk(pc parser.Context, offset int, literal []byte, list attributeList, junk []string) {
	switch {
	case len(junk) == 0:
	case list.empty():
		remark.Add(pc, offset, "malformed attribute list %s is left out", literal)
	default:
		remark.Add(pc, offset, "%s in the attribute list is not an attribute and is left out", strings.Join(junk, " "))
	}
}

// reportOptions tells the author that kramdown's options change nothing here.
func reportOptions(pc parser.Context, offset int, name string, list attributeList) {
	if name != "options" {
		return
	}
	for _, p := range list.pairs {
		remark.Add(pc, offset, "kramdown's option %s is not supported and changes nothing", p.name)
	}
}

// lineAfter returns where the line after the one at offset begins.
func lineAfter(source []byte, offset int) int {
	if i := bytes.IndexByte(source[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(source)
}

// lineBefore returns where the line that offset is in begins.
func lineBefore(source []byte, offset int) int {
	return bytes.LastIndexByte(source[:offset], '\n') + 1
}
