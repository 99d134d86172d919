package position_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// written are files in which places are written out: the JSON of a card.
var written = []string{"card/card.go"}

// TestIsTheOnlyOne looks through the module for another type with a line and a
// column, which would be another position.
func TestIsTheOnlyOne(t *testing.T) {
	root := os.DirFS("../../..")
	found := 0
	for _, folder := range []string{"card", "cmd", "extension", "internal"} {
		err := fs.WalkDir(root, folder, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, ".go") {
				return err
			}
			src, err := fs.ReadFile(root, name)
			if err != nil {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if s, ok := n.(*ast.StructType); ok && hasField(s, "line") && hasField(s, "column") && !slices.Contains(written, name) {
					if found++; !strings.HasPrefix(name, "internal/base/position/") {
						t.Errorf("%s has a position of its own", name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found != 1 {
		t.Errorf("%d types are positions", found)
	}
}

func hasField(s *ast.StructType, want string) bool {
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			if strings.EqualFold(name.Name, want) {
				return true
			}
		}
	}
	return false
}
