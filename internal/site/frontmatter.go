package site

import "bytes"

// frontMatter returns where a page's front matter ends, 0 if it has none. What
// begins like front matter and does not end is the page's text; Hugo refuses
// such a page.
func frontMatter(src []byte) int {
	start := len(src) - len(bytes.TrimLeft(bytes.TrimPrefix(src, []byte("\ufeff")), " \t\r\n\v\f"))
	rest := src[start:]
	for _, fence := range []string{"---", "+++"} {
		if bytes.HasPrefix(rest, []byte(fence)) {
			return start + fenced(rest, fence)
		}
	}
	switch {
	case bytes.HasPrefix(rest, []byte("{")) && !bytes.HasPrefix(rest, []byte("{{")):
		return start + braced(rest)
	case bytes.HasPrefix(rest, []byte("#+")):
		return start + keywords(rest)
	}
	return 0
}

// fenced returns where front matter between two lines that begin with the fence
// ends.
func fenced(src []byte, fence string) int {
	for pos := len(fence); ; {
		at := bytes.IndexByte(src[pos:], '\n')
		if at < 0 {
			return 0
		}
		pos += at + 1
		if bytes.HasPrefix(src[pos:], []byte(fence)) {
			return pos + len(fence)
		}
	}
}

// braced returns where front matter that is a JSON object ends.
func braced(src []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(src); i++ {
		switch {
		case src[i] == '\\':
			i++
		case src[i] == '"':
			quoted = !quoted
		case quoted:
		case src[i] == '{':
			depth++
		case src[i] == '}':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// keywords returns where the keywords end that an Org file begins with.
func keywords(src []byte) int {
	pos := 0
	for bytes.HasPrefix(src[pos:], []byte("#+")) {
		at := bytes.IndexByte(src[pos:], '\n')
		if at < 0 {
			return len(src)
		}
		pos += at + 1
	}
	return pos
}
