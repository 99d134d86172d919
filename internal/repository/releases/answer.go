package releases

import (
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// Outcome is what becomes of asking for a package.
type Outcome uint8

// The outcomes. The first says nothing.
const (
	// Unknown is all of which the tables do not tell.
	Unknown Outcome = iota
	// Built is a release with a build for the Python, or whose source is known to
	// build.
	Built
	// FromSource is one that is built from its source, and how that ends is not
	// known.
	FromSource
	// Fails is one whose source was tried and could not be built.
	Fails
	// Excluded is where all releases that are asked for are for other Pythons.
	Excluded
	// Missing is where there is no such release.
	Missing
	// TakenBack is where all releases that are asked for were taken back, and no pin
	// names one.
	TakenBack
	// Unlikely is where the releases that are asked for have no build, and those
	// around them have.
	Unlikely
	// Branch is as Unlikely, of releases that say they are for the Python: a branch for
	// maintenance, whose history the table does not have, may have built them.
	Branch
)

// allowed lists the releases of a package that conditions allow. They are open
// where a release that is newer than the table may be among them, or one that
// it leaves out.
func (t Table) allowed(name string, specs packaging.Specifiers) (list []*Release, open bool) {
	all := t[name]
	if len(all) == 0 {
		return nil, true
	}
	for i := range all {
		if specs.Allow(all[i].Version) {
			list = append(list, &all[i])
		}
	}
	return list, allowsNewer(specs, all[len(all)-1].Version)
}

// allowsNewer says whether conditions allow a version after another, or a
// pre-release.
func allowsNewer(specs packaging.Specifiers, last packaging.Version) bool {
	tries := []packaging.Version{{Release: []int{last.Release[0] + 1000}}}
	for i := range last.Release {
		next := slices.Clone(last.Release[:i+1])
		next[i]++
		tries = append(tries, packaging.Version{Release: next})
	}
	tries = append(tries, packaging.Version{Release: append(slices.Clone(last.Release), 1)})
	for _, s := range specs {
		if s.Version.Pre || s.Op == "===" {
			return true
		}
		later := slices.Clone(s.Version.Release)
		tries = append(tries, s.Version, packaging.Version{Release: append(later, 1)})
	}
	return slices.ContainsFunc(tries, func(v packaging.Version) bool { return v.Compare(last) > 0 && specs.Allow(v) })
}

// AllowsFrom says whether conditions allow a version or a later one.
func AllowsFrom(specs packaging.Specifiers, v packaging.Version) bool {
	return specs.Allow(v) || allowsNewer(specs, v)
}

// FromIndex says what becomes of asking pip for a package.
func FromIndex(name string, specs packaging.Specifiers, python string) Outcome {
	if specs.Local() {
		return Missing
	}
	list, open := Index().allowed(name, specs)
	if open {
		return Unknown
	}
	if len(list) == 0 {
		return Missing
	}
	list = slices.DeleteFunc(list, func(r *Release) bool { return r.Yanked && !pins(specs) })
	if len(list) == 0 {
		return TakenBack
	}
	list = slices.DeleteFunc(list, func(r *Release) bool { return !r.takes(python) })
	if len(list) == 0 {
		return Excluded
	}
	list = slices.DeleteFunc(list, func(r *Release) bool { return !r.built(python) && !r.Source })
	switch {
	case len(list) == 0:
		return Excluded
	case slices.ContainsFunc(list, func(r *Release) bool { return r.built(python) }):
		return Built
	}
	answer := truth.No
	for _, r := range list {
		answer = answer.Or(builds(name, r.Version, python))
	}
	switch {
	case answer == truth.No:
		return Fails
	case answer == truth.Yes && len(list) == 1:
		return Built
	}
	return FromSource
}

// pins says whether conditions name one release, for which pip takes one that was
// taken back, too.
func pins(specs packaging.Specifiers) bool {
	return slices.ContainsFunc(specs, func(s packaging.Specifier) bool { return s.Op == "===" || s.Op == "==" && !s.Prefix })
}

// FromConda says what becomes of asking conda for a package, where it takes
// packages from conda-forge. That the history of builds is whole is not known, so
// a release counts as [Missing] only where a whole minor series lies between it
// and the first one with a build.
func FromConda(name string, specs packaging.Specifiers, python string) Outcome {
	all := Conda()[name]
	first := slices.IndexFunc(all, func(r Release) bool { return r.built(python) })
	if first < 0 || len(specs) == 0 {
		return Unknown
	}
	least := all[first].Version
	if !slices.ContainsFunc(specs, below(least)) {
		return built(name, all, specs, python)
	}
	if !slices.ContainsFunc(specs, below(series(least))) {
		return built(name, all, specs, python)
	}
	return Missing
}

// built says whether one of the releases of a package that conditions allow has a build.
func built(name string, list []Release, specs packaging.Specifiers, python string) Outcome {
	if allowsNewer(specs, list[len(list)-1].Version) ||
		slices.ContainsFunc(list, func(r Release) bool { return specs.Allow(r.Version) && r.built(python) }) {
		return Built
	}
	if slices.ContainsFunc(Index()[name], func(r Release) bool { return specs.Allow(r.Version) && r.takes(python) }) {
		return Branch
	}
	return Unlikely
}

// series is the first version of a version's minor series.
func series(v packaging.Version) packaging.Version {
	return packaging.Version{Release: v.Release[:min(2, len(v.Release))]}
}

// below says of a condition whether all that it allows is below a version.
func below(v packaging.Version) func(packaging.Specifier) bool {
	return func(s packaging.Specifier) bool {
		switch s.Op {
		case "==", "~=", "===":
			return s.Version.Compare(v) < 0 && !s.Allows(v)
		case "<":
			return s.Version.Compare(v) <= 0
		case "<=":
			return s.Version.Compare(v) < 0
		}
		return false
	}
}

// Fits says whether a package can be had for a Python: what is not in the table
// is taken to fit.
func (t Table) Fits(name string, specs packaging.Specifiers, python string) bool {
	list, open := t.allowed(name, specs)
	if len(list) == 0 {
		return open
	}
	return slices.ContainsFunc(list, func(r *Release) bool { return r.takes(python) && r.built(python) && (!r.Yanked || pins(specs)) })
}
