package extension

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// SetContext gives the conversion of a document a context, which goldmark itself
// does not know. Without one it is context.Background(). Where it ends before the
// repositories were read, the conversion fails with its error, so that nothing is
// written that a cache could keep.
//
//	pc := parser.NewContext()
//	extension.SetContext(r.Context(), pc)
//	err := md.Convert(body, w, parser.WithContext(pc))
func SetContext(ctx context.Context, pc parser.Context) { pc.Set(contextKey, ctx) }

var contextKey = parser.NewContextKey()

// contextOf returns the context of a document.
func contextOf(pc parser.Context) context.Context {
	if ctx, ok := pc.Get(contextKey).(context.Context); ok {
		return ctx
	}
	return context.Background()
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

// SetIDPrefix begins the ids of the document's embeds, and the names of their
// frames, in place of [Extender.IDPrefix]. Two documents on one page need two
// prefixes; one document that is converted twice comes out the same with one.
// It begins with a letter, and has small letters, digits and hyphens: with another
// one the conversion fails.
func SetIDPrefix(pc parser.Context, prefix string) { stateOf(pc).prefix = prefix }

var validPrefix = regexp.MustCompile(`^[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

func checkPrefix(prefix string) error {
	if prefix != "" && !validPrefix.MatchString(prefix) {
		return fmt.Errorf("%q cannot begin an id; valid: a small letter, then small letters, digits and hyphens, such as post-17", prefix)
	}
	return nil
}

// uniquePrefix returns a prefix that no other document has.
func uniquePrefix() string { return "bb-" + strings.ToLower(rand.Text()[:10]) }

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
	prefix string
	// found are the tags of the document so far, not yet transformed.
	found []*Inline
	// unclosed is a block whose rest has no closer.
	unclosed ast.Node
	// root is the document that was transformed last, and tags are its tags.
	root *ast.Document
	tags []*Tag
	// reader is the Extender that has read the cards of that document.
	reader *Extender
}

var stateKey = parser.NewContextKey()

func stateOf(pc parser.Context) *state {
	return pc.ComputeIfAbsent(stateKey, func() any { return new(state) }).(*state)
}

// document is how the tags of one document are shown, and what they may cost yet.
type document struct {
	settings view.Settings
	mode     Mode
	form     form.Form // of what is written
	strict   bool      // what is over its limit fails the document
	budget   *budget.Budget
	limit    time.Duration
	time     *budget.Clock
	// What was said already, so that it is said once.
	saidTags bool        // that there are too many tags
	saidOver atomic.Bool // that too much is shown
}
