package python

import (
	"strconv"
	"strings"
)

// numberLen returns the length of the number that s begins with. The first
// byte is a digit, or a point before one.
func numberLen(s string) int {
	if len(s) > 1 && s[0] == '0' {
		switch s[1] {
		case 'x', 'X':
			return radixLen(s, "0123456789abcdefABCDEF")
		case 'o', 'O':
			return radixLen(s, "01234567")
		case 'b', 'B':
			return radixLen(s, "01")
		}
	}
	n := digitsLen(s, "0123456789")
	if n < len(s) && s[n] == '.' {
		n++
		n += digitsLen(s[n:], "0123456789")
	}
	n += exponentLen(s[n:])
	if n < len(s) && (s[n] == 'j' || s[n] == 'J') {
		n++
	}
	return n
}

// radixLen returns the length of a number after a prefix such as "0x", or 1
// when no digit follows the prefix: then the zero stands alone.
func radixLen(s, digits string) int {
	rest := strings.TrimPrefix(s[2:], "_")
	n := digitsLen(rest, digits)
	if n == 0 {
		return 1
	}
	return len(s) - len(rest) + n
}

// digitsLen returns the length of a run of digits, with single underscores
// between them.
func digitsLen(s, digits string) int {
	n := 0
	for n < len(s) {
		switch {
		case strings.IndexByte(digits, s[n]) >= 0:
			n++
		case s[n] == '_' && n > 0 && n+1 < len(s) && strings.IndexByte(digits, s[n+1]) >= 0:
			n += 2
		default:
			return n
		}
	}
	return n
}

// exponentLen returns the length of the exponent that s begins with, or 0.
func exponentLen(s string) int {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return 0
	}
	n := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		n++
	}
	digits := digitsLen(s[n:], "0123456789")
	if digits == 0 {
		return 0
	}
	return n + digits
}

// number returns the value of a number token, an int64 or a float64. Complex
// numbers and those out of range are not known.
func number(text string) (any, bool) {
	text = strings.ReplaceAll(text, "_", "")
	if i, err := strconv.ParseInt(text, 0, 64); err == nil {
		return i, true
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f, true
	}
	return nil, false
}
