package python_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/python"
)

var kindNames = map[python.Kind]string{
	python.End: "end", python.Newline: "newline", python.Indent: "indent", python.Dedent: "dedent",
	python.Name: "name", python.Number: "number", python.String: "string", python.Op: "op", python.Invalid: "invalid",
}

// tokens lists the tokens of source as "kind text", layout tokens as "kind".
func tokens(source string) []string {
	var out []string
	for _, t := range python.Tokenize(source) {
		out = append(out, strings.TrimSpace(kindNames[t.Kind]+" "+strings.TrimSpace(t.Text)))
	}
	return out
}

func TestTokenize(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"empty", "", "end"},
		{"comment only", "# Popen(['bokeh'])", "end"},
		{"no final line end", "x=1", "name x|op =|number 1|newline|end"},
		{"crlf and bom", "\ufeffx\r\ny\rz\n", "name x|newline|name y|newline|name z|newline|end"},
		{"block", "if x:\n\ty\n\n  # c\nz\n", "name if|name x|op :|newline|indent|name y|newline|dedent|name z|newline|end"},
		{"brackets join lines", "f(\n 1, # one\n\n 2)\n", "name f|op (|number 1|op ,|number 2|op )|newline|end"},
		{"backslash joins lines", "x = \\\n 1\n", "name x|op =|number 1|newline|end"},
		{"string with a comment sign", `x = "# no"`, `name x|op =|string "# no"|newline|end`},
		{"three quotes", "'''a\n\"'b\\''''", "string '''a\n\"'b\\''''|newline|end"},
		{"prefixes", `rb'\'' Rb"" u'' f'' bx''`, `string rb'\''|string Rb""|string u''|string f''|name bx|string ''|newline|end`},
		{"quotes in a replacement field", `f"{d["a"]:>{w["b"]}}" x`, `string f"{d["a"]:>{w["b"]}}"|name x|newline|end`},
		{"braces in an f-string", `f"{{" f"\N{DASH}" f"{x!r:%H:%M}" f"{'}'}"`, `string f"{{"|string f"\N{DASH}"|string f"{x!r:%H:%M}"|string f"{'}'}"|newline|end`},
		{"open field ends at the quote", `f"{" "a"`, `string f"{"|string "a"|newline|end`},
		{"unclosed string", "x = 'abc\ny", "name x|op =|invalid 'abc|newline|name y|newline|end"},
		{"unclosed three quotes", "x = '''abc\ny", "name x|op =|invalid '''abc\ny|newline|end"},
		{"numbers", "0x_fF 0b1 1_000.5e-3j .5 1. 1..a 1e 0xg", "number 0x_fF|number 0b1|number 1_000.5e-3j|number .5|number 1.|number 1.|op .|name a|number 1|name e|number 0|name xg|newline|end"},
		{"operators", "a:=b->c**=d...e!=f@=g", "name a|op :=|name b|op ->|name c|op **=|name d|op ...|name e|op !=|name f|op @=|name g|newline|end"},
		{"names of other scripts", "größe_2 = 变量", "name größe_2|op =|name 变量|newline|end"},
		{"not python", "a ? b $ \x00 \xff", "name a|invalid ?|name b|invalid $|invalid \x00|invalid \xff|newline|end"},
		{"odd dedent", "if x:\n    a\n  b\n", "name if|name x|op :|newline|indent|name a|newline|dedent|name b|newline|end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(tokens(tt.source), "|"); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestTokenLines(t *testing.T) {
	source := "a\n\n'''\n'''\nb(\n\nc)\\\n\nd"
	want := map[string]int{"a": 1, "'''\n'''": 3, "b": 5, "c": 7, "d": 9}
	for _, tok := range python.Tokenize(source) {
		if line, ok := want[tok.Text]; ok && line != tok.Line {
			t.Errorf("%q is on line %d, want %d", tok.Text, tok.Line, line)
		}
	}
}

// TestTokenizeIsLinear would not end in time if unclosed strings were looked
// for again and again.
func TestTokenizeIsLinear(t *testing.T) {
	for _, unit := range []string{`f"{" `, `f'''{`, `f"{f'{`, `"`, `f"{x:{`, "(", "\\\n", "if x:\n", `f"{"a`} {
		if got := python.Tokenize(strings.Repeat(unit, 1<<20/len(unit))); got[len(got)-1].Kind != python.End {
			t.Errorf("%q: no end", unit)
		}
	}
}

func FuzzTokenize(f *testing.F) {
	f.Add("x = [f\"{a['b']}\", 1.5e3]\nif x:\n\ty \\\n z\n")
	f.Add("'''\n\"\"\" f'{ rb\"\\")
	f.Fuzz(func(t *testing.T, source string) {
		line, depth := 1, 0
		tokens := python.Tokenize(source)
		for _, tok := range tokens {
			if tok.Line < line {
				t.Fatalf("%q is on line %d, after line %d", tok.Text, tok.Line, line)
			}
			line = tok.Line
			switch tok.Kind {
			case python.Indent:
				depth++
			case python.Dedent:
				depth--
			}
		}
		if depth != 0 {
			t.Fatalf("%d blocks stay open", depth)
		}
		if tokens[len(tokens)-1].Kind != python.End {
			t.Fatal("no end")
		}
	})
}
