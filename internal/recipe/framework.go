package recipe

import (
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/python"
)

// FrameworkOf tells by its imports which framework a Python source is written
// for: "" for Bokeh and Panel, and for what is no app.
func FrameworkOf(source string) Framework {
	for _, i := range Imports(source) {
		switch i.Name {
		case "streamlit":
			return Streamlit
		case "dash":
			return Dash
		}
	}
	return ""
}

// Imported is a module that a source imports, by the first part of its name.
type Imported struct {
	Name string
	Line int
	// Tried says that the source goes on where there is none.
	Tried bool
}

// Imports lists what a Python source imports. Its own package's modules, which
// are imported relative to it, are not among them.
func Imports(source string) []Imported {
	var out []Imported
	seen := map[string]int{}
	var walk func(list []python.Stmt, tried bool)
	walk = func(list []python.Stmt, tried bool) {
		for _, st := range list {
			switch st := st.(type) {
			case *python.Import:
				for _, n := range st.Names {
					name, _, _ := strings.Cut(n.Path, ".")
					if name == "" {
						continue
					}
					if i, ok := seen[name]; ok {
						out[i].Tried = out[i].Tried && tried
						continue
					}
					seen[name] = len(out)
					out = append(out, Imported{name, st.Line, tried})
				}
			case *python.Def:
				walk(st.Body, tried)
			case *python.Class:
				walk(st.Body, tried)
			case *python.Block:
				for _, clause := range st.Clauses {
					walk(clause.Body, tried || st.Keyword == "try" || st.Keyword == "except")
				}
			}
		}
	}
	walk(python.Parse(source), false)
	return out
}
