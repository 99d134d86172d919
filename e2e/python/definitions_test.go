package python_test

import (
	"cmp"
	"os"
	"slices"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

// TestDefinitionsLikePython compares the lines of functions and classes with those of
// Python's own parser over a part of its standard library.
func TestDefinitionsLikePython(t *testing.T) {
	compared := 0
	eachOfPython(t, "definitions.py", func(file string, want [][3]any) {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := definitions(python.Parse(string(source)), nil)
		slices.SortStableFunc(got, func(a, b [3]any) int {
			return cmp.Or(cmp.Compare(a[0].(float64), b[0].(float64)), cmp.Compare(a[1].(float64), b[1].(float64)))
		})
		compared += len(want)
		if !slices.Equal(got, want) {
			at := 0
			for at < min(len(got), len(want)) && got[at] == want[at] {
				at++
			}
			t.Errorf("%s: %d definitions, Python has %d; from the %d. on got %v, Python has %v", file, len(got), len(want), at+1, got[at:min(at+3, len(got))], want[at:min(at+3, len(want))])
		}
	})
	if compared < 1000 {
		t.Errorf("only %d definitions could be compared", compared)
	}
}

// definitions lists the functions and classes of statements, in those as well, as the
// JSON of Python's has them.
func definitions(stmts []python.Stmt, list [][3]any) [][3]any {
	add := func(name string, at python.Span, body []python.Stmt) {
		list = definitions(body, append(list, [3]any{float64(at.First), float64(at.Last), name}))
	}
	for _, s := range stmts {
		switch s := s.(type) {
		case *python.Def:
			add(s.Name, s.Span, s.Body)
		case *python.Class:
			add(s.Name, s.Span, s.Body)
		case *python.Block:
			for _, c := range s.Clauses {
				list = definitions(c.Body, list)
			}
		}
	}
	return list
}
