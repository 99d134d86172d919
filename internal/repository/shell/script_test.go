package shell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/testing/files"
)

// describe writes commands in short: "LINE [ARGS] in DIR &".
func describe(list []shell.Command) string {
	var out []string
	for _, c := range list {
		var args []string
		for _, a := range shell.Strings(c.Args) {
			if strings.Contains(a, " ") || a == "" {
				a = fmt.Sprintf("%q", a)
			}
			args = append(args, a)
		}
		line := fmt.Sprintf("%d [%s]", c.Line, strings.Join(args, " "))
		if c.File != "s" {
			line = c.File + ":" + line
		}
		if c.Dir != "" {
			line += " in " + c.Dir
		}
		if c.Background {
			line += " &"
		}
		if c.Runs == shell.Perhaps {
			line += "?"
		}
		out = append(out, line)
	}
	return strings.Join(out, "|")
}

func read(t *testing.T, files tree) *shell.Script {
	t.Helper()
	s, ok := shell.Read(files, "s", nil)
	if !ok {
		t.Fatal("not read")
	}
	return s
}

func TestCommands(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"words", `a 'b c' "d $HOME" e\ f g"h"'i' ~/j # k`, `1 [a "b c" "d /home/jovyan" "e f" ghi /home/jovyan/j]`},
		{"variables", "A=1; B=$A$A\nexport C='x y'\necho $B \"$C\" $C ${D:-d} ${E} ${F#x} $((1+2)) $((x))", `3 [echo 11 "x y" x y d {E} {F} 3 {?}]`},
		{"own variables", "A=1 b $A\nc $A", `1 [b {A}]|2 [c {A}]`},
		{"braces", "cp {a,b}/{c,d} e{1..3} '{f,g}'", `1 [cp a/c a/d b/c b/d e{?} {f,g}]`},
		{"splitting", "A='x y'; b $A$A\"$A\" z$A", `1 [b x yx "yx y" zx y]`},
		{"ends", "A=/opt/x.tar.gz; b ${A%.*} ${A%%.*} ${A##*/} ${A#*/} ${A/tar/zip}", `1 [b /opt/x.tar /opt/x x.tar.gz opt/x.tar.gz /opt/x.zip.gz]`},
		{"arrays", "A=(b 'c d'); e \"${A[@]}\"", `1 [e b "c d"]`},
		{"substitution", "J=$(which jupyter)\n$J a $(echo b c) \"$(basename /d/e)\" $(git log)", `1 [which jupyter]|2 [echo b c]|2 [basename /d/e]|2 [git log]|2 [{?}/jupyter a b c e {?}]`},
		{"folders", "cd a\nb\n(cd c && d)\ncd ..\ne\ncd /tmp\nf\ncd $X; g", `1 [cd a]|2 [b] in a|3 [cd c] in a|3 [d] in a/c?|4 [cd ..] in a|5 [e]|6 [cd /tmp]|7 [f] in ../tmp|8 [cd {X}] in ../tmp|8 [g] in {?}`},
		{"conditions", "if a; then b; elif c; then d; else e; fi\nf", `1 [a]|1 [b]?|1 [c]?|1 [d]?|1 [e]?|2 [f]`},
		{"known conditions", "if true; then a; else b; fi\nA=x\n[ $A = x ] && c\n[[ $A == y* ]] || d\nif [ -f lib/f ]; then e; fi\nif [ -f lib/g ]; then f; fi", `1 [true]|1 [a]|3 [[ x = x ]]|3 [c]|4 [d]|5 [[ -f lib/f ]]|5 [e]|6 [[ -f lib/g ]]|6 [f]?`},
		{"cases", "A=x\ncase $A in y) a;; x|z) b;; *) c;; esac\ncase $B in y) d;; *) e;; esac", `2 [b]|3 [d]?|3 [e]?`},
		{"loops", "for i in a b; do c $i; done\nfor j; do d $j; done\nwhile e; do f; done\ng", `1 [c a]|1 [c b]|3 [e]|3 [f]?|4 [g]`},
		{"counted", "I=0; while [ $I -lt 3 ]; do I=$((I+1)); a $I; done", `1 [[ 0 -lt 3 ]]|1 [a 1]|1 [[ 1 -lt 3 ]]|1 [a 2]|1 [[ 2 -lt 3 ]]|1 [a 3]|1 [[ 3 -lt 3 ]]`},
		{"functions", "f() { a $1; }\ng() { b; }\nf x\nf y", `3 [f x]|1 [a x]|4 [f y]|1 [a y]`},
		{"lists", "a && b || c | d &\ne", `1 [a] &|1 [b] &?|1 [c] &?|1 [d] &?|2 [e]`},
		{"wrappers", "exec env A=b nohup c", `1 [exec env A=b nohup c]`},
		{"leaves", "a; exit 0; b", `1 [a]|1 [exit 0]`},
		{"perhaps leaves", "if a; then exit 0; fi; b\nif c; then exit 1; fi; d", `1 [a]|1 [exit 0]?|1 [b]?|2 [c]?|2 [exit 1]?|2 [d]?`},
		{"fails", "[ -n \"$X\" ] || exit 1\na", `1 [[ -n {X} ]]|1 [exit 1]?|2 [a]`},
		{"source", ". lib/f\na $F", `1 [. lib/f]|lib/f:1 [b]|2 [a f]`},
		{"scripts", "lib/f\nbash lib/f x\ncd lib; ./f; c $F", `1 [lib/f]|lib/f:1 [b]|2 [bash lib/f x]|3 [cd lib]|3 [./f] in lib|lib/f:1 [b] in lib|3 [c {F}] in lib`},
		{"text", "a\nbash -c 'b\n  c $1' x y\nsh -ec \"d\"", `1 [a]|2 [bash -c "b\n  c $1" x y]|2 [b]|3 [c y]|4 [sh -ec d]|4 [d]`},
		{"here text", "bash -s <<'E'\na\nE\nbash <<E\nb\nE", `1 [bash -s]|2 [a]|4 [bash]|5 [b]`},
		{"eval", "A='b c'; eval \"$A d\"", `1 [eval "b c d"]|1 [b c d]`},
		{"continued", "a \\\n  b\\\n  c", `1 [a b c]`},
		{"line ends", "\ufeffa b\r\nc\r\n", `1 [a b]|2 [c]`},
		{"broken", "a\nb 'c", `1 [a]`},
		{"export", "set -a; A=1; set +a; B=2; export C=3; d", ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, tree{"s": tt.source, "lib/f": "b\nF=f"})
			if tt.want == "" {
				env := s.Commands[len(s.Commands)-1].Env
				if env["A"].String() != "1" || env["C"].String() != "3" || env["B"].String() != "" {
					t.Errorf("got %v", env)
				}
				return
			}
			if got := describe(s.Commands); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// tree is a repository.
type tree = files.Tree
