package releases

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/repository/packaging"
)

//go:embed standard.txt
var standardText string

// modules maps the modules of Python's own library to whether the index has a
// package of that name.
var modules = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for line := range strings.Lines(standardText) {
		if head, names, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
			for name := range strings.FieldsSeq(names) {
				out[packaging.Normalize(name)] = head == "packages"
			}
		}
	}
	return out
})

// Standard says whether a package's name is that of a module of Python's own
// library, and whether the index has a package of that name.
func Standard(name string) (module, there bool) {
	there, module = modules()[packaging.Normalize(name)]
	return module, there
}
