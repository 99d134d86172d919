package python

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// Kind is the kind of a token.
type Kind uint8

// The kinds of tokens. Comments and the line ends that do not end a statement
// are not tokens.
const (
	End     Kind = iota // the end of the source, always the last token
	Newline             // the end of a logical line
	Indent
	Dedent
	Name // identifiers and keywords
	Number
	String // a whole literal with prefix and quotes, f-strings too
	Op
	Invalid // a character or an unclosed string that no Python has
)

// Token is one token of Python source.
type Token struct {
	Kind Kind
	// Text as written; with "\n" for every kind of line end.
	Text string
	// Position is where the token begins.
	position.Position
}

// Tokenize cuts source into tokens. Line ends may be LF, CRLF or CR, and a
// byte-order mark at the beginning is skipped.
func Tokenize(source string) []Token {
	t := tokenizer{src: normalize(source), line: 1, indents: []int{0}}
	t.out = make([]Token, 0, len(t.src)/bytesOfToken+1)
	t.run()
	return t.out
}

// bytesOfToken are those of a token of code that has many.
const bytesOfToken = 4

// normalize drops a byte-order mark and makes every line end an LF.
func normalize(source string) string {
	source = strings.TrimPrefix(source, "\ufeff")
	if !strings.Contains(source, "\r") {
		return source
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
}

// tokenizer is the state of one run over a source.
type tokenizer struct {
	src     string
	pos     int
	line    int
	start   int   // where the line begins
	depth   int   // of brackets
	indents []int // columns of the open blocks
	out     []Token
	// plainStrings is set once a replacement field of an f-string did not
	// close. From then on an f-string ends at its first quote, as it did
	// before Python 3.12; looking again for each would take quadratic time.
	plainStrings bool
}

// run fills t.out.
func (t *tokenizer) run() {
	for t.pos < len(t.src) {
		if t.depth == 0 && !t.indentation() {
			continue
		}
		t.logicalLine()
	}
	if n := len(t.out); n > 0 && !t.atLineStart() {
		t.emit(Newline, "")
	}
	for range t.indents[1:] {
		t.emit(Dedent, "")
	}
	t.emit(End, "")
}

// atLineStart says whether no token stands on the current logical line yet.
func (t *tokenizer) atLineStart() bool {
	switch t.out[len(t.out)-1].Kind {
	case Newline, Indent, Dedent:
		return true
	}
	return false
}

// indentation measures the white space at a line's start and emits Indent and
// Dedent. It returns false for a line without tokens, which it skips.
func (t *tokenizer) indentation() bool {
	column := 0
	for ; t.pos < len(t.src); t.pos++ {
		switch t.src[t.pos] {
		case ' ':
			column++
			continue
		case '\t':
			column = column/8*8 + 8
			continue
		case '\f':
			column = 0
			continue
		}
		break
	}
	switch t.peek() {
	case '#':
		t.skipComment()
		return false
	case '\n':
		t.newLine()
		return false
	case 0:
		if t.pos >= len(t.src) {
			return false
		}
	}
	t.setIndent(column)
	return true
}

// setIndent compares a column with the open blocks. A dedent to a column that
// no block has, an error in Python, ends the blocks that are deeper.
func (t *tokenizer) setIndent(column int) {
	if column > t.indents[len(t.indents)-1] {
		t.indents = append(t.indents, column)
		t.emit(Indent, "")
		return
	}
	for column < t.indents[len(t.indents)-1] {
		t.indents = t.indents[:len(t.indents)-1]
		t.emit(Dedent, "")
	}
}

// logicalLine emits the tokens up to the end of a statement's line.
func (t *tokenizer) logicalLine() {
	for t.pos < len(t.src) {
		switch c := t.src[t.pos]; {
		case c == '\n':
			if t.depth == 0 {
				t.emit(Newline, "\n")
				t.newLine()
				return
			}
			t.newLine()
		case c == ' ' || c == '\t' || c == '\f':
			t.pos++
		case c == '#':
			t.skipComment()
		case c == '\\' && strings.HasPrefix(t.src[t.pos:], "\\\n"):
			t.pos++
			t.newLine()
		default:
			t.token()
		}
	}
}

// token emits the one token that begins at the current position.
func (t *tokenizer) token() {
	rest := t.src[t.pos:]
	if n := stringPrefix(rest); n >= 0 {
		t.str(n)
		return
	}
	c := rest[0]
	if isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]) {
		t.take(Number, numberLen(rest))
		return
	}
	if n := nameLen(rest); n > 0 {
		t.take(Name, n)
		return
	}
	if n := opLen(rest); n > 0 {
		t.bracket(c)
		t.take(Op, n)
		return
	}
	_, n := utf8.DecodeRuneInString(rest)
	t.take(Invalid, n)
}

// bracket keeps count of the open brackets.
func (t *tokenizer) bracket(c byte) {
	switch c {
	case '(', '[', '{':
		t.depth++
	case ')', ']', '}':
		t.depth = max(t.depth-1, 0)
	}
}

// take emits the next n bytes as one token.
func (t *tokenizer) take(kind Kind, n int) {
	text := t.src[t.pos : t.pos+n]
	t.emit(kind, text)
	if i := strings.LastIndexByte(text, '\n'); i >= 0 {
		t.line += strings.Count(text, "\n")
		t.start = t.pos + i + 1
	}
	t.pos += n
}

func (t *tokenizer) emit(kind Kind, text string) {
	t.out = append(t.out, Token{kind, text, position.Position{Line: t.line, Column: t.pos - t.start + 1}})
}

// peek returns the current byte, or 0 at the end.
func (t *tokenizer) peek() byte {
	if t.pos >= len(t.src) {
		return 0
	}
	return t.src[t.pos]
}

// newLine steps over a line end.
func (t *tokenizer) newLine() {
	t.pos++
	t.line++
	t.start = t.pos
}

// skipComment steps to the end of the line; the line end itself is left,
// unless nothing but the comment stands on the line.
func (t *tokenizer) skipComment() {
	if i := strings.IndexByte(t.src[t.pos:], '\n'); i >= 0 {
		t.pos += i
	} else {
		t.pos = len(t.src)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// nameLen returns the length of the identifier that s begins with, or 0.
func nameLen(s string) int {
	for i, r := range s {
		ok := r == '_' || unicode.IsLetter(r) || i > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.M, r))
		if !ok && r >= utf8.RuneSelf {
			ok = unicode.Is(unicode.Other_ID_Start, r) || unicode.Is(unicode.Nl, r) ||
				i > 0 && (unicode.Is(unicode.Other_ID_Continue, r) || unicode.Is(unicode.Pc, r))
		}
		if !ok {
			return i
		}
	}
	return len(s)
}

// opLen returns the length of the operator or delimiter that s begins with, or
// 0.
func opLen(s string) int {
	for _, op := range [...]string{"**=", "//=", ">>=", "<<=", "..."} {
		if strings.HasPrefix(s, op) {
			return 3
		}
	}
	if len(s) > 1 {
		switch s[:2] {
		case "!=", "%=", "&=", "**", "*=", "+=", "-=", "->", "//", "/=", ":=",
			"<<", "<=", "==", ">=", ">>", "@=", "^=", "|=":
			return 2
		}
	}
	if strings.IndexByte("%&()*+,-./:;<=>@[]^{|}~", s[0]) >= 0 {
		return 1
	}
	return 0
}
