package schema_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
	"github.com/bokehbinder/bokehbinder/internal/source/schema"
)

// object is the schema of an object.
type object struct {
	Properties map[string]struct {
		Const float64
		Enum  []string
	}
	Required   []string
	Additional *bool `json:"additionalProperties"`
}

func definitions(t *testing.T) map[string]object {
	t.Helper()
	var whole struct {
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(schema.Text(), &whole); err != nil {
		t.Fatal(err)
	}
	return whole.Defs
}

// TestProperties compares the schema with the types that are written: the same
// fields, and those that may be missing.
func TestProperties(t *testing.T) {
	defs := definitions(t)
	for name, of := range map[string]any{"card": card.Card{}, "app": card.App{}, "file": card.File{}, "finding": card.Finding{}} {
		def := defs[name]
		var fields, required []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(of)) {
			field, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields = append(fields, field)
			if options == "" {
				required = append(required, field)
			}
		}
		for _, field := range fields {
			if _, ok := def.Properties[field]; !ok {
				t.Errorf("%s has no %s", name, field)
			}
		}
		if len(def.Properties) != len(fields) || !slices.Equal(def.Required, required) || def.Additional == nil || *def.Additional {
			t.Errorf("%s has %d properties, want %v; required are %v, want %v", name, len(def.Properties), fields, def.Required, required)
		}
	}
	if defs["card"].Properties["version"].Const != card.Version || defs["kept"].Properties["version"].Const != lockfile.Version {
		t.Error("a version is not the one that is written")
	}
}

// TestValues compares the lists of values with the constants that they are of.
func TestValues(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../../card/card.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]string{"Omitted": {""}, "From": {""}}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			if of, ok := spec.Type.(*ast.Ident); ok {
				text, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				values[of.Name] = append(values[of.Name], text)
			}
		}
		return true
	})
	defs := definitions(t)
	for of, got := range map[string][]string{
		"Role": defs["file"].Properties["role"].Enum, "Omitted": defs["file"].Properties["omitted"].Enum,
		"Level": defs["finding"].Properties["level"].Enum, "From": defs["app"].Properties["from"].Enum,
	} {
		if want := values[of]; len(want) < 3 || !slices.Equal(got, want) {
			t.Errorf("%s is one of %q, want %q", of, got, want)
		}
	}
}
