// Package visible makes characters that cannot be seen visible.
//
// A file name or a source file of a stranger's repository can hold characters
// that change how the text around them looks without showing themselves:
// controls that turn the direction of writing, so that code reads differently
// from what runs, invisible letters, and controls that HTML cannot carry.
package visible

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text returns s with each character that cannot be seen written out, such as
// ⟨U+202E⟩, or, for the controls of ASCII, as the symbol that Unicode has for
// it, such as ␛. Line ends and tabs stay as they are, and so do the joiners
// that scripts and emoji need. Bytes that are not UTF-8 become U+FFFD. Doing it
// twice changes nothing.
func Text(s string) string {
	if strings.IndexFunc(s, hidden) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !hidden(r):
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune('\u2400' + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
	}
	return b.String()
}

// shown are format characters that are needed: the joiners, without which some
// scripts are misspelt and emoji fall apart, and the signs that are drawn
// around Arabic, Syriac and Kaithi digits.
var shown = map[rune]bool{
	'\u200c': true, '\u200d': true,
	'\u0600': true, '\u0601': true, '\u0602': true, '\u0603': true, '\u0604': true, '\u0605': true,
	'\u06dd': true, '\u070f': true, '\u0890': true, '\u0891': true, '\u08e2': true,
	'\U000110bd': true, '\U000110cd': true,
}

// hidden says whether r has no shape of its own and is not wanted.
func hidden(r rune) bool {
	if r < 0x80 {
		return r < 0x20 && r != '\n' && r != '\t' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point) && !shown[r]
}
