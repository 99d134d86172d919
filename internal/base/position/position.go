// Package position is a place in a file, as messages name it, and the one
// counter of lines and columns: from 1, columns in bytes, as Go's tools and Hugo
// count.
package position

import (
	"bytes"
	"cmp"
	"fmt"
	"go/token"
)

// Position is a place in a file. The zero Position is unknown.
type Position struct {
	File         string
	Line, Column int
}

// Of returns a position of go/token, which the public packages have, as one of
// ours.
func Of(p token.Position) Position {
	return Position{File: p.Filename, Line: p.Line, Column: p.Column}
}

// Token is the way back of [Of], with the offset in the text.
func (p Position) Token(offset int) token.Position {
	return token.Position{Filename: p.File, Offset: offset, Line: p.Line, Column: p.Column}
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

// Compare orders positions in one file.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Line returns the line of an offset in a text.
func Line[T string | []byte](text T, offset int) int {
	return Count(Position{Line: 1, Column: 1}, text).At(offset).Line
}

// Counter finds the positions of offsets in a text. Those that ascend cost one
// pass over the text, however many they are.
type Counter struct {
	text   []byte
	begin  Position // of the text
	offset int      // that was asked last
	at     Position // of offset
}

// Count returns a counter for a text that begins at a position. If that has no
// line, nothing has.
func Count[T string | []byte](begin Position, text T) *Counter {
	return &Counter{text: []byte(text), begin: begin, at: begin}
}

// At returns the position of an offset. One outside of the text is taken for
// the text's beginning or end.
func (c *Counter) At(offset int) Position {
	if c.begin.Line == 0 {
		return c.begin
	}
	offset = min(max(offset, 0), len(c.text))
	if offset < c.offset {
		c.offset, c.at = 0, c.begin
	}
	passed := c.text[c.offset:offset]
	if n := bytes.Count(passed, []byte{'\n'}); n > 0 {
		c.at.Line += n
		c.at.Column = len(passed) - bytes.LastIndexByte(passed, '\n')
	} else {
		c.at.Column += len(passed)
	}
	c.offset = offset
	return c.at
}
