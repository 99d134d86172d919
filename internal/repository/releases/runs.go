package releases

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

//go:embed runs.txt
var runsText string

// Run is how the newest release of a minor series ran on Python 3.10, with the
// newest companions that its own conditions allow.
type Run struct {
	Package string
	Version packaging.Version
	Works   bool
	// Pins are the companions with which it worked instead; none where none were
	// found.
	Pins []string
	// Says is what the failure said.
	Says string
}

// Runs lists what was tried.
var Runs = sync.OnceValue(func() []Run {
	var out []Run
	for line := range strings.Lines(runsText) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		r := Run{Package: fields[0], Works: fields[2] == "works"}
		r.Version, _ = packaging.ParseVersion(fields[1])
		if _, rest, ok := strings.Cut(line, " fails: "); ok {
			pins, says, _ := strings.Cut(strings.TrimSpace(rest), ": ")
			r.Says = says
			if pins != "nothing" {
				r.Pins = strings.Fields(pins)
			}
		}
		out = append(out, r)
	}
	return out
})

// RunOf is how the series of a package ran that conditions ask for, where they
// ask for one that was tried.
func RunOf(name string, specs packaging.Specifiers) (Run, bool) {
	var found []Run
	for _, r := range Runs() {
		if r.Package == name && inSeries(specs, r.Version) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		return Run{}, false
	}
	return found[0], true
}

// inSeries says whether conditions have one that is for one release or one
// series of them, and that is the series of a version.
func inSeries(specs packaging.Specifiers, v packaging.Version) bool {
	for _, s := range specs {
		if (s.Op == "==" || s.Op == "~=") && len(s.Version.Release) >= 2 && series(s.Version).Compare(series(v)) == 0 &&
			(s.Op == "==" || len(s.Version.Release) > 2) {
			return true
		}
	}
	return false
}
