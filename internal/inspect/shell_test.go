package inspect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/inspect"
)

func TestParseShell(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"words", `a 'b c' "d $HOME" e\ f g"h"'i' ~/j # k`, `1 [a "b c" "d /home/jovyan" "e f" ghi /home/jovyan/j]`},
		{"variables", "A=1; B=$A$A\nexport C='x y'\necho $B \"$C\" $C ${D:-d} ${E} ${F#x} $(g) $((1))", `3 [echo 11 "x y" x y d {E} {F} {?} {?}]`},
		{"own variables", "A=1 b $A\nc $A", `1 [b {A}] A=1|2 [c {A}]`},
		{"folders", "cd a\nb\n(cd c && d)\ncd ..\ne\ncd /tmp\nf\ncd $X; g", `2 [b] in a|3 [d] in a/c|5 [e]|7 [f] in ../tmp|8 [g] in {?}`},
		{"conditions", "if a; then b; elif c; then d; else e; fi\nwhile f; do g; done\ncase x in y) h;; esac", `1 [a]|1 [b]|1 [c]|1 [d]|1 [e]|2 [f]|2 [g]|3 [h]`},
		{"loops", "for i in a b; do c $i; done\nfor j; do d $j; done", `1 [c a]|1 [c b]|2 [d {j}]`},
		{"lists", "a && b || c | d &\n{ e; f; }\ng() { h; }", `1 [a]|1 [b]|1 [c]|1 [d]|2 [e]|2 [f]|3 [h]`},
		{"background", "a &\nb", `1 [a] &|2 [b]`},
		{"continued", "a \\\n  b\\\n  c", `1 [a b c]`},
		{"line ends", "a b\r\nc\r\n", `1 [a b]|2 [c]`},
		{"broken", "a\nb 'c", `1 [a]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			commands, _ := inspect.ParseShell(tt.source)
			var got []string
			for _, c := range commands {
				var args []string
				for _, a := range c.Args {
					if strings.Contains(a, " ") {
						a = fmt.Sprintf("%q", a)
					}
					args = append(args, a)
				}
				line := fmt.Sprintf("%d [%s]", c.Line, strings.Join(args, " "))
				if c.Dir != "" {
					line += " in " + c.Dir
				}
				if c.Background {
					line += " &"
				}
				if tt.name == "own variables" && c.Env["A"] != "" {
					line += " A=" + c.Env["A"]
				}
				got = append(got, line)
			}
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestParseShellHere(t *testing.T) {
	commands, err := inspect.ParseShell("A=1\ncat <<EOF >out\n$A \\$A\nEOF\ncat > 'o p' <<'E'\n$A\nE\n2>err tee x <<<\"y\"")
	if err != nil || len(commands) != 3 {
		t.Fatalf("got %+v, %v", commands, err)
	}
	for i, want := range []inspect.Command{
		{Here: "1 $A\n", HereLine: 3, Output: "out"},
		{Here: "$A\n", HereLine: 6, Output: "o p"},
		{Here: "y", HereLine: 8},
	} {
		if c := commands[i]; c.Here != want.Here || c.HereLine != want.HereLine || c.Output != want.Output {
			t.Errorf("got %+v, want %+v", c, want)
		}
	}
}

func TestParseShellErrors(t *testing.T) {
	for source, want := range map[string]string{
		"a\nif b":                  `2:1: "if <cond>" must be followed by "then"`,
		strings.Repeat("(", 5000):  "the script nests too deep",
		strings.Repeat("#", 1<<17): "the script has more than 65536 bytes",
	} {
		if _, err := inspect.ParseShell(source); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: got %v, want %s", source, err, want)
		}
	}
}

// TestParseShellBounded reads scripts that multiply.
func TestParseShellBounded(t *testing.T) {
	words := strings.Repeat("x ", 500)
	for _, source := range []string{
		strings.Repeat("for i in "+words+"; do ", 6) + "A=1" + strings.Repeat("; done", 6),
		strings.Repeat("for i in "+words+"; do ", 6) + "a" + strings.Repeat("; done", 6),
		"A=xxxxxxxxxxxxxxxx\n" + strings.Repeat("A=$A$A\n", 1000) + "b $A",
	} {
		commands, err := inspect.ParseShell(source)
		if err != nil || len(commands) > 2000 {
			t.Errorf("%.30q: %d commands, %v", source, len(commands), err)
		}
	}
}
