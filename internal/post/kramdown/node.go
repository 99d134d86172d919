package kramdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// markRole says what a mark is for.
type markRole int

const (
	markBlock      markRole = iota // the attributes of a block beside it
	markItem                       // the attributes of the list item that it begins
	markDefinition                 // names attributes: nothing to attach
	markBoundary                   // ends blocks: nothing to attach
)

// mark is a line that says something of the blocks around it. It is in the
// tree only until it was obeyed.
type mark struct {
	ast.BaseBlock
	role markRole
	list attributeList
	// afterBlank and beforeBlank are set where a blank line is the neighbour.
	// goldmark's own note of it is also set after a block that ends with its
	// line, as fenced code does.
	afterBlank, beforeBlank bool
	// lost is set where the block before takes no attributes although it is
	// gone from its place: a footnote's definition.
	lost bool
	// before and after are the blocks that the attributes may be of.
	before, after ast.Node
}

var kindMark = ast.NewNodeKind("KramdownMark")

func (*mark) Kind() ast.NodeKind              { return kindMark }
func (*mark) IsRaw() bool                     { return true }
func (m *mark) Dump(source []byte, level int) { ast.DumpHelper(m, source, level, nil, nil) }

// spanMark is an attribute list within text. It is in the tree only until it
// was obeyed.
type spanMark struct {
	ast.BaseInline
	list attributeList
	// item is set at the beginning of a list item, whose attributes these are.
	item bool
	// literal is the list as its author wrote it.
	literal text.Segment
}

var kindSpanMark = ast.NewNodeKind("KramdownSpanMark")

func (*spanMark) Kind() ast.NodeKind              { return kindSpanMark }
func (m *spanMark) Dump(source []byte, level int) { ast.DumpHelper(m, source, level, nil, nil) }

// extensionBlock is a block between {::name} and {:/name}, or {::name /}.
type extensionBlock struct {
	ast.BaseBlock
	name string
	list attributeList
	// open until the line that ends it was read.
	open bool
}

var kindExtensionBlock = ast.NewNodeKind("KramdownExtension")

func (*extensionBlock) Kind() ast.NodeKind { return kindExtensionBlock }
func (*extensionBlock) IsRaw() bool        { return true }
func (b *extensionBlock) Dump(source []byte, level int) {
	ast.DumpHelper(b, source, level, map[string]string{"Name": b.name}, nil)
}
