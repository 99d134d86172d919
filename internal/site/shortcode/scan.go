// Package shortcode finds shortcodes in the pages of a Hugo site, where Hugo
// itself finds them.
package shortcode

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Shortcode is one {{< name … >}} or {{% name … %}} of a page, or the end
// {{< /name >}} of one. What is commented out, {{</* name */>}}, is none.
type Shortcode struct {
	Name string
	// Closing marks the end of a shortcode that has content.
	Closing bool
	// Markdown marks the form with percent signs, whose output Hugo puts into
	// the page's Markdown.
	Markdown bool
	// Start and End are its place in the page, delimiters included.
	Start, End int
	Params     []Param
	// Err says what Hugo would not accept.
	Err error
}

// Param is one parameter of a shortcode. A positional one has no name.
type Param struct {
	Name, Value string
	// Quoted says that the value stood in quotes or backticks. Hugo takes
	// other values that look like a number or a truth value for one.
	Quoted bool
	// Pos is where it begins in the page.
	Pos int
}

// Scan finds the shortcodes of a page without its front matter: anywhere in the
// text, in code as well. Hugo refuses a page for its first malformed shortcode;
// Scan goes on behind it.
func Scan(src []byte) []Shortcode {
	var found []Shortcode
	for pos := 0; ; {
		at := bytes.Index(src[pos:], []byte("{{"))
		if at < 0 {
			return found
		}
		pos += at
		s := scanner{src: src, pos: pos + 3}
		switch {
		case bytes.HasPrefix(src[pos:], []byte("{{<")):
			s.right = ">}}"
		case bytes.HasPrefix(src[pos:], []byte("{{%")):
			s.right = "%}}"
		default:
			pos += 1
			continue
		}
		if end, ok := s.comment(); ok {
			pos = end
			continue
		}
		s.sc = Shortcode{Start: pos, Markdown: s.right[0] == '%'}
		s.sc.Err = s.scan()
		s.sc.End = s.pos
		found = append(found, s.sc)
		pos = s.pos
		if s.sc.Err != nil {
			pos = s.sc.Start + 3
		}
	}
}

// scanner reads one shortcode, from behind its left delimiter.
type scanner struct {
	src   []byte
	pos   int
	right string // the right delimiter
	sc    Shortcode
	kind  kind // of the parameters so far
}

type kind int

const (
	none kind = iota
	positional
	named
)

// comment returns where a commented shortcode ends, if this is one.
func (s *scanner) comment() (end int, ok bool) {
	if !s.has("/*") {
		return 0, false
	}
	close := "*/" + s.right
	at := bytes.Index(s.src[s.pos:], []byte(close))
	if at < 0 {
		return s.pos, true
	}
	return s.pos + at + len(close), true
}

func (s *scanner) scan() error {
	for {
		switch c := s.peek(); {
		case s.has(s.right):
			s.pos += len(s.right)
			return nil
		case c == eof:
			return fmt.Errorf("the shortcode is not closed")
		case isSpace(c):
			s.pos++
		case c == '/':
			s.pos++
			s.sc.Closing = s.sc.Name == ""
		case s.sc.Name == "" && isWord(c):
			if err := s.scanName(); err != nil {
				return err
			}
		case c == '\\':
			s.pos++
			if s.peek() == '"' || s.peek() == '`' {
				if err := s.scanEscapedParam(); err != nil {
					return err
				}
			}
		case c == '=' && s.named():
			s.pos++
			if err := s.scanNamed(); err != nil {
				return err
			}
		case s.sc.Closing && s.sc.Name != "":
			return fmt.Errorf("the end of a shortcode has parameters")
		case s.sc.Name != "" && (isWord(c) || c == '-' || c == '"' || c == '`'):
			if err := s.scanParam(); err != nil {
				return err
			}
		default:
			return fmt.Errorf("%q in a shortcode: values with other than letters and digits are written in quotes", c)
		}
	}
}

func (s *scanner) scanName() error {
	start := s.pos
	for isWord(s.peek()) || s.peek() == '-' || s.peek() == '/' || s.peek() == '.' {
		if s.peek() == '.' {
			if !s.has(".inline ") { // {{< x.inline >}} has a template as its content
				return fmt.Errorf("a period in the name of a shortcode")
			}
		}
		s.next()
	}
	s.sc.Name = string(s.src[start:s.pos])
	return nil
}

func (s *scanner) scanParam() error {
	p := Param{Pos: s.pos}
	if c := s.peek(); c == '"' || c == '`' {
		if err := s.scanValue(&p); err != nil {
			return err
		}
		return s.add(p)
	}
	for isWord(s.peek()) || s.peek() == '-' || s.peek() == '.' {
		s.next()
	}
	word := string(s.src[p.Pos:s.pos])
	if s.peek() != '=' {
		p.Value = word
		return s.add(p)
	}
	s.pos++
	p.Name = word
	if err := s.add(p); err != nil {
		return err
	}
	return s.scanNamed()
}

// named reports whether the last parameter can be the name of a value: Hugo
// takes white space before the "=".
func (s *scanner) named() bool {
	n := len(s.sc.Params)
	if n == 0 || s.sc.Params[n-1].Quoted || s.sc.Params[n-1].Name != "" {
		return false
	}
	s.sc.Params[n-1].Name = s.sc.Params[n-1].Value
	return true
}

// scanNamed reads the value of the last parameter, from behind its "=".
func (s *scanner) scanNamed() error {
	for isSpace(s.peek()) {
		s.pos++
	}
	return s.scanValue(&s.sc.Params[len(s.sc.Params)-1])
}

// add adds a parameter. Whether it is a named one is decided by its "=", which
// must follow at once if there are others of that kind.
func (s *scanner) add(p Param) error {
	kind := positional
	if p.Name != "" {
		kind = named
	}
	if s.kind != none && s.kind != kind {
		return fmt.Errorf("named and positional parameters in one shortcode")
	}
	s.kind = kind
	s.sc.Params = append(s.sc.Params, p)
	return nil
}

func (s *scanner) scanValue(p *Param) error {
	switch s.peek() {
	case '`':
		end := bytes.IndexByte(s.src[s.pos+1:], '`')
		if end < 0 {
			return fmt.Errorf("a value in backticks is not closed")
		}
		p.Value, p.Quoted = string(s.src[s.pos+1:s.pos+1+end]), true
		s.pos += end + 2
		return nil
	case '"':
		return s.scanQuoted(p)
	case '\\':
		s.pos++
		return s.scanEscaped(p)
	}
	start := s.pos
	for s.peek() != eof && !isSpace(s.peek()) {
		s.next()
	}
	p.Value = string(s.src[start:s.pos])
	return nil
}

// scanQuoted reads "…" with \" for a quote. Backslashes stay as they are unless
// one escapes a quote; then Hugo drops them all.
func (s *scanner) scanQuoted(p *Param) error {
	start := s.pos + 1
	escapes := false
	for i := start; i < len(s.src) && s.src[i] != '\n'; i++ {
		switch {
		case s.src[i] == '"':
			p.Value, p.Quoted = string(s.src[start:i]), true
			if escapes {
				p.Value = strings.ReplaceAll(p.Value, `\`, "")
			}
			s.pos = i + 1
			return nil
		case bytes.HasPrefix(s.src[i:], []byte(`\"`)):
			escapes = true
			i++
		case bytes.HasPrefix(s.src[i:], []byte("\\`")):
			return fmt.Errorf("a backslash before a backtick")
		}
	}
	return fmt.Errorf("a value in quotes is not closed on its line")
}

// scanEscapedParam reads a positional parameter that is written \"…\".
func (s *scanner) scanEscapedParam() error {
	p := Param{Pos: s.pos}
	if err := s.scanEscaped(&p); err != nil {
		return err
	}
	return s.add(p)
}

// scanEscaped reads "…\", as shortcodes inside a quoted text are written, from
// behind the first backslash.
func (s *scanner) scanEscaped(p *Param) error {
	if s.peek() != '"' {
		return fmt.Errorf("a backslash before something else than a quote")
	}
	start := s.pos + 1
	line, _, _ := bytes.Cut(s.src[start:], []byte("\n"))
	end := bytes.IndexByte(line, '"')
	if end < 0 {
		return fmt.Errorf("a value in quotes is not closed on its line")
	}
	s.pos = start + end + 1
	p.Value, p.Quoted = strings.TrimSuffix(string(line[:end]), `\`), true
	return nil
}

const eof = -1

func (s *scanner) has(prefix string) bool {
	return bytes.HasPrefix(s.src[s.pos:], []byte(prefix))
}

func (s *scanner) peek() rune {
	if s.pos >= len(s.src) {
		return eof
	}
	r, _ := utf8.DecodeRune(s.src[s.pos:])
	return r
}

func (s *scanner) next() {
	_, size := utf8.DecodeRune(s.src[s.pos:])
	s.pos += size
}

func isSpace(r rune) bool { return strings.ContainsRune("\t\n\v\f\r ", r) && r != eof }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
