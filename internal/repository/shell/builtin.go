package shell

import (
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

func itoa(n int) string { return strconv.Itoa(n) }

// builtin does what a shell's own command does to its state.
type builtin func(r *runner, st *state, args []Word, c site) *state

var builtins map[string]builtin

func init() { // it refers to what refers to it
	succeed := func(r *runner, st *state, args []Word, c site) *state { st.status = ok; return st }
	builtins = map[string]builtin{
		":": succeed, "true": succeed, "echo": succeed, "printf": succeed, "pwd": succeed, "umask": succeed,
		"shopt": succeed, "alias": succeed, "unalias": succeed, "hash": succeed,
		"false": func(r *runner, st *state, args []Word, c site) *state { st.status = failed; return st },
		"cd":    changeDir, "exit": exit, "return": goBack, "break": leave, "continue": leave,
		"set": (*runner).setOptions, "unset": unset, "shift": shift, "trap": (*runner).setTrap,
		"export": export, "readonly": export, "local": export, "declare": export, "typeset": export,
		"test": test, "[": test, "eval": evaluate, "exec": execute,
		".": include, "source": include, "getopts": forget, "read": forget, "mapfile": forget, "readarray": forget,
	}
}

func changeDir(r *runner, st *state, args []Word, c site) *state {
	for len(args) > 1 && (args[1].Is("-P") || args[1].Is("-L") || args[1].Is("--")) {
		args = args[1:]
	}
	st.status = assumed
	switch {
	case len(args) == 1:
		r.setDir(st, "")
		st.status = ok
	case len(args) == 2 && !args[1].Is("-"):
		dir := RepoPath(st.dir, args[1].String())
		if dir == "" || r.files != nil && dir != unknownDir && r.files.IsDir(dir) {
			st.status = ok
		}
		r.setDir(st, dir)
	default:
		r.setDir(st, unknownDir)
	}
	return st
}

// code reads an exit code that is given as a word.
func code(st *state, args []Word) status {
	if len(args) < 2 || args[1].Names("?") { // $? of which not more is known
		return st.status
	}
	text, known := args[1].Text()
	n, err := strconv.Atoi(text)
	switch {
	case !known:
		return assumed
	case err != nil || n&255 != 0:
		return failed
	}
	return ok
}

func exit(r *runner, st *state, args []Word, c site) *state {
	st.status = code(st, args)
	return r.quit(st)
}

func goBack(r *runner, st *state, args []Word, c site) *state {
	st.status = code(st, args)
	if r.calling == nil {
		return st
	}
	r.calling.back = r.join(r.calling.back, st)
	r.jumped++
	return nil
}

func leave(r *runner, st *state, args []Word, c site) *state {
	st.status = ok
	if r.loop == nil {
		return st
	}
	if args[0].Is("break") || len(args) > 1 {
		r.loop.out = r.join(r.loop.out, st)
	} else {
		r.loop.again = r.join(r.loop.again, st)
	}
	r.jumped++
	return nil
}

func unset(r *runner, st *state, args []Word, c site) *state {
	for _, a := range args[1:] {
		if name, known := a.Text(); known {
			if _, ok := st.funcs[name]; ok && st.vars[name].value.parts == nil {
				delete(st.funcs, name)
			}
			r.unset(st, name)
		}
	}
	r.changed(st)
	st.status = ok
	return st
}

func shift(r *runner, st *state, args []Word, c site) *state {
	st.status = ok
	n := 1
	if len(args) > 1 {
		text, _ := args[1].Text()
		n, _ = strconv.Atoi(text)
	}
	switch {
	case len(st.args) > 0 && st.args[0].Names("@"):
	case n >= 0 && n <= len(st.args):
		st.args = st.args[n:]
		r.changed(st)
	default:
		st.status = failed
	}
	return st
}

// flags applies a shell's options.
func (r *runner) flags(st *state, text string) { r.apply(st, strings.Fields(text)) }

func (r *runner) setOptions(st *state, args []Word, c site) *state {
	st.status = ok
	var words []string
	for i, a := range args[1:] {
		text, known := a.Text()
		if !known && strings.HasPrefix(a.prefix(), "-") || known && strings.HasPrefix(text, "-") && text != "--" && text != "-" || strings.HasPrefix(text, "+") && len(text) > 1 {
			words = append(words, a.String())
			continue
		}
		if i > 0 && strings.HasSuffix(args[i].String(), "o") && strings.ContainsAny(args[i].prefix(), "-+") {
			words = append(words, a.String())
			continue
		}
		if text == "--" || text == "-" {
			i++
		}
		st.args = args[1+i:]
		break
	}
	r.apply(st, words)
	r.changed(st)
	return st
}

// apply applies options: "-euo pipefail", "+e".
func (r *runner) apply(st *state, words []string) {
	set := func(letter string, on answer) {
		switch letter {
		case "e", "errexit":
			st.opt.errexit = on
			st.opt.lenient = on == no
		case "pipefail":
			st.opt.pipefail = on
		case "E", "errtrace":
			st.opt.errtrace = on
		case "a", "allexport":
			st.opt.allexport = on
		}
	}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if len(w) < 2 || w[0] != '-' && w[0] != '+' || strings.HasPrefix(w, "--") {
			continue
		}
		for _, letter := range w[1:] {
			if letter == 'o' && i+1 < len(words) {
				i++
				set(words[i], answerOf(w[0] == '-'))
				continue
			}
			set(string(letter), answerOf(w[0] == '-'))
		}
	}
}

func (r *runner) setTrap(st *state, args []Word, c site) *state {
	st.status = ok
	args = args[1:]
	for len(args) > 0 && args[0].Is("--") {
		args = args[1:]
	}
	if len(args) < 2 || strings.HasPrefix(args[0].prefix(), "-") && !args[0].Is("-") {
		return st
	}
	var t traps
	if text, _ := args[0].Text(); text != "" && text != "-" {
		t = traps{{text, r.textPlace(c.Command, text)}}
	}
	for _, a := range args[1:] {
		switch event, _ := a.Text(); strings.TrimPrefix(strings.ToUpper(event), "SIG") {
		case "ERR":
			if r.bash() {
				st.onErr = t
			} else {
				st.status = failed
			}
		case "EXIT", "0":
			st.onExit = t
		}
	}
	r.changed(st)
	return st
}

// bash says whether it is bash that runs.
func (r *runner) bash() bool { return r.sources[0].bash || r.src.bash }

// export sets and exports variables.
func export(r *runner, st *state, args []Word, c site) *state {
	st.status = ok
	exported := args[0].Is("export")
	for _, a := range args[1:] {
		prefix := a.prefix()
		if strings.HasPrefix(prefix, "-") {
			if prefix == "-x" {
				exported = true
			}
			if prefix == "-n" {
				return st
			}
			continue
		}
		name, _, assigned := strings.Cut(prefix, "=")
		if !validName(name) {
			continue
		}
		v, have := st.vars[name]
		switch {
		case assigned:
			v = variable{value: a.cut(len(name) + 1)}
		case !have:
			if exported {
				continue
			}
			v = variable{value: Known("")}
			if args[0].Is("local") {
				continue
			}
		}
		v.exported = v.exported || exported
		r.set(st, name, v)
	}
	return st
}

func validName(name string) bool {
	for i, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// declare follows export, local and the like as bash parses them.
func (r *runner) declare(st *state, d *syntax.DeclClause) *state {
	st.status = ok
	exported := d.Variant.Value == "export"
	for _, a := range d.Args {
		if a.Name == nil {
			text, _ := r.word(st, a.Value).Text()
			exported = exported || strings.HasPrefix(text, "-") && strings.Contains(text, "x")
			if exported && text == "-n" {
				return st
			}
			continue
		}
		if a.Naked {
			if v, have := st.vars[a.Name.Value]; have && exported {
				v.exported = true
				r.set(st, a.Name.Value, v)
			}
			continue
		}
		code := st.status
		r.assign(st, []*syntax.Assign{a})
		st.status = code
		if v, have := st.vars[a.Name.Value]; have && exported && !v.exported {
			v.exported = true
			r.set(st, a.Name.Value, v)
		}
	}
	return st
}

// assign sets variables. The exit code is that of the last command in a value.
func (r *runner) assign(st *state, list []*syntax.Assign) {
	for _, a := range list {
		if a.Name == nil || a.Naked {
			continue
		}
		name := a.Name.Value
		v := variable{value: Unknown(name)}
		switch {
		case a.Index != nil:
		case a.Array != nil && !a.Append:
			v = variable{array: []Word{}}
			for _, e := range a.Array.Elems {
				if e.Index != nil || e.Value == nil {
					v = variable{value: Unknown(name)}
					break
				}
				v.array = append(v.array, r.fields(st, []*syntax.Word{e.Value})...)
			}
		case a.Array != nil:
		case a.Append:
			if old, have := r.lookup(st, name); have && a.Value != nil {
				v.value = old.add(r.word(st, a.Value))
			}
		default:
			v.value = r.word(st, a.Value)
		}
		r.set(st, name, v)
	}
}

// forget sets variables to what is read.
func forget(r *runner, st *state, args []Word, c site) *state {
	for _, a := range args[1:] {
		if name, known := a.Text(); known && validName(name) {
			r.set(st, name, variable{value: Unknown(name)})
		}
	}
	st.status = assumed
	return st
}

func evaluate(r *runner, st *state, args []Word, c site) *state {
	text := Known("")
	for i, a := range args[1:] {
		if i > 0 {
			text = text.add(Known(" "))
		}
		text = text.add(a)
	}
	source, known := text.Text()
	if !known {
		st.status = assumed
		return st
	}
	r.followed(c)
	return r.eval(st, r.textPlace(c.Command, source), source)
}

// execute ends the shell with what a program returns.
func execute(r *runner, st *state, args []Word, c site) *state {
	rest := dropOptions(args[1:], "-a")
	if len(rest) == 0 { // redirections alone
		st.status = ok
		return st
	}
	if st = r.program(st, c, rest); st == nil {
		return nil
	}
	return r.replaced(st)
}

// replaced ends a shell whose place a program has taken: no trap runs.
func (r *runner) replaced(st *state) *state {
	st.onExit = nil
	return r.quit(st)
}

func include(r *runner, st *state, args []Word, c site) *state {
	if len(args) < 2 {
		st.status = failed
		return st
	}
	return r.sourceFile(st, c, args[1:])
}

// test follows [ and test.
func test(r *runner, st *state, args []Word, c site) *state {
	args = args[1:]
	if n := len(args); n > 0 && args[n-1].Is("]") {
		args = args[:n-1]
	}
	a := r.testWords(st, args)
	st.status = statusOf(a)
	return st
}

func (r *runner) testWords(st *state, args []Word) answer {
	negated := false
	for len(args) > 1 && args[0].Is("!") {
		negated, args = !negated, args[1:]
	}
	a := unknown
	switch len(args) {
	case 0:
		a = no
	case 1:
		a = filled(args[0])
	case 2:
		op, _ := args[0].Text()
		a = r.unary(st, op, args[1])
	case 3:
		op, _ := args[1].Text()
		a = compare(op, args[0], args[2], false)
	}
	if negated && a != unknown {
		return yes - a
	}
	return a
}

func filled(w Word) answer {
	text, known := w.Text()
	if known {
		return answerOf(text != "")
	}
	for _, p := range w.parts {
		if !p.unknown && p.text != "" {
			return yes
		}
	}
	return unknown
}

// unary answers a question about a text or a file. That a file is not in the
// repository says nothing: a command may have made it.
func (r *runner) unary(st *state, op string, w Word) answer {
	switch op {
	case "-n":
		return filled(w)
	case "-z":
		if a := filled(w); a != unknown {
			return yes - a
		}
	case "-e", "-f", "-r", "-s", "-d":
		text, known := w.Text()
		if !known || r.files == nil {
			return unknown
		}
		p := RepoPath(st.dir, text)
		if p == "" || p == unknownDir || strings.HasPrefix(p, "..") {
			return unknown
		}
		if dir := r.files.IsDir(p); r.files.Exists(p) && (op == "-e" || op == "-r" || dir == (op == "-d")) {
			return yes
		}
	}
	return unknown
}

// compare compares texts or numbers. A text of [[ is a pattern.
func compare(op string, a, b Word, pat bool) answer {
	x, knownX := a.Text()
	y, knownY := b.Text()
	if !knownX || !knownY {
		return unknown
	}
	switch op {
	case "=", "==":
		if pat {
			return matches(y, x)
		}
		return answerOf(x == y)
	case "!=":
		if pat {
			if m := matches(y, x); m != unknown {
				return yes - m
			}
			return unknown
		}
		return answerOf(x != y)
	}
	m, errM := strconv.Atoi(strings.TrimSpace(x))
	n, errN := strconv.Atoi(strings.TrimSpace(y))
	if errM != nil || errN != nil {
		return unknown
	}
	switch op {
	case "-eq":
		return answerOf(m == n)
	case "-ne":
		return answerOf(m != n)
	case "-lt":
		return answerOf(m < n)
	case "-le":
		return answerOf(m <= n)
	case "-gt":
		return answerOf(m > n)
	case "-ge":
		return answerOf(m >= n)
	}
	return unknown
}

// test follows [[.
func (r *runner) test(st *state, x syntax.TestExpr, depth int) answer {
	if depth > 50 {
		return unknown
	}
	switch x := x.(type) {
	case *syntax.Word:
		return filled(r.word(st, x))
	case *syntax.ParenTest:
		return r.test(st, x.X, depth+1)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			if a := r.test(st, x.X, depth+1); a != unknown {
				return yes - a
			}
			return unknown
		}
		if w, ok := x.X.(*syntax.Word); ok {
			return r.unary(st, x.Op.String(), r.word(st, w))
		}
	case *syntax.BinaryTest:
		switch x.Op {
		case syntax.AndTest, syntax.OrTest:
			return both(x.Op == syntax.OrTest, r.test(st, x.X, depth+1), r.test(st, x.Y, depth+1))
		}
		a, okA := x.X.(*syntax.Word)
		b, okB := x.Y.(*syntax.Word)
		if okA && okB {
			if pat, readable := r.pattern(st, b); readable {
				return compare(x.Op.String(), r.word(st, a), Known(pat), true)
			}
		}
	}
	return unknown
}

func both(or bool, a, b answer) answer {
	decides := answerOf(or)
	switch {
	case a == decides || b == decides:
		return decides
	case a == unknown || b == unknown:
		return unknown
	}
	return yes - decides
}

// RepoPath returns where an argument leads that a command with the given
// working folder is given: a path from the repository's root, "" for the root
// itself. Outside of the repository it begins with "..", and it is "{?}" where
// it is not known.
func RepoPath(dir, arg string) string {
	if strings.Contains(arg, "{") || strings.Contains(dir, "{") {
		return unknownDir
	}
	if rest, ok := strings.CutPrefix(arg, "~"); ok && (rest == "" || rest[0] == '/') {
		arg = python.Home + rest
	}
	full := path.Join(python.Home, dir, arg)
	if strings.HasPrefix(arg, "/") {
		full = path.Clean(arg)
	}
	switch rest, ok := strings.CutPrefix(full, python.Home); {
	case ok && rest == "":
		return ""
	case ok && rest[0] == '/':
		return rest[1:]
	}
	return "../" + path.Base(full)
}
