package extension

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/gather"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/repo"
	"github.com/bokehbinder/bokehbinder/internal/tag"
)

var contextKey = parser.NewContextKey()

// fatalKey is where a document's meta data keeps the error that its rendering
// fails with.
const fatalKey = "bokehbinder.fatal"

// SetContext gives the reading of a document's repositories a context, which
// goldmark itself does not know. Without one it is context.Background().
func SetContext(pc parser.Context, ctx context.Context) { pc.Set(contextKey, ctx) }

// cardReader is a transformer that changes nothing: it reads the cards that the
// document's tags ask for.
type cardReader struct{ *Extender }

// Transform implements parser.ASTTransformer.
func (r *cardReader) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	tags := Tags(pc)
	if len(tags) == 0 {
		return
	}
	ctx, ok := pc.Get(contextKey).(context.Context)
	if !ok {
		ctx = context.Background()
	}
	r.read(ctx, tags, reader.Source())
	var errs []error
	for i, t := range tags {
		// Headings have their ids already; whatever is taken is passed over.
		t.id = string(pc.IDs().Generate(fmt.Appendf(nil, "bb-%d", i+1), KindBlock))
		for _, e := range t.Errors() {
			errs = append(errs, e)
			if r.OnError != nil {
				r.OnError(e)
			}
		}
	}
	if r.Strict && len(errs) > 0 {
		doc.AddMeta(fatalKey, errors.Join(errs...))
	}
}

// read fills in the tags' cards, or why they have none.
func (r *cardReader) read(ctx context.Context, tags []*Tag, source []byte) {
	var asking []*Tag
	var requests []card.Request
	for _, t := range tags {
		if t.Err == nil {
			asking = append(asking, t)
			requests = append(requests, t.Request())
		}
	}
	for i, answer := range gather.Cards(ctx, r.source(), requests, r.Concurrency) {
		t := asking[i]
		if t.failure = answer.Err; t.failure == nil {
			t.failure = t.check(answer.Card, source)
		}
		if t.failure == nil {
			t.card = answer.Card
		}
	}
}

// source returns what answers the tags' requests, each within the timeout.
func (r *cardReader) source() card.Source {
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	if r.Source == nil {
		return &inspect.Live{Reader: &repo.Reader{AllowedHosts: r.AllowedHosts, Timeout: timeout}}
	}
	return card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		return r.Source.Card(ctx, req)
	})
}

// check compares what the tag wants with what the repository has.
func (t *Tag) check(c *card.Card, source []byte) error {
	var e tag.Error
	name := t.args.App
	switch {
	case name != "" && c.App(name) == nil:
		e.Arg = "app"
		e.Message = fmt.Sprintf("%q is not an app of the repository", name)
		e.Valid = appNames(c)
	case len(c.Apps) == 0 && t.args.URLPath == "" && slices.Contains(t.args.Show, "app"):
		e.Arg = "show"
		e.Message = "asks for the app, but nothing in the repository starts one"
		e.Valid = "launch and files, or the app as well if urlpath says where it answers"
	default:
		return nil
	}
	inner, at := innerOf(t, source)
	e.Pos = tag.Place(inner, at, e.Arg)
	return &e
}

func appNames(c *card.Card) string {
	if len(c.Apps) == 0 {
		return "none, since nothing in the repository starts an app"
	}
	names := make([]string, len(c.Apps))
	for i, a := range c.Apps {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}
