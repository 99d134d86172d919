package repository

import (
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// Imported is a module that a source imports, or a name of one.
type Imported struct {
	// Name is the whole name, with dots before it where it is relative to the
	// source's own package.
	Name string
	Line int
	// Tried says that the source goes on where there is none.
	Tried bool
	// Inner says that a function imports it, which may not be called.
	Inner bool
}

// Imports lists the modules that a Python source imports, each by the first part
// of its name. Its own package's modules, which are imported relative to it, are
// not among them.
func Imports(m *python.Module) []Imported {
	var out []Imported
	seen := map[string]int{}
	for _, i := range ImportedNames(m) {
		if i.Name, _, _ = strings.Cut(i.Name, "."); i.Name == "" {
			continue
		}
		if at, ok := seen[i.Name]; ok {
			out[at].Tried = out[at].Tried && i.Tried
			continue
		}
		seen[i.Name] = len(out)
		out = append(out, i)
	}
	return out
}

// ImportedNames lists all that a Python source imports: "os.path",
// "subprocess.Popen".
func ImportedNames(m *python.Module) []Imported {
	if m == nil {
		return nil
	}
	var out []Imported
	var walk func(list []python.Stmt, tried, inner bool)
	walk = func(list []python.Stmt, tried, inner bool) {
		for _, st := range list {
			switch st := st.(type) {
			case *python.Import:
				for _, n := range st.Names {
					out = append(out, Imported{n.Path, st.Line, tried, inner})
				}
			case *python.Def:
				walk(st.Body, tried, true)
			case *python.Class:
				walk(st.Body, tried, inner)
			case *python.Block:
				for _, clause := range st.Clauses {
					walk(clause.Body, tried || st.Keyword == "try" || st.Keyword == "except", inner)
				}
			}
		}
	}
	walk(m.Stmts, false, false)
	return out
}
