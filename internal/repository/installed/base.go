package installed

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

//go:embed base.txt
var baseTable string

// base maps packages to the versions of Python whose environments have them
// from the start.
var base = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(baseTable) {
		if versions, packages, ok := strings.Cut(line, ":"); ok {
			for name := range strings.FieldsSeq(packages) {
				out[name] = append(out[name], strings.Fields(versions)...)
			}
		}
	}
	return out
})

// InBase says whether repo2docker installs a package in the environment of a
// Python, "3.12", whatever the repository asks for. The version may be unknown.
func InBase(name, python string) truth.Value {
	versions := base()[packaging.Normalize(name)]
	switch {
	case len(versions) == 0:
		return truth.No
	case python == "":
		return truth.Unknown
	}
	return truth.Of(slices.Contains(versions, python))
}

// BaseNames lists the packages that some environment has from the start.
func BaseNames() []string { return slices.Sorted(maps.Keys(base())) }
