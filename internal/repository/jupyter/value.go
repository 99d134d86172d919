package jupyter

import (
	"unicode"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Value is what a configuration gives to a setting.
type Value struct {
	// V is a value of package python. A dict is in Items instead.
	V any
	// Items are those of a dict.
	Items []Item
	// Dict says that it is a dict, though it may have no items.
	Dict bool
	At   position.Position
	// Maybe says that it is not known whether it is set, or set like this.
	Maybe bool

	// lazy says that the items are added to those that are there, as update of
	// traitlets' LazyConfigValue does.
	lazy bool
}

// Item is one item of a dict that a configuration gives to a setting.
type Item struct {
	Key   string
	Value any
	At    position.Position
	Maybe bool

	// module is that of the functions in it.
	module *python.Module
}

// Get returns the item of a key.
func (v *Value) Get(key string) (Item, bool) {
	for _, it := range v.Items {
		if it.Key == key {
			return it, true
		}
	}
	return Item{}, false
}

// put gives a key of a dict a value.
func (v *Value) put(it Item) {
	for i := range v.Items {
		if v.Items[i].Key == it.Key {
			v.Items[i] = it
			return
		}
	}
	v.Items = append(v.Items, it)
}

// drop takes a key out of a dict.
func (v *Value) drop(key string) {
	kept := v.Items[:0:0]
	for _, it := range v.Items {
		if it.Key != key {
			kept = append(kept, it)
		}
	}
	v.Items = kept
}

// with returns a dict with the items of another over its own. What may not be
// set leaves it open whether the own ones stay.
func (v *Value) with(over *Value) *Value {
	out := *v
	out.Items = append([]Item(nil), v.Items...)
	for _, it := range over.Items {
		it.Maybe = it.Maybe || over.Maybe
		out.put(it)
	}
	return &out
}

// section is what traitlets calls a Config: settings, and sections whose names
// begin with a capital letter, in their order.
type section struct {
	names    []string
	sections map[string]*section
	values   map[string]*Value
}

func newSection() *section {
	return &section{sections: map[string]*section{}, values: map[string]*Value{}}
}

// isSection says whether a name is that of a section: traitlets looks at its
// first letter.
func isSection(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return name != "" && unicode.ToUpper(r) == r && r != '_'
}

// inner returns the section of a name, which is made where it is not there.
func (s *section) inner(name string) *section {
	if s.sections[name] == nil {
		s.note(name)
		s.sections[name] = newSection()
		delete(s.values, name)
	}
	return s.sections[name]
}

func (s *section) set(name string, v *Value) {
	s.note(name)
	s.values[name] = v
	delete(s.sections, name)
}

func (s *section) note(name string) {
	if s.sections[name] == nil && s.values[name] == nil {
		s.names = append(s.names, name)
	}
}

// merge lays another section over this one, as traitlets' Config.merge does.
func (s *section) merge(over *section) {
	for _, name := range over.names {
		mine, theirs := s.values[name], over.values[name]
		switch {
		case over.sections[name] != nil:
			s.inner(name).merge(over.sections[name])
		case mine == nil && s.sections[name] == nil, theirs == nil:
			s.set(name, theirs)
		case theirs.lazy && mine != nil && mine.lazy && len(theirs.Items) == 0:
			s.set(name, theirs) // traitlets loses what was to be added before
		case theirs.lazy && mine != nil && mine.Dict:
			s.set(name, mine.with(theirs))
		case theirs.lazy: // what is there is no dict, and stays
		case theirs.Maybe:
			s.set(name, either(mine, theirs))
		default:
			s.set(name, theirs)
		}
	}
}

// either is a value that is one of two: of dicts, it may have the items of
// both.
func either(a, b *Value) *Value {
	if a == nil || !a.Dict || !b.Dict {
		return b
	}
	out := a.with(b)
	out.Maybe = true
	for i := range out.Items {
		out.Items[i].Maybe = true
	}
	return out
}

// copy returns a section that shares nothing which merge changes.
func (s *section) copy() *section {
	out := newSection()
	out.merge(s)
	return out
}

// lookup returns the value of a section's setting, nil where there is none.
func (s *section) lookup(name, setting string) *Value {
	if in := s.sections[name]; in != nil {
		return in.values[setting]
	}
	return nil
}
