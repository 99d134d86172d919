package python

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

// eval returns the value of an expression, and notes the calls in it.
func (m *Module) eval(x Expr, s *scope) any {
	if left := m.step(); x == nil || !left {
		return Ref("?")
	}
	if m.depth > maxEvalDepth {
		m.partly = true
		return Ref("?")
	}
	m.depth++
	defer func() { m.depth-- }()
	switch x := x.(type) {
	case *Const:
		return x.Value
	case *Format:
		return m.format(x, s)
	case *Ident:
		if v, ok := s.lookup(x.Name); ok {
			return v
		}
		return ref(x.Name)
	case *Attr:
		return attribute(m.eval(x.X, s), x.Name)
	case *Index:
		value, key := m.eval(x.X, s), m.eval(x.Key, s)
		if v, ok := m.variable(key); ok && value == Ref("os.environ") {
			return v
		}
		return index(value, key)
	case *Call:
		return m.call(x, s)
	case *Sequence:
		return m.sequence(x, s)
	case *Mapping:
		return m.mapping(x, s)
	case *Star:
		return m.eval(x.X, s)
	case *Binary:
		return m.operate(x.Op, m.eval(x.X, s), m.eval(x.Y, s))
	case *Each:
		return m.each(x, s)
	case *Opaque:
		for _, part := range x.Parts {
			m.eval(part, s)
		}
	}
	return Ref("?")
}

// each evaluates a comprehension: for each value if what it runs over is known, else
// once.
func (m *Module) each(x *Each, s *scope) any {
	over, ok := m.eval(x.Over, s).(*List)
	inner := s.child(true, s.fn)
	if !ok || len(over.Items) > maxRounds {
		m.assignTo(x.Target, Ref("?"), inner)
		m.perhaps(func() { m.eval(x.Item, inner) })
		return Ref("?")
	}
	out := &List{}
	for _, v := range over.Items {
		m.assignTo(x.Target, v, inner)
		out.Items = append(out.Items, m.eval(x.Item, inner))
	}
	return out
}

// sequence evaluates a list, a tuple or a set. Behind items that stand for
// several, places are not known.
func (m *Module) sequence(x *Sequence, s *scope) *List {
	out := &List{Items: m.items(x.Items, s)}
	for _, item := range x.Items {
		if isStar(item) || len(out.Places) == len(out.Items) {
			break
		}
		out.Places = append(out.Places, item.Pos())
	}
	return out
}

// items evaluates the elements of a sequence, or positional arguments.
func (m *Module) items(list []Expr, s *scope) []any {
	var out []any
	for _, x := range list {
		v := m.eval(x, s)
		if l, ok := v.(*List); ok && isStar(x) {
			out = append(out, l.Items...)
		} else {
			out = append(out, v)
		}
		if len(out) > maxItems {
			return append(out[:maxItems], Ref("?"))
		}
	}
	return out
}

func isStar(x Expr) bool {
	_, ok := x.(*Star)
	return ok
}

// mapping evaluates a dict literal.
func (m *Module) mapping(x *Mapping, s *scope) any {
	d := &Dict{}
	for _, pair := range x.Items {
		v := m.eval(pair.Value, s)
		if pair.Key == nil {
			update(d, v, pair.Value.Pos())
			continue
		}
		d.Set(m.eval(pair.Key, s), v, pair.Key.Pos())
	}
	return d
}

// update adds the items of v, if they are known.
func update(d *Dict, v any, at position.Position) {
	other, ok := v.(*Dict)
	if !ok {
		d.Set(Ref("**"), v, at)
		return
	}
	for _, it := range append([]Item(nil), other.Items...) {
		d.Set(it.Key, it.Value, it.Position)
	}
}

// extend adds the items of v to a list.
func extend(l *List, v any) {
	if other, ok := v.(*List); ok && len(l.Items)+len(other.Items) <= maxItems {
		l.Items = append(l.Items, other.Items...)
		return
	}
	if len(l.Items) <= maxItems {
		l.Items = append(l.Items, Ref("?"))
	}
}

// format evaluates an f-string. What is not known stays in it in braces.
func (m *Module) format(x *Format, s *scope) any {
	var b strings.Builder
	for _, part := range x.Parts {
		b.WriteString(Text(m.eval(part, s)))
		if b.Len() > maxText {
			return Ref("?")
		}
	}
	return b.String()
}

// call evaluates a call: of a function of the source, of one that is known
// here, or of something else, which is noted.
func (m *Module) call(x *Call, s *scope) any {
	fun, method := m.callee(x.Fun, s)
	var positional []Expr
	named, open := map[string]any{}, false
	for _, a := range x.Args {
		switch a.Name {
		case "":
			positional = append(positional, a.Value)
		case "**":
			d, ok := m.eval(a.Value, s).(*Dict)
			if !ok {
				open = true
				continue
			}
			for _, it := range d.Items {
				named[Text(it.Key)] = it.Value
			}
		default:
			named[a.Name] = m.eval(a.Value, s)
		}
	}
	args := m.items(positional, s)
	if method != "" {
		return callMethod(fun, method, args, named, x.Pos())
	}
	switch f := fun.(type) {
	case *Func:
		return m.invoke(f, args, named)
	case Ref:
		m.note(string(f), args, named, open, x.Pos(), s)
		m.starts(string(f), args, named, x.Pos(), s)
		if f == "os.environ.get" || f == "os.getenv" {
			if v, ok := m.variable(slices.Concat(args, []any{nil})[0]); ok {
				return v
			}
		}
		if v, ok := callBuiltin(string(f), args, named); ok {
			return v
		}
		return ref(string(f) + "()")
	}
	return Ref("?")
}

// starts follows the function that a call has run beside what follows, in a thread or
// a process.
func (m *Module) starts(name string, args []any, named map[string]any, at position.Position, s *scope) {
	function, given, byName := any(nil), []any(nil), map[string]any{}
	switch {
	case name == "threading.Thread" || name == "multiprocessing.Process":
		function = named["target"]
		if l, ok := named["args"].(*List); ok {
			given = l.Items
		}
		if d, ok := named["kwargs"].(*Dict); ok {
			for _, it := range d.Items {
				byName[Text(it.Key)] = it.Value
			}
		}
	case strings.HasSuffix(name, ".submit") && len(args) > 0:
		function, given, byName = args[0], args[1:], named
	case strings.HasSuffix(name, ".run_in_executor") && len(args) > 1:
		function, given = args[1], args[2:]
	}
	switch f := function.(type) {
	case *Func:
		m.invoke(f, given, byName)
	case Ref:
		m.note(string(f), given, byName, false, at, s)
	}
}

// callee evaluates what is called: a function, or a known value and the name
// of its method.
func (m *Module) callee(fun Expr, s *scope) (value any, method string) {
	attr, ok := fun.(*Attr)
	if !ok {
		return m.eval(fun, s), ""
	}
	base := m.eval(attr.X, s)
	if r, ok := base.(Ref); ok {
		return ref(string(r) + "." + attr.Name), ""
	}
	return base, attr.Name
}

// note records a call.
func (m *Module) note(name string, args []any, named map[string]any, open bool, at position.Position, s *scope) {
	if len(m.Calls) >= maxEvents {
		m.Cut = true
		return
	}
	c := Called{Name: name, Named: map[string]any{}, Open: open, Func: s.fn, Event: m.event(at)}
	for _, a := range args {
		c.Args = append(c.Args, m.clone(a, 0))
	}
	for k, v := range named {
		c.Named[k] = m.clone(v, 0)
	}
	m.Calls = append(m.Calls, c)
}

// invoke follows a function of the source and returns what it returns, if that
// is one known value.
func (m *Module) invoke(f *Func, args []any, named map[string]any) any {
	if m.calls >= maxCallDepth { // if nothing else calls it, it is followed last
		return Ref("?")
	}
	f.called = true
	m.calls++
	defer func() { m.calls-- }()
	s := f.scope.child(false, f.Def.Name)
	for i, p := range f.Def.Params {
		v, given := named[p.Name]
		switch {
		case i < len(args):
			v = args[i]
		case given:
		case p.Default != nil:
			v = m.eval(p.Default, f.scope)
		default:
			v = ref(p.Name)
		}
		s.names[p.Name] = v
	}
	ret := m.exec(f.Def.Body, s)
	if ret == nil {
		return nil
	}
	if len(ret.values) > 1 {
		return Ref("?")
	}
	return ret.values[0]
}
