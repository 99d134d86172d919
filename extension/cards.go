package extension

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
	"github.com/bokehbinder/bokehbinder/internal/page/tryout"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// cardReader is a transformer that reads the cards that the document's tags ask
// for. It changes nothing of the document, unless that cannot be converted.
type cardReader struct{ *engine }

// errTwice is for two Extenders in one goldmark.Markdown.
var errTwice = errors.New("bokehbinder: two Extenders are installed; valid: one, with all the options")

// Transform implements parser.ASTTransformer.
func (r *cardReader) Transform(root *ast.Document, reader text.Reader, pc parser.Context) {
	tags := Tags(pc)
	if len(tags) == 0 {
		return
	}
	s := stateOf(pc)
	if s.reader == r.Extender {
		return
	}
	if err := r.convert(contextOf(pc), s, reader.Source(), pc); err != nil {
		root.InsertBefore(root, root.FirstChild(), &fatal{err: err})
	}
	s.reader = r.Extender
}

// convert reads the cards of the document's tags, and says what is wrong with them.
// The error is one with which the document cannot be converted at all.
func (r *cardReader) convert(ctx context.Context, s *state, source []byte, pc parser.Context) error {
	if s.reader != nil {
		return errTwice
	}
	p, err := r.ready()
	if err != nil {
		return err
	}
	try := tryout.Of(pc)
	if err := r.checkLoopback(); err != nil && !try.Loopback {
		return err
	}
	prefix := cmp.Or(s.prefix, r.IDPrefix, uniquePrefix())
	if err := checkPrefix(prefix); err != nil {
		return fmt.Errorf("bokehbinder: SetIDPrefix: %w", err)
	}
	d := &document{settings: p.settings, mode: r.Mode, strict: r.Strict, budget: p.limits.budget(), limit: p.limits.Time, time: budget.NewClock(p.limits.Time)}
	d.settings.PreviewHub = try.Hub
	as := form.Of(pc)
	d.form = as.Form
	if r.ForMarkdown && d.form == form.HTML {
		d.form = form.Markdown
	}
	setIDs(s.tags, prefix, as.ID, pc.IDs())
	for _, t := range s.tags {
		t.doc = d
		r.admit(t, try, source)
	}
	r.read(ctx, p, d, s.tags, source)
	if ctx.Err() != nil {
		return endedAt(ctx, s.tags[0])
	}
	return r.report(s.tags)
}

// setIDs gives each tag an id of its own. Headings have theirs already; whatever is
// taken is passed over.
func setIDs(tags []*Tag, prefix string, next func(repo string) string, ids parser.IDs) {
	n := 0
	if next == nil {
		next = func(string) string { n++; return fmt.Sprintf("%s-%d", prefix, n) }
	}
	for _, t := range tags {
		for range len(tags) + 100 {
			t.id = next(t.Arg("repo"))
			if string(ids.Generate([]byte(t.id), KindBlock)) == t.id {
				break
			}
		}
	}
}

// admit looks whether a tag may be shown before its repository is read.
func (r *cardReader) admit(t *Tag, try tryout.As, source []byte) {
	if err := t.doc.budget.Draw(budget.Tags, 1); err != nil {
		t.failure, t.silent = err, t.doc.saidTags
		t.doc.saidTags = true
		return
	}
	if t.wrong == nil {
		t.failure = r.checkHubs(t, try, source)
	}
	if t.wrong == nil && t.failure == nil && r.Comments {
		t.failure = t.checkComment(source)
	}
}

// read fills in the tags' cards, or why they have none.
func (r *cardReader) read(ctx context.Context, p *prepared, d *document, tags []*Tag, source []byte) {
	defer d.time.Run()()
	ctx, cancel := context.WithTimeout(budget.With(ctx, d.budget), d.limit)
	defer cancel()
	var asking []*Tag
	var requests []card.Request
	for _, t := range tags {
		if t.wrong == nil && t.failure == nil {
			asking = append(asking, t)
			requests = append(requests, t.Request())
		}
	}
	for i, answer := range gather.Cards(ctx, p.source, requests, p.atOnce) {
		t := asking[i]
		if t.failure = answer.Err; t.failure == nil {
			t.failure = t.check(answer.Card, source)
		}
		if t.failure == nil {
			t.card = answer.Card
		}
	}
}

// visibleSource makes visible what a source's cards have of characters that cannot
// be seen: they may come from anywhere.
func visibleSource(src card.Source) card.Source {
	return card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		c, err := src.Card(ctx, req)
		if err != nil || c == nil {
			return nil, err
		}
		return view.Visible(c), nil
	})
}

// report tells the program what is wrong, and returns it if the document is to fail
// for that.
func (r *cardReader) report(tags []*Tag) error {
	var errs []error
	for _, t := range tags {
		if t.silent {
			continue
		}
		for _, e := range t.Errors() {
			errs = append(errs, e)
			if r.OnError != nil {
				r.OnError(e)
			}
		}
	}
	if !r.Strict {
		return nil
	}
	return errors.Join(errs...)
}

// endedAt is the error of a document whose context has ended.
func endedAt(ctx context.Context, first *Tag) error {
	err := ctx.Err()
	if cause := context.Cause(ctx); cause != err {
		err = errors.Join(err, cause)
	}
	return &Error{Position: first.Position, Message: "the document was not converted: " + strings.ReplaceAll(err.Error(), "\n", ": "), Err: err}
}

// checkHubs looks whether a tag may use the hubs that it names.
func (r *cardReader) checkHubs(t *Tag, try tryout.As, source []byte) error {
	if try.Hub != "" {
		return nil
	}
	own := slices.Concat(r.Hubs, r.AllowedHubs)
	if len(r.Hubs) == 0 {
		own = append(own, defaultHub())
	}
	anyHub := r.AllowedHubs == nil && !r.Comments
	for _, hub := range t.args.Hubs {
		if slices.ContainsFunc(own, func(known string) bool { return sameHub(known, hub) }) {
			continue
		}
		switch {
		case !anyHub:
			return t.wrongArgument("hub", fmt.Sprintf("%q may not be used here", hub), strings.Join(own, ", "), source)
		case isLoopback(hub) && !try.Loopback:
			return t.wrongArgument("hub", fmt.Sprintf("%q is on the reader's own machine", hub), "the https address of a BinderHub", source)
		}
	}
	return nil
}

// checkComment looks whether a stranger's tag asks for what only its site's author
// may have.
func (t *Tag) checkComment(source []byte) error {
	allowed := t.doc.settings.Show
	for _, part := range t.args.Show {
		if !slices.Contains(allowed, part) {
			return t.wrongArgument("show", fmt.Sprintf("%q is not shown here", part), strings.Join(allowed, ", "), source)
		}
	}
	switch {
	case t.args.Poster != "":
		return t.wrongArgument("poster", "is not shown here", "none", source)
	case len(t.args.Files) > 0 && !slices.Contains(allowed, "files"):
		return t.wrongArgument("files", "are not shown here", "none", source)
	}
	return nil
}
