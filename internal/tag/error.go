package tag

import (
	"fmt"
	"strings"
)

// Position is a place in a file. Lines and columns count from 1, columns in
// bytes, as Go and Hugo count. The zero Position is unknown.
type Position struct {
	File         string
	Line, Column int
}

// String returns file:line:column without the parts that are not known.
func (p Position) String() string {
	s := p.File
	if p.Line > 0 {
		if s != "" {
			s += ":"
		}
		s += fmt.Sprint(p.Line)
		if p.Column > 0 {
			s += fmt.Sprintf(":%d", p.Column)
		}
	}
	if s == "" {
		return "-"
	}
	return s
}

// Error is one thing that is wrong with a tag.
type Error struct {
	// Arg is the argument's name, empty for text that is no argument.
	Arg string
	// Pos is where the argument's name stands, or the text. For an argument
	// that is missing it is where the tag begins.
	Pos Position
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
		b.WriteString("; valid: " + e.Valid)
	}
	return b.String()
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
