package python

import "strings"

// maxDepth bounds how deep expressions and blocks may nest; what is deeper is
// left out.
const maxDepth = 100

// Parse returns the statements of source.
func Parse(source string) []Stmt {
	stmts, _ := parse(source)
	return stmts
}

// parse returns the statements of source, and whether something in them is too deep.
func parse(source string) (stmts []Stmt, partly bool) {
	p := newParser(Tokenize(source))
	stmts = p.block(0)
	return stmts, p.partly
}

// parser reads tokens[pos:end].
type parser struct {
	tokens   []Token
	closer   []int // index of an opening bracket's closing one, else 0
	pos, end int
	depth    int
	partly   bool // something was too deep
}

func newParser(tokens []Token) *parser {
	p := &parser{tokens: tokens, closer: make([]int, len(tokens)), end: len(tokens) - 1}
	var open []int
	for i, t := range tokens {
		if t.Kind != Op {
			continue
		}
		switch t.Text {
		case "(", "[", "{":
			open = append(open, i)
		case ")", "]", "}":
			if n := len(open); n > 0 {
				p.closer[open[n-1]] = i
				open = open[:n-1]
			}
		}
	}
	for _, i := range open { // never closed: all the rest is inside
		p.closer[i] = p.end
	}
	return p
}

// at returns the token at the current position, or an End at the range's end.
func (p *parser) at() Token {
	if p.pos >= p.end {
		return Token{Kind: End}
	}
	return p.tokens[p.pos]
}

// is says whether the current token is this operator or keyword.
func (p *parser) is(text string) bool {
	t := p.at()
	return t.Text == text && (t.Kind == Op || t.Kind == Name)
}

// line returns the current token's place.
func (p *parser) line() line { return line(p.tokens[min(p.pos, len(p.tokens)-1)].Position) }

// block reads statements up to the Dedent that ends them, which it consumes.
func (p *parser) block(depth int) []Stmt {
	var out []Stmt
	for p.pos < p.end {
		switch p.at().Kind {
		case Dedent:
			p.pos++
			return out
		case Indent: // without a head: not Python, but no reason to stop
			p.pos++
			out = append(out, p.nested(depth)...)
		case Newline:
			p.pos++
		default:
			out = p.statement(out, depth)
		}
	}
	return out
}

// nested reads the statements of an inner block, or skips them if they nest
// too deep.
func (p *parser) nested(depth int) []Stmt {
	if depth < maxDepth {
		return p.block(depth + 1)
	}
	p.partly = true
	for open := 1; p.pos < p.end && open > 0; p.pos++ {
		switch p.at().Kind {
		case Indent:
			open++
		case Dedent:
			open--
		}
	}
	return nil
}

// statement reads one logical line and, for a compound statement, its block,
// and appends what it found.
func (p *parser) statement(out []Stmt, depth int) []Stmt {
	first := p.line().Line
	for p.is("@") { // a decorator's line
		x := p.within(p.lineEnd(), func() Expr { p.pos++; return p.loose() })
		out = append(out, &Eval{x})
		p.pos++
	}
	if p.is("async") {
		p.pos++
	}
	keyword := p.at().Text
	if p.at().Kind == Name && compound[keyword] {
		if colon := p.headEnd(); colon > 0 {
			return p.compound(out, keyword, colon, depth, first)
		}
	}
	out = p.simpleLine(out)
	return out
}

// compound holds the keywords that begin statements with a block.
var compound = map[string]bool{
	"if": true, "elif": true, "else": true, "for": true, "while": true, "with": true, "try": true,
	"except": true, "finally": true, "def": true, "class": true, "match": true, "case": true,
}

// continues holds the keywords that go on with the compound statement before.
var continues = map[string]bool{"elif": true, "else": true, "except": true, "finally": true}

// lineEnd returns the index of the Newline that ends the logical line.
func (p *parser) lineEnd() int {
	for i := p.pos; i < p.end; i++ {
		if p.tokens[i].Kind == Newline {
			return i
		}
	}
	return p.end
}

// headEnd returns the index of the colon that ends a compound statement's
// head, or 0.
func (p *parser) headEnd() int {
	lambdas := 0
	for i := p.pos; i < p.end; i++ {
		switch t := p.tokens[i]; {
		case t.Kind == Newline:
			return 0
		case p.closer[i] > i:
			i = p.closer[i]
		case t.Kind == Name && t.Text == "lambda":
			lambdas++
		case t.Kind == Op && t.Text == ":":
			if lambdas == 0 {
				return i
			}
			lambdas--
		}
	}
	return 0
}

// compound reads a compound statement whose head ends with the given colon, and
// which begins on the first line with its decorators.
func (p *parser) compound(out []Stmt, keyword string, colon, depth, first int) []Stmt {
	at := p.line().Line
	p.pos++
	switch keyword {
	case "def":
		name, params := p.at().Text, p.params(colon)
		body := p.suite(colon, depth)
		return append(out, &Def{Name: name, Params: params, Body: body, Line: at, Span: Span{first, p.lastLine()}})
	case "class":
		name := p.at().Text
		body := p.suite(colon, depth)
		return append(out, &Class{Name: name, Body: body, Line: at, Span: Span{first, p.lastLine()}})
	case "for":
		b := &Block{Keyword: keyword}
		p.within(colon, func() Expr { p.forHead(b); return nil })
		b.Clauses = []Clause{{Keyword: keyword, Body: p.suite(colon, depth)}}
		return append(out, b)
	}
	head := p.within(colon, p.loose)
	clause := Clause{Keyword: keyword, Head: head, Body: p.suite(colon, depth)}
	if continues[keyword] && len(out) > 0 {
		if b, ok := out[len(out)-1].(*Block); ok {
			b.Clauses = append(b.Clauses, clause)
			return out
		}
	}
	return append(out, &Block{Keyword: keyword, Clauses: []Clause{clause}})
}

// lastLine returns the line on which the statement before the current position ends.
func (p *parser) lastLine() int {
	at := min(p.pos, len(p.tokens)) - 1
	for at > 0 && p.tokens[at].Kind != Newline {
		at--
	}
	return p.tokens[max(at, 0)].Line
}

// forHead reads "target in iterable".
func (p *parser) forHead(b *Block) {
	for i := p.pos; i < p.end; i++ {
		if p.closer[i] > i {
			i = p.closer[i]
		} else if p.tokens[i].Kind == Name && p.tokens[i].Text == "in" {
			b.Target = p.within(i, p.tuple)
			p.pos = i + 1
			break
		}
	}
	b.Over = p.tuple()
}

// suite reads what follows the colon at the given index: the rest of the line,
// or a block.
func (p *parser) suite(colon, depth int) []Stmt {
	p.pos = colon + 1
	if p.at().Kind != Newline {
		return p.simpleLine(nil)
	}
	p.pos++
	if p.at().Kind != Indent {
		return nil
	}
	p.pos++
	return p.nested(depth)
}

// params reads a function's parameters, with the current position at its name.
func (p *parser) params(colon int) []Param {
	p.pos++
	for p.pos < colon && !p.is("(") { // type parameters
		p.pos++
	}
	if p.pos >= colon {
		return nil
	}
	var out []Param
	p.inBrackets(func() {
		for p.pos < p.end {
			start := p.pos
			for p.is("*") || p.is("**") {
				p.pos++
			}
			name, starred := p.at(), p.pos > start
			if name.Kind != Name {
				p.toComma()
				continue
			}
			param := Param{Name: name.Text}
			if eq := p.find("="); eq > 0 && !starred {
				p.pos = eq + 1
				param.Default = p.element()
			}
			out = append(out, param)
			p.toComma()
		}
	})
	return out
}

// find returns the index of the next operator of this text on this level and
// before the next comma, or 0.
func (p *parser) find(text string) int {
	for i := p.pos; i < p.end; i++ {
		switch t := p.tokens[i]; {
		case p.closer[i] > i:
			i = p.closer[i]
		case t.Kind == Op && t.Text == text:
			return i
		case t.Kind == Op && t.Text == ",":
			return 0
		}
	}
	return 0
}

// simpleLine reads the simple statements of one line, and its Newline.
func (p *parser) simpleLine(out []Stmt) []Stmt {
	end := p.lineEnd()
	for p.pos < end {
		stop := p.pos
		for stop < end && !(p.tokens[stop].Kind == Op && p.tokens[stop].Text == ";") {
			if p.closer[stop] > stop {
				stop = min(p.closer[stop], end)
			} else {
				stop++
			}
		}
		var s Stmt
		p.within(stop, func() Expr { s = p.simple(); return nil })
		if s != nil {
			out = append(out, s)
		}
		p.pos = stop + 1
	}
	p.pos = end + 1
	return out
}

// simple reads the simple statement that fills the current range.
func (p *parser) simple() Stmt {
	if p.at().Kind == Name {
		switch p.at().Text {
		case "import", "from":
			return p.imports()
		case "return":
			p.pos++
			if p.pos >= p.end {
				return &Return{}
			}
			return &Return{p.tuple()}
		case "pass", "break", "continue", "global", "nonlocal":
			return nil
		case "raise", "assert", "del":
			p.pos++
		}
	}
	return p.assignment()
}

// assignment reads "a = b = value", "a += value", "a: type = value", or an
// expression.
func (p *parser) assignment() Stmt {
	var targets []Expr
	for {
		i, op := p.assignOp()
		if i == 0 {
			break
		}
		at := p.line()
		target := p.within(i, p.tuple)
		if target == nil {
			target = &Opaque{line: at}
		}
		p.pos = i + 1
		if op == ":" {
			eq, _ := p.assignOp()
			if eq == 0 {
				return nil // an annotation alone
			}
			p.pos = eq + 1
			return &Assign{Targets: []Expr{target}, Value: p.tuple()}
		}
		if op != "=" {
			return &Assign{Targets: []Expr{target}, Op: strings.TrimSuffix(op, "="), Value: p.tuple()}
		}
		targets = append(targets, target)
	}
	if p.pos >= p.end {
		return nil
	}
	value := p.tuple()
	if targets == nil {
		return &Eval{value}
	}
	return &Assign{Targets: targets, Value: value}
}

// assignOp returns the index and the text of the next operator that assigns,
// or of an annotation's colon; 0 if there is none.
func (p *parser) assignOp() (int, string) {
	for i := p.pos; i < p.end; i++ {
		t := p.tokens[i]
		if p.closer[i] > i {
			i = p.closer[i]
			continue
		}
		if t.Kind == Name && t.Text == "lambda" {
			return 0, ""
		}
		if t.Kind != Op {
			continue
		}
		switch t.Text {
		case "=", ":", "+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", "<<=", ">>=", "**=":
			return i, t.Text
		}
	}
	return 0, ""
}

// imports reads an import statement.
func (p *parser) imports() Stmt {
	s := &Import{Line: p.line().Line}
	prefix := ""
	if p.is("from") {
		p.pos++
		prefix = p.dotted()
		if !p.is("import") {
			return nil
		}
	}
	p.pos++
	if p.is("(") {
		p.inBrackets(func() { p.importNames(s, prefix) })
	} else {
		p.importNames(s, prefix)
	}
	return s
}

// importNames reads the names of an import, up to the range's end.
func (p *parser) importNames(s *Import, prefix string) {
	for p.pos < p.end {
		if p.is("*") {
			s.Names = append(s.Names, Imported{Path: prefix + ".*"})
			return
		}
		path := p.dotted()
		if path == "" {
			return
		}
		n := Imported{Path: path, As: path}
		if prefix != "" {
			n.Path = strings.TrimSuffix(prefix, ".") + "." + path
		}
		if p.is("as") {
			p.pos++
			n.As = p.at().Text
			p.pos++
		} else if prefix == "" { // "import os.path" binds os
			n.As, _, _ = strings.Cut(path, ".")
			n.Path = n.As
		}
		s.Names = append(s.Names, n)
		p.toComma()
	}
}

// dotted reads a dotted name, which may begin with dots.
func (p *parser) dotted() string {
	var b strings.Builder
	for p.is(".") || p.is("...") {
		b.WriteString(p.at().Text)
		p.pos++
	}
	for p.at().Kind == Name && !p.is("import") {
		b.WriteString(p.at().Text)
		p.pos++
		if !p.is(".") {
			break
		}
		b.WriteByte('.')
		p.pos++
	}
	return b.String()
}
