package extension

import (
	"go/token"
	"sync"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// Tag is one tag of a document, right or wrong: what was asked ([Tag.Request],
// [Tag.Arg]), what there is ([Tag.Card]), and what is wrong ([Tag.Err]).
type Tag struct {
	// Position is where the tag begins. Its file name and first line come from
	// the [Origin] of the document; its Offset is one in the source as parsed.
	Position token.Position

	// Segment is the whole tag in the source, from its <<< to its >>>. Where
	// the tag has several lines, it holds what marks a block quote on them.
	Segment text.Segment

	// Inline is set for a tag in a heading, a table cell, a link's text or
	// emphasis, which is a launch link, and unset for a tag in a paragraph,
	// which is the whole embed. The node is an [Inline] or a [Block].
	Inline bool

	args    *tag.Tag   // nil if the arguments are wrong
	wrong   error      // what is wrong with the arguments
	id      string     // of the embed on its page
	card    *card.Card // nil until it was read, and if that failed
	failure error      // why there is no card although the arguments are right
	silent  bool       // one before it says what is wrong
	doc     *document  // how it is shown; nil until the cards were read

	drawing sync.Once // its HTML is made once, however often it is rendered
	html    []byte
	problem error
}

// Card returns what was read of the tag's repository. It is nil before that,
// and where something is wrong. It is not to be changed.
func (t *Tag) Card() *card.Card { return t.card }

// ID is the id of the tag's embed on its page, and the name of its frame. It is
// empty before the cards were read.
func (t *Tag) ID() string { return t.id }

// Title is what readers call what the tag shows: its title, else the app's name,
// else the repository's. It is empty without a card.
func (t *Tag) Title() string {
	if t.card == nil {
		return ""
	}
	return view.Title(t.card, t.args)
}

// LaunchURL is the address that opens what the tag shows on its hub, at the card's
// commit. It is empty without a card.
func (t *Tag) LaunchURL() string {
	if t.card == nil {
		return ""
	}
	return view.Link(t.card, t.args, t.doc.settings)
}

// Arg returns the value of the argument of the given name. It is empty if the
// tag does not say it or is wrong. Lists have commas between their items.
func (t *Tag) Arg(name string) string {
	if t.args == nil {
		return ""
	}
	return t.args.Arg(name)
}

// Request returns what the tag asks of a [card.Source]. It is zero if the tag
// is wrong.
func (t *Tag) Request() card.Request {
	if t.args == nil {
		return card.Request{}
	}
	return t.args.Request()
}

// KindBlock is the kind of the [Block] node, KindInline that of [Inline].
var (
	KindBlock  = ast.NewNodeKind("BokehbinderBlock")
	KindInline = ast.NewNodeKind("BokehbinderInline")
)

// Block is a tag that stands between paragraphs. Its Lines are the tag in the
// source.
type Block struct {
	ast.BaseBlock
	Tag *Tag
}

var _ ast.Node = (*Block)(nil)

// Kind returns [KindBlock].
func (n *Block) Kind() ast.NodeKind { return KindBlock }

// Dump prints the node to standard output.
func (n *Block) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Repo": n.Tag.Arg("repo")}, nil)
}

// Inline is a tag within text.
type Inline struct {
	ast.BaseInline
	Tag *Tag
}

var _ ast.Node = (*Inline)(nil)

// Kind returns [KindInline].
func (n *Inline) Kind() ast.NodeKind { return KindInline }

// Dump prints the node to standard output.
func (n *Inline) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"Repo": n.Tag.Arg("repo")}, nil)
}
