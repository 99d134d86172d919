package tag

import (
	"fmt"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/doors"
)

// Error is one thing that is wrong with a tag.
type Error struct {
	// Arg is the argument's name, empty for text that is no argument.
	Arg string
	// Pos is where the argument's name stands, or the text. For an argument
	// that is missing it is where the tag begins.
	Pos position.Position
	// Message says what is wrong, Valid what would be right; both in lower case
	// and without a full stop. Valid may be empty.
	Message, Valid string
}

// Text returns the message without the position.
func (e *Error) Text() string {
	var b strings.Builder
	if e.Arg != "" {
		b.WriteString(e.Arg + ": ")
	}
	b.WriteString(e.Message)
	if e.Valid != "" {
		b.WriteString("; " + e.Hint())
	}
	return b.String()
}

// Hint returns what would be right as a sentence, or "".
func (e *Error) Hint() string {
	if e.Valid == "" {
		return ""
	}
	return fmt.Sprintf(doors.Say().Valid, e.Valid)
}

// Error returns the position and the text.
func (e *Error) Error() string {
	if e.Pos.File == "" && e.Pos.Line == 0 {
		return e.Text()
	}
	return e.Pos.String() + ": " + e.Text()
}

// Errors is all that is wrong with a tag, in the order of the positions.
type Errors []*Error

// Error returns the errors, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the errors one by one.
func (e Errors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, err := range e {
		errs[i] = err
	}
	return errs
}
