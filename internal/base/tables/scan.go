package tables

import "bytes"

// scanner walks a text once, up to where it goes over a limit, and parses no
// more of it than says where keys and brackets are. What is not TOML may count
// for more than the decoder sees of it before it gives up, never for less.
type scanner struct {
	text []byte
	at   int
	// header is the table that a line in brackets has opened.
	header key
	// open are the brackets and braces around, innermost last.
	open []frame
	// depth is the greatest yet, and names are the bytes of names yet.
	depth, names int
}

// key is how long a key is, with those of all tables around it: in parts and in
// bytes.
type key struct{ parts, bytes int }

// frame is an open array or inline table, and the key that it stands at.
type frame struct {
	array bool
	at    key
}

// overhead is what the decoder keeps for one part of a name, besides its bytes.
const overhead = 32

// marks are byte order marks, which the decoder drops.
var marks = []string{"\xff\xfe", "\xfe\xff", "\xef\xbb\xbf"}

func (s *scanner) scan() {
	for _, mark := range marks {
		if bytes.HasPrefix(s.text, []byte(mark)) {
			s.at = len(mark)
		}
	}
	for !s.over() && s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			s.at++
		case c == '#':
			s.line()
		case len(s.open) == 0:
			s.statement()
		default:
			s.inside(&s.open[len(s.open)-1])
		}
	}
}

// over says whether a limit is passed.
func (s *scanner) over() bool { return s.depth > MaxDepth || s.names > MaxNames }

// statement reads a line of the top level: a header, or a key with its value.
func (s *scanner) statement() {
	if s.text[s.at] != '[' {
		s.keyed(s.header)
	} else {
		s.at++
		s.take('[')
		s.header = s.key(key{})
	}
	if len(s.open) == 0 { // the decoder takes nothing more on this line
		s.line()
	}
}

// inside reads the next thing in an array or inline table.
func (s *scanner) inside(f *frame) {
	switch c := s.text[s.at]; {
	case c == ']' && f.array, c == '}' && !f.array:
		s.open = s.open[:len(s.open)-1]
		s.at++
	case c == ',':
		s.at++
	case f.array:
		s.value(f.at)
	default:
		s.keyed(f.at)
	}
}

// keyed reads a key and its value.
func (s *scanner) keyed(within key) {
	k := s.key(within)
	s.blanks()
	if s.take('=') {
		s.blanks()
		s.value(k)
	} else if s.at < len(s.text) {
		s.at++ // what the decoder stops at
	}
}

// key reads a key up to what ends it.
func (s *scanner) key(k key) key {
	own, start := 1, s.at
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case '"', '\'':
			s.quoted(c)
			continue
		case '.':
			own++
		case '=', ']', ',', '}', '\n', '#':
			return s.counted(k, own, start)
		}
		s.at++
	}
	return s.counted(k, own, start)
}

// counted adds a key that was read.
func (s *scanner) counted(k key, own, start int) key {
	k.parts += own
	k.bytes += s.at - start
	s.deeper(k.parts)
	s.names += own * (k.bytes + overhead*k.parts)
	return k
}

// deeper notes how deep something stands. Brackets alone are counted, too, since
// of a text that is not TOML the keys may be missing.
func (s *scanner) deeper(depth int) { s.depth = max(s.depth, depth, len(s.open)) }

// value reads a value, or the beginning of an array or inline table.
func (s *scanner) value(at key) {
	if s.at == len(s.text) {
		return
	}
	switch c := s.text[s.at]; c {
	case '"', '\'':
		s.long(c)
	case '[':
		s.at++
		at.parts++
		s.open = append(s.open, frame{true, at})
		s.deeper(at.parts)
	case '{':
		s.at++
		s.names += at.bytes + overhead*at.parts
		s.open = append(s.open, frame{false, at})
		s.deeper(at.parts)
	default:
		s.scalar()
	}
}

// scalar reads a number, a date or a word.
func (s *scanner) scalar() {
	rest := s.text[s.at:]
	if n := bytes.IndexAny(rest[1:], ",]}\n#"); n >= 0 {
		s.at += 1 + n
	} else {
		s.at = len(s.text)
	}
}

// long reads a text, which may begin with three quotes and go over lines.
func (s *scanner) long(quote byte) {
	three := bytes.Repeat([]byte{quote}, 3)
	if !bytes.HasPrefix(s.text[s.at:], three) {
		s.quoted(quote)
		return
	}
	for s.at += 3; s.at < len(s.text); s.at++ {
		switch {
		case s.text[s.at] == '\\' && quote == '"':
			s.at++
		case bytes.HasPrefix(s.text[s.at:], three):
			s.at += 3
			for extra := 0; extra < 2 && s.take(quote); extra++ { // the text may end in two
			}
			return
		}
	}
	s.at = len(s.text)
}

// quoted reads a text of one line. One that the line's end cuts ends there.
func (s *scanner) quoted(quote byte) {
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == quote:
			s.at++
			return
		case c == '\n':
			return
		case c == '\\' && quote == '"':
			s.at++
		}
	}
	s.at = len(s.text)
}

// take goes over a character, if it stands here.
func (s *scanner) take(c byte) bool {
	if s.at == len(s.text) || s.text[s.at] != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) blanks() {
	for s.take(' ') || s.take('\t') {
	}
}

// line goes to the end of the line.
func (s *scanner) line() {
	if n := bytes.IndexByte(s.text[s.at:], '\n'); n >= 0 {
		s.at += n
	} else {
		s.at = len(s.text)
	}
}
