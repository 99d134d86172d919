package jupyter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// event is one thing that a configuration in Python does to the configuration:
// it sets what is at the path, or calls a method of it.
type event struct {
	python.Event
	path   []string
	known  bool   // whether all of the path is
	method string // "" for a setting
	op     string
	value  any
	args   []any
	named  map[string]any
}

// follow makes settings of what a module does to the configuration "c".
func (s *parsed) follow() {
	for _, e := range s.events() {
		before := s.fault
		s.apply(e)
		if s.fault != nil && before == nil && e.Maybe {
			s.fault = nil // it may never get there
			s.gaps = append(s.gaps, s.at(e.Position))
		}
	}
}

// events lists them in the order in which they happen.
func (s *parsed) events() []event {
	var out []event
	for _, set := range s.module.Sets {
		if p, known, ok := configPath(set.Target); ok {
			e := event{Event: set.Event, path: p, known: known, op: set.Op, value: set.Value}
			for _, key := range set.Keys {
				text, isText := key.(string)
				e.path, e.known = append(e.path, text), e.known && isText
			}
			out = append(out, e)
		}
	}
	for _, call := range s.module.Calls {
		if call.Name == "load_subconfig" {
			out = append(out, event{Event: call.Event, method: call.Name, args: call.Args})
			continue
		}
		name, method, ok := cutLast(call.Name)
		if p, known, isConfig := configPath(name); ok && isConfig {
			out = append(out, event{Event: call.Event, path: p, known: known, method: method, args: call.Args, named: call.Named})
			continue
		}
		if mayConfigure(call) {
			s.gaps = append(s.gaps, s.at(call.Position))
		}
	}
	slices.SortStableFunc(out, func(a, b event) int { return cmp.Compare(a.Order, b.Order) })
	return out
}

// mayConfigure says whether a call that is not followed may change the
// configuration: it is given it, or runs source.
func mayConfigure(call python.Called) bool {
	if call.Name == "exec" || call.Name == "execfile" {
		return true
	}
	for _, arg := range call.Args {
		if r, ok := arg.(python.Ref); ok {
			if p, _, isConfig := configPath(string(r)); isConfig && len(p) == 0 {
				return true
			}
		}
	}
	return false
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// configPath splits what a source calls a part of the configuration:
// "c.ServerProxy.servers", "get_config().ServerProxy", "c[ServerProxy]". It is
// not known where a key is in braces.
func configPath(target string) (parts []string, known, ok bool) {
	rest, ok := strings.CutPrefix(target, "c")
	if !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
		i := strings.Index(target, "get_config()")
		if i < 0 || i > 0 && target[i-1] != '.' {
			return nil, false, false
		}
		rest = target[i+len("get_config()"):]
	}
	known = true
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		known = known && !strings.Contains(part, "{")
		parts = append(parts, part)
	}
	return parts, known, true
}

// apply does what an event does.
func (s *parsed) apply(e event) {
	switch {
	case s.fault != nil:
		// Nothing of the file counts; what follows is read all the same, so that
		// it can be told what it would say.
	case !e.known && e.method != "load_subconfig":
		s.gaps = append(s.gaps, s.at(e.Position))
		return
	}
	if e.method == "load_subconfig" {
		s.load(e)
		return
	}
	in, depth := s.settings, 0
	for depth < len(e.path) && isSection(e.path[depth]) && in.values[e.path[depth]] == nil {
		in = in.inner(e.path[depth])
		depth++
	}
	if rest := e.path[depth:]; len(rest) > 0 {
		s.setting(e, in, rest[0], rest[1:])
	} else {
		s.whole(e, in)
	}
}

func (s *parsed) load(e event) {
	sub := subconfig{}
	file, ok := "", false
	if len(e.args) > 0 {
		file, ok = e.args[0].(string)
	}
	if len(e.args) > 1 {
		sub.dir, ok = e.args[1].(string)
	}
	if sub.file = file; !ok {
		s.gaps = append(s.gaps, s.at(e.Position))
		return
	}
	s.loads = append(s.loads, sub)
}

// whole does what is done to a section itself, which is a dict of its own kind.
func (s *parsed) whole(e event, in *section) {
	at := s.at(e.Position)
	switch e.method {
	case "":
		if _, isDict := e.value.(*python.Dict); isDict && len(e.path) > 0 {
			s.fail(FaultSection, at, "%s is given a dict, and only takes its settings one by one", e.setting(nil))
		}
		s.setAll(e, in, e.value)
	case "update":
		s.setAll(e, in, first(e.args))
	case "setdefault":
		if name, ok := first(e.args).(string); ok && len(e.args) == 2 && in.values[name] == nil && in.sections[name] == nil {
			s.setRaw(in, name, e.args[1], at, e.Maybe)
		}
	case "get", "keys", "items", "values", "copy":
	default:
		s.gaps = append(s.gaps, at)
	}
}

// setAll gives a section all settings of a dict.
func (s *parsed) setAll(e event, in *section, value any) {
	d, ok := value.(*python.Dict)
	if !ok {
		s.gaps = append(s.gaps, s.at(e.Position))
		return
	}
	for _, it := range d.Items {
		s.setRaw(in, python.Text(it.Key), it.Value, s.at(it.Position), e.Maybe)
	}
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// setting is how a source may write the setting whose items have the keys.
func (e *event) setting(keys []string) string {
	return strings.Join(append([]string{"c"}, e.path[:len(e.path)-len(keys)]...), ".")
}

func (s *parsed) fail(kind FaultKind, at position.Position, format string, args ...any) {
	if s.fault == nil {
		s.fault = &Fault{At: at, Kind: kind, Text: fmt.Sprintf(format, args...)}
	}
}

// setting does what is done to a setting of a section, or to an item of it.
func (s *parsed) setting(e event, in *section, name string, keys []string) {
	at := s.at(e.Position)
	old := in.values[name]
	switch {
	case e.method != "" && len(keys) == 0:
		s.method(e, in, name)
	case e.method != "":
		s.itemMethod(e, old, keys)
	case e.op != "":
		if old == nil || old.lazy {
			s.fail(FaultMethod, at, "%s is changed before it has a value", e.setting(keys))
		}
		in.set(name, &Value{V: python.Ref("?"), At: at, Maybe: e.Maybe})
	case len(keys) == 0:
		v := s.value(e.value, at, e.Maybe)
		if e.Maybe {
			v = either(old, v)
		}
		in.set(name, v)
	default:
		if old == nil || old.lazy {
			s.fail(FaultItem, at, "an item of %s is set before that is a dict", e.setting(keys))
			s.fault.Setting = e.setting(keys)
			v := &Value{Dict: true, At: at}
			if old != nil {
				v = v.with(old)
			}
			in.set(name, v)
			old = v
		}
		s.setItem(e, old, keys)
	}
}

// setItem sets an item of a dict, or an item of that.
func (s *parsed) setItem(e event, dict *Value, keys []string) {
	at := s.at(e.Position)
	if !dict.Dict {
		s.gaps = append(s.gaps, at)
		return
	}
	if len(keys) == 1 {
		dict.put(Item{keys[0], e.value, at, e.Maybe, s.module})
		return
	}
	it, _ := dict.Get(keys[0])
	d, ok := it.Value.(*python.Dict)
	for _, key := range keys[1 : len(keys)-1] {
		if ok {
			var inner any
			inner, _, _ = d.Get(key)
			d, ok = inner.(*python.Dict)
		}
	}
	if !ok {
		s.gaps = append(s.gaps, at)
		return
	}
	d.Set(keys[len(keys)-1], e.value, e.Position)
}

// method calls a method of a setting. Before it has a value, it has the methods
// of traitlets' LazyConfigValue.
func (s *parsed) method(e event, in *section, name string) {
	at := s.at(e.Position)
	old := in.values[name]
	lazy := old == nil || old.lazy
	switch e.method {
	case "update":
		s.update(e, in, name, lazy)
	case "append", "extend", "insert", "prepend", "add":
		in.set(name, &Value{V: python.Ref("?"), At: at, Maybe: e.Maybe})
	case "get_value", "to_dict", "merge_into":
	default:
		if lazy {
			s.fail(FaultMethod, at, "%s has no method %s before it has a value", e.setting(nil), e.method)
			if e.method == "setdefault" {
				in.set(name, &Value{Dict: true, At: at})
			} else {
				return
			}
		}
		s.dictMethod(e, in.values[name])
	}
}

// update lays the items of a dict over those of a setting.
func (s *parsed) update(e event, in *section, name string, lazy bool) {
	at := s.at(e.Position)
	with := &Value{Dict: true, At: at, lazy: true}
	for _, arg := range e.args {
		d, ok := arg.(*python.Dict)
		if !ok {
			s.gaps = append(s.gaps, at)
			return
		}
		with = with.with(s.value(d, at, e.Maybe))
	}
	switch {
	case len(e.named) > 0 && lazy, len(e.args) != 1 && lazy:
		s.fail(FaultMethod, at, "update of %s takes one dict before it has a value", e.setting(nil))
	case len(e.named) > 0:
		d := &python.Dict{}
		for key, v := range e.named {
			d.Set(key, v, e.Position)
		}
		with = with.with(s.value(d, at, e.Maybe))
	}
	switch old := in.values[name]; {
	case old == nil:
		in.set(name, with)
	case old.Dict:
		in.set(name, old.with(with))
	default:
		s.gaps = append(s.gaps, at)
	}
}

// dictMethod calls a method of a setting that is a dict.
func (s *parsed) dictMethod(e event, dict *Value) {
	at := s.at(e.Position)
	key, ok := first(e.args).(string)
	switch {
	case e.method == "get" || e.method == "keys" || e.method == "items" || e.method == "values" || e.method == "copy":
	case !dict.Dict:
		s.gaps = append(s.gaps, at)
	case e.method == "setdefault" && ok && len(e.args) == 2:
		if _, there := dict.Get(key); !there {
			dict.put(Item{key, e.args[1], at, e.Maybe, s.module})
		}
	case e.method == "pop" && ok && !e.Maybe:
		if _, there := dict.Get(key); !there && len(e.args) == 1 {
			s.fail(FaultMethod, at, "%s has no item %s to take out", e.setting(nil), key)
		}
		dict.drop(key)
	case e.method == "clear" && !e.Maybe:
		dict.Items = nil
	default:
		s.gaps = append(s.gaps, at)
	}
}

// itemMethod calls a method of an item of a setting.
func (s *parsed) itemMethod(e event, dict *Value, keys []string) {
	if dict == nil || dict.lazy {
		s.fail(FaultItem, s.at(e.Position), "an item of %s is asked for before that is a dict", e.setting(keys))
		return
	}
	it, _ := dict.Get(keys[0])
	d, ok := it.Value.(*python.Dict)
	with, isDict := first(e.args).(*python.Dict)
	if !ok || len(keys) > 1 || e.method != "update" || !isDict {
		s.gaps = append(s.gaps, s.at(e.Position))
		return
	}
	for _, item := range with.Items {
		d.Set(item.Key, item.Value, item.Position)
	}
}
