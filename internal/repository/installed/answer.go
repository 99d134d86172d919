package installed

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// either asks a question about each of the environments, and says whether it is
// so in one of them.
func (s *Set) either(in Environment, ask func(Environment) truth.Value) truth.Value {
	if s.plan.Kernel == "" {
		return ask(Server)
	}
	out := truth.No
	for _, one := range []Environment{Server, Kernel} {
		if in&one != 0 {
			out = out.Or(ask(one))
		}
	}
	return out
}

// Has says whether a package is in an environment; with [Both], whether it is
// in one of them.
func (s *Set) Has(name string, in Environment) truth.Value {
	return s.either(in, func(one Environment) truth.Value {
		v := s.Asked(name, one)
		if v == truth.No && !s.closed(one) {
			return truth.Unknown
		}
		return v
	})
}

// Asked is as [Set.Has], but takes it that a package of which it is not known
// what it brings does not bring this one. No then is likely, and not certain.
func (s *Set) Asked(name string, in Environment) truth.Value {
	name = packaging.Normalize(name)
	return s.either(in, func(one Environment) truth.Value {
		v := truth.No
		if !s.whole() {
			v = s.base(name, one)
		}
		v = v.Or(s.Named(name, one))
		if v == truth.No && s.gaps(one) || v == truth.Yes && s.removed[name] {
			return truth.Unknown
		}
		return v
	})
}

// Named says whether a package is the one that a line asks for, or is known to come
// with it, whatever else is installed.
func (s *Set) Named(name string, in Environment) truth.Value {
	out := truth.No
	for i := range s.Requirements {
		if q := &s.Requirements[i]; q.In&in != 0 && q.brings(name) {
			out = out.Or(q.Sure)
		}
	}
	return out
}

// whole says whether one file makes the whole image.
func (s *Set) whole() bool {
	return s.plan.Pack == "" || s.plan.Pack == binder.Docker || s.plan.Pack == binder.Nix
}

func (s *Set) base(name string, in Environment) truth.Value {
	if in == Kernel && s.plan.Kernel != "" {
		return InBase(name, s.plan.Kernel)
	}
	return InBase(name, s.plan.Python)
}

// brings says whether a package is the one that is asked for, or is known to come
// with it.
func (q *Requirement) brings(name string) bool {
	return q.Name == name || q.Conda == name || !q.Alone && slices.Contains(closure(q.Name), name)
}

func (s *Set) gaps(in Environment) bool {
	return slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.In&in != 0 })
}

// closed says whether all that is installed in an environment is known.
func (s *Set) closed(in Environment) bool {
	if s.gaps(in) || len(s.removed) > 0 {
		return false
	}
	return !slices.ContainsFunc(s.Requirements, func(q Requirement) bool { return q.In&in != 0 && !q.known() })
}

// known says whether it is known what a requirement brings.
func (q *Requirement) known() bool {
	if q.Alone {
		return true
	}
	if _, ok := needs[q.Name]; ok {
		return len(q.Extras) == 0
	}
	name, ok := IndexName(q.Conda)
	return q.Conda != "" && ok && name == ""
}

// Find returns the first requirement of a package by its own name.
func (s *Set) Find(name string) (Requirement, bool) {
	name = packaging.Normalize(name)
	for _, q := range s.Requirements {
		if q.Name == name || q.Conda == name {
			return q, true
		}
	}
	return Requirement{}, false
}

// Bringing returns the first requirement of a package, or else of one that is known to
// bring it.
func (s *Set) Bringing(name string) (Requirement, bool) {
	q, ok := s.Find(name)
	for i := 0; !ok && i < len(s.Requirements); i++ {
		q, ok = s.Requirements[i], s.Requirements[i].brings(name)
	}
	return q, ok
}

// Reads says whether a file says what is installed.
func (s *Set) Reads(file string) bool {
	in := func(q Requirement) bool { return q.At.File == file }
	return slices.ContainsFunc(s.Requirements, in) || slices.ContainsFunc(s.Skipped, in) || slices.ContainsFunc(s.Limits, in) ||
		slices.ContainsFunc(s.Constraints, func(l List) bool { return l.File == file })
}

// Specs are the conditions that the version of a package in an environment
// meets, as far as lines say. They are not known where something else may have
// chosen it, such as a Dockerfile or a later command that cannot be read.
func (s *Set) Specs(name string, in Environment) (packaging.Specifiers, truth.Value) {
	name = packaging.Normalize(name)
	var specs packaging.Specifiers
	step, sure := -1, truth.Yes
	take := func(q Requirement, least int) {
		switch {
		case q.In&in == 0 || q.Name != name && q.Conda != name || q.step < least:
			return
		case q.step > step && len(q.Specs) > 0:
			specs, step = nil, q.step
		}
		specs = append(specs, q.Specs...)
		sure = sure.And(q.Sure)
		if q.URL != "" {
			sure = truth.Unknown
		}
	}
	for _, q := range s.Requirements {
		take(q, 0)
	}
	for _, q := range s.Limits {
		take(q, step)
	}
	later := func(g Gap) bool { return g.In&in != 0 && (step < 0 || g.step > step) }
	if s.removed[name] || s.whole() || slices.ContainsFunc(s.Gaps, later) {
		return nil, truth.Unknown
	}
	return specs, sure
}

// Module says whether an environment has a module of Python's that a program
// imports, and the package that would bring it. What the repository itself has
// is not looked at.
func (s *Set) Module(module string, in Environment) (pkg string, there truth.Value) {
	pkg = Distribution(module)
	if standard[module] {
		return pkg, truth.Yes
	}
	there = s.Has(pkg, in)
	_, listed := needs[pkg]
	if _, known := distributions[module]; there == truth.No && !listed && !known && s.mayBring(pkg) {
		there = truth.Unknown
	}
	return pkg, there
}

// mayBring says whether a package that is asked for may have a module of this
// name, since their names are alike.
func (s *Set) mayBring(name string) bool {
	return slices.ContainsFunc(s.Requirements, func(q Requirement) bool {
		return strings.Contains(q.Name, name) || strings.Contains(name, q.Name)
	})
}

// Insert is where one more package can be asked for, so that it goes into an
// environment.
func (s *Set) Insert(in Environment) (Insertion, bool) {
	if s.plan.Kernel == "" {
		in = Server
	}
	at, ok := s.inserts[in]
	return at, ok
}
