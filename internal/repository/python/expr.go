package python

import (
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// within runs read on the tokens up to end, and leaves the position there.
func (p *parser) within(end int, read func() Expr) Expr {
	outer := p.end
	p.end = min(end, outer)
	x := read()
	p.pos, p.end = p.end, outer
	return x
}

// inBrackets runs read on the tokens between the bracket at the current
// position and its closing one, and moves behind that.
func (p *parser) inBrackets(read func()) {
	end := min(p.closer[p.pos], p.end)
	p.pos++
	p.within(end, func() Expr { read(); return nil })
	p.pos = min(end+1, p.end)
}

// toComma moves behind the next comma of this level, or to the range's end.
func (p *parser) toComma() {
	for ; p.pos < p.end; p.pos++ {
		if p.is(",") {
			p.pos++
			return
		}
		if p.closer[p.pos] > p.pos {
			p.pos = min(p.closer[p.pos], p.end-1)
		}
	}
}

// comma returns the index of the next comma of this level, or the range's end.
func (p *parser) comma() int {
	for i := p.pos; i < p.end; i++ {
		if p.closer[i] > i {
			i = p.closer[i]
		} else if p.tokens[i].Kind == Op && p.tokens[i].Text == "," {
			return i
		}
	}
	return p.end
}

// tuple reads one expression, or several between commas as a Sequence.
func (p *parser) tuple() Expr {
	at := p.line()
	if p.comma() == p.end {
		return p.loose()
	}
	return &Sequence{at, p.elements()}
}

// elements reads expressions between commas up to the range's end.
func (p *parser) elements() []Expr {
	var out []Expr
	for p.pos < p.end {
		if x := p.element(); x != nil {
			out = append(out, x)
		}
		p.toComma()
	}
	return out
}

// element reads the expression up to the next comma.
func (p *parser) element() Expr {
	return p.within(p.comma(), p.loose)
}

// comprehension reads what fills the current range if that is "ITEM for TARGET in
// OVER"; else it reads nothing.
func (p *parser) comprehension(at line) Expr {
	var words []string
	var places []int
	for i := p.pos; i < p.end; i++ {
		if p.closer[i] > i {
			i = p.closer[i]
		} else if t := p.tokens[i]; t.Kind == Name && (t.Text == "for" || t.Text == "in" || t.Text == "if" || t.Text == "async") {
			words, places = append(words, t.Text), append(places, i)
		}
	}
	if strings.Join(words, " ") != "for in" || places[0] == p.pos {
		return nil
	}
	each := &Each{line: at, Item: p.within(places[0], p.loose)}
	p.pos++
	each.Target = p.within(places[1], p.loose)
	p.pos++
	each.Over = p.within(p.end, p.loose)
	return each
}

// loose reads the expression that fills the current range. Where that is more
// than one expression, as in a comprehension, the parts become an Opaque.
func (p *parser) loose() Expr {
	at := p.line()
	if x := p.comprehension(at); x != nil {
		return x
	}
	var parts []Expr
	whole := true
	for p.pos < p.end {
		start := p.pos
		x := p.expr(0)
		if x != nil {
			parts = append(parts, x)
		}
		if p.pos == start { // not the beginning of an expression
			p.pos++
			whole = false
		}
	}
	if whole && len(parts) == 1 {
		return parts[0]
	}
	if len(parts) == 0 && whole {
		return nil
	}
	return &Opaque{at, parts}
}

// keywords cannot be names.
var keywords = map[string]bool{
	"and": true, "as": true, "assert": true, "async": true, "break": true, "class": true, "continue": true,
	"def": true, "del": true, "elif": true, "else": true, "except": true, "finally": true, "for": true,
	"from": true, "global": true, "if": true, "import": true, "in": true, "is": true, "nonlocal": true,
	"or": true, "pass": true, "raise": true, "return": true, "try": true, "while": true, "with": true, "yield": true,
}

// precedence of the binary operators; what binds tighter is higher.
var precedence = map[string]int{
	"or": 1, "and": 2,
	"in": 3, "is": 3, "<": 3, ">": 3, "==": 3, ">=": 3, "<=": 3, "!=": 3,
	"|": 4, "^": 5, "&": 6, "<<": 7, ">>": 7, "+": 8, "-": 8,
	"*": 9, "/": 9, "//": 9, "%": 9, "@": 9, "**": 10,
}

// expr reads an expression of operators that bind at least as tight as the
// given precedence. It returns nil and stays where it is if there is none.
func (p *parser) expr(tight int) Expr {
	at := p.line()
	x := p.unary()
	if x == nil {
		return nil
	}
	for {
		op := p.at().Text
		level := precedence[op]
		if level == 0 || level < tight || p.at().Kind != Op && p.at().Kind != Name {
			return x
		}
		p.pos++
		if op == "is" && p.is("not") {
			p.pos++
		}
		y := p.expr(level + 1)
		if y == nil {
			return &Opaque{at, []Expr{x}}
		}
		x = &Binary{at, op, x, y}
	}
}

// unary reads an operand with what stands before it.
func (p *parser) unary() Expr {
	at := p.line()
	t := p.at()
	switch {
	case p.is("*") || p.is("**"):
		p.pos++
		if x := p.deeper(func() Expr { return p.expr(4) }); x != nil {
			return &Star{at, x}
		}
		return &Opaque{line: at}
	case p.is("-"), p.is("+"), p.is("~"), p.is("not"):
		p.pos++
		x := p.deeper(func() Expr { return p.expr(9) })
		if c, ok := x.(*Const); ok && t.Text == "-" {
			if n, ok := c.Value.(int64); ok {
				return &Const{at, -n}
			}
		}
		return opaque(at, x)
	case p.is("await"):
		p.pos++
		return p.deeper(p.unary)
	case p.is("lambda"):
		return p.lambda()
	}
	return p.primary()
}

// opaque returns an Opaque of the expressions that are there.
func opaque(at line, parts ...Expr) Expr {
	o := &Opaque{line: at}
	for _, x := range parts {
		if x != nil {
			o.Parts = append(o.Parts, x)
		}
	}
	return o
}

// deeper runs read unless expressions nest too deep already. Then it steps
// over a token, or over a bracket with all that is in it.
func (p *parser) deeper(read func() Expr) Expr {
	if p.depth < maxDepth {
		p.depth++
		defer func() { p.depth-- }()
		return read()
	}
	p.partly = true
	at := p.line()
	if p.pos < p.end {
		p.pos = min(max(p.closer[p.pos], p.pos)+1, p.end)
	}
	return &Opaque{line: at}
}

// lambda reads a lambda. Its body is not followed: who knows when it runs.
func (p *parser) lambda() Expr {
	at := p.line()
	p.pos++
	for p.pos < p.end && !p.is(":") {
		p.pos = max(p.closer[p.pos], p.pos) + 1
	}
	p.pos = min(p.pos+1, p.end)
	return opaque(at, p.deeper(func() Expr { return p.expr(0) }))
}

// primary reads an atom with the calls, indexes and attributes behind it.
func (p *parser) primary() Expr {
	x := p.atom()
	for x != nil {
		at := p.line()
		switch {
		case p.is(".") && p.pos+1 < p.end && p.tokens[p.pos+1].Kind == Name:
			x = &Attr{line(x.Pos()), x, p.tokens[p.pos+1].Text}
			p.pos += 2
		case p.is("("):
			call := &Call{line: line(x.Pos()), Fun: x}
			p.deeper(func() Expr { p.inBrackets(func() { call.Args = p.args() }); return nil })
			x = call
		case p.is("["):
			index := &Index{line: line(x.Pos()), X: x}
			p.deeper(func() Expr { p.inBrackets(func() { index.Key = p.tuple() }); return nil })
			if index.Key == nil {
				index.Key = &Opaque{line: at}
			}
			x = index
		default:
			return x
		}
	}
	return nil
}

// args reads a call's arguments up to the range's end.
func (p *parser) args() []Arg {
	var out []Arg
	for p.pos < p.end {
		var a Arg
		switch {
		case p.is("**"):
			a.Name = "**"
			p.pos++
		case p.at().Kind == Name && p.pos+1 < p.end && p.tokens[p.pos+1].Kind == Op && p.tokens[p.pos+1].Text == "=":
			a.Name = p.at().Text
			p.pos += 2
		}
		if a.Value = p.element(); a.Value != nil {
			out = append(out, a)
		}
		p.toComma()
	}
	return out
}

// atom reads a literal, a name, or what stands in brackets.
func (p *parser) atom() Expr {
	at, t := p.line(), p.at()
	switch t.Kind {
	case String:
		return p.stringLiteral()
	case Number:
		p.pos++
		if v, ok := number(t.Text); ok {
			return &Const{at, v}
		}
		return &Opaque{line: at}
	case Name:
		return p.name(at, t.Text)
	case Op:
		switch t.Text {
		case "(", "[", "{":
			return p.deeper(p.bracketed)
		case "...":
			p.pos++
			return &Opaque{line: at}
		}
	}
	return nil
}

// name reads a name or a constant.
func (p *parser) name(at line, text string) Expr {
	if keywords[text] {
		return nil
	}
	p.pos++
	switch text {
	case "None":
		return &Const{at, nil}
	case "True", "False":
		return &Const{at, text == "True"}
	}
	return &Ident{at, text}
}

// bracketed reads a list, a tuple, a set, a dict or an expression in brackets.
func (p *parser) bracketed() Expr {
	at, open := p.line(), p.at().Text
	var x Expr
	p.inBrackets(func() {
		switch {
		case open == "(" && p.pos < p.end:
			x = p.tuple()
		case open == "{" && p.isMapping():
			x = p.mapping(at)
		default:
			x = p.list(at)
		}
	})
	if x == nil {
		return &Opaque{line: at}
	}
	return x
}

// list reads the elements of a list or set, unless it is a comprehension.
func (p *parser) list(at line) Expr {
	items := p.elements()
	if len(items) == 1 {
		switch one := items[0].(type) {
		case *Each:
			return one
		case *Opaque:
			if len(one.Parts) > 1 {
				return &Opaque{at, one.Parts}
			}
		}
	}
	return &Sequence{at, items}
}

// isMapping says whether the range is the inside of a dict literal: empty,
// with "**" first, or with a colon before the first comma.
func (p *parser) isMapping() bool {
	return p.pos >= p.end || p.is("**") || p.find(":") > 0
}

// mapping reads the items of a dict literal.
func (p *parser) mapping(at line) Expr {
	m := &Mapping{line: at}
	for p.pos < p.end {
		var pair Pair
		if p.is("**") {
			p.pos++
		} else if colon := p.find(":"); colon > 0 {
			pair.Key = p.within(colon, p.loose)
			p.pos = min(colon+1, p.end)
		}
		if pair.Value = p.element(); pair.Value != nil {
			m.Items = append(m.Items, pair)
		}
		p.toComma()
	}
	return m
}

// stringLiteral reads adjacent strings as one.
func (p *parser) stringLiteral() Expr {
	at := p.line()
	var parts []Expr
	for ; p.at().Kind == String; p.pos++ {
		t := p.at()
		n := stringPrefix(t.Text)
		quote := quoteAt(t.Text[n:])
		body := t.Text[n+len(quote) : len(t.Text)-len(quote)]
		raw := strings.ContainsAny(t.Text[:n], "rR")
		if formatted(t.Text[:n]) {
			parts = append(parts, p.fields(body, quote, raw, line(t.Position))...)
		} else {
			parts = append(parts, &Const{line(t.Position), unescape(body, raw)})
		}
	}
	var text strings.Builder
	for _, part := range parts {
		c, ok := part.(*Const)
		if !ok {
			return &Format{at, parts}
		}
		text.WriteString(Text(c.Value))
	}
	return &Const{at, text.String()}
}

// fields splits the text of an f-string into texts and the expressions of its
// replacement fields.
func (p *parser) fields(body, quote string, raw bool, at line) []Expr {
	var out []Expr
	var text strings.Builder
	for i := 0; i < len(body); {
		switch {
		case strings.HasPrefix(body[i:], "{{"), strings.HasPrefix(body[i:], "}}"):
			text.WriteByte(body[i])
			i += 2
		case body[i] == '\\':
			n := escapeLen(body[i:], raw)
			text.WriteString(body[i : i+n])
			i += n
		case body[i] == '{':
			end := fieldEnd(body[i+1:], quote, 0)
			if end < 0 {
				return []Expr{&Opaque{line: at}}
			}
			out = append(out, &Const{at, unescape(text.String(), raw)}, p.field(body[i+1:i+end], at))
			text.Reset()
			i += 1 + end
		default:
			text.WriteByte(body[i])
			i++
		}
	}
	return append(out, &Const{at, unescape(text.String(), raw)})
}

// field parses the inside of a replacement field. With a conversion or a
// format the value's text is not known, so the expression becomes Opaque.
func (p *parser) field(source string, at line) Expr {
	tokens := Tokenize("(" + source + ")")
	for i := range tokens {
		tokens[i].Position = position.Position{Line: at.Line + tokens[i].Line - 1, Column: at.Column}
	}
	inner := newParser(tokens)
	inner.depth = p.depth
	inner.pos = 1
	end := inner.end
	for i := 1; i < end; i++ {
		if inner.closer[i] > i {
			i = inner.closer[i]
			continue
		}
		if t := tokens[i]; t.Text == ":" || t.Text == "!" || t.Text == ")" {
			end = i
		}
	}
	var x Expr
	p.deeper(func() Expr { x = inner.within(end, inner.loose); return nil })
	p.partly = p.partly || inner.partly
	if x == nil || tokens[end].Text != ")" {
		return opaque(at, x)
	}
	return x
}
