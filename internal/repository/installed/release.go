package installed

import (
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// Release is the newest release of the package that decides about a page's
// resources which the environment and its Python take: that is what is
// installed. It is not known where something else may have chosen it.
func (s *Set) Release(r *framework.Resources) (release packaging.Version, known truth.Value) {
	in, python := Server, s.plan.Python
	if s.plan.Kernel != "" && s.Asked(r.Package, Server) != truth.Yes {
		in, python = Kernel, s.plan.Kernel
	}
	specs, known := s.Specs(r.Package, in)
	if known == truth.Yes && python == "" {
		known = truth.Unknown
	}
	if known != truth.Yes {
		return packaging.Version{}, known
	}
	var newest, best packaging.Version
	consider := func(v packaging.Version) {
		if specs.Allow(v) && v.Compare(best) > 0 {
			best = v
		}
	}
	for _, text := range r.Releases {
		if v, _ := packaging.ParseVersion(text); runsOn(r, v, python) {
			newest = v
			consider(v)
		}
	}
	for _, one := range specs {
		consider(one.Version)
	}
	if len(best.Release) == 0 {
		return newest, truth.Yes
	}
	return best, truth.Yes
}

// runsOn says whether a release is for a Python.
func runsOn(r *framework.Resources, release packaging.Version, python string) bool {
	have, err := packaging.ParseVersion(python)
	if err != nil {
		return true
	}
	for _, n := range r.Pythons {
		from, _ := packaging.ParseVersion(n.From)
		if least, _ := packaging.ParseVersion(n.Python); release.Compare(from) >= 0 {
			return have.Compare(least) >= 0
		}
	}
	return true
}
