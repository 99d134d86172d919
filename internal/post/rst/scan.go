package rst

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a line's text is.
type Kind int

// The kinds.
const (
	Literal Kind = iota // code, comments, and what only directives know
	Body                // a paragraph's, beside which there may be other blocks
	Line                // a title's, a table's or a term's, which is one line
)

// Run is text that is read as one: a paragraph, a title, a table.
type Run struct {
	Kind Kind
	// Start and Stop are its place in the source.
	Start, Stop int
	// Indent is the column at which blocks beside it begin.
	Indent int
	// Directive is set for what begins in the line of a directive's name.
	Directive bool
}

// Unknown is a directive of which it is not known whether its content is
// reStructuredText.
type Unknown struct {
	Name        string
	Start, Stop int // its content
}

// line is a line of the source without its end.
type line struct {
	start  int
	text   string
	indent int // in columns
	lead   int // in bytes
}

func (l line) blank() bool { return l.lead == len(l.text) }
func (l line) stop() int   { return l.start + len(l.text) }

// scanner follows the blocks of a document, as docutils does.
type scanner struct {
	lines    []line
	runs     []Run
	unknowns []Unknown
	comments map[int]bool // where they begin
}

const tabWidth = 8

func split(src string) (lines []line) {
	for at := 0; at < len(src); {
		end := strings.IndexByte(src[at:], '\n')
		next := at + end + 1
		if end < 0 {
			end, next = len(src)-at, len(src)
		}
		l := line{start: at, text: strings.TrimRight(src[at:at+end], "\r")}
		l.lead = len(l.text) - len(strings.TrimLeft(l.text, " \t\v\f"))
		l.indent = column(l.text[:l.lead])
		if l.blank() {
			l.text = l.text[:l.lead]
		}
		lines = append(lines, l)
		at = next
	}
	return lines
}

// column is how wide a text is.
func column(text string) (n int) {
	for _, r := range text {
		if n++; r == '\t' {
			n += (tabWidth - n%tabWidth) % tabWidth
		}
	}
	return n
}

// scan returns the runs of a document in their order.
func scan(src string) *scanner {
	s := &scanner{lines: split(src), comments: make(map[int]bool)}
	s.body(0, len(s.lines), -1, 0)
	return s
}

// until returns the first line from i on that is indented less than a column.
func (s *scanner) until(i, to, col int) int {
	for i < to && (s.lines[i].blank() || s.lines[i].indent >= col) {
		i++
	}
	return i
}

// least is the smallest indentation of lines, or a column where all are blank.
func (s *scanner) least(from, to, otherwise int) int {
	found := -1
	for _, l := range s.lines[from:to] {
		if !l.blank() && (found < 0 || l.indent < found) {
			found = l.indent
		}
	}
	if found < 0 {
		return otherwise
	}
	return found
}

// body follows lines whose blocks begin at a column. Of the first line it begins at a
// byte, if that is not negative: what stands before marks a list's item.
func (s *scanner) body(from, to, firstByte, col int) {
	for i := from; i < to; {
		l := s.lines[i]
		at := l.lead
		if i == from && firstByte >= 0 {
			at, l.indent = firstByte, col
		}
		switch {
		case l.blank() || at >= len(l.text):
			i++
		case l.indent > col:
			end := s.until(i, to, col+1)
			s.body(i, end, -1, s.least(i, end, col+1))
			i = end
		default:
			i = s.block(i, to, at, col)
		}
		firstByte = -1
	}
}

var (
	bullet     = regexp.MustCompile(`^[-*+•‣⁃](?:[ \t]+|$)`)
	enumerator = regexp.MustCompile(`^(?:\(?(?:[0-9]+|[A-Za-z]|[ivxlcdm]+|[IVXLCDM]+|#)[).])(?:[ \t]+|$)`)
	field      = regexp.MustCompile(`^:[^:\s](?:(?:[^:\\]|\\.)*[^:\s\\])?:(?:[ \t]+|$)`)
	gridTable  = regexp.MustCompile(`^\+(?:[-=]+\+)+[ \t]*$`)
	simpleEdge = regexp.MustCompile(`^=+(?:[ \t]+=+)+[ \t]*$`)
	lineBlock  = regexp.MustCompile(`^\|(?:[ \t]|$)`)
	explicit   = regexp.MustCompile(`^(?:\.\.|__)(?:[ \t]|$)`)
	doctest    = regexp.MustCompile(`^>>>(?:[ \t]|$)`)
)

// block follows the block that begins in line i at a byte, and returns the line behind
// it.
func (s *scanner) block(i, to, at, col int) int {
	l := s.lines[i]
	text := l.text[at:]
	switch {
	case explicit.MatchString(text):
		return s.explicit(i, to, at, col)
	case doctest.MatchString(text):
		return s.paragraphEnd(i, to, -1)
	case gridTable.MatchString(text):
		end := s.paragraphEnd(i, to, -1)
		s.add(Line, i, end, at, col)
		return end
	case simpleEdge.MatchString(text):
		return s.simpleTable(i, to, at, col)
	case lineBlock.MatchString(text):
		end := s.paragraphEnd(i, to, -1)
		s.add(Line, i, end, at, col)
		return end
	case s.isOverlined(i, to, at):
		s.add(Line, i+1, i+2, s.lines[i+1].lead, col)
		return i + 3
	case isRule(text, 4):
		return i + 1
	case bullet.MatchString(text):
		return s.item(i, to, at, col, len(bullet.FindString(text)))
	case s.isItem(i, to, at, col):
		return s.item(i, to, at, col, len(enumerator.FindString(text)))
	case field.MatchString(text):
		end := s.until(i+1, to, col+1)
		inner := s.least(i+1, end, col+4)
		if first := at + len(field.FindString(text)); first < len(l.text) {
			s.body(i, end, first, inner)
			return end
		}
		s.body(i+1, end, -1, inner)
		return end
	}
	return s.paragraph(i, to, at, col)
}

func (s *scanner) add(kind Kind, i, end, at, indent int) {
	if i < end {
		s.runs = append(s.runs, Run{Kind: kind, Start: s.lines[i].start + at, Stop: s.lines[end-1].stop(), Indent: indent})
	}
}

// paragraphEnd returns the first line from i on that is blank, or that has another
// indentation than a column, if that is not negative.
func (s *scanner) paragraphEnd(i, to, col int) int {
	for i++; i < to && !s.lines[i].blank() && (col < 0 || s.lines[i].indent == col); {
		i++
	}
	return min(i, to)
}

// item follows one item of a list, whose text begins behind a mark of some bytes.
func (s *scanner) item(i, to, at, col, mark int) int {
	l := s.lines[i]
	inner := col + column(l.text[at:at+mark])
	if at+mark >= len(l.text) { // the mark stands alone
		end := s.until(i+1, to, col+1)
		s.body(i+1, end, -1, s.least(i+1, end, col+1))
		return end
	}
	end := s.until(i+1, to, inner)
	s.body(i, end, at+mark, inner)
	return end
}

// isItem says whether an enumerated item begins: the next line belongs to it, or to
// another one.
func (s *scanner) isItem(i, to, at, col int) bool {
	mark := enumerator.FindString(s.lines[i].text[at:])
	if mark == "" || i+1 == to || s.lines[i+1].blank() {
		return mark != ""
	}
	next := s.lines[i+1]
	return next.indent >= col+column(mark) || next.indent < col || enumerator.MatchString(next.text[next.lead:])
}

// isRule says whether a text is one mark again and again.
func isRule(text string, least int) bool {
	text = strings.TrimRight(text, " \t")
	if len(text) < least || text[0] > '~' || !unicode.IsPunct(rune(text[0])) && !unicode.IsSymbol(rune(text[0])) {
		return false
	}
	return strings.Trim(text, text[:1]) == ""
}

func (s *scanner) isOverlined(i, to, at int) bool {
	return i+2 < to && isRule(s.lines[i].text[at:], 1) && !s.lines[i+1].blank() &&
		strings.TrimRight(s.lines[i+2].text, " \t") == strings.TrimRight(s.lines[i].text[at:], " \t")
}

// simpleTable follows a table that begins with its upper edge: it ends with an edge
// before a blank line.
func (s *scanner) simpleTable(i, to, at, col int) int {
	end := i + 1
	for edges := 1; end < to; end++ {
		if l := s.lines[end]; !l.blank() && simpleEdge.MatchString(l.text[l.lead:]) {
			if edges++; end+1 == to || edges > 1 && s.lines[end+1].blank() {
				end++
				break
			}
		}
	}
	s.add(Line, i, end, at, col)
	return end
}

// paragraph follows a paragraph, a title or a term with its definition.
func (s *scanner) paragraph(i, to, at, col int) int {
	l := s.lines[i]
	if i+1 < to && !s.lines[i+1].blank() {
		next := s.lines[i+1]
		rule := next.text[next.lead:]
		if next.indent == col && isRule(rule, 1) && (len(rule) >= 4 || utf8.RuneCountInString(l.text[at:]) <= len(rule)) {
			s.add(Line, i, i+1, at, col)
			return i + 2
		}
		if next.indent > col && !leftOpen(l.text[at:]) {
			s.add(Line, i, i+1, at, col)
			return i + 1
		}
	}
	end := s.paragraphEnd(i, to, col)
	for end < to && !s.lines[end].blank() && leftOpen(s.text(i, end)) {
		end++
	}
	s.add(Body, i, end, at, col)
	if strings.HasSuffix(strings.TrimRight(s.lines[end-1].text, " \t"), "::") {
		return s.afterColons(end, to, col)
	}
	return end
}

// leftOpen says whether a tag of ours begins in a text that ends in a later line.
func leftOpen(text string) bool {
	begin := strings.LastIndex(text, "<<< bokehbinder")
	return begin >= 0 && !strings.Contains(text[begin:], ">>>")
}

func (s *scanner) text(i, end int) string {
	var b strings.Builder
	for _, l := range s.lines[i:end] {
		b.WriteString(l.text + "\n")
	}
	return b.String()
}

// afterColons passes over the literal block behind a paragraph that ends in two colons.
func (s *scanner) afterColons(i, to, col int) int {
	next := i
	for next < to && s.lines[next].blank() {
		next++
	}
	if next == to || s.lines[next].indent < col {
		return next
	}
	if s.lines[next].indent > col {
		return s.until(next, to, col+1)
	}
	l := s.lines[next]
	mark := l.text[l.lead]
	if next == i || !isRule(string(mark), 1) {
		return next
	}
	for next < to && !s.lines[next].blank() && s.lines[next].text[s.lines[next].lead] == mark {
		next++
	}
	return next
}
