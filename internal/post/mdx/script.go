package mdx

import (
	"bytes"
	"regexp"
)

// element is what a piece of JSX or JavaScript is for the text around it.
type element int

const (
	none       element = iota
	opens              // <a>
	closes             // </a>
	whole              // <a />
	expression         // {a}, or a comment
)

// script returns what begins at the beginning of a text, and where it ends.
func script(text []byte) (element, int) {
	switch {
	case len(text) == 0:
	case text[0] == '{':
		if n := braces(text); n > 0 {
			return expression, n
		}
	case bytes.HasPrefix(text, []byte("<!--")): // Docusaurus takes them for its own
		if n := bytes.Index(text, []byte("-->")); n > 0 {
			return expression, n + len("-->")
		}
	case text[0] == '<':
		return tag(text)
	}
	return none, 0
}

var (
	tagName   = regexp.MustCompile(`^<(/?)[ \t\r\n]*(?:[\pL_$][\pL\pN_$.:-]*)?`)
	attribute = regexp.MustCompile(`^[ \t\r\n]*[\pL_$][\pL\pN_$:-]*(?:[ \t\r\n]*=[ \t\r\n]*(?:"[^"]*"|'[^']*'|\{))?`)
	spread    = regexp.MustCompile(`^[ \t\r\n]*\{`)
	tagEnd    = regexp.MustCompile(`^[ \t\r\n]*(/?)[ \t\r\n]*>`)
)

// tag reads one tag of JSX.
func tag(text []byte) (element, int) {
	name := tagName.FindSubmatch(text)
	at := len(name[0])
	for {
		if end := tagEnd.FindSubmatch(text[at:]); end != nil {
			switch at += len(end[0]); {
			case len(name[1]) > 0:
				return closes, at
			case len(end[1]) > 0:
				return whole, at
			}
			return opens, at
		}
		m := attribute.Find(text[at:])
		if m == nil {
			m = spread.Find(text[at:])
		}
		if m == nil || at == 1 { // a fragment, <>, has no attributes
			return none, 0
		}
		if at += len(m); m[len(m)-1] == '{' {
			n := braces(text[at-1:])
			if n == 0 {
				return none, 0
			}
			at += n - 1
		}
	}
}

// braces returns where the brace that a text begins with is closed, 0 if it is not.
func braces(text []byte) int {
	n := balanced(text, true)
	return max(n, 0)
}

// balanced follows brackets of JavaScript to where none is open any more: behind the
// first closing one, or at the end of the text. It is -1 if one stays open.
func balanced(text []byte, first bool) int {
	var open []byte
	before := byte('(') // the last mark that is no space
	for i := 0; i < len(text); i++ {
		c := text[i]
		if len(open) > 0 && open[len(open)-1] == '`' { // in a template
			switch {
			case c == '\\':
				i++
			case c == '`':
				open = open[:len(open)-1]
			case c == '$' && i+1 < len(text) && text[i+1] == '{':
				open = append(open, '{')
				i++
			}
			continue
		}
		switch c {
		case '{', '(', '[':
			open = append(open, c)
		case '`':
			open = append(open, c)
		case '}', ')', ']':
			if len(open) == 0 {
				return -1
			}
			if open = open[:len(open)-1]; first && len(open) == 0 {
				return i + 1
			}
		case '"', '\'':
			i += quoted(text[i:])
		case '/':
			i += slash(text[i:], before)
		}
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			before = c
		}
	}
	if len(open) > 0 || first {
		return -1
	}
	return len(text)
}

// A string ends in its line; an apostrophe in the text of an element does not.
var (
	quotes  = regexp.MustCompile(`^(?:"(?:[^"\\\r\n]|\\(?s:.))*"|'(?:[^'\\\r\n]|\\(?s:.))*')`)
	pattern = regexp.MustCompile(`^/(?:[^/\\\[\r\n]|\\.|\[(?:[^\]\\\r\n]|\\.)*\])+/`)
)

// quoted returns how much more than its first byte belongs to a string.
func quoted(text []byte) int { return max(len(quotes.Find(text))-1, 0) }

// slash returns how much more than its first byte belongs to a comment or to a regular
// expression, which does not follow what can be divided.
func slash(text []byte, before byte) int {
	end, n := "", 0
	switch {
	case bytes.HasPrefix(text, []byte("/*")):
		end = "*/"
	case bytes.HasPrefix(text, []byte("//")) && before != ':': // an address in an element's text
		end = "\n"
	case bytes.IndexByte([]byte("(,=:[!&|?{};+-*%~^"), before) >= 0:
		n = len(pattern.Find(text))
	}
	if end != "" {
		if i := bytes.Index(text[2:], []byte(end)); i >= 0 {
			n = 2 + i + len(end)
		} else {
			n = len(text)
		}
	}
	return max(n-1, 0)
}
