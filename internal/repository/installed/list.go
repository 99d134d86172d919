package installed

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// list is a list of packages that is being read.
type list struct {
	path string
	in   Environment
	// kind is Include or Constraint.
	kind packaging.Kind
	// dir is the working directory of pip, from which paths in the list count.
	dir string
	// sure says whether pip is run with it, and fails what the build does if pip
	// refuses it.
	sure, fails truth.Value
	// from are the lists that include it.
	from  []string
	alone bool
	// later says that commands of the repository ran before, which may have made
	// what it does not hold.
	later bool
	// text is how the line has it that names the list.
	text string
}

// lists reads the lists that repo2docker gives to pip.
func (r *reader) lists() {
	for _, one := range []struct {
		name string
		in   Environment
	}{{"requirements3.txt", r.server()}, {"requirements.txt", r.kernel()}} {
		if !r.uses(one.name) {
			continue
		}
		r.next()
		p := r.plan.Path(one.name)
		r.list(list{path: p, in: one.in, kind: packaging.Include, sure: truth.Yes, fails: truth.Yes}, position.Position{File: p})
		if content, ok := r.files.Read(p); ok && packaging.PlainUTF8(content) {
			text := string(content)
			r.insert(one.in, Insertion{p, strings.Count(text, "\n") + 1, ""}, text != "" && !strings.HasSuffix(text, "\n"))
		}
	}
}

// insert notes where one more package can be asked for. After a line that does
// not end it is one line later.
func (r *reader) insert(in Environment, at Insertion, open bool) {
	if open {
		at.Line++
	}
	for _, one := range []Environment{Server, Kernel} {
		if _, ok := r.set.inserts[one]; !ok && in&one != 0 {
			r.set.inserts[one] = at
		}
	}
}

func missing(format string, args ...any) error {
	return &TargetError{fmt.Sprintf(format, args...)}
}

const lfsPointer = "version https://git-lfs.github.com/spec/"

// list reads a list. It is named at a place, or is that place's file.
func (r *reader) list(l list, at position.Position) {
	if slices.Contains(l.from, l.path) {
		r.broken(at, cmp.Or(l.text, l.path), missing("%s includes itself", l.path), l.fails, l.in)
		return
	}
	v := visit{l.path, l.in, l.kind, r.step}
	if r.seen[v] {
		return
	}
	if r.read++; r.read > maxLists {
		r.over(at, l.in, "too many lists are included")
		return
	}
	r.seen[v] = true
	content, ok := r.content(l, at)
	if !ok {
		return
	}
	text, err := packaging.Decode(content)
	switch {
	case errors.Is(err, packaging.ErrEncoding) || strings.HasPrefix(text, lfsPointer):
		r.gap(position.Position{File: l.path}, l.in, "what it says is not known")
		return
	case err != nil:
		r.broken(position.Position{File: l.path}, l.path, err, l.fails, l.in)
		return
	}
	l.from = append(l.from[:len(l.from):len(l.from)], l.path)
	for _, line := range packaging.ParseRequirements(text) {
		r.line(l, position.Position{File: l.path, Line: line.Number, Column: line.Column}, line)
	}
}

// content returns a list's bytes, or notes why they cannot be had.
func (r *reader) content(l list, at position.Position) ([]byte, bool) {
	if !inside(l.path) {
		r.gap(at, l.in, l.path+" is outside of the repository")
		return nil, false
	}
	content, ok := r.files.Read(l.path)
	switch {
	case ok:
		return content, true
	case l.later || r.files.InSubmodule(l.path) || r.files.Exists(l.path) && !r.files.IsDir(l.path):
		r.gap(at, l.in, l.path+" was not read")
	case r.files.IsDir(l.path):
		r.broken(at, cmp.Or(l.text, l.path), missing("%s is a folder", l.path), l.fails, l.in)
	default:
		r.broken(at, cmp.Or(l.text, l.path), missing("the repository has no %s", l.path), l.fails, l.in)
	}
	return nil, false
}

// line notes what one line of a list asks for.
func (r *reader) line(l list, at position.Position, line packaging.Line) {
	switch line.Kind {
	case packaging.Broken:
		r.refused(l, at, line)
	case packaging.Variable:
		r.gap(at, l.in, "a variable of the environment is in it")
		r.set.Settings = append(r.set.Settings, Setting{at, line.Text})
	case packaging.Include, packaging.Constraint:
		if strings.Contains(line.Target, "://") {
			r.gap(at, l.in, "it is on the network")
			r.set.Settings = append(r.set.Settings, Setting{at, line.Text})
			break
		}
		next := l
		next.text = line.Text
		next.path, next.kind = path.Join(path.Dir(l.path), line.Target), line.Kind
		if path.IsAbs(line.Target) {
			next.path = line.Target
		}
		if line.Kind == packaging.Constraint {
			r.set.Constraints = append(r.set.Constraints, List{at, next.path})
		}
		r.list(next, at)
	case packaging.Setting:
		r.set.Settings = append(r.set.Settings, Setting{at, line.Text})
	case packaging.Package:
		q := Requirement{Requirement: *line.Requirement, At: at, Written: line.Text, In: l.in, Sure: l.sure, Fails: l.fails, Alone: l.alone}
		if l.kind == packaging.Constraint {
			r.limit(q)
			break
		}
		r.require(q)
	case packaging.Address, packaging.Local:
		if l.kind != packaging.Constraint {
			r.direct(l, at, line)
		}
	}
}

// limit notes a condition that a list of constraints has.
func (r *reader) limit(q Requirement) {
	sure := q.Requirement.In(packaging.Linux(r.python(q.In)))
	switch {
	case sure == truth.No:
		return
	case len(r.set.Limits) >= maxRequirements:
		r.over(q.At, q.In, "too many limits are given")
		return
	}
	q.Sure, q.step = q.Sure.And(sure), r.step
	r.set.Limits = append(r.set.Limits, q)
}

// strictPython is the first Python whose pip in repo2docker's images refuses
// versions that the packaging rules do not allow.
var strictPython = packaging.Version{Release: []int{3, 8}}

// refused notes a line that pip refuses. Pip before 24.1, which comes with older
// Pythons, takes more.
func (r *reader) refused(l list, at position.Position, line packaging.Line) {
	fails := l.fails
	var legacy *packaging.LegacyError
	if v, err := packaging.ParseVersion(r.python(l.in)); errors.As(line.Err, &legacy) && (err != nil || v.Compare(strictPython) < 0) {
		fails = fails.And(truth.Unknown)
	}
	r.broken(at, line.Text, line.Err, fails, l.in)
}

// direct notes what is taken from a path or an address.
func (r *reader) direct(l list, at position.Position, line packaging.Line) {
	d := Direct{At: at, Text: line.Text, Target: line.Target, Local: line.Kind == packaging.Local || strings.HasPrefix(line.Target, "file:"), In: l.in, Sure: l.sure, Fails: l.fails}
	if l.later {
		d.Fails = d.Fails.And(truth.Unknown)
	}
	d.Dir, d.Editable, d.Named = l.dir, line.Editable, line.Requirement != nil
	met := line.In(packaging.Linux(r.python(l.in)))
	d.Sure = d.Sure.And(met)
	if line.Requirement != nil {
		q := Requirement{Requirement: *line.Requirement, At: at, Written: line.Text, In: l.in, Sure: l.sure, Fails: l.fails}
		r.require(q)
	}
	if met == truth.No {
		return
	}
	if !d.Local {
		r.set.Directs = append(r.set.Directs, d)
		r.gap(at, l.in, "it comes from an address")
		return
	}
	p := line.Target
	if strings.HasPrefix(p, "file:") || path.IsAbs(p) {
		r.set.Directs = append(r.set.Directs, d)
		r.gap(at, l.in, "it comes from a path of the image")
		return
	}
	p = path.Join(l.dir, p)
	switch {
	case inside(p) && r.files.IsDir(p) && !r.files.InSubmodule(p) && (r.files.Exists(path.Join(p, "setup.py")) || r.files.Exists(path.Join(p, "pyproject.toml"))):
		r.set.Directs = append(r.set.Directs, d)
		r.project(p, at, l.in, l.sure, line.Extras...)
	case l.later:
		r.set.Directs = append(r.set.Directs, d)
		r.gap(at, l.in, "an earlier command may have made it")
	case inside(p) && r.files.IsDir(p) && !r.files.InSubmodule(p):
		r.broken(at, line.Text, missing("the folder %s has neither a setup.py nor a pyproject.toml", p), l.fails, l.in)
	case !inside(p):
		r.broken(at, line.Text, missing("the folder %s is not in the repository, from whose root pip counts", line.Target), l.fails, l.in)
	case inside(p) && !r.files.Exists(p) && !r.files.InSubmodule(p):
		r.broken(at, line.Text, missing("the repository has no %s", p), l.fails, l.in)
	default:
		r.set.Directs = append(r.set.Directs, d)
		r.gap(at, l.in, "what it brings is not known")
	}
}
