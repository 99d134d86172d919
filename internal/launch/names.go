package launch

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/packaging"
)

//go:embed names.txt
var namesTable string

// names maps conda's names, normalized, to those of the Python Package Index;
// "" where nothing is installed for one.
var names = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(namesTable) {
		line, _, _ = strings.Cut(line, "#")
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
