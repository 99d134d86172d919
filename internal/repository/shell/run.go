package shell

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// Limits on one pass through a script.
const (
	maxCommands = 2000
	maxDepth    = 100 // functions and scripts within each other
	maxRounds   = 50  // of a loop whose condition is known
)

// runner follows a script once.
type runner struct {
	*reader
	force
	src      *parsed
	proc     *process
	commands []Command
	index    map[string]int
	visited  map[*syntax.CallExpr]bool
	sources  []*parsed
	// where a command stands
	ignored     bool // errexit does not see it: a condition
	provided    bool // the script asks whether it fails
	background  bool
	inner       bool
	depth       int
	calling     *call // the function that runs
	loop        *jumps
	substituted status // of the last command in a word
	out         *Word  // what a substitution prints, as far as it is known
	// jumped counts the ways that leave a list of commands without failing, and
	// left those that leave the shell.
	jumped, left int
	versions     int
	steps        int
	cut          bool
	// scripts and sourced are what was followed already.
	scripts map[string]status
	sourced map[string]bool
	peeked  map[Place]bool // the traps that were looked into
}

// process is one shell: the script itself, a subshell, "bash -c".
type process struct {
	exit   *state
	ends   ends
	main   bool // the script itself
	ending bool
	risky  bool // set -e ends it if a program fails that is taken to succeed
}

// ends are the ways in which a shell ends: by its exit code, and by whether a
// command was made to fail before.
type ends uint16

func (e *ends) note(s status, hit answer) {
	for _, code := range []status{ok, failed} {
		if s.may(code) {
			for _, h := range []answer{no, yes} {
				if hit == h || hit == unknown {
					*e |= bit(h == yes, code)
				}
			}
		}
	}
}

// has says whether a shell may end so: with an exit code, and a forced command
// having run or not.
func (e ends) has(hit bool, code status) bool { return e&bit(hit, code) != 0 }

func bit(hit bool, code status) ends {
	n := int(code)
	if hit {
		n += 2
	}
	return 1 << n
}

// jumps are the states in which something is left early.
type jumps struct{ out, again *state }

// call is a function or a sourced file that runs.
type call struct{ back *state }

// force has commands fail. With rest, all other programs surely succeed.
type force struct {
	which func(*Command) bool
	rest  bool
}

// run follows the script.
func (s *Script) run(forced force) *runner {
	r := &runner{
		reader: s.reader, force: forced, src: s.main, index: map[string]int{}, visited: map[*syntax.CallExpr]bool{},
		scripts: map[string]status{}, sourced: map[string]bool{}, peeked: map[Place]bool{},
	}
	r.proc = &process{main: true}
	r.sources = append(r.sources, s.main)
	st := r.initial(s.setup, s.main)
	r.end(r.stmts(st, s.main.stmts))
	return r
}

// step counts, and says whether there are steps left.
func (r *runner) step(n int) bool {
	r.steps += n
	r.budget.Steps -= n
	r.cut = r.cut || r.steps > maxSteps || r.budget.Steps < 0
	return !r.cut
}

// within runs with what says where commands stand, and restores it.
func (r *runner) within(set func(), do func()) {
	ignored, provided, background, inner := r.ignored, r.provided, r.background, r.inner
	set()
	do()
	r.ignored, r.provided, r.background, r.inner = ignored, provided, background, inner
}

// stmts follows a list of statements. The result is nil if the list is left
// early in any case.
func (r *runner) stmts(st *state, list []*syntax.Stmt) *state {
	for _, s := range list {
		if st == nil || r.cut { // a hundred lists within each other are not gone through to their ends
			return st
		}
		st = r.stmt(st, s)
	}
	return st
}

// stmt follows one statement.
func (r *runner) stmt(st *state, s *syntax.Stmt) *state {
	if st == nil || s == nil || !r.step(1) {
		return st
	}
	switch {
	case s.Background || s.Coprocess:
		out := st.clone()
		hit := st.hit
		r.within(func() { r.background, r.ignored, r.provided = true, false, true }, func() {
			sub := r.subshell(st, func(in *state) *state { return r.command(in, s) })
			hit = sub.hit
		})
		out.status = ok
		if hit != out.hit {
			out.hit = hit
		}
		return out
	case s.Negated:
		var out *state
		r.within(func() { r.ignored, r.provided = true, true }, func() { out = r.command(st, s) })
		if out != nil {
			switch out.status {
			case ok:
				out.status = failed
			case failed:
				out.status = ok
			default:
				out.status = either
			}
		}
		return out
	}
	return r.command(st, s)
}

// command follows a command without what stands around it.
func (r *runner) command(st *state, s *syntax.Stmt) *state {
	switch cmd := s.Cmd.(type) {
	case nil:
		r.redirects(st, s.Redirs)
		st.status = ok
		return st
	case *syntax.CallExpr:
		return r.check(r.call(st, s, cmd))
	case *syntax.BinaryCmd:
		return r.binary(st, cmd)
	case *syntax.Block:
		return r.stmts(st, cmd.Stmts)
	case *syntax.Subshell:
		return r.check(r.subshell(st, func(in *state) *state { return r.stmts(in, cmd.Stmts) }))
	case *syntax.IfClause:
		return r.ifClause(st, cmd)
	case *syntax.WhileClause:
		return r.whileClause(st, cmd)
	case *syntax.ForClause:
		return r.forClause(st, cmd)
	case *syntax.CaseClause:
		return r.caseClause(st, cmd)
	case *syntax.FuncDecl:
		st.funcs[cmd.Name.Value] = []function{{cmd.Body, r.src}}
		r.changed(st)
		st.status = ok
		return st
	case *syntax.TimeClause:
		return r.stmt(st, cmd.Stmt)
	case *syntax.CoprocClause:
		return r.stmt(st, &syntax.Stmt{Cmd: cmd.Stmt.Cmd, Position: cmd.Stmt.Position, Background: true, Redirs: cmd.Stmt.Redirs})
	case *syntax.DeclClause:
		return r.check(r.declare(st, cmd))
	case *syntax.TestClause:
		st.status = statusOf(r.test(st, cmd.X, 0))
		return r.check(st)
	case *syntax.ArithmCmd:
		st.status = assumed
		if n, known := r.arithmetic(st, cmd.X, 0); known {
			st.status = statusOf(answerOf(n != 0))
		}
		return r.check(st)
	}
	st.status = assumed
	return st
}

func statusOf(a answer) status {
	switch a {
	case yes:
		return ok
	case no:
		return failed
	}
	return assumed
}

// either follows two ways of which one is taken. Which one is not known.
func (r *runner) either(st *state, ways ...func(*state) *state) *state {
	sure, jumped, left := st.sure, r.jumped, r.left
	r.step(1 + len(st.vars)/16)
	var out *state
	for i, way := range ways {
		in := st
		if i < len(ways)-1 {
			in = st.clone()
		}
		in.sure = false
		out = r.join(out, way(in))
	}
	if out != nil {
		out.sure = sure && r.jumped == jumped && r.left == left
	}
	return out
}

// branch goes on by the last command's exit code.
func (r *runner) branch(st *state, success, failure func(*state) *state) *state {
	if st == nil {
		return nil
	}
	switch st.status {
	case ok:
		return success(st)
	case failed:
		return failure(st)
	}
	return r.either(st,
		func(in *state) *state { in.status = ok; return success(in) },
		func(in *state) *state { in.status = failed; return failure(in) })
}

func same(st *state) *state { return st }

// check does what a shell does after a command that may have failed: the trap
// ERR, and set -e.
func (r *runner) check(st *state) *state {
	if st == nil || r.ignored || r.cut || st.status == ok {
		return st
	}
	if st.status == assumed {
		r.peek(st, st.onErr)
		if st.opt.errexit != no {
			r.proc.risky = true
			r.peek(st, st.onExit)
		}
		return st
	}
	if st.opt.errexit == no && len(st.onErr) == 0 {
		return st
	}
	return r.branch(st, same, r.failure)
}

// peek lists what a trap would run if a program failed that is taken to
// succeed.
func (r *runner) peek(st *state, set traps) {
	if len(set) > 0 && !r.peeked[set[0].at] {
		r.peeked[set[0].at] = true
		r.subshell(st.clone(), func(in *state) *state {
			in.onErr, in.sure, in.status = nil, false, failed
			return r.each(in, set)
		})
	}
}

// failure is what follows a failure that is not looked at.
func (r *runner) failure(st *state) *state {
	if st = r.trapped(st); st == nil {
		return nil
	}
	switch st.opt.errexit {
	case yes:
		return r.quit(st)
	case unknown:
		return r.either(st, same, r.quit)
	}
	return st
}

// trapped runs the trap ERR.
func (r *runner) trapped(st *state) *state {
	code, set := st.status, st.onErr
	st.onErr = nil
	if st = r.each(st, set); st != nil {
		st.status, st.onErr = code, set
	}
	return st
}

// each runs one of several traps.
func (r *runner) each(st *state, list traps) *state {
	var ways []func(*state) *state
	for _, t := range list {
		ways = append(ways, func(in *state) *state { return r.eval(in, t.at, t.text) })
	}
	switch len(ways) {
	case 0:
		return st
	case 1:
		return ways[0](st)
	}
	return r.either(st, ways...)
}

// quit ends the shell with the exit code that the state has.
func (r *runner) quit(st *state) *state {
	r.end(st)
	return nil
}

// end notes how the shell ends, after its trap EXIT.
func (r *runner) end(st *state) {
	if st == nil {
		return
	}
	if len(st.onExit) > 0 && !r.proc.ending {
		code, set := st.status, st.onExit
		r.proc.ending = true
		loop, calling := r.loop, r.calling
		r.loop, r.calling = nil, nil
		st = st.clone()
		st.onExit = nil
		trapped := func(ignored bool) func(*state) *state {
			return func(in *state) (out *state) {
				r.within(func() { r.ignored = ignored }, func() { out = r.each(in, set) })
				return out
			}
		}
		if r.ignored && r.bash() { // which does not always go on ignoring
			st = r.either(st, trapped(true), trapped(false))
		} else {
			st = trapped(false)(st)
		}
		r.loop, r.calling = loop, calling
		r.proc.ending = false
		if st == nil {
			return
		}
		st.status = code
	}
	r.proc.ends.note(st.status, st.hit)
	if st.status != failed || !r.proc.main { // after which the script itself goes on
		r.left++
	}
	r.proc.exit = r.join(r.proc.exit, st)
}

// subshell follows what has its own variables, folder and end. Of the state only
// the exit code is another one afterwards.
func (r *runner) subshell(st *state, do func(*state) *state) *state {
	in := st.clone()
	in.onExit = nil
	if st.opt.errtrace != yes {
		in.onErr = nil
	}
	outer, loop, calling, left, jumped := r.proc, r.loop, r.calling, r.left, r.jumped
	r.proc, r.loop, r.calling = &process{}, nil, nil
	r.end(do(in))
	end, risky := r.proc.exit, r.proc.risky
	r.proc, r.loop, r.calling, r.left, r.jumped = outer, loop, calling, left, jumped
	st.status = assumed
	if end != nil {
		st.status, st.hit = end.status, end.hit
		if risky && st.status == ok {
			st.status = assumed
		}
	}
	return st
}

// binary follows a && b, a || b and a | b.
func (r *runner) binary(st *state, cmd *syntax.BinaryCmd) *state {
	if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
		return r.check(r.pipe(st, cmd))
	}
	or := cmd.Op == syntax.OrStmt
	var left *state
	errexit := st.opt.errexit
	r.within(func() { r.ignored, r.provided = true, r.provided || or || errexit != no }, func() { left = r.stmt(st, cmd.X) })
	next := func(in *state) *state { return r.stmt(in, cmd.Y) }
	if or {
		return r.branch(left, same, next)
	}
	return r.branch(left, next, same)
}

// pipe follows a pipeline: each part is a subshell.
func (r *runner) pipe(st *state, cmd *syntax.BinaryCmd) *state {
	out := r.out
	r.out = nil
	st = r.subshell(st, func(in *state) *state { return r.stmt(in, cmd.X) })
	r.out = out
	left := st.status
	if r.out != nil {
		*r.out = Unknown("?")
	}
	r.out = nil
	st = r.subshell(st, func(in *state) *state { return r.stmt(in, cmd.Y) })
	r.out = out
	if st.status == failed || st.opt.pipefail == no {
		return st
	}
	if right := st.status; left == failed && st.opt.pipefail == yes {
		st.status = failed
	} else if left != ok {
		st.status = joinStatus(left, right)
	}
	return st
}

// condition follows a list whose exit code is asked for.
func (r *runner) condition(st *state, list []*syntax.Stmt) *state {
	r.within(func() { r.ignored, r.provided = true, true }, func() { st = r.stmts(st, list) })
	return st
}

func (r *runner) ifClause(st *state, c *syntax.IfClause) *state {
	if len(c.Cond) == 0 { // else
		return r.stmts(st, c.Then)
	}
	st = r.condition(st, c.Cond)
	return r.branch(st,
		func(in *state) *state { return r.stmts(in, c.Then) },
		func(in *state) *state {
			if c.Else == nil {
				in.status = ok
				return in
			}
			return r.ifClause(in, c.Else)
		})
}

// round follows a loop's body once. What breaks out of the loop is collected in
// jumps.
func (r *runner) round(st *state, body []*syntax.Stmt, j *jumps) *state {
	outer := r.loop
	r.loop = j
	st = r.stmts(st, body)
	r.loop = outer
	st = r.join(st, j.again)
	j.again = nil
	return st
}

// finish joins a loop's end with what broke out of it.
func (r *runner) finish(st *state, j *jumps, sure bool, jumped, left int) *state {
	out := r.join(st, j.out)
	returns := r.calling != nil && r.calling.back != nil
	if !returns {
		r.jumped = jumped
	}
	if out != nil {
		out.sure = sure && r.left == left && r.jumped == jumped
	}
	return out
}

func (r *runner) whileClause(st *state, c *syntax.WhileClause) *state {
	j := &jumps{}
	sure, jumped, left := st.sure, r.jumped, r.left
	var done *state
	leave := func(in *state) *state {
		done = r.join(done, in)
		return nil
	}
	last := ok // of the last round
	for round := 0; st != nil && r.step(1); round++ {
		st = r.condition(st, c.Cond)
		if st == nil {
			break
		}
		asked := st.status == ok || st.status == failed
		stop := func(in *state) *state { in.status = last; return leave(in) }
		again := func(in *state) *state { return r.round(in, c.Do, j) }
		if c.Until {
			st = r.branch(st, stop, again)
		} else {
			st = r.branch(st, again, stop)
		}
		if st == nil {
			break
		}
		last = st.status
		if !asked || round >= maxRounds { // it may end after any round
			leave(st)
			break
		}
	}
	if r.cut && st != nil {
		leave(st)
	}
	return r.finish(done, j, sure, jumped, left)
}

func (r *runner) forClause(st *state, c *syntax.ForClause) *state {
	j := &jumps{}
	sure, jumped, left := st.sure, r.jumped, r.left
	iter, words := c.Loop.(*syntax.WordIter)
	if !words || c.Select {
		st.status = ok
		st = r.either(st, same, func(in *state) *state { return r.round(in, c.Do, j) })
		return r.finish(st, j, sure, jumped, left)
	}
	items := st.args
	if iter.InPos.IsValid() {
		items = r.fields(st, iter.Items)
	}
	if len(items) == 0 {
		st.status = ok
	}
	for _, item := range items {
		if st == nil || !r.step(1) {
			break
		}
		r.set(st, iter.Name.Value, variable{value: item})
		if filled(item) == unknown { // it may be none
			st = r.either(st, same, func(in *state) *state { return r.round(in, c.Do, j) })
			continue
		}
		st = r.round(st, c.Do, j)
		if st != nil {
			st.sure = sure && r.left == left && (r.calling == nil || r.calling.back == nil) && j.out == nil
		}
	}
	return r.finish(st, j, sure, jumped, left)
}

func (r *runner) caseClause(st *state, c *syntax.CaseClause) *state {
	word := r.word(st, c.Word)
	text, known := word.Text()
	return r.items(st, c.Items, text, known)
}

// items takes the first of a case's items that matches.
func (r *runner) items(st *state, items []*syntax.CaseItem, text string, known bool) *state {
	if st == nil || !r.step(1) {
		return st
	}
	if len(items) == 0 {
		st.status = ok
		return st
	}
	match := no
	for _, w := range items[0].Patterns {
		pat, readable := r.pattern(st, w)
		switch {
		case pat == "*" && readable:
			match = yes
		case !known || !readable:
			if match == no {
				match = unknown
			}
		default:
			if m := matches(pat, text); m == yes || match == no {
				match = m
			}
		}
	}
	take := func(in *state) *state {
		if len(items[0].Stmts) == 0 {
			in.status = ok
		}
		in = r.stmts(in, items[0].Stmts)
		if in != nil && len(items) > 1 {
			switch items[0].Op {
			case syntax.Fallthrough:
				return r.stmts(in, items[1].Stmts)
			case syntax.Resume:
				return r.items(in, items[1:], text, known)
			}
		}
		return in
	}
	pass := func(in *state) *state { return r.items(in, items[1:], text, known) }
	switch match {
	case yes:
		return take(st)
	case no:
		return pass(st)
	}
	return r.either(st, take, pass)
}

// dead lists the commands that nothing led to.
func (r *runner) dead() []Command {
	var out []Command
	for _, src := range r.sources {
		r.src = src
		for _, s := range src.stmts {
			syntax.Walk(s, func(n syntax.Node) bool {
				st, ok := n.(*syntax.Stmt)
				if !ok || len(out) > maxCommands {
					return len(out) <= maxCommands
				}
				if call, ok := st.Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 && !r.visited[call] && !r.cut {
					c := Command{Place: src.position(call.Args[0].Pos()), Span: src.spans[st], Outer: src.outer(call.Args[0].Pos()), Background: st.Background}
					for _, w := range call.Args {
						c.Args = append(c.Args, plain(w))
					}
					out = append(out, c)
				}
				return true
			})
		}
	}
	return slices.Clip(out)
}

// plain returns a word of a command that does not run: what is not written
// there is not known.
func plain(w *syntax.Word) Word {
	out := Known("")
	var add func(parts []syntax.WordPart, quoted bool)
	add = func(parts []syntax.WordPart, quoted bool) {
		for _, part := range parts {
			switch p := part.(type) {
			case *syntax.Lit:
				out = out.add(Known(unquote(p.Value, quoted)))
			case *syntax.SglQuoted:
				out = out.add(Known(p.Value))
			case *syntax.DblQuoted:
				add(p.Parts, true)
			case *syntax.ParamExp:
				name := "?"
				if p.Param != nil {
					name = p.Param.Value
				}
				out = out.add(Unknown(name))
			default:
				out = out.add(Unknown("?"))
			}
		}
	}
	add(w.Parts, false)
	return out
}
