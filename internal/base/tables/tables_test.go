package tables_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/bokehbinder/bokehbinder/internal/base/tables"
)

// dots is a key of n parts.
func dots(n int) string { return strings.TrimSuffix(strings.Repeat("a.", n), ".") }

// forms write something n deep, each in its own way.
var forms = map[string]func(n int) string{
	"key":            func(n int) string { return dots(n) + " = 1\n" },
	"quoted key":     func(n int) string { return strings.Repeat(`"a.b" . `, n-1) + "'a' = 1\n" },
	"table":          func(n int) string { return "[" + dots(n) + "]\n" },
	"table of array": func(n int) string { return "[[" + dots(n) + "]]\n" },
	"key in a table": func(n int) string { return "[" + dots(n-n/2) + "]\n" + dots(n/2) + " = 1\n" },
	"array":          func(n int) string { return "a = " + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "\n" },
	"array of lines": func(n int) string {
		return "a = " + strings.Repeat("[ # [[\n", n-1) + strings.Repeat("\n]", n-1) + "\n"
	},
	"inline table": func(n int) string {
		return "a = " + strings.Repeat("{ a = ", n-1) + "1" + strings.Repeat("}", n-1) + "\n"
	},
	"all of them": func(n int) string {
		return "[a]\na.a = [{ a.a = [" + strings.Repeat("[", n-7) + "'''\n[['''" + strings.Repeat("]", n-7) + "] }]\n"
	},
	"after texts": func(n int) string {
		return "x = '''\n''''' # b.b\ny = \"\\\"[[[[\" # ''' \r\nz = \"\"\"\\\"\"\"\"\"\n" + dots(n) + " = 1\n"
	},
}

func TestDepth(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			var v map[string]any
			if err := tables.Decode([]byte(form(tables.MaxDepth)), &v); err != nil {
				t.Errorf("%d deep: %v", tables.MaxDepth, err)
			}
			for _, n := range []int{tables.MaxDepth + 1, 2 * tables.MaxDepth, 100_000} {
				var limit *tables.LimitError
				if err := tables.Decode([]byte(form(n)), &v); !errors.As(err, &limit) || err.Error() != "it nests more than 32 deep" {
					t.Errorf("%d deep: %v", n, err)
				}
			}
		})
	}
}

// TestDepthOfWhatStaysText has brackets and dots where they open nothing.
func TestDepthOfWhatStaysText(t *testing.T) {
	deep := strings.Repeat("[a.{", 100)
	for _, text := range []string{
		"# " + deep, "a = '" + deep + "'", `a = "\"` + deep + `"`, "a = '''\n" + deep + "\n'''", `a = """\"""` + deep + `"""`,
		"'" + deep + "' = 1", "['" + deep + "']", "a = [ # " + deep + "\n]", "a = { '" + deep + "' = 1 } # " + deep,
		strings.Repeat("a.b = [1.5, [2.5]]\n[[b.c]]\n", 100),
	} {
		var limit *tables.LimitError
		if err := tables.Decode([]byte(text), new(map[string]any)); errors.As(err, &limit) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func TestNames(t *testing.T) {
	form := func(n int) string { return "[" + strings.Repeat("a", n/2) + "]\n" + lines(n/2) }
	var v map[string]any
	if err := tables.Decode([]byte(form(10_000)), &v); err != nil {
		t.Error(err)
	}
	var limit *tables.LimitError
	const name = 10_000
	for _, share := range []float64{0.5, 2} {
		keys := int(share * tables.MaxNames / name)
		text := "[" + strings.Repeat("a", name) + "]\n"
		for i := range keys {
			text += strconv.Itoa(i) + "=1\n"
		}
		if err := tables.Decode([]byte(text), &v); errors.As(err, &limit) != (share > 1) {
			t.Errorf("%v times the limit: %v", share, err)
		}
	}
	if err := tables.Decode([]byte(form(1_000_000)), &v); !errors.As(err, &limit) || limit.Offset > 510_000 {
		t.Errorf("a table with a long name, and many keys: %v", err)
	}
}

// lines are keys with their values, about n bytes long.
func lines(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(strconv.FormatInt(int64(i), 36) + "=1\n")
	}
	return b.String()
}

// containers is how many tables and arrays stand in one another, at most.
func containers(v any) int {
	deepest, all := 0, []any(nil)
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			all = append(all, item)
		}
	case []map[string]any:
		for _, item := range v {
			all = append(all, item)
		}
	case []any:
		all = v
	default:
		return 0
	}
	for _, item := range all {
		deepest = max(deepest, containers(item))
	}
	return 1 + deepest
}

// FuzzDecode compares what was said of a text with what the decoder makes of it:
// nothing that is let through nests deeper than was seen, but for tables of arrays,
// whose name has two levels a part, and nothing flat is turned away.
func FuzzDecode(f *testing.F) {
	for _, form := range forms {
		f.Add(form(10))
		f.Add(form(tables.MaxDepth))
		f.Add("\xef\xbb\xbf" + form(tables.MaxDepth+1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 {
			t.Skip("the decoder alone may take long")
		}
		var got, want map[string]any
		err := tables.Decode([]byte(text), &got)
		wrong := toml.Unmarshal([]byte(text), &want)
		deep := containers(want)
		var limit *tables.LimitError
		switch {
		case errors.As(err, &limit) && wrong == nil && deep <= tables.MaxDepth:
			t.Errorf("%v, and it is %d deep", err, deep)
		case errors.As(err, &limit):
		case (err == nil) != (wrong == nil):
			t.Errorf("%v, and the decoder alone says %v", err, wrong)
		case deep > 2*tables.MaxDepth+1:
			t.Errorf("%d deep", deep)
		}
	})
}
