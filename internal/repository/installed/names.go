package installed

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

//go:embed names.txt
var namesTable string

// names maps conda's names, normalized, to those of the Python Package Index;
// "" where nothing is installed for one.
var names = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(namesTable) {
		line, _, _ := strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		name := fields[len(fields)-1]
		if name == "-" {
			name = ""
		}
		out[packaging.Normalize(fields[0])] = name
	}
	return out
})

// IndexName returns what a package of conda's is called on the Python Package
// Index, "" where nothing is installed for it, and whether that is known.
func IndexName(conda string) (name string, known bool) {
	name, known = names()[packaging.Normalize(conda)]
	return name, known
}
