package shell_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// TestFailure asks what becomes of a script when its command x fails.
func TestFailure(t *testing.T) {
	files := tree{"lib/x": "echo\nx", "lib/e": "set -e"}
	for source, want := range map[string]string{
		"x":                    "surely ends",
		"x\ny":                 "surely unseen",
		"set -e\nx\ny":         "surely ends",
		"#!/bin/bash -e\nx\ny": "surely ends",
		"#!/usr/bin/env bash\nset -o errexit\nx\ny": "surely ends",
		"set -e\n\"x\"":                             "surely ends",
		"set -e\nX=x; $X":                           "surely ends",
		"set -e\n\"${NB_PYTHON_PREFIX}/bin/x\"":     "surely ends",
		"set -e\nf() { x; }\nf\ny":                  "surely ends",
		"set -e\ncase a in a) x;; esac\ny":          "surely ends",
		"set -e\n. lib/x\ny":                        "surely ends",
		"set -e\nbash lib/x\ny":                     "surely ends",
		"set -e\nbash -c 'x'\ny":                    "surely ends",
		"set -e\nif true; then x; fi\ny":            "surely ends",
		"set -e\nenv A=b command x\ny":              "surely ends",
		". lib/e\nx\ny":                             "surely ends",
		"exec x":                                    "surely ends",
		"set -e\nif [ -n \"$U\" ]; then x; fi":      "perhaps ends",
		"set -e\ncase $U in a) x;; esac\ny":         "perhaps ends",
		"set -e\nif grep y z; then x; fi\ny":        "perhaps ends",
		"set -e\nset +e\nx\ny":                      "surely caught",
		"#!/bin/bash\nset -e\ntrap 'exit 0' ERR\nx": "surely caught",
		"set -e\ntrap 'exit 0' EXIT\nx":             "surely caught",
		"set -e\nx || true":                         "surely caught",
		"set -e\nx &":                               "surely caught",
		"set -e\nf() { x; }":                        "never",
		"set -e\nif false; then x; fi":              "never",
		"set -e\n! x":                               "surely caught",
		"set -e\nif x; then y; fi":                  "surely caught",
		"set -e\nx && y\nz":                         "surely caught",
		"set -e\nx && y":                            "surely ends",
		"x || exit 1\ny":                            "surely ends",
		"if ! x; then exit 1; fi\ny":                "surely ends",
		"x\nif [ $? -ne 0 ]; then exit 2; fi\ny":    "surely ends",
		"x\nR=$?\ny\nexit $R":                       "surely ends",
		"x\nif [ -n \"$U\" ]; then exit 1; fi\ny":   "surely unclear",
		"#!/bin/bash -e\ntrap x EXIT\nexit && y":    "perhaps unclear",
		"case $U in a) x;; esac\nexit $?":           "perhaps unclear",
		"set -e\nx | y":                             "surely unseen",
		"#!/bin/bash\nset -eo pipefail\nx | y\nz":   "surely ends",
		"set -e\nA=$(x)\ny":                         "surely ends",
		"set -e\nexport A=$(x)\ny":                  "surely unseen",
		"set -e\n(x; y)\nz":                         "surely ends",
		"set -e\n(set +e; x; y)\nz":                 "surely caught",
		"set -e\nf() { set +e; x; y; }\nf\nz":       "surely caught",
		"set -e\nf() { x; y; }\nf || true\nz":       "surely caught",
		"x || y":                                    "surely caught",
	} {
		s := read(t, merge(files, tree{"s": source}))
		if s.Err != nil {
			t.Errorf("%q: %v", source, s.Err)
		}
		got := "never"
		for i, c := range s.Commands {
			if c.Program() == "x" {
				got = []string{"never", "perhaps ", "surely "}[c.Runs] + s.Failure(&s.Commands[i]).String()
			}
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", source, got, want)
		}
		if listed := len(s.Dead) > 0; listed != (want == "never") && !strings.Contains(source, "exit") {
			t.Errorf("%q: %d commands never run", source, len(s.Dead))
		}
	}
}

func merge(a, b tree) tree {
	out := tree{}
	for _, m := range []tree{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// TestPlaces looks at where commands and their statements stand.
func TestPlaces(t *testing.T) {
	s := read(t, tree{"s": "#!/bin/bash\n  a b # c\nd; e\nif f\nthen\n  g\nfi\ncat <<E >h\nx $HOME \\$y\nE\nbash -c 'i; j'\n. lib\n", "lib": "k\nl \\\n  m\n"})
	want := map[string]string{
		"a": "s:2:3 2-2 true", "d": "s:3:1 3-3 false", "e": "s:3:4 3-3 false", "f": "s:4:4 4-4 false", "g": "s:6:3 6-6 false",
		"cat": "s:8:1 8-10 true", "i": "s:11:10 11-11 false", "j": "s:11:13 11-11 false", "k": "lib:1:1 1-1 true", "l": "lib:2:1 2-3 true",
	}
	seen := 0
	for _, c := range s.Commands {
		name := c.Program()
		if w, ok := want[name]; ok {
			seen++
			if got := fmt.Sprintf("%s:%d:%d %d-%d %t", c.File, c.Line, c.Column, c.Span.First, c.Span.Last, c.Span.Alone); got != w {
				t.Errorf("%s: got %s, want %s", name, got, w)
			}
		}
		if name == "cat" {
			text, at, _ := c.Here()
			file, _ := c.Output()
			if text.String() != "x /home/jovyan $y\n" || at.Line != 9 || !file.Is("h") {
				t.Errorf("got %q at %v to %s", text, at, file)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d commands are listed: %s", seen, len(want), describe(s.Commands))
	}
}

// TestHere reads here-documents in all forms.
func TestHere(t *testing.T) {
	s := read(t, tree{"s": "A=1\ncat <<EOF >out\n$A \\$A \"\\\"\nEOF\ncat > 'o p' <<'E'\n$A \\$A\nE\ncat <<-E\n\t\ta\n\tE\n2>err tee x <<<\"y\"\ncat <<E\nE\n"})
	for i, want := range []string{"1 $A \"\\\"\n", "$A \\$A\n", "a\n", "y\n", ""} {
		if text, _, ok := s.Commands[i].Here(); !ok || text.String() != want {
			t.Errorf("got %q, want %q", text, want)
		}
	}
}

// TestFacts looks at what is said of the file.
func TestFacts(t *testing.T) {
	if s := read(t, tree{"s": "\ufeff#!/bin/bash -e\r\na\r\nb\n"}); !s.Mark || !s.Returns || s.Failure(&s.Commands[0]) != shell.Unseen {
		t.Errorf("got %+v", s)
	}
	if s := read(t, tree{"s": "#!/usr/bin/env python3\nimport os\n"}); s.Shell || len(s.Commands) > 0 || s.Err != nil {
		t.Errorf("got %+v", s)
	}
	for source, want := range map[string]string{
		"a\nif b":                  `2:1: "if <cond>" must be followed by "then"`,
		strings.Repeat("(", 5000):  "1:1: the script nests too deep",
		strings.Repeat("#", 1<<17): "1:1: the script has more than 65536 bytes",
	} {
		if s := read(t, tree{"s": source}); s.Err == nil || s.Err.Error() != want {
			t.Errorf("%.20q: got %v, want %s", source, s.Err, want)
		}
	}
}

// TestBounded reads scripts that multiply. Each of them is left after a bounded
// number of steps.
func TestBounded(t *testing.T) {
	words := strings.Repeat("x ", 500)
	many := func(line string) string { return strings.Repeat(line+"\n", 60) }
	for name, files := range map[string]tree{
		"assigning loops": {"s": strings.Repeat("for i in "+words+"; do ", 6) + "A=1" + strings.Repeat("; done", 6)},
		"loops":           {"s": strings.Repeat("for i in "+words+"; do ", 6) + "a" + strings.Repeat("; done", 6)},
		"values":          {"s": "A=xxxxxxxxxxxxxxxx\n" + strings.Repeat("A=$A$A\n", 1000) + "b $A"},
		"braces":          {"s": "a " + strings.Repeat("{b,c,d,e,f,g}", 30)},
		"itself":          {"s": many("./s")},
		"itself sourced":  {"s": many(". ./s")},
		"each other":      {"s": many("./b"), "b": many("./c"), "c": many("./d"), "d": many("./s")},
		"sourced":         {"s": many(". ./b"), "b": many(". ./c"), "c": many(". ./d"), "d": many(". ./s")},
		"with arguments":  {"s": many("for i in 1 2 3; do ./b $i $1; done"), "b": many("for i in 1 2 3; do ./s $i $1; done")},
		"functions": {"s": "f0() { a; }\n" + func() (out string) {
			for i := range 40 {
				out += fmt.Sprintf("f%d() { f%d; f%d; }\n", i+1, i, i)
			}
			return out + "f40"
		}()},
		"recursion": {"s": "f() { f; f; }\nf"},
		"forever":   {"s": "while true; do a; done\nuntil false; do b; done\nwhile :; do I=x$I; done"},
		"evals":     {"s": "A='eval \"$A\"; eval \"$A\"'\neval \"$A\""},
		"traps":     {"s": "#!/bin/bash\ntrap 'false; false' ERR\n" + many("false")},
		"unknown":   {"s": many("if a; then b; elif c; then d; else trap e EXIT; fi")},
	} {
		budget := &shell.Budget{Steps: 60_000}
		s, ok := shell.Read(files, "s", budget)
		if !ok || s.Err != nil || len(s.Commands) > 2000 {
			t.Errorf("%s: %d commands, %v", name, len(s.Commands), s.Err)
		}
		for i := range s.Commands {
			f := s.Failure(&s.Commands[i])
			if s.Cut && f != shell.Unclear {
				t.Errorf("%s: %v, though not all is known", name, f)
			}
		}
		if budget.Steps < -60_000 {
			t.Errorf("%s: %d steps more than there are", name, -budget.Steps)
		}
		if cut := s.Cut; cut && (name == "each other" || name == "sourced" || name == "itself" || name == "itself sourced") {
			t.Errorf("%s: not all of it was followed", name)
		}
	}
}

func TestDockerfile(t *testing.T) {
	d, ok := shell.ReadDockerfile(tree{"Dockerfile": `FROM a AS b
RUN old
FROM c
ENV A=b C="d e"
ENV OLD the rest
WORKDIR ${HOME}/app
RUN --mount=type=cache x $A && \
    # a comment
    y "$C"; \

    z
RUN ["sh", "-c", "u $A"]
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
RUN v | w; w2
RUN <<EOF
one
two
EOF
RUN cat <<EOF > file
text
EOF
COPY . .
ENTRYPOINT ["tini", "--"]
CMD ["bokeh", "serve", "app"]
`}, "Dockerfile", nil)
	if !ok {
		t.Fatal("not read")
	}
	var got []string
	for _, s := range append(d.Runs, d.Start) {
		if s.Err != nil {
			t.Errorf("%v\n%s", s.Err, s.Text)
		}
		got = append(got, strings.ReplaceAll(describe(s.Commands), "Dockerfile:", ""))
	}
	want := `2 [old] in {?}
7 [x b] in app|9 [y "d e"] in app?|11 [z] in app
12 [sh -c "u $A"] in app|12 [u b] in app
14 [v] in app|14 [w] in app|14 [w2] in app
16 [one] in app|17 [two] in app
19 [cat] in app
23 [tini -- bokeh serve app]`
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("got\n%s\nwant\n%s", s, want)
	}
	if f := d.Runs[3].Failure(&d.Runs[3].Commands[0]); f != shell.Ends {
		t.Errorf("a failure of v is %v", f)
	}
	if d.Env["OLD"].String() != "the rest" || d.Env["C"].String() != "d e" {
		t.Errorf("got %v", d.Env)
	}
	args := d.Start.Commands[0].Run()
	if !args[0].Is("bokeh") {
		t.Errorf("got %v", args)
	}
}

// TestLeftInside has a command behind an exit of a shell that another one waits for.
func TestLeftInside(t *testing.T) {
	s := read(t, tree{"s": "sh -c 'until ! x; do exit; done; y'\nz\n"})
	got := map[string]shell.Runs{}
	for _, c := range s.Commands {
		got[c.Program()] = c.Runs
	}
	if got["y"] != shell.Perhaps || got["z"] != shell.Surely {
		t.Errorf("y runs %v, z %v", got["y"], got["z"])
	}
}

// TestLongLine has a line that goes on where the parser knows no columns.
func TestLongLine(t *testing.T) {
	for _, n := range []int{16_300, 16_384, 30_000} {
		s := read(t, tree{"s": "a; V=" + strings.Repeat("x", n) + "; b\n( c; d ) # " + strings.Repeat("x", n)})
		if got := len(s.Commands); got != 4 {
			t.Errorf("%d bytes: %d commands", n, got)
		}
	}
}

// TestSigns has characters by which the parser means something else.
func TestSigns(t *testing.T) {
	for _, sign := range []string{"\u0080", "\u0081", "\ufffd", "\x80"} {
		s := read(t, tree{"s": "a x" + sign + "y\nb\n" + sign + "c\nd"})
		if len(s.Commands) != 4 || s.Commands[3].Line != 4 || s.Commands[0].Span.Last != 1 || !strings.HasSuffix(s.Commands[0].Args[1].String(), "y") {
			t.Errorf("%q: %s", sign, describe(s.Commands))
		}
	}
}

// TestLimits has half as much as a script may have of something, and twice as much: then
// not all of the last command's words is known.
func TestLimits(t *testing.T) {
	vars := func(n int) (out string) {
		for i := range n {
			out += fmt.Sprintf("V%d=x\n", i)
		}
		return out + fmt.Sprintf("a $V%d\n", n-1)
	}
	for name, test := range map[string]struct {
		most   int
		script func(n int) string
	}{
		"variables":    {200, vars},
		"words of one": {500, func(n int) string { return "a {" + strings.Repeat("x,", n-1) + "x}\n" }},
		"bytes of one": {16 << 10, func(n int) string { return "V=" + strings.Repeat("x", n/2) + "\na $V$V\n" }},
		"functions":    {100, func(n int) string { return nest(n) + "a $V\n" }},
		"steps of a run": {20_000, func(n int) string {
			return strings.Repeat("V=x; ", 50) + "for i in " + strings.Repeat("i ", 100) + "; do " + strings.Repeat("V=x; ", n/100-10) + "done\na $V\n"
		}},
	} {
		for _, n := range []int{test.most / 2, 2 * test.most} {
			s := read(t, tree{"s": test.script(n)})
			whole := !s.Cut && s.Err == nil && len(s.Commands) > 0
			if whole {
				for _, word := range s.Commands[len(s.Commands)-1].Args {
					_, known := word.Text()
					whole = whole && known
				}
			}
			if whole != (n < test.most) {
				t.Errorf("%d %s: whole %v, cut %v: %.300s", n, name, whole, s.Cut, describe(s.Commands))
			}
		}
	}
}

// nest are n functions of which each calls the next, and the last gives V a value.
func nest(n int) string {
	out := fmt.Sprintf("f%d() { V=x; }\n", n-1)
	for i := n - 2; i >= 0; i-- {
		out += fmt.Sprintf("f%d() { f%d; }\n", i, i+1)
	}
	return out + "f0\n"
}
