package gather

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/colour"
)

// grace is how long a source that is told to end may take to do so, for instance
// to remove what it has fetched.
const grace = 2 * time.Second

// Ask asks a source, which may be any program's: whatever it does, the answer is a
// card or an error. A panic is one, and so are no card and no error, and no answer
// soon after the context has ended. An error after that is also the context's.
func Ask(ctx context.Context, src card.Source, req card.Request) (*card.Card, error) {
	if ctx.Err() != nil {
		return nil, canceled(ctx, req)
	}
	type answer struct {
		card *card.Card
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		a := answer{err: noCard(req)} // unless the source ends its goroutine
		defer func() { answers <- a }()
		a.card, a.err = call(ctx, src, req)
	}()
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	select {
	case a := <-answers:
		return a.card, a.err
	case <-late.Done():
		return nil, ended(ctx, req)
	}
}

// call has a source's panics and odd answers be errors.
func call(ctx context.Context, src card.Source, req card.Request) (c *card.Card, err error) {
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, wrong(req, "the source of cards failed", fmt.Errorf("panic: %v\n\n%s", r, debug.Stack()))
		}
	}()
	c, err = src.Card(ctx, req)
	if err != nil {
		_ = err.Error() // where that panics, as that of a nil pointer does, it does so here
		if ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
			return nil, &endedError{canceled(ctx, req), err}
		}
		return nil, err
	}
	if c == nil {
		return nil, noCard(req)
	}
	return c, nil
}

// Checked returns the source with its cards checked: that each is the answer to
// what was asked, and whole.
func Checked(src card.Source) card.Source {
	return card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		c, err := src.Card(ctx, req)
		if err != nil || c == nil {
			return nil, err
		}
		if problem := misfit(req, c); problem != "" {
			return nil, wrong(req, "the source's card "+problem, nil)
		}
		return colour.Fit(c), nil
	})
}

// endedError is a source's own error, after the context had ended.
type endedError struct {
	ended *card.Error
	own   error
}

// Error says that the context has ended.
func (e *endedError) Error() string { return e.ended.Error() }

// Unwrap returns both.
func (e *endedError) Unwrap() []error { return []error{e.ended, e.own} }

func noCard(req card.Request) error { return wrong(req, "the source has no card", nil) }

func wrong(req card.Request, message string, cause error) error {
	return &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonSource, Message: message, Err: cause}
}

// canceled is the error of what was not begun when the context ended.
func canceled(ctx context.Context, req card.Request) *card.Error {
	return unread(ctx, req, "was not read, because the time was used up before its turn came")
}

// ended is the error of what was not read when the context had ended.
func ended(ctx context.Context, req card.Request) *card.Error {
	return unread(ctx, req, "was not read in the time that there was")
}

func unread(ctx context.Context, req card.Request, timeout string) *card.Error {
	reason, message := card.ReasonCanceled, "was not read, because reading was cancelled"
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		reason, message = card.ReasonTimeout, timeout
	}
	return &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: reason, Message: message, Hint: "try again, with more time", Err: context.Cause(ctx)}
}
