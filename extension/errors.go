package extension

import (
	"errors"
	"go/token"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/tag"
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

// Errors returns all that is wrong with the tag. What its repository is to
// blame for is known once the cards were read.
func (t *Tag) Errors() []*Error {
	cause := t.Err
	if cause == nil {
		cause = t.failure
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
	hint := ""
	if e.Valid != "" {
		hint = "valid: " + e.Valid
	}
	return &Error{Position: position, Argument: e.Arg, Message: message, Hint: hint, Err: e}
}

func (t *Tag) repositoryError(err error) *Error {
	out := &Error{Position: t.Position, Message: err.Error(), Err: err}
	var e *card.Error
	if errors.As(err, &e) {
		out.Hint = e.Hint
	}
	return out
}
