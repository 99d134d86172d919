package shell

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// maxFields bounds the words that one word becomes.
const maxFields = 500

// fields expands words to arguments.
func (r *runner) fields(st *state, words []*syntax.Word) []Word {
	var out []Word
	for _, w := range words {
		for _, b := range braces(w) {
			out = append(out, r.split(st, b)...)
			if len(out) > maxFields {
				return append(out[:maxFields], Unknown("?"))
			}
		}
	}
	return out
}

// splitter collects the fields of a word.
type splitter struct {
	out  []Word
	cur  Word
	open bool // cur is a field, if an empty one
}

func (s *splitter) add(w Word) { s.cur, s.open = s.cur.add(w), true }

func (s *splitter) end() {
	if s.open {
		s.out = append(s.out, s.cur)
	}
	s.cur, s.open = Word{}, false
}

// loose adds what is split at white space.
func (s *splitter) loose(w Word) {
	for _, p := range w.parts {
		if p.unknown {
			s.add(Word{[]piece{p}})
			continue
		}
		rest := p.text
		for rest != "" {
			i := strings.IndexAny(rest, " \t\n")
			switch {
			case i < 0:
				s.add(Known(rest))
				rest = ""
			case i == 0:
				s.end()
				rest = strings.TrimLeft(rest, " \t\n")
			default:
				s.add(Known(rest[:i]))
				rest = rest[i:]
			}
		}
	}
}

// split expands a word and splits what is not quoted.
func (r *runner) split(st *state, w *syntax.Word) []Word {
	var s splitter
	for i, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.ParamExp:
			if list, ok := r.list(st, p); ok {
				for j, item := range list {
					if j > 0 {
						s.end()
					}
					s.loose(item)
				}
				continue
			}
			s.loose(r.param(st, p))
		case *syntax.CmdSubst:
			s.loose(r.part(st, p))
		case *syntax.DblQuoted:
			r.quotedList(st, &s, p)
		case *syntax.Lit:
			text := unquote(p.Value, false)
			if rest, ok := strings.CutPrefix(p.Value, "~"); ok && i == 0 && (rest == "" || rest[0] == '/') {
				text = python.Home + unquote(rest, false)
			}
			s.add(Known(text))
		default:
			s.add(r.part(st, p))
		}
	}
	s.end()
	return s.out
}

// quotedList adds what stands between double quotes: one field, unless "$@" is
// in it.
func (r *runner) quotedList(st *state, s *splitter, q *syntax.DblQuoted) {
	if len(q.Parts) == 1 {
		if p, ok := q.Parts[0].(*syntax.ParamExp); ok && (p.Param != nil && p.Param.Value == "@" || p.Index != nil) {
			if list, ok := r.list(st, p); ok {
				for j, item := range list {
					if j > 0 {
						s.end()
					}
					s.add(item)
				}
				return
			}
		}
	}
	s.add(r.quoted(st, q.Parts))
}

// list returns the words that "$@", "$*" or an array stands for.
func (r *runner) list(st *state, p *syntax.ParamExp) ([]Word, bool) {
	if p.Param == nil || p.Excl || p.Length || p.Slice != nil || p.Repl != nil || p.Exp != nil {
		return nil, false
	}
	name := p.Param.Value
	if name == "@" || name == "*" {
		return st.args, true
	}
	if word, ok := p.Index.(*syntax.Word); ok && (word.Lit() == "@" || word.Lit() == "*") && name != "BASH_SOURCE" {
		if v, ok := st.vars[name]; ok && v.array != nil {
			return v.array, true
		}
	}
	return nil, false
}

// braces writes out a word's lists in braces. Ranges stay unknown.
func braces(w *syntax.Word) []*syntax.Word {
	open := false
	for _, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok && strings.Contains(lit.Value, "{") {
			open = true
		}
	}
	if !open {
		return []*syntax.Word{w}
	}
	copied := &syntax.Word{Parts: append([]syntax.WordPart(nil), w.Parts...)}
	syntax.SplitBraces(copied)
	return spread(copied, 0)
}

func spread(w *syntax.Word, depth int) []*syntax.Word {
	out := []*syntax.Word{{}}
	for _, part := range w.Parts {
		options := []*syntax.Word{{Parts: []syntax.WordPart{part}}}
		if b, ok := part.(*syntax.BraceExp); ok {
			options = nil
			for _, e := range b.Elems {
				if !b.Sequence && depth < 8 {
					options = append(options, spread(e, depth+1)...)
				}
			}
			if options == nil {
				options = []*syntax.Word{{Parts: []syntax.WordPart{b}}}
			}
		}
		var next []*syntax.Word
		for _, have := range out {
			for _, o := range options {
				next = append(next, &syntax.Word{Parts: append(append([]syntax.WordPart(nil), have.Parts...), o.Parts...)})
			}
			if len(next) > maxFields {
				break
			}
		}
		out = next
	}
	return out
}

// word expands a word without splitting it.
func (r *runner) word(st *state, w *syntax.Word) Word {
	if w == nil {
		return Known("")
	}
	out := Known("")
	for i, part := range w.Parts {
		if lit, ok := part.(*syntax.Lit); ok && i == 0 {
			if rest, ok := strings.CutPrefix(lit.Value, "~"); ok && (rest == "" || rest[0] == '/') {
				out = Known(python.Home + unquote(rest, false))
				continue
			}
		}
		out = out.add(r.part(st, part))
	}
	return out
}

// part expands one part of a word.
func (r *runner) part(st *state, part syntax.WordPart) Word {
	switch p := part.(type) {
	case *syntax.Lit:
		return Known(unquote(p.Value, false))
	case *syntax.SglQuoted:
		if p.Dollar && strings.Contains(p.Value, `\`) {
			return Unknown("?")
		}
		return Known(p.Value)
	case *syntax.DblQuoted:
		return r.quoted(st, p.Parts)
	case *syntax.ParamExp:
		return r.param(st, p)
	case *syntax.CmdSubst:
		return r.substitute(st, p.Stmts)
	case *syntax.ProcSubst:
		r.substitute(st, p.Stmts)
	case *syntax.ArithmExp:
		if n, ok := r.arithmetic(st, p.X, 0); ok {
			return Known(strconv.Itoa(n))
		}
	}
	return Unknown("?")
}

// quoted expands what stands between double quotes, or in a here-document.
func (r *runner) quoted(st *state, parts []syntax.WordPart) Word {
	out := Known("")
	for _, part := range parts {
		if lit, ok := part.(*syntax.Lit); ok {
			out = out.add(Known(unquote(lit.Value, true)))
		} else {
			out = out.add(r.part(st, part))
		}
	}
	return out
}

// unquote resolves backslashes. Between double quotes most stand for
// themselves.
func unquote(text string, quoted bool) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) || quoted && strings.IndexByte("$`\"\\\n", text[i+1]) < 0 {
			b.WriteByte(text[i])
			continue
		}
		i++
		if text[i] != '\n' {
			b.WriteByte(text[i])
		}
	}
	return b.String()
}

// lookup returns a variable's value, and whether anything is known of it.
func (r *runner) lookup(st *state, name string) (value Word, known bool) {
	switch name {
	case "PWD":
		if st.dir == unknownDir {
			return Unknown(name), true
		}
		return Known(path.Join(python.Home, st.dir)), true
	case "?":
		switch st.status {
		case ok:
			return Known("0"), true
		case failed:
			return Known("1"), true
		}
		return Unknown(name), true
	case "0":
		return st.name, true
	case "BASH_SOURCE":
		return Known("./" + r.src.at.File), true
	case "@", "*":
		out := Known("")
		for i, a := range st.args {
			if i > 0 {
				out = out.add(Known(" "))
			}
			out = out.add(a)
		}
		return out, true
	case "#":
		for _, a := range st.args {
			if a.Names("@") {
				return Unknown(name), true
			}
		}
		return Known(strconv.Itoa(len(st.args))), true
	}
	if n, err := strconv.Atoi(name); err == nil {
		for i, a := range st.args {
			switch {
			case a.Names("@"):
				return Unknown(name), true
			case i == n-1:
				return a, true
			}
		}
		return Known(""), true
	}
	v, ok := st.vars[name]
	if ok && v.array != nil {
		if len(v.array) > 0 {
			return v.array[0], true
		}
		return Known(""), true
	}
	return v.value, ok
}

// param expands a variable.
func (r *runner) param(st *state, p *syntax.ParamExp) Word {
	if p.Param == nil {
		return Unknown("?")
	}
	name := p.Param.Value
	value, known := r.lookup(st, name)
	switch {
	case p.Excl || p.Length || p.Width || p.Slice != nil || p.Names != 0:
		return Unknown(name)
	case p.Index != nil && name != "BASH_SOURCE":
		return Unknown(name)
	case p.Repl != nil:
		return r.substituteText(st, p.Repl, value, name)
	case p.Exp == nil && known:
		return value
	case p.Exp == nil:
		return Unknown(name)
	}
	text, whole := value.Text()
	empty := known && whole && text == ""
	switch p.Exp.Op {
	case syntax.DefaultUnset, syntax.AssignUnset, syntax.ErrorUnset:
		if known {
			return value
		}
	case syntax.DefaultUnsetOrNull, syntax.AssignUnsetOrNull, syntax.ErrorUnsetOrNull:
		if known && !empty {
			return value
		}
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if !known {
			return Unknown(name)
		}
		if empty && p.Exp.Op == syntax.AlternateUnsetOrNull {
			return Known("")
		}
		return r.word(st, p.Exp.Word)
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		if known {
			return r.trimmed(st, p.Exp, value, name)
		}
		return Unknown(name)
	default:
		return Unknown(name)
	}
	if p.Exp.Op == syntax.ErrorUnset || p.Exp.Op == syntax.ErrorUnsetOrNull {
		return Unknown(name)
	}
	word := r.word(st, p.Exp.Word)
	if p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull {
		r.set(st, name, variable{value: word})
	}
	return word
}

// trimmed drops what matches a pattern at an end of a value.
func (r *runner) trimmed(st *state, e *syntax.Expansion, value Word, name string) Word {
	text, known := value.Text()
	pat, knownToo := r.pattern(st, e.Word)
	if !known || !knownToo {
		return Unknown(name)
	}
	mode := pattern.Mode(0)
	if e.Op == syntax.RemSmallPrefix || e.Op == syntax.RemSmallSuffix {
		mode = pattern.Shortest
	}
	expr, err := pattern.Regexp(pat, mode)
	if err != nil {
		return Known(text)
	}
	prefix := e.Op == syntax.RemSmallPrefix || e.Op == syntax.RemLargePrefix
	if prefix {
		rx, err := regexp.Compile("^" + expr)
		if err != nil {
			return Unknown(name)
		}
		return Known(text[len(rx.FindString(text)):])
	}
	rx, err := regexp.Compile("^(?s:" + expr + ")$")
	if err != nil || len(text) > 1000 {
		return Unknown(name)
	}
	found := text
	for i := len(text); i >= 0; i-- {
		if rx.MatchString(text[i:]) {
			if found = text[:i]; e.Op == syntax.RemSmallSuffix {
				break
			}
		}
	}
	return Known(found)
}

// substituteText replaces a text that is no pattern.
func (r *runner) substituteText(st *state, e *syntax.Replace, value Word, name string) Word {
	text, known := value.Text()
	old, knownOld := r.word(st, e.Orig).Text()
	with, knownWith := r.word(st, e.With).Text()
	if !known || !knownOld || !knownWith || old == "" || strings.ContainsAny(old, `*?[\#%`) || len(text)*(len(with)+1) > maxWord {
		return Unknown(name)
	}
	n := 1
	if e.All {
		n = -1
	}
	return Known(strings.Replace(text, old, with, n))
}

// pattern returns a word as a pattern, in which what is quoted stands for
// itself.
func (r *runner) pattern(st *state, w *syntax.Word) (string, bool) {
	var b strings.Builder
	if w == nil {
		return "", true
	}
	for _, part := range w.Parts {
		if lit, ok := part.(*syntax.Lit); ok {
			b.WriteString(lit.Value)
			continue
		}
		if _, ok := part.(*syntax.ExtGlob); ok {
			return "", false
		}
		text, known := r.part(st, part).Text()
		if !known {
			return "", false
		}
		if _, ok := part.(*syntax.ParamExp); !ok {
			text = pattern.QuoteMeta(text, 0)
		}
		b.WriteString(text)
	}
	return b.String(), b.Len() <= maxWord
}

// matches says whether a text matches a pattern of the shell's.
func matches(pat, text string) answer {
	expr, err := pattern.Regexp(pat, 0)
	if err != nil {
		return unknown
	}
	rx, err := regexp.Compile("^(?s:" + expr + ")$")
	if err != nil {
		return unknown
	}
	return answerOf(rx.MatchString(text))
}

// arithmetic computes small whole numbers.
func (r *runner) arithmetic(st *state, x syntax.ArithmExpr, depth int) (int, bool) {
	if depth > 50 {
		return 0, false
	}
	switch x := x.(type) {
	case *syntax.Word:
		text, known := r.word(st, x).Text()
		if v, ok := st.vars[x.Lit()]; ok && x.Lit() != "" {
			text, known = v.value.Text()
		}
		n, err := strconv.Atoi(text)
		return n, known && err == nil && n < 1<<30 && n > -1<<30
	case *syntax.ParenArithm:
		return r.arithmetic(st, x.X, depth+1)
	case *syntax.BinaryArithm:
		a, okA := r.arithmetic(st, x.X, depth+1)
		b, okB := r.arithmetic(st, x.Y, depth+1)
		if !okA || !okB {
			return 0, false
		}
		return compute(x.Op, a, b)
	}
	return 0, false
}

func compute(op syntax.BinAritOperator, a, b int) (int, bool) {
	truth := func(is bool) (int, bool) {
		if is {
			return 1, true
		}
		return 0, true
	}
	switch op {
	case syntax.Add:
		return a + b, true
	case syntax.Sub:
		return a - b, true
	case syntax.Mul:
		return a * b, true
	case syntax.Eql:
		return truth(a == b)
	case syntax.Neq:
		return truth(a != b)
	case syntax.Lss:
		return truth(a < b)
	case syntax.Leq:
		return truth(a <= b)
	case syntax.Gtr:
		return truth(a > b)
	case syntax.Geq:
		return truth(a >= b)
	}
	return 0, false
}
