package extension

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// Error is one thing that is wrong with a tag: with one of its arguments, or
// with the repository that it names, in which case Err is a *[card.Error].
type Error struct {
	// Position is where the wrong argument stands, else where the tag begins.
	Position token.Position
	// Argument is the name of the wrong argument, if it is one.
	Argument string
	// Message is one sentence in lower case without a full stop or a position.
	Message string
	// Hint says what is valid or what to do; it may be empty.
	Hint string
	// Err is the cause.
	Err error
}

// Error returns the position and the message.
func (e *Error) Error() string {
	if e.Position.Line == 0 {
		return e.Message
	}
	return e.Position.String() + ": " + e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Err returns all that is wrong with the tag as one error, nil if nothing is: one
// of [Tag.Errors], or several joined.
func (t *Tag) Err() error {
	var errs []error
	for _, e := range t.Errors() {
		errs = append(errs, e)
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// Errors returns all that is wrong with the tag. What its repository is to
// blame for is known once the cards were read.
func (t *Tag) Errors() []*Error {
	cause := t.failure // such as that there are too many tags
	if cause == nil {
		cause = t.wrong
	}
	if cause == nil {
		return nil
	}
	var list tag.Errors
	var one *tag.Error
	switch {
	case errors.As(cause, &list):
	case errors.As(cause, &one):
		list = tag.Errors{one}
	default:
		return []*Error{t.repositoryError(cause)}
	}
	errs := make([]*Error, len(list))
	for i, e := range list {
		errs[i] = t.argumentError(e)
	}
	return errs
}

func (t *Tag) argumentError(e *tag.Error) *Error {
	position := t.Position
	position.Line, position.Column = e.Pos.Line, e.Pos.Column
	message := e.Message
	if e.Arg != "" {
		message = e.Arg + ": " + message
	}
	return &Error{Position: position, Argument: e.Arg, Message: message, Hint: e.Hint(), Err: e}
}

func (t *Tag) repositoryError(err error) *Error {
	out := &Error{Position: t.Position, Message: err.Error(), Err: err}
	var e *card.Error
	var spent *budget.Spent
	switch {
	case errors.As(err, &e):
		out.Hint = e.Hint
	case errors.As(err, &spent):
		out.Hint = spent.Hint()
	}
	return out
}

// wrongArgument is an error about one argument, at its place.
func (t *Tag) wrongArgument(name, message, valid string, source []byte) error {
	inner, at := innerOf(t, source)
	return &tag.Error{Arg: name, Message: message, Valid: valid, Pos: tag.Place(inner, at, name)}
}

// check compares what the tag wants with what the repository has.
func (t *Tag) check(c *card.Card, source []byte) error {
	name := t.args.App
	switch {
	case name != "" && c.App(name) == nil:
		valid := cmp.Or(strings.Join(c.AppNames(), ", "), doors.Say().NoApps)
		return t.wrongArgument("app", fmt.Sprintf(doors.Say().NoApp, name), valid, source)
	case len(c.Apps) == 0 && t.args.URLPath == "" && slices.Contains(t.args.Show, "app"):
		return t.wrongArgument("show", doors.Say().NoStart, doors.Say().NoStartValid, source)
	}
	for _, item := range t.args.Files {
		if p := piece.Of(c, item); p != nil && p.Problem != "" {
			return t.wrongArgument("files", p.Problem, p.Valid, source)
		}
	}
	if untold := piece.Untold(c, t.args.Files); len(untold) > 0 {
		return &card.Error{Repo: c.Repo, Ref: t.args.Ref, Reason: card.ReasonSource, Message: fmt.Sprintf(doors.Say().NoFiles, c.Repo, cmp.Or(t.args.Ref, "HEAD"), strings.Join(untold, ", "))}
	}
	return nil
}
