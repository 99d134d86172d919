package python

import (
	"reflect"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// Limits on following a source, so that its cost is bounded.
const (
	maxSteps     = 100_000
	maxCopied    = 200_000 // values in the arguments of all calls
	maxEvalDepth = 500
	maxCallDepth = 10
	maxRounds    = 20 // of one loop over a known list
	maxEvents    = 20_000
)

// Budget bounds the steps that are taken for one repository: any number of sources
// share them. Where they are used up, what is left is not known.
type Budget struct {
	Steps int
	// Cut lists the sources that were not followed to their ends, each once.
	Cut []string
}

// Leave notes a source that is not followed to its end.
func (b *Budget) Leave(file string) {
	if b != nil && !slices.Contains(b.Cut, file) {
		b.Cut = append(b.Cut, file)
	}
}

// DefaultSteps suffice for the Python of a repository.
const DefaultSteps = 1_000_000

// bytesOfStep is how many bytes are parsed in about the time of a step.
const bytesOfStep = 4

// Module is what is known of a source after its statements were followed.
type Module struct {
	// Calls are the calls of what the source does not define itself, in the
	// order in which they were met. What stands in functions that nothing
	// calls is met last.
	Calls []Called
	// Sets are the settings of attributes and items of what the source does
	// not define itself.
	Sets []Set
	// Imports are the names that the source imports.
	Imports []*Import
	// Stmts are the statements of the source.
	Stmts []Stmt
	// Cut says that it was not followed to its end, for what that costs.
	Cut bool

	file   string
	env    map[string]string
	global *scope
	funcs  []*Func
	budget *Budget
	steps  int
	copied int
	depth  int // of expressions
	calls  int // of functions in each other
	events int
	partly bool // something that is deep in something else was not followed
	maybe  int  // conditions and functions of which it is not known whether they are run
}

// Called is one call: Name is the function as imported or as written,
// "subprocess.Popen" or "c.ServerProxy.servers.update".
type Called struct {
	Name  string
	Args  []any
	Named map[string]any
	// Open says that it may be given more by name, "**unknown".
	Open bool
	Event
	// Func is the name of the function of the source in which it stands.
	Func string
}

// Set is one setting: Target[Keys[0]][Keys[1]]… Op= Value.
type Set struct {
	Target string
	Keys   []any
	Op     string
	Value  any
	Event
}

// Event says when and where a call or a setting was met.
type Event struct {
	position.Position
	// Order counts the calls and settings of a module.
	Order int
	// Maybe says that it is not known whether the source gets there: it stands
	// under a condition, or in a function that nothing calls.
	Maybe bool
}

// scope binds names. A branch is one side of a condition: what it binds counts
// for the rest of the function only after it was compared with the other side.
type scope struct {
	names  map[string]any
	parent *scope
	branch bool
	fn     string
}

func (s *scope) lookup(name string) (any, bool) {
	for ; s != nil; s = s.parent {
		if v, ok := s.names[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func (s *scope) child(branch bool, fn string) *scope {
	return &scope{names: map[string]any{}, parent: s, branch: branch, fn: fn}
}

// Read follows the statements of a source in their order, without running
// anything. The file is what __file__ is taken to be. Functions that nothing
// calls are followed last, with parameters that are not known. It draws on a budget;
// nil is one of its own.
func Read(source, file string, b *Budget) *Module { return read(source, file, "module", nil, b) }

// ReadProgram is [Read] for a source that Python is told to run, where the others
// are imported, with the variables of the environment that are known.
func ReadProgram(source, file string, env map[string]string, b *Budget) *Module {
	return read(source, file, "__main__", env, b)
}

func read(source, file, name string, env map[string]string, b *Budget) *Module {
	if b == nil {
		b = &Budget{Steps: DefaultSteps}
	}
	m := &Module{file: file, env: env, budget: b}
	if b.Steps -= len(source) / bytesOfStep; b.Steps >= 0 {
		m.Stmts, m.partly = parse(source)
	} else {
		m.Cut = true
	}
	m.global = (*scope)(nil).child(false, "")
	m.global.names["__file__"] = file
	m.global.names["__name__"] = name
	m.exec(m.Stmts, m.global)
	sure := len(m.Calls)
	for f := m.uncalled(); f != nil; f = m.uncalled() {
		m.perhaps(func() { m.Call(f) })
	}
	slices.SortStableFunc(m.Calls[sure:], func(a, b Called) int { return a.Compare(b.Position) })
	if m.Cut = m.Cut || m.partly; m.Cut {
		b.Leave(file)
	}
	return m
}

// step counts, and says whether there are steps left.
func (m *Module) step() bool {
	m.steps++
	m.budget.Steps--
	m.Cut = m.Cut || m.steps > maxSteps || m.budget.Steps < 0
	return !m.Cut
}

// uncalled is the last function that nothing has called yet, or nil: those before it
// may be what it calls.
func (m *Module) uncalled() *Func {
	for _, f := range slices.Backward(m.funcs) {
		if !f.called {
			return f
		}
	}
	return nil
}

// Lookup returns what a name of the module is bound to at its end. A nil
// module has no names.
func (m *Module) Lookup(name string) (any, bool) {
	if m == nil {
		return nil, false
	}
	return m.global.lookup(name)
}

// Call returns what a function returns when its parameters are not known, or a
// [Ref] if that is not known.
func (m *Module) Call(f *Func) any { return m.invoke(f, nil, nil) }

// returned holds the values of a function's return statements.
type returned struct{ values []any }

// exec follows statements, up to a return. What it returns is nil if there is
// none.
func (m *Module) exec(stmts []Stmt, s *scope) (ret *returned) {
	for _, st := range stmts {
		if !m.step() {
			return ret
		}
		switch st := st.(type) {
		case *Assign:
			m.assign(st, s)
		case *Eval:
			m.eval(st.X, s)
		case *Return:
			r := &returned{[]any{nil}}
			if st.X != nil {
				r.values[0] = m.eval(st.X, s)
			}
			return r.with(ret)
		case *Import:
			m.imports(st, s)
		case *Def:
			f := &Func{Def: st, scope: s}
			m.funcs = append(m.funcs, f)
			m.bind(st.Name, f, s)
		case *Class:
			m.exec(st.Body, s.child(false, st.Name))
			m.bind(st.Name, ref(st.Name), s)
		case *Block:
			ret = m.block(st, s).with(ret)
		}
	}
	return ret
}

// with joins two sets of return values.
func (r *returned) with(other *returned) *returned {
	if r == nil {
		return other
	}
	if other != nil && len(r.values) < maxItems {
		r.values = append(r.values, other.values...)
	}
	return r
}

func (m *Module) imports(st *Import, s *scope) {
	m.Imports = append(m.Imports, st)
	for _, n := range st.Names {
		if n.As != "" {
			m.bind(n.As, ref(n.Path), s)
		}
	}
}

// event is that of now, at a place.
func (m *Module) event(at position.Position) Event {
	m.events++
	return Event{at, m.events, m.maybe > 0}
}

// perhaps follows what may not be run.
func (m *Module) perhaps(follow func()) {
	m.maybe++
	defer func() { m.maybe-- }()
	follow()
}

func (m *Module) bind(name string, v any, s *scope) { s.names[name] = v }

// block follows a compound statement.
func (m *Module) block(b *Block, s *scope) *returned {
	switch b.Keyword {
	case "for":
		return m.loop(b, s)
	case "if", "try", "match", "case", "while", "except", "else", "elif", "finally":
		return m.branches(b, s)
	}
	var ret *returned
	for _, c := range b.Clauses {
		m.eval(c.Head, s)
		ret = m.exec(c.Body, s).with(ret)
	}
	return ret
}

// loop follows a for loop: each round if what it runs over is known, else one.
func (m *Module) loop(b *Block, s *scope) (ret *returned) {
	rounds, known := []any{Ref("?")}, false
	if l, ok := m.eval(b.Over, s).(*List); ok && len(l.Items) <= maxRounds {
		rounds, known = append([]any(nil), l.Items...), true
	} else if id, ok := b.Target.(*Ident); ok {
		rounds[0] = ref(id.Name)
	}
	body := func() {
		for _, v := range rounds {
			m.assignTo(b.Target, v, s)
			ret = m.exec(b.Clauses[0].Body, s).with(ret)
		}
	}
	if known {
		body()
	} else {
		m.perhaps(body)
	}
	for _, c := range b.Clauses[1:] {
		ret = m.exec(c.Body, s).with(ret)
	}
	return ret
}

// branches follows each clause that a condition may choose, and then keeps
// what all of them agree on. The body of try always begins, so what it binds
// is seen by the clauses after it.
func (m *Module) branches(b *Block, s *scope) (ret *returned) {
	clauses, always := b.Clauses, false
	if b.Keyword == "try" || b.Keyword == "while" {
		m.eval(clauses[0].Head, s)
		m.perhaps(func() { ret = m.exec(clauses[0].Body, s) })
		clauses = clauses[1:]
	}
	var sides []*scope
	for _, c := range clauses {
		taken, decided := true, false
		if cond := m.eval(c.Head, s); c.Keyword == "if" || c.Keyword == "elif" {
			taken, decided = truth(cond)
		}
		if decided && !taken {
			continue
		}
		side := s.child(true, s.fn)
		body := func() { ret = m.exec(c.Body, side).with(ret) }
		if b.Keyword == "if" && len(sides) == 0 && (decided || c.Keyword == "else") {
			body()
		} else {
			m.perhaps(body)
		}
		sides = append(sides, side)
		if decided || c.Keyword == "else" && b.Keyword == "if" {
			always = true
			break
		}
	}
	m.join(sides, always, s)
	return ret
}

// join binds in s what the sides of a condition have bound; always says that
// one of them is taken. A name that may have several values has none that is
// known.
func (m *Module) join(sides []*scope, always bool, s *scope) {
	joined := map[string]any{}
	for _, side := range sides {
		for name, v := range side.names {
			if w, ok := joined[name]; ok && !reflect.DeepEqual(v, w) {
				v = ref(name)
			}
			joined[name] = v
		}
	}
	for name, v := range joined {
		if w, ok := s.inFunction(name); ok && !always && !reflect.DeepEqual(v, w) {
			v = ref(name)
		}
		m.bind(name, v, s)
	}
}

// inFunction looks a name up among those of the same function.
func (s *scope) inFunction(name string) (any, bool) {
	for ; s != nil; s = s.parent {
		if v, ok := s.names[name]; ok {
			return v, true
		}
		if !s.branch {
			break
		}
	}
	return nil, false
}

// assign follows an assignment.
func (m *Module) assign(st *Assign, s *scope) {
	v := m.eval(st.Value, s)
	for _, target := range st.Targets {
		if st.Op == "" {
			m.assignTo(target, v, s)
		} else {
			m.change(target, st.Op, v, s)
		}
	}
}

// change follows an assignment such as "target += v".
func (m *Module) change(target Expr, op string, v any, s *scope) {
	switch t := target.(type) {
	case *Ident:
		old := m.eval(t, s)
		if l, ok := old.(*List); ok && op == "+" {
			extend(l, v)
			return
		}
		m.bind(t.Name, m.operate(op, old, v), s)
	case *Attr, *Index:
		m.setItem(target, op, v, s)
	}
}

// assignTo binds a target to a value.
func (m *Module) assignTo(target Expr, v any, s *scope) {
	switch t := target.(type) {
	case *Ident:
		m.bind(t.Name, v, s)
	case *Sequence:
		l, ok := v.(*List)
		for i, item := range t.Items {
			if ok && i < len(l.Items) && len(l.Items) == len(t.Items) {
				m.assignTo(item, l.Items[i], s)
			} else {
				m.assignTo(item, Ref("?"), s)
			}
		}
	case *Attr, *Index:
		m.setItem(target, "", v, s)
	}
}

// setItem changes an item or an attribute.
func (m *Module) setItem(target Expr, op string, v any, s *scope) {
	var keys []any
	base := target
	for {
		index, ok := base.(*Index)
		if !ok {
			break
		}
		keys = append([]any{m.eval(index.Key, s)}, keys...)
		base = index.X
	}
	switch b := m.eval(base, s).(type) {
	case *Dict:
		for len(keys) > 1 {
			inner, _, _ := b.Get(Text(keys[0]))
			next, ok := inner.(*Dict)
			if !ok {
				return
			}
			b, keys = next, keys[1:]
		}
		if len(keys) == 1 && op == "" {
			b.Set(keys[0], v, target.Pos())
		}
	case Ref:
		if len(m.Sets) >= maxEvents {
			m.Cut = true
			return
		}
		m.Sets = append(m.Sets, Set{string(b), keys, op, v, m.event(target.Pos())})
	}
}
