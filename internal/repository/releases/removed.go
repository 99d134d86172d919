package releases

import (
	_ "embed"
	"strings"
	"sync"
)

// Removed is a name that a package had, and its later releases do not have.
type Removed struct {
	Package string
	// From is the first release looked at that does not have it, and Python the
	// oldest that this one runs on.
	From, Python string
	// Had is a release that has it.
	Had string
	// Path is its whole name. Calls of a function are written "()", and a star at
	// the end stands for any name.
	Path string
	// Argument is what a call of it may not be given any more, or what may not be
	// set of its result; empty where the name itself is gone.
	Argument string
	// Beside is a package beside which the name still works; mostly there is none.
	Beside string
	// Instead is what to write.
	Instead string
}

//go:embed removed.txt
var removedText string

// RemovedNames lists the names that later releases of packages do not have.
var RemovedNames = sync.OnceValue(func() []Removed {
	var out []Removed
	for line := range strings.Lines(removedText) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 7)
		if len(f) != 7 || f[0] == "#" {
			continue
		}
		r := Removed{Package: f[0], From: f[1], Python: f[2], Had: f[3], Path: f[4], Argument: f[5], Instead: f[6]}
		if beside, ok := strings.CutPrefix(r.Argument, "-beside:"); ok {
			r.Argument, r.Beside = "", beside
		} else if r.Argument == "-" {
			r.Argument = ""
		}
		out = append(out, r)
	}
	return out
})

// Module is the module of the name, as it is imported.
func (r *Removed) Module() string {
	module, _, _ := strings.Cut(strings.TrimSuffix(r.Path, "*"), ".")
	return module
}

// Is says whether a whole name is the one that is gone.
func (r *Removed) Is(name string) bool {
	if stem, any := strings.CutSuffix(r.Path, "*"); any {
		return strings.HasPrefix(name, stem) && !strings.Contains(name[len(stem):], "(")
	}
	return name == r.Path
}
