package shell

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call follows a simple command.
func (r *runner) call(st *state, s *syntax.Stmt, cmd *syntax.CallExpr) *state {
	if len(cmd.Args) == 0 {
		r.substituted = ok
		r.assign(st, cmd.Assigns)
		r.redirects(st, s.Redirs)
		st.status = r.substituted
		return st
	}
	r.visited[cmd] = true
	r.substituted = ok
	args := r.fields(st, cmd.Args)
	if len(args) == 0 { // $EMPTY
		r.assign(st, cmd.Assigns)
		st.status = r.substituted
		return st
	}
	c := Command{
		Place: r.src.position(cmd.Args[0].Pos()), Span: r.src.spans[s], Outer: r.src.outer(cmd.Args[0].Pos()), Args: args, Dir: st.dir,
		Env: map[string]Word{}, Runs: Perhaps, Background: r.background, Inner: r.inner,
	}
	for name, v := range st.vars {
		if v.exported && v.array == nil {
			c.Env[name] = v.value
		}
	}
	r.prefixed(st, cmd.Assigns, c.Env)
	r.step(len(c.Env) / 16)
	c.Redirects = r.redirects(st, s.Redirs)
	if st.sure {
		c.Runs = Surely
	}
	c.provided = r.provided || st.opt.lenient || len(st.onErr) > 0 || len(st.onExit) > 0 && st.opt.errexit == yes
	c.fatal = r.proc.main && st.opt.errexit == yes && !r.ignored && len(st.onErr)+len(st.onExit) == 0 && !args[0].Is("exec")
	i := r.note(c)
	if i >= 0 && r.which != nil && r.which(&c) {
		st.status, st.hit = failed, yes
		if args[0].Is("exec") {
			return r.replaced(st)
		}
		return st
	}
	return r.execute(st, site{cmd, i, &c}, args)
}

// prefixed adds the variables that stand before a command's words.
func (r *runner) prefixed(st *state, list []*syntax.Assign, env map[string]Word) {
	for _, a := range list {
		if a.Name != nil && a.Array == nil {
			env[a.Name.Value] = r.word(st, a.Value)
		}
	}
}

// note lists a command, and returns where it is listed: -1 if there are too
// many.
func (r *runner) note(c Command) int {
	key := c.key()
	if i, ok := r.index[key]; ok {
		have := &r.commands[i]
		have.Runs = max(have.Runs, c.Runs)
		have.provided = have.provided && c.provided
		have.fatal = have.fatal && c.fatal
		have.Background = have.Background && c.Background
		return i
	}
	if len(r.commands) >= maxCommands {
		r.cut = true
		return -1
	}
	r.commands = append(r.commands, c)
	r.index[key] = len(r.commands) - 1
	return len(r.commands) - 1
}

// followed notes that what a command runs is listed, too.
func (r *runner) followed(at site) {
	if at.index >= 0 {
		r.commands[at.index].Followed = true
	}
}

// execute follows what a command runs: a function, a builtin, a script of the
// repository.
func (r *runner) execute(st *state, at site, args []Word) *state {
	if r.out != nil {
		r.print(st, args)
	}
	name, known := args[0].Text()
	if list := st.funcs[name]; known && len(list) > 0 && r.depth < maxDepth {
		r.followed(at)
		var ways []func(*state) *state
		for _, f := range list {
			ways = append(ways, func(in *state) *state { return r.function(in, f, args[1:], at.call.Assigns) })
		}
		if len(ways) == 1 {
			return ways[0](st)
		}
		return r.either(st, ways...)
	}
	for known && (name == "command" || name == "builtin") && len(args) > 1 {
		if p := args[1].prefix(); strings.HasPrefix(p, "-") {
			break
		}
		args = args[1:]
		name, known = args[0].Text()
	}
	if b, ok := builtins[name]; ok && known {
		return b(r, st, args, at)
	}
	return r.program(st, at, args)
}

// site is where a command stands, and as what it is listed.
type site struct {
	call  *syntax.CallExpr
	index int
	*Command
}

// program follows a program that is no builtin: a shell with a script of the
// repository, make, or anything else, of which no more is known.
func (r *runner) program(st *state, at site, args []Word) *state {
	st.status = assumed
	if r.rest {
		st.status = ok
	}
	args = Unwrap(args)
	if len(args) == 0 || r.depth >= maxDepth {
		return st
	}
	base, _ := args[0].Base()
	switch {
	case base == "true":
		st.status = ok
	case base == "false":
		st.status = failed
	case IsShell(base):
		return r.shell(st, at, args)
	case base == "make":
		return r.makes(st, at, args)
	default:
		if p, ok := args[0].Text(); ok && strings.Contains(p, "/") {
			if src, ok := r.file(RepoPath(st.dir, p)); ok && src.shell && runnable(src) {
				return r.script(st, at, src, args, "")
			}
		}
	}
	return st
}

// runnable says whether a file that is run as a program is a script of a
// shell's.
func runnable(src *parsed) bool {
	ext := path.Ext(src.at.File)
	return strings.HasPrefix(src.text, "#!") || ext == "" || ext == ".sh" || ext == ".bash"
}

// shell follows "bash -c TEXT" and "bash FILE".
func (r *runner) shell(st *state, at site, args []Word) *state {
	var flags []string
	rest := args[1:]
	for len(rest) > 0 {
		flag, known := rest[0].Text()
		if !known || len(flag) < 2 || flag[0] != '-' && flag[0] != '+' {
			break
		}
		rest = rest[1:]
		switch {
		case flag == "--":
		case strings.HasPrefix(flag, "--"):
			if flag == "--rcfile" || flag == "--init-file" {
				rest = rest[min(1, len(rest)):]
			}
			continue
		case strings.HasSuffix(flag, "o") && len(rest) > 0:
			flags = append(flags, flag, rest[0].String())
			rest = rest[1:]
			continue
		default:
			flags = append(flags, flag)
			continue
		}
		break
	}
	if len(rest) == 0 {
		return r.piped(st, at, flags)
	}
	text := strings.Join(flags, " ")
	for _, f := range flags {
		if f[0] == '-' && strings.Contains(f, "c") {
			return r.inlined(st, at, args, rest, text)
		}
	}
	name, known := rest[0].Text()
	if !known {
		return st
	}
	if src, ok := r.file(RepoPath(st.dir, name)); ok {
		return r.script(st, at, src, rest, text)
	}
	return st
}

// piped follows a shell that reads a here-document.
func (r *runner) piped(st *state, at site, flags []string) *state {
	word, begins, ok := at.Here()
	text, known := word.Text()
	if !ok || !known {
		return st
	}
	return r.script(st, at, r.reader.inline(begins, text), []Word{Known("bash")}, strings.Join(flags, " "))
}

// inlined follows "bash -c TEXT NAME ARGS".
func (r *runner) inlined(st *state, at site, args, rest []Word, flags string) *state {
	text, known := rest[0].Text()
	if !known {
		return st
	}
	own := rest[1:]
	if len(own) == 0 {
		own = []Word{Known("bash")}
	}
	return r.script(st, at, r.reader.inline(r.textPlace(at.Command, text), text), own, strings.ReplaceAll(flags, "c", ""))
}

// textPlace finds where a text begins that is a word of a command. It is the
// command's place if it is not written there as it is.
func (r *runner) textPlace(c *Command, text string) Place {
	lines := strings.Split(r.src.text, "\n")
	first, _, _ := strings.Cut(text, "\n")
	for line := c.Line; line <= max(c.Span.Last, c.Line) && first != ""; line++ {
		k := line - r.src.at.Line
		if k < 0 || k >= len(lines) {
			break
		}
		if col := strings.Index(lines[k], first); col >= 0 {
			at := Place{File: c.File, Line: line, Column: col + 1}
			if k == 0 {
				at.Column += r.src.at.Column - 1
			}
			return at
		}
	}
	return c.Place
}

// script follows a script that another shell runs, with its own variables.
func (r *runner) script(st *state, at site, src *parsed, args []Word, flags string) *state {
	if !src.shell {
		return st
	}
	r.followed(at)
	key := placeKey(src.at) + strings.Join(Strings(args), "\x00") + "\x00" + flags + "\x00" + st.exportKey()
	if code, ok := r.scripts[key]; ok {
		st.status = code
		return st
	}
	r.scripts[key] = assumed // while it runs
	r.enter(src)
	outer := r.src
	hit := st.hit
	r.within(func() { r.ignored = false }, func() {
		sub := r.subshell(st, func(in *state) *state {
			fresh := r.initial(setup{dir: in.dir, args: args[1:], options: flags}, src)
			for name, v := range in.vars {
				if v.exported {
					fresh.vars[name] = v
				}
			}
			for name, v := range at.Env {
				fresh.vars[name] = variable{value: v, exported: true}
			}
			fresh.name, fresh.sure, fresh.hit = args[0], in.sure, in.hit
			r.changed(fresh)
			if fresh.exports = in.exports; len(at.call.Assigns) > 0 {
				fresh.exports = fresh.version
			}
			r.src = src
			r.depth++
			out := r.stmts(fresh, src.stmts)
			r.depth--
			return out
		})
		st = sub
	})
	r.src = outer
	if src.err != nil && st.status != failed {
		st.status = either
	}
	if st.hit == hit {
		r.scripts[key] = st.status
	} else {
		delete(r.scripts, key)
	}
	return st
}

func placeKey(p Place) string { return p.File + "\x00" + itoa(p.Line) + ":" + itoa(p.Column) + "\x00" }

// exportKey tells states apart whose programs are given other things.
func (st *state) exportKey() string { return itoa(st.exports) + "\x00" + st.dir }

// enter notes a source whose commands may run.
func (r *runner) enter(src *parsed) {
	if !slices.Contains(r.sources, src) {
		r.sources = append(r.sources, src)
	}
	r.step(1)
}

// function follows a function that is called.
func (r *runner) function(st *state, f function, args []Word, assigns []*syntax.Assign) *state {
	outer, name := st.args, r.src
	onErr := st.onErr
	if st.opt.errtrace != yes {
		st.onErr = nil
	}
	for _, a := range assigns {
		if a.Name != nil && a.Array == nil {
			r.set(st, a.Name.Value, variable{value: r.word(st, a.Value), exported: true})
		}
	}
	st.args = args
	r.src = f.src
	out := r.called(st, func(in *state) *state { return r.stmt(in, f.body) })
	r.src = name
	if out != nil {
		out.args = outer
		if len(out.onErr) == 0 {
			out.onErr = onErr
		}
	}
	return out
}

// called follows what "return" leaves: a function, or a file that is sourced.
func (r *runner) called(st *state, do func(*state) *state) *state {
	sure, jumped, left := st.sure, r.jumped, r.left
	calling, loop := r.calling, r.loop
	own := &call{}
	r.calling = own
	r.depth++
	out := r.join(do(st), own.back)
	r.depth--
	r.calling, r.loop, r.jumped = calling, loop, jumped
	if out != nil {
		out.sure = sure && r.left == left
	}
	return out
}

// eval follows a text that runs in the shell itself.
func (r *runner) eval(st *state, at Place, text string) *state {
	if r.depth >= maxDepth || !r.step(1) {
		return st
	}
	src := r.reader.inline(at, text)
	r.enter(src)
	outer := r.src
	r.src = src
	r.depth++
	st = r.stmts(st, src.stmts)
	r.depth--
	r.src = outer
	return st
}

// sourceFile follows a file of the repository that runs in the shell itself.
// From one place it is followed once.
func (r *runner) sourceFile(st *state, at site, args []Word) *state {
	name, known := args[0].Text()
	src, found := r.file(RepoPath(st.dir, name))
	if !known || !found || !src.shell {
		st.status = assumed
		return st
	}
	r.followed(at)
	key := placeKey(r.src.position(at.call.Pos())) + src.at.File
	if r.sourced[key] || r.depth >= maxDepth || !r.step(1) || len(src.stmts) == 0 {
		st.status = assumed
		return st
	}
	r.sourced[key] = true
	r.enter(src)
	outer, own := r.src, st.args
	r.src = src
	if len(args) > 1 {
		st.args = args[1:]
	}
	out := r.called(st, func(in *state) *state { return r.stmts(in, src.stmts) })
	r.src = outer
	if out != nil && len(args) > 1 {
		out.args = own
	}
	return out
}

// substitute follows a command in a word, and returns what it prints.
func (r *runner) substitute(st *state, list []*syntax.Stmt) Word {
	if !r.step(1) {
		return Unknown("?")
	}
	printed := Known("")
	outer, errexit, code := r.out, st.opt.errexit, st.status
	r.within(func() { r.inner = true }, func() {
		r.out = &printed
		sub := r.subshell(st, func(in *state) *state {
			in.opt.errexit = no
			if !r.src.bash {
				in.opt.errexit = errexit
			}
			return r.stmts(in, list)
		})
		r.substituted = sub.status
		st.status = code
	})
	r.out = outer
	if text, known := printed.Text(); known {
		return Known(strings.TrimRight(text, "\n"))
	}
	if n := len(printed.parts); !printed.parts[n-1].unknown {
		printed.parts = slices.Clone(printed.parts)
		printed.parts[n-1].text = strings.TrimRight(printed.parts[n-1].text, "\n")
	}
	return printed
}

// print adds what a command prints to what its substitution stands for.
func (r *runner) print(st *state, args []Word) {
	name, _ := args[0].Text()
	if len(st.funcs[name]) > 0 || r.depth > 0 && name == "return" {
		return
	}
	out := Unknown("?")
	switch {
	case name == "cd" || name == "true" || name == ":" || name == "set" || name == "exit":
		return
	case name == "echo" && len(args) > 1 && !strings.HasPrefix(args[1].prefix(), "-"):
		out = args[1]
		for _, a := range args[2:] {
			out = out.add(Known(" ")).add(a)
		}
		out = out.add(Known("\n"))
	case name == "pwd":
		out, _ = r.lookup(st, "PWD")
	case (name == "dirname" || name == "basename") && len(args) == 2:
		if text, known := args[1].Text(); known && name == "dirname" {
			out = Known(path.Dir(text))
		}
		if base, known := args[1].Base(); known && name == "basename" {
			out = Known(base)
		}
	case name == "which" && len(args) == 2, (name == "command" || name == "type") && len(args) == 3:
		if base, known := args[len(args)-1].Base(); known {
			out = Unknown("?").add(Known("/" + base))
		}
	}
	*r.out = r.out.add(out)
}

// redirects expands redirections.
func (r *runner) redirects(st *state, list []*syntax.Redirect) []Redirect {
	var out []Redirect
	for _, d := range list {
		switch d.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.ClbOut, syntax.RdrAll, syntax.AppAll:
			if d.N == nil || d.N.Value == "1" {
				out = append(out, Redirect{
					Output: true, Append: d.Op == syntax.AppOut || d.Op == syntax.AppAll,
					File: r.word(st, d.Word), Place: r.src.position(d.Word.Pos()),
				})
			}
		case syntax.Hdoc, syntax.DashHdoc:
			if d.Hdoc != nil {
				out = append(out, Redirect{Here: true, Text: r.here(st, d), Place: r.src.position(d.Hdoc.Pos())})
			} else {
				out = append(out, Redirect{Here: true, Text: Known(""), Place: r.src.position(d.Word.Pos())})
			}
		case syntax.WordHdoc:
			out = append(out, Redirect{Here: true, Text: r.word(st, d.Word).add(Known("\n")), Place: r.src.position(d.Word.Pos())})
		}
	}
	return out
}

// here expands a here-document.
func (r *runner) here(st *state, d *syntax.Redirect) Word {
	out := Known("")
	for _, part := range d.Hdoc.Parts {
		if lit, ok := part.(*syntax.Lit); ok {
			text := lit.Value
			if !quotedWord(d.Word) {
				text = strings.ReplaceAll(unquote(strings.ReplaceAll(text, `\"`, `\\"`), true), "", "")
			}
			if d.Op == syntax.DashHdoc {
				lines := strings.SplitAfter(text, "\n")
				for i := range lines {
					lines[i] = strings.TrimLeft(lines[i], "\t")
				}
				text = strings.Join(lines, "")
			}
			out = out.add(Known(text))
			continue
		}
		out = out.add(r.part(st, part))
	}
	return out
}

// quotedWord says whether a here-document's delimiter is quoted: its text is
// taken as it is.
func quotedWord(w *syntax.Word) bool {
	for _, part := range w.Parts {
		lit, ok := part.(*syntax.Lit)
		if !ok || strings.Contains(lit.Value, `\`) {
			return true
		}
	}
	return false
}
