package extension

import (
	"go/token"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/tag"
)

// Tag is one tag of a document, right or wrong.
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

	// Err is all that is wrong with the tag's arguments, nil if nothing is. It
	// unwraps to a list with one error for each argument, with its place.
	Err error

	args    *tag.Tag   // nil if Err is set
	id      string     // of the embed on its page
	card    *card.Card // nil until it was read, and if that failed
	failure error      // why there is no card although the arguments are right
}

// Card returns what was read of the tag's repository. It is nil before that,
// and where something is wrong.
func (t *Tag) Card() *card.Card { return t.card }

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
	return card.Request{Repo: t.args.Repo, Ref: t.args.Ref, Files: slices.Clone(t.args.Files)}
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

// Origin says where a document's source comes from, so that places in
// messages are those that its author sees.
type Origin struct {
	// File is the name of the file; it may be empty.
	File string
	// Line is the number in the file of the source's first line; 0 is 1. It is
	// more than 1 when front matter was cut off.
	Line int
}

// SetOrigin tells the parser where the document of the context comes from.
//
//	pc := parser.NewContext()
//	extension.SetOrigin(pc, extension.Origin{File: "post.md", Line: 6})
//	err := md.Convert(body, w, parser.WithContext(pc))
func SetOrigin(pc parser.Context, origin Origin) { stateOf(pc).origin = origin }

// Tags returns the tags of the document that was parsed with the context, in
// the order of the source.
func Tags(pc parser.Context) []*Tag {
	if s, ok := pc.Get(stateKey).(*state); ok {
		return s.tags
	}
	return nil
}

// state is what the parser and the transformer know of a document. A document
// without tags and origin has none.
type state struct {
	origin Origin
	// found are the tags of the document so far, not yet transformed.
	found []*Inline
	// unclosed is a block whose rest has no closer.
	unclosed ast.Node
	tags     []*Tag
}

var stateKey = parser.NewContextKey()

func stateOf(pc parser.Context) *state {
	return pc.ComputeIfAbsent(stateKey, func() any { return new(state) }).(*state)
}
