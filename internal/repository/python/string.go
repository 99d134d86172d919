package python

import (
	"strings"
	"unicode/utf8"
)

// maxNesting bounds how deep f-strings may stand in each other.
const maxNesting = 50

// stringPrefix returns the length of the letters before the quote that s
// begins with, or -1 if no string begins there.
func stringPrefix(s string) int {
	n := 0
	for n < len(s) && n < 3 && s[n] != '"' && s[n] != '\'' {
		n++
	}
	if n >= len(s) || s[n] != '"' && s[n] != '\'' {
		return -1
	}
	switch strings.ToLower(s[:n]) {
	case "", "r", "u", "b", "br", "rb", "f", "fr", "rf", "t", "tr", "rt":
		return n
	}
	return -1
}

// formatted says whether a string with this prefix has replacement fields.
func formatted(prefix string) bool { return strings.ContainsAny(prefix, "fFtT") }

// quoteAt returns the quotes that s begins with: one character or three.
func quoteAt(s string) string {
	if q := s[:1]; strings.HasPrefix(s, q+q+q) {
		return s[:3]
	}
	return s[:1]
}

// str emits the string that begins with a prefix of n letters. An unclosed one
// is Invalid and ends with its line, or with the source if it has three
// quotes.
func (t *tokenizer) str(n int) {
	rest := t.src[t.pos:]
	quote := quoteAt(rest[n:])
	if formatted(rest[:n]) && !t.plainStrings {
		if end := formattedEnd(rest, 0); end > 0 {
			t.take(String, end)
			return
		}
		t.plainStrings = true
	}
	if end := plainEnd(rest[n+len(quote):], quote); end >= 0 {
		t.take(String, n+len(quote)+end)
		return
	}
	if i := strings.IndexByte(rest, '\n'); i >= 0 && len(quote) == 1 {
		t.take(Invalid, i)
		return
	}
	t.take(Invalid, len(rest))
}

// plainEnd returns the offset behind the closing quote in s, the text after
// the opening one, or -1 if there is none.
func plainEnd(s, quote string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '\n' && len(quote) == 1:
			return -1
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote)
		}
	}
	return -1
}

// formattedEnd returns the length of the f-string that s begins with, prefix
// and quotes included, or -1 if it does not end. Quotes inside its replacement
// fields do not end it, as in Python 3.12 and later.
func formattedEnd(s string, depth int) int {
	if depth > maxNesting {
		return -1
	}
	n := stringPrefix(s)
	raw := strings.ContainsAny(s[:n], "rR")
	quote := quoteAt(s[n:])
	for i := n + len(quote); i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote)
		case s[i] == '\n' && len(quote) == 1:
			return -1
		case s[i] == '\\':
			i += escapeLen(s[i:], raw)
		case strings.HasPrefix(s[i:], "{{"):
			i += 2
		case s[i] == '{':
			end := fieldEnd(s[i+1:], quote, depth)
			if end < 0 {
				return -1
			}
			i += 1 + end
		default:
			i++
		}
	}
	return -1
}

// escapeLen returns how many bytes a backslash in an f-string's text covers. A
// brace after it still opens a field, except in \N{…}.
func escapeLen(s string, raw bool) int {
	if !raw && strings.HasPrefix(s, `\N{`) {
		if i := strings.IndexByte(s, '}'); i >= 0 && i < 100 {
			return i + 1
		}
	}
	if len(s) > 1 && s[1] != '{' && s[1] != '}' {
		return 2
	}
	return 1
}

// fieldEnd returns the offset behind the "}" that closes a replacement field,
// in s, the text after its "{", or -1.
func fieldEnd(s, quote string, depth int) int {
	brackets := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '}' && brackets == 0:
			return i + 1
		case c == ':' && brackets == 0:
			end := specEnd(s[i+1:], quote, depth)
			if end < 0 {
				return -1
			}
			return i + 1 + end
		case c == '(' || c == '[' || c == '{':
			brackets++
			i++
		case c == ')' || c == ']' || c == '}':
			brackets--
			i++
		default:
			n := fieldTokenLen(s, i, depth)
			if n < 0 {
				return -1
			}
			i += n
		}
		if brackets < 0 {
			return -1
		}
	}
	return -1
}

// fieldTokenLen returns the length of what stands at i in a replacement field:
// a string, a name, a comment, or any single character.
func fieldTokenLen(s string, i, depth int) int {
	rest := s[i:]
	if n := stringPrefix(rest); n >= 0 {
		if formatted(rest[:n]) {
			return formattedEnd(rest, depth+1)
		}
		quote := quoteAt(rest[n:])
		end := plainEnd(rest[n+len(quote):], quote)
		if end < 0 {
			return -1
		}
		return n + len(quote) + end
	}
	if n := nameLen(rest); n > 0 {
		return n
	}
	if rest[0] == '#' {
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return n
		}
		return -1
	}
	return 1
}

// specEnd returns the offset behind the "}" that ends a field's format
// specification, in s, the text after its ":", or -1.
func specEnd(s, quote string, depth int) int {
	if depth > maxNesting {
		return -1
	}
	for i := 0; i < len(s); {
		switch {
		case s[i] == '}':
			return i + 1
		case s[i] == '{':
			end := fieldEnd(s[i+1:], quote, depth+1)
			if end < 0 {
				return -1
			}
			i += 1 + end
		case strings.HasPrefix(s[i:], quote), s[i] == '\n' && len(quote) == 1:
			return -1
		default:
			i++
		}
	}
	return -1
}

// unescape returns the value of a string's text between its quotes.
func unescape(s string, raw bool) string {
	if raw || !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		text, n := escape(s[i:])
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// escape returns the value of the escape sequence that s begins with, and its
// length. One that Python does not know stands for itself.
func escape(s string) (string, int) {
	switch c := s[1]; c {
	case '\n':
		return "", 2
	case '\\', '\'', '"':
		return s[1:2], 2
	case 'n':
		return "\n", 2
	case 't':
		return "\t", 2
	case 'r':
		return "\r", 2
	case 'a', 'b', 'f', 'v':
		return map[byte]string{'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v"}[c], 2
	case 'x':
		return codePoint(s, 2, 2, 16)
	case 'u':
		return codePoint(s, 2, 4, 16)
	case 'U':
		return codePoint(s, 2, 8, 16)
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := 1
		for n < 3 && 1+n < len(s) && '0' <= s[1+n] && s[1+n] <= '7' {
			n++
		}
		return codePoint(s, 1, n, 8)
	}
	return s[:1], 1
}

// codePoint returns the character whose number stands at s[from:from+n].
func codePoint(s string, from, n, base int) (string, int) {
	if from+n > len(s) {
		return s[:1], 1
	}
	value := rune(0)
	for _, c := range []byte(s[from : from+n]) {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if c < 'A' {
			d = int(c) - '0'
		}
		if d < 0 || d >= base || value > utf8.MaxRune {
			return s[:1], 1
		}
		value = value*rune(base) + rune(d)
	}
	return string(value), from + n
}
