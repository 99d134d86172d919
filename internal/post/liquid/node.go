package liquid

import (
	"github.com/yuin/goldmark/ast"
)

// highlight is code between {% highlight %} and {% endhighlight %}. Its
// children are what follows on the last line.
type highlight struct {
	ast.BaseBlock
	language    string
	lineNumbers bool
	code        []byte
}

var kindHighlight = ast.NewNodeKind("LiquidHighlight")

func (*highlight) Kind() ast.NodeKind { return kindHighlight }
func (*highlight) IsRaw() bool        { return true }
func (h *highlight) Dump(source []byte, level int) {
	ast.DumpHelper(h, source, level, map[string]string{"Language": h.language}, nil)
}

// IsBlankLine says that a blank line follows the block, as Jekyll sees to, but
// that it is none itself. Where blank lines matter, an extension may ask.
func (*highlight) IsBlankLine() bool { return false }

// nothing is a block that leaves nothing in the page: a comment, or a line
// with the tags raw and endraw alone.
type nothing struct{ ast.BaseBlock }

var kindNothing = ast.NewNodeKind("LiquidNothing")

func (*nothing) Kind() ast.NodeKind              { return kindNothing }
func (*nothing) IsRaw() bool                     { return true }
func (n *nothing) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// IsBlankLine says that the block is a blank line for Markdown.
func (*nothing) IsBlankLine() bool { return true }

// value is a value of the front matter within an HTML block.
type value struct {
	ast.BaseBlock
	text string
}

var kindValue = ast.NewNodeKind("LiquidValue")

func (*value) Kind() ast.NodeKind { return kindValue }
func (*value) IsRaw() bool        { return true }
func (v *value) Dump(source []byte, level int) {
	ast.DumpHelper(v, source, level, map[string]string{"Text": v.text}, nil)
}
