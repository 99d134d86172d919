package releases

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

//go:embed built.txt
var builtText string

// TriedPython is the one on which sources were built and releases run.
const TriedPython = "3.10"

// sources maps releases, "NAME VERSION", to whether their source could be built.
var sources = sync.OnceValue(func() map[string]truth.Value {
	out := map[string]truth.Value{}
	for line := range strings.Lines(builtText) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		switch key := fields[0] + " " + fields[1]; fields[2] {
		case "works":
			out[key] = truth.Yes
		case "fails:":
			out[key] = truth.No
		}
	}
	return out
})

// builds says whether the source of a release can be built for a Python; it is
// not known of most.
func builds(name string, version packaging.Version, python string) truth.Value {
	if python != TriedPython {
		return truth.Unknown
	}
	return sources()[name+" "+version.String()]
}
