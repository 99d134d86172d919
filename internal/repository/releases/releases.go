package releases

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

// Release is one release of a package.
type Release struct {
	Version packaging.Version
	// Pythons are those that it has builds for, and Source says whether others
	// can be tried with its source.
	Pythons []string
	Source  bool
	// Yanked says that all of it was taken back, so that only a pin takes it.
	Yanked bool
	// Requires is which Pythons it says it is for.
	Requires packaging.Specifiers
}

// Table has the releases of packages, oldest first.
type Table map[string][]Release

//go:embed index.txt
var indexText string

//go:embed conda.txt
var condaText string

// Index is what Python's package index has.
var Index = sync.OnceValue(func() Table { return parse(indexText) })

// Conda is what conda-forge has built.
var Conda = sync.OnceValue(func() Table { return parse(condaText) })

// parse reads a table: the name of a package, and below it lines with Pythons,
// what a release requires of Python, and versions.
func parse(text string) Table {
	t, name := Table{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		parts := strings.Split(line, "|")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case len(parts) == 1:
			name = line
		default:
			r := Release{}
			for word := range strings.FieldsSeq(parts[0]) {
				switch word {
				case "source":
					r.Source = true
				case "yanked":
					r.Yanked = true
				default:
					r.Pythons = append(r.Pythons, word)
				}
			}
			r.Requires, _ = packaging.ParseSpecifiers(parts[1])
			for version := range strings.FieldsSeq(parts[2]) {
				r.Version, _ = packaging.ParseVersion(version)
				t[name] = append(t[name], r)
			}
		}
	}
	return t
}

// takes says whether a release says that it is for a Python.
func (r *Release) takes(python string) bool {
	v, err := packaging.ParseVersion(python + lastFix)
	return err != nil || r.Requires.Allow(v)
}

// lastFix stands for the fixes of a Python that repo2docker takes, which are the
// last ones.
const lastFix = ".50"

// built says whether a release has a build for a Python.
func (r *Release) built(python string) bool { return slices.Contains(r.Pythons, python) }
