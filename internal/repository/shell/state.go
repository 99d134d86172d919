package shell

import (
	"maps"
	"path"
	"slices"

	"mvdan.cc/sh/v3/syntax"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// maxVars bounds the variables of a script.
const maxVars = 200

// status is what is known of a command's exit code.
type status uint8

const (
	ok      status = iota // 0
	failed                // not 0
	assumed               // a program's, which is taken to be 0 unless somebody asks
	either                // 0 or not, as something else is that is not known
)

// may says whether an exit code may be 0, or not 0. A program alone is taken to
// succeed.
func (s status) may(what status) bool {
	switch what {
	case ok:
		return s != failed
	default:
		return s == failed || s == either
	}
}

func joinStatus(a, b status) status {
	switch {
	case a == b:
		return a
	case a.may(failed) || b.may(failed):
		return either
	}
	return assumed
}

// answer is one of three.
type answer uint8

const (
	no answer = iota
	yes
	unknown
)

func joinAnswer(a, b answer) answer {
	if a == b {
		return a
	}
	return unknown
}

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}

// variable is a variable of a shell.
type variable struct {
	value    Word
	array    []Word
	exported bool
}

// function is a function that is declared.
type function struct {
	body *syntax.Stmt
	src  *parsed
}

// trap is what a shell does at an event: the text that it runs, and where that
// stands.
type trap struct {
	text string
	at   Place
}

// traps are those of which one is set. None at all is one without a text, if
// there are others.
type traps []trap

func joinTraps(a, b traps) traps {
	if slices.Equal(a, b) {
		return a
	}
	var out traps
	for _, list := range []traps{a, b} {
		if len(list) == 0 {
			list = traps{{}}
		}
		for _, t := range list {
			if !slices.Contains(out, t) && len(out) < 8 {
				out = append(out, t)
			}
		}
	}
	return out
}

// options are what set changes.
type options struct {
	errexit, pipefail, errtrace, allexport answer
	// lenient says that the script asked for its own failures to pass: set +e.
	lenient bool
}

// state is what is known of a shell between two commands.
type state struct {
	vars          map[string]variable
	funcs         map[string][]function
	dir           string
	args          []Word
	name          Word // $0
	opt           options
	onErr, onExit traps
	status        status
	// sure says that the script gets here, unless it has failed.
	sure bool
	// hit says whether a command that is made to fail has run.
	hit answer
	// version is another one wherever anything of the above may be, and
	// exports wherever what programs are given may be.
	version, exports int
}

func (st *state) clone() *state {
	c := *st
	c.vars, c.funcs = maps.Clone(st.vars), maps.Clone(st.funcs)
	return &c
}

// join returns what is known where two ways meet. Each may be nil: nobody comes
// that way.
func (r *runner) join(a, b *state) *state {
	switch {
	case a == nil:
		return b
	case b == nil || a == b:
		return a
	}
	out := a
	out.status = joinStatus(a.status, b.status)
	out.hit = joinAnswer(a.hit, b.hit)
	if a.version == b.version {
		return out
	}
	r.changed(out)
	if a.exports != b.exports {
		out.exports = out.version
	}
	out.opt = options{
		joinAnswer(a.opt.errexit, b.opt.errexit), joinAnswer(a.opt.pipefail, b.opt.pipefail),
		joinAnswer(a.opt.errtrace, b.opt.errtrace), joinAnswer(a.opt.allexport, b.opt.allexport),
		a.opt.lenient || b.opt.lenient,
	}
	if a.dir != b.dir {
		out.dir = unknownDir
	}
	if !slices.Equal(Strings(a.args), Strings(b.args)) {
		out.args = []Word{Unknown("@")}
	}
	out.onErr, out.onExit = joinTraps(a.onErr, b.onErr), joinTraps(a.onExit, b.onExit)
	r.joinNames(out, b)
	return out
}

// joinNames joins the variables and functions of two states.
func (r *runner) joinNames(out, b *state) {
	for name := range out.vars {
		if _, ok := b.vars[name]; !ok {
			out.vars[name] = variable{value: Unknown(name), exported: out.vars[name].exported}
		}
	}
	for name, v := range b.vars {
		mine, ok := out.vars[name]
		if !ok || mine.value.String() != v.value.String() || len(mine.array) != len(v.array) {
			out.vars[name] = variable{value: Unknown(name), exported: v.exported || mine.exported}
		}
	}
	for name, list := range b.funcs {
		for _, f := range list {
			if !slices.Contains(out.funcs[name], f) {
				out.funcs[name] = append(slices.Clone(out.funcs[name]), f)
			}
		}
	}
}

// changed says that something of a state is not what it was.
func (r *runner) changed(st *state) {
	r.versions++
	st.version = r.versions
}

// set sets a variable.
func (r *runner) set(st *state, name string, v variable) {
	old, ok := st.vars[name]
	if !ok && len(st.vars) >= maxVars {
		return
	}
	v.exported = v.exported || old.exported || st.opt.allexport == yes
	if ok && old.exported == v.exported && old.array == nil && v.array == nil && old.value.String() == v.value.String() {
		return
	}
	st.vars[name] = v
	r.changed(st)
	if v.exported {
		st.exports = st.version
	}
}

func (r *runner) unset(st *state, name string) {
	if v, ok := st.vars[name]; ok {
		delete(st.vars, name)
		r.changed(st)
		if v.exported {
			st.exports = st.version
		}
	}
}

func (r *runner) setDir(st *state, dir string) {
	if st.dir != dir {
		st.dir = dir
		r.changed(st)
		st.exports = st.version
	}
}

// unknownDir is a folder that is not known.
const unknownDir = "{?}"

// Image returns the variables that every program of an image is given, as far as
// they are known.
func Image() map[string]string {
	return map[string]string{"HOME": python.Home, "REPO_DIR": python.Home, "NB_USER": path.Base(python.Home)}
}

// initial is the state in which the system starts a script.
func (r *runner) initial(s setup, src *parsed) *state {
	st := &state{
		vars: map[string]variable{}, funcs: map[string][]function{}, dir: s.dir, args: s.args, sure: true,
		name: Known("./" + src.at.File),
	}
	for name, value := range Image() {
		st.vars[name] = variable{value: Known(value), exported: true}
	}
	for name, value := range s.env {
		st.vars[name] = variable{value: value, exported: true}
	}
	src.bash = src.bash || s.bash
	r.flags(st, src.flags)
	r.flags(st, s.options)
	return st
}
