package jupyter

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// maxPython bounds the Python and JSON that is parsed.
const maxPython = 256 << 10

// Fault is why Jupyter leaves a file of its configuration out.
type Fault struct {
	At   position.Position
	Kind FaultKind
	Text string
	// Setting is that of which it is, as the source may write it.
	Setting string
}

// FaultKind is a kind of [Fault].
type FaultKind string

// The kinds of faults.
const (
	// FaultItem is an item that is set of what is no dict yet.
	FaultItem FaultKind = "item"
	// FaultMethod is a method that what is no dict yet does not have.
	FaultMethod FaultKind = "method"
	// FaultSection is a section that is given a value.
	FaultSection FaultKind = "section"
	// FaultJSON is JSON that cannot be read.
	FaultJSON FaultKind = "json"
)

// parsed is the text of one file of configuration, and what it says.
type parsed struct {
	text   string
	begin  position.Position
	module *python.Module
	// settings are those of the file, also where Jupyter leaves it out.
	settings *section
	fault    *Fault
	// gaps are the places of what cannot be known of it.
	gaps []position.Position
	json any
	// loads are the files that it loads itself, by load_subconfig.
	loads []subconfig
}

// subconfig is a file that a configuration in Python loads.
type subconfig struct{ file, dir string }

// parse reads a file of configuration. The target is the path at which it lies.
func parse(target, text string, begin position.Position, b *python.Budget) *parsed {
	s := &parsed{text: text, begin: begin, settings: newSection()}
	switch {
	case len(text) > maxPython:
		b.Leave(target)
		s.gaps = append(s.gaps, begin)
	case path.Ext(target) == ".json":
		s.parseJSON(target, b)
	default:
		s.module = python.Read(strings.Repeat("\n", max(begin.Line-1, 0))+text, target, b)
		if s.module.Cut {
			s.gaps = append(s.gaps, begin)
		}
		s.follow()
	}
	return s
}

func (s *parsed) parseJSON(target string, b *python.Budget) {
	v, err := parseJSON(s.text, s.begin)
	s.json = v
	d, ok := v.(*python.Dict)
	if err == nil && !ok {
		err = fmt.Errorf("it is no object")
	}
	if err == nil {
		if version, _, ok := d.Get("version"); ok && version != int64(1) {
			err = fmt.Errorf("its version is not 1")
		}
	}
	switch {
	case errors.Is(err, errDepth): // Jupyter reads it
		b.Leave(target)
		s.gaps = append(s.gaps, s.begin)
		return
	case err != nil:
		s.fault = &Fault{At: s.begin, Kind: FaultJSON, Text: err.Error()}
		return
	}
	for _, it := range d.Items {
		if it.Key != "version" {
			s.setRaw(s.settings, python.Text(it.Key), it.Value, s.at(it.Position), false)
		}
	}
}

// at completes a position of the source.
func (s *parsed) at(p position.Position) position.Position {
	p.File = s.begin.File
	return p
}

// value makes a setting's value of one of package python.
func (s *parsed) value(v any, at position.Position, maybe bool) *Value {
	out := &Value{At: at, Maybe: maybe}
	d, ok := v.(*python.Dict)
	if !ok {
		out.V = v
		return out
	}
	out.Dict = true
	for _, it := range d.Items {
		item := Item{python.Text(it.Key), it.Value, s.at(it.Position), maybe, s.module}
		if item.At.Line == 0 {
			item.At = at
		}
		out.put(item)
	}
	return out
}

// setRaw gives a name of a section a value as dict's own methods do: a dict
// whose name is a section's becomes one.
func (s *parsed) setRaw(in *section, name string, v any, at position.Position, maybe bool) {
	d, ok := v.(*python.Dict)
	if !ok || !isSection(name) {
		in.set(name, s.value(v, at, maybe))
		return
	}
	inner := newSection()
	for _, it := range d.Items {
		s.setRaw(inner, python.Text(it.Key), it.Value, s.at(it.Position), maybe)
	}
	in.note(name)
	in.sections[name] = inner
	delete(in.values, name)
}
