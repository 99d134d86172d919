// Package rlang finds the calls in a source of R, as far as they are written out.
package rlang

import (
	"regexp"
	"strings"
)

// Call is a call of a function.
type Call struct {
	// Name is the function's, and Package that which stands before it.
	Name, Package string
	Args          []Arg
	// Offset is where it begins.
	Offset int
	// Sure says that nothing around it decides whether it is called: no brackets,
	// no condition, no loop and no function.
	Sure bool
}

// Arg is an argument, Name "" where it has none.
type Arg struct{ Name, Value string }

// Arg returns the value of a named argument, "" where there is none.
func (c *Call) Arg(name string) string {
	for _, a := range c.Args {
		if a.Name == name && name != "" {
			return a.Value
		}
	}
	return ""
}

// maxDepth bounds how deep calls within calls are looked into.
const maxDepth = 20

var (
	called = regexp.MustCompile(`^(?:([A-Za-z.][\w.]*):::?)?([A-Za-z.][\w.]*)[ \t]*\(`)
	named  = regexp.MustCompile(`^\s*([A-Za-z.][\w.]*)\s*=([^=]|$)`)
	number = regexp.MustCompile(`^\d+L$`)
)

// maxBytes bounds the R of one repository.
const maxBytes = 512 << 10

// Reader reads the R of one repository, each source once.
type Reader struct {
	// Cut says that there was more than is read.
	Cut  bool
	read int // bytes
	kept map[string][]Call
}

// Calls lists the calls of a source as [Calls] does: none where there was too much R
// before it.
func (r *Reader) Calls(source string) []Call {
	calls, known := r.kept[source]
	if known {
		return calls
	}
	if r.read += len(source); r.read > maxBytes {
		r.Cut = true
		return nil
	}
	if r.kept == nil {
		r.kept = map[string][]Call{}
	}
	calls = Calls(source)
	r.kept[source] = calls
	return calls
}

// Calls lists the calls of a source, those first that begin first.
func Calls(source string) []Call { return (&scan{}).calls(source, 0, maxDepth) }

// scan is where in a source of R one is.
type scan struct {
	// open counts the brackets that are open, and held says that what comes belongs
	// to a condition, a loop or a function, of which begun says that it has begun.
	open        int
	held, begun bool
}

// heads are the words that are followed by what they decide about.
var heads = map[string]bool{"if": true, "for": true, "while": true, "function": true, "else": true, "repeat": true, "|": true, "&": true}

func (s *scan) calls(source string, offset, depth int) []Call {
	var out []Call
	for i := 0; i < len(source) && depth > 0; {
		var m []string
		if begins(source[i]) {
			m = called.FindStringSubmatch(source[i:min(len(source), i+200)])
		}
		if m == nil {
			n := token(source[i:])
			s.pass(source[i : i+n])
			i += n
			continue
		}
		call := Call{Name: m[2], Package: m[1], Offset: offset + i, Sure: s.open == 0 && !s.held}
		s.pass(m[2])
		i += len(m[0])
		args, n := arguments(source[i:])
		for _, a := range args {
			call.Args = append(call.Args, argument(a))
		}
		out = append(out, call)
		out = append(out, (&scan{open: 1}).calls(source[i:i+n], offset+i, depth-1)...)
		i += n + 1 // and its bracket
	}
	return out
}

// pass goes past a token.
func (s *scan) pass(text string) {
	switch c := text[0]; {
	case heads[text]:
		s.held, s.begun = true, false
		return
	case c == ' ', c == '\t', c == '\r', c == '#':
		return
	case c == '\n', c == ';':
		s.held = s.held && !s.begun
		return
	case c == '(', c == '[', c == '{':
		s.open++
	case c == ')', c == ']', c == '}':
		s.open--
	}
	s.begun = true
}

// token is the length of what a source begins with: a text, a comment, a name, or
// one byte.
func token(source string) int {
	switch c := source[0]; c {
	case '#':
		if end := strings.IndexByte(source, '\n'); end >= 0 {
			return end
		}
		return len(source)
	case '"', '\'', '`':
		for i := 1; i < len(source); i++ {
			switch source[i] {
			case '\\':
				i++
			case c:
				return i + 1
			}
		}
		return len(source)
	}
	return max(name(source), 1)
}

// begins says whether a name may begin with a byte, and isPart whether it may be in one.
func begins(c byte) bool { return c == '.' || 'a' <= c|0x20 && c|0x20 <= 'z' }
func isPart(c byte) bool { return begins(c) || '0' <= c && c <= '9' || c == '_' }

// name is the length of a name or number, with that of the package before it.
func name(source string) int {
	n := part(source)
	if n == 0 {
		return 0
	}
	colons := 0
	for colons < 3 && strings.HasPrefix(source[n+colons:], ":") {
		colons++
	}
	if more := part(source[n+colons:]); colons > 0 && more > 0 {
		return n + colons + more
	}
	return n
}

func part(source string) int {
	n := 0
	for n < len(source) && isPart(source[n]) {
		n++
	}
	return n
}

// arguments splits what stands between the brackets of a call, and says how long
// that is.
func arguments(source string) (args []string, length int) {
	open, from := 0, 0
	for i := 0; i < len(source); {
		switch source[i] {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			if open--; open < 0 {
				return append(args, source[from:i]), i
			}
		case ',':
			if open == 0 {
				args, from = append(args, source[from:i]), i+1
			}
		}
		i += token(source[i:])
	}
	return append(args, source[from:]), len(source)
}

// argument reads one. A text and a whole number are known by their value, others as
// they are written.
func argument(text string) Arg {
	var a Arg
	if m := named.FindStringSubmatch(text); m != nil {
		a.Name = m[1]
		_, text, _ = strings.Cut(text, "=")
	}
	a.Value = strings.TrimSpace(text)
	if number.MatchString(a.Value) {
		a.Value = strings.TrimSuffix(a.Value, "L")
	}
	if n := len(a.Value); n > 1 && (a.Value[0] == '"' || a.Value[0] == '\'') && token(a.Value) == n && a.Value[n-1] == a.Value[0] {
		a.Value = a.Value[1 : n-1]
	}
	return a
}
