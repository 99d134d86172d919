// Package strain reckons what a text may cost a highlighter, without running it.
//
// The lexers try expressions one after the other. Most take a time that grows with
// the text, and almost each has a character of which that is not true: from each
// one in a row it looks along the rest of the line, or of what is blank, so that a
// run of them costs the square of its length. docs/highlighting.md has what was
// measured. What is reckoned is the worst that any lexer does, so that there is no
// table of them, and it is the same on every machine.
package strain

import (
	"unicode"
	"unicode/utf8"
)

// MaxCard is how many steps the texts of one card may cost: about two seconds of a
// processor, or what 300 KB of code and more have.
const MaxCard = 16 << 20

// What one thing costs, in steps of about a tenth of a microsecond.
const (
	token = 64 // one piece of the text with a colour of its own
	blank = 4  // so many pairs of characters in a row without a letter are one
)

// Left is what is left of a card's steps.
type Left int

// NewLeft returns those of a card that has no text yet.
func NewLeft() Left { return MaxCard }

// Take says whether a text may be highlighted, and takes its steps if so.
func (l *Left) Take(text string) bool {
	steps := Left(Steps(text))
	if steps > *l {
		return false
	}
	*l -= steps
	return true
}

// Steps reckons what a text costs at most.
func Steps(text string) int {
	steps, inWord := 0, false
	line, marks, row := 0, 0, 0
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		at += n
		switch {
		case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			if !inWord {
				steps += token + row*row/blank
			}
			inWord, row = true, 0
		default:
			inWord = false
			row++
			if r != ' ' {
				marks++
			}
		}
		line++
		if r == '\n' {
			steps += marks * (line + token)
			line, marks = 0, 0
		}
	}
	return steps + marks*(line+token) + row*row/blank
}
