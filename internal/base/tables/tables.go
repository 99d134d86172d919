// Package tables decodes TOML and YAML that a stranger may have written. The decoders'
// work grows with the square of how deep a text nests, of how long its keys are or of
// how many there are, so these are looked at before they see the text.
package tables

import (
	"fmt"

	"github.com/BurntSushi/toml"
)

// The limits of a text. What is written by hand or by a tool has a small part of
// either.
const (
	// MaxDepth is how deep tables and arrays may stand in one another.
	MaxDepth = 32
	// MaxNames bounds the names that the decoder keeps, in bytes: of each key, all
	// tables that it stands in are a part, and so is each of them.
	MaxNames = 32 << 20
)

// ParseError is the error of a text that is not TOML.
type ParseError = toml.ParseError

// LimitError is the error of a text that is over a limit: whether it is well-formed, and
// what it says, cannot be known.
type LimitError struct {
	// Offset is where TOML goes over the limit, and Line, from 1, where YAML does.
	Offset, Line int
	// Why says what there is too much of.
	Why string
}

// Error says what there is too much of.
func (e *LimitError) Error() string { return e.Why }

// Decode decodes a text into what v points to. A text over a limit is a
// *[LimitError], and one that is not TOML a [ParseError]. What is TOML and does
// not fit v is another error.
func Decode(text []byte, v any) error {
	if err := measure(text); err != nil {
		return err
	}
	return toml.Unmarshal(text, v)
}

// measure looks whether a text is within the limits.
func measure(text []byte) error {
	s := scanner{text: text}
	s.scan()
	switch {
	case s.depth > MaxDepth:
		return &LimitError{Offset: s.at, Why: fmt.Sprintf("it nests more than %d deep", MaxDepth)}
	case s.names > MaxNames:
		return &LimitError{Offset: s.at, Why: "its keys are too long"}
	}
	return nil
}
