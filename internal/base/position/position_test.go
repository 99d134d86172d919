package position_test

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
)

func TestString(t *testing.T) {
	for want, p := range map[string]position.Position{
		"a.md:3:7": {File: "a.md", Line: 3, Column: 7}, "a.md:3": {File: "a.md", Line: 3}, "a.md": {File: "a.md"},
		"3:7": {Line: 3, Column: 7}, "-": {},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v is written %s, want %s", p, got, want)
		}
	}
}

// TestCounter compares the counter, asked in any order, with a count of each
// byte before the offset.
func TestCounter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("ab\n\ré"))).Draw(t, "text")
		begin := position.Position{File: "f", Line: rapid.IntRange(1, 9).Draw(t, "line"), Column: rapid.IntRange(1, 9).Draw(t, "column")}
		counter := position.Count(begin, text)
		for _, offset := range rapid.SliceOf(rapid.IntRange(-1, len(text)+1)).Draw(t, "offsets") {
			want := begin
			for i := 0; i < min(offset, len(text)); i++ {
				want.Column++
				if text[i] == '\n' {
					want.Line, want.Column = want.Line+1, 1
				}
			}
			if got := counter.At(offset); got != want {
				t.Fatalf("offset %d of %q from %v is at %v, want %v", offset, text, begin, got, want)
			}
		}
	})
	if got := position.Count(position.Position{File: "f"}, "a\nb").At(2); got != (position.Position{File: "f"}) {
		t.Errorf("in an unknown line: %v", got)
	}
	if back := position.Of(position.Position{File: "f", Line: 2, Column: 3}.Token(9)); back != (position.Position{File: "f", Line: 2, Column: 3}) {
		t.Errorf("there and back: %v", back)
	}
}

// TestYAMLPlaces finds the words of a list behind all that ends lines of YAML.
func TestYAMLPlaces(t *testing.T) {
	text := "# \u00e9\u2028a: [\r b,\r\n\u00e9, c,\u0085 d,\n e,\u2029 f, \u00e9, g]\n"
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	in, lines := position.YAMLPlaces(text), strings.Split(text, "\n")
	for _, node := range doc.Content[0].Content[1].Content {
		line, column := in(node.Line, node.Column)
		if !strings.HasPrefix(lines[line-1][column-1:], node.Value) {
			t.Errorf("%s is said to be at %d:%d", node.Value, line, column)
		}
	}
	if position.YAMLPlaces("a: b\r\n") != nil {
		t.Error("a text of Windows has places of its own")
	}
}

// TestYAML puts mistakes on the fifth line of a text, of which the package's
// own parser and scanner count the lines in different ways.
func TestYAML(t *testing.T) {
	for text, want := range map[string]string{
		"e: f: g\n":        "mapping values are not allowed",
		"\te: f\n":         "a tab stands where only spaces may",
		"e: @f\n":          "found character that cannot start any token",
		"- f\n":            "did not find expected key",
		"e: !<f g\n":       "did not find",
		"e: \"\\q\"\n":     "found unknown escape character",
		"e: &!\n":          "did not find expected alphabetic or numeric character",
		"a: 2\n":           `mapping key "a" already defined at line 1`,
		"e: !x!y z\n":      "found undefined tag handle",
		"e: [1, 2\nf: 3\n": "",
	} {
		text = "a: 1\nb: 1\nc: 1\nd: 1\n" + text
		var v any
		err := yaml.Unmarshal([]byte(text), &v)
		if err == nil {
			t.Errorf("%q is right", text)
			continue
		}
		line, message := position.YAML(err, text)
		if line != 5 || !strings.HasPrefix(message, want) || strings.Contains(message, "line 5") {
			t.Errorf("%q: line %d, %q; want line 5, %q (%v)", text, line, message, want, err)
		}
	}
}
