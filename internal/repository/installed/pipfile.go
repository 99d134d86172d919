package installed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/base/tables"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// locked is a package as Pipfile.lock or Pipfile has it.
type locked struct {
	Version string   `json:"version"`
	Extras  []string `json:"extras"`
	Markers string   `json:"markers"`
	Git     string   `json:"git"`
	Path    string   `json:"path"`
	File    string   `json:"file"`
}

// pipfile reads the Pipfile.lock that pipenv goes by, or else the Pipfile.
func (r *reader) pipfile() {
	r.next()
	switch {
	case r.uses("Pipfile.lock"):
		r.lockFile(r.plan.Path("Pipfile.lock"))
	case r.uses("Pipfile"):
		r.pipfileItself(r.plan.Path("Pipfile"))
	}
}

// lockFile reads a Pipfile.lock, whose lists are whole.
func (r *reader) lockFile(p string) {
	content, _ := r.files.Read(p)
	var file map[string]json.RawMessage
	if err := json.Unmarshal(content, &file); err != nil {
		r.gap(position.Position{File: p}, r.kernel(), "it is not JSON") // a fault of the plan
		return
	}
	for _, group := range []string{"default", "develop"} {
		var packages map[string]locked
		if err := json.Unmarshal(file[group], &packages); err != nil && file[group] != nil {
			r.gap(position.Position{File: p}, r.kernel(), group+" is no list of packages")
		}
		find := newFinder(p, content, max(bytes.Index(content, file[group]), 0))
		for _, name := range slices.Sorted(maps.Keys(packages)) {
			r.locked(find.place(`"`+name+`"`), name, packages[name], true)
		}
	}
}

// pipfileItself reads a Pipfile.
func (r *reader) pipfileItself(p string) {
	var file struct {
		Packages map[string]any `toml:"packages"`
		Dev      map[string]any `toml:"dev-packages"`
	}
	content, _ := r.files.Read(p)
	if err := tables.Decode(content, &file); err != nil {
		r.gap(position.Position{File: p}, r.kernel(), undecoded(err)) // not TOML is a fault of the plan
		return
	}
	keys := tomlKeys(p, content)
	for _, group := range []struct {
		table    string
		packages map[string]any
	}{{"packages", file.Packages}, {"dev-packages", file.Dev}} {
		for _, name := range slices.Sorted(maps.Keys(group.packages)) {
			at, ok := keys[tomlKey{group.table, name}]
			if !ok {
				at.File = p
			}
			l, err := lockedOf(group.packages[name])
			if err != nil {
				r.gap(at, r.kernel(), err.Error())
				continue
			}
			r.locked(at, name, l, false)
		}
	}
}

// undecoded says why a file gave no tables.
func undecoded(err error) string {
	var limit *tables.LimitError
	if errors.As(err, &limit) {
		return limit.Why
	}
	return "it is not TOML"
}

// lockedOf reads a package's value in a Pipfile.
func lockedOf(value any) (locked, error) {
	switch v := value.(type) {
	case string:
		return locked{Version: v}, nil
	case map[string]any:
		text, err := json.Marshal(v)
		if err != nil {
			return locked{}, err
		}
		var l locked
		return l, json.Unmarshal(text, &l)
	}
	return locked{}, errors.New("it is neither a version nor a table")
}

// locked notes a package of a Pipfile. A lock has all that its packages need.
func (r *reader) locked(at position.Position, name string, l locked, alone bool) {
	if l.Git != "" || l.Path != "" || l.File != "" {
		d := Direct{At: at, Text: name, Target: l.Git + l.Path + l.File, Local: l.Git == "" && !strings.Contains(l.File, "://"), In: r.kernel(), Sure: truth.Yes}
		r.set.Directs = append(r.set.Directs, d)
		q := Requirement{Requirement: packaging.Requirement{Name: packaging.Normalize(name), URL: d.Target}, At: at, Written: name, In: r.kernel(), Sure: truth.Yes, Alone: alone}
		r.require(q)
		if !alone {
			r.gap(at, r.kernel(), "it comes from a path or an address")
		}
		return
	}
	text := name
	if len(l.Extras) > 0 {
		text += "[" + strings.Join(l.Extras, ",") + "]"
	}
	if l.Version != "*" {
		text += l.Version
	}
	if l.Markers != "" {
		text += "; " + l.Markers
	}
	asked, err := packaging.ParseRequirement(text)
	if err != nil {
		r.broken(at, text, fmt.Errorf("pipenv is asked for %s: %w", name, err), truth.Unknown, r.kernel())
		return
	}
	r.require(Requirement{Requirement: asked, At: at, Written: text, In: r.kernel(), Sure: truth.Yes, Alone: alone})
}
