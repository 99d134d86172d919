package tables_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/bokehbinder/bokehbinder/internal/base/tables"
)

// keys are so many keys of a mapping.
func keys(n int, indent string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sk%d:\n", indent, i)
	}
	return b.String()
}

// TestYAMLLimits goes to a limit's half, which is decoded, and to its double, which is
// not, and says in which line.
func TestYAMLLimits(t *testing.T) {
	flow := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	aliases := func(n int) string {
		return "a: &a\n" + keys(1000, "  ") + "b:\n" + strings.Repeat("- *a\n", n)
	}
	for name, test := range map[string]struct {
		half, twice string
		line        int
	}{
		"keys":    {keys(1400, ""), keys(2900, ""), 1},
		"nesting": {flow(500), flow(2000), 1},
		"maps":    {strings.Repeat("-\n"+keys(200, "  "), 50), strings.Repeat("-\n"+keys(200, "  "), 200), 20504},
		"aliases": {aliases(1), aliases(8), 1},
	} {
		t.Run(name, func(t *testing.T) {
			var got, want any
			if err := tables.DecodeYAML(parse(t, test.half), &got); err != nil {
				t.Fatal(err)
			}
			if err := yaml.Unmarshal([]byte(test.half), &want); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("it is decoded differently, %v", err)
			}
			err := tables.DecodeYAML(parse(t, test.twice), &got)
			var limit *tables.LimitError
			if !errors.As(err, &limit) || limit.Line != test.line {
				t.Errorf("got %#v", limit)
			}
		})
	}
}

// TestYAMLWithinItself has an alias of what it stands in.
func TestYAMLWithinItself(t *testing.T) {
	var v any
	if err := tables.DecodeYAML(parse(t, "&a [*a]\n"), &v); err == nil {
		t.Error("it is decoded")
	}
}

func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	return &node
}
