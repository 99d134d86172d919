package releases

import (
	_ "embed"
	"slices"
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
	// Imported says that it was imported, and that this was all.
	Imported bool
	// Pins are the companions with which it worked instead; none where none were
	// found.
	Pins []string
	// Cause is the companion that the failure's words are about, empty where that is
	// not known: what helped first where the words were the same.
	Cause string
	// Says is what the failure said.
	Says string
	// Keeps are companions that its own conditions keep back, of those that others want;
	// known of what was imported alone.
	Keeps []string
}

// Runs lists what was tried.
var Runs = sync.OnceValue(func() []Run {
	var out []Run
	for line := range strings.Lines(runsText) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		if fields[2] == "keeps" {
			out[len(out)-1].Keeps = fields[3:]
			continue
		}
		r := Run{Package: fields[0], Works: true, Imported: fields[2] == "import"}
		r.Version, _ = packaging.ParseVersion(fields[1])
		if _, rest, ok := strings.Cut(line, " fails: "); ok {
			pins, says, _ := strings.Cut(strings.TrimSpace(rest), ": ")
			r.Works, r.Says = false, says
			if pins != "nothing" {
				r.Pins = strings.Fields(pins)
			}
		}
		out = append(out, r)
	}
	helped := map[string]string{}
	for _, r := range out {
		if len(r.Pins) > 0 && helped[r.Says] == "" {
			helped[r.Says] = r.Pins[0]
		}
	}
	for i := range out {
		out[i].Cause = helped[out[i].Says]
	}
	return out
})

// RunOf is how the series of a package ran that conditions ask for, where they
// ask for one that was tried, or where it is the newest that they allow.
func RunOf(name string, specs packaging.Specifiers) (Run, bool) {
	var list, found []Run
	for _, r := range Runs() {
		if r.Package != name {
			continue
		}
		list = append(list, r)
		if inSeries(specs, r.Version) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], true
	case len(found) > 1 || len(list) == 0 || allowsNewer(specs, list[len(list)-1].Version):
		return Run{}, false
	}
	for _, r := range slices.Backward(list) {
		if specs.Allow(r.Version) || specs.Allow(series(r.Version)) {
			return r, true
		}
	}
	return Run{}, false
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
