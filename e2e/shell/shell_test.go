package shell_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/testing/files"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// generator writes random scripts. Their commands are "c N", which notes that
// it ran, and fails if it is told to.
type generator struct {
	*rapid.T
	bash  bool
	n     int
	funcs int
}

func (g *generator) pick(options ...string) string {
	return rapid.SampledFrom(options).Draw(g.T, "kind")
}

func (g *generator) c() string {
	g.n++
	return fmt.Sprintf("c %d", g.n)
}

func (g *generator) list(depth int, in string) string {
	var lines []string
	for range rapid.IntRange(1, 3).Draw(g.T, "statements") {
		lines = append(lines, g.stmt(depth, in))
	}
	return strings.Join(lines, "\n")
}

func (g *generator) condition(depth int) string {
	return g.pick("true", "false", g.c(), g.c()+" && "+g.c(), "[ -n x ]", "! "+g.c(), `[ "$?" = 0 ]`)
}

func (g *generator) simple(in string) string {
	kinds := []string{"c", "c", "c", "c", "true", "false"}
	if g.funcs > 0 {
		kinds = append(kinds, "f")
	}
	if in == "function" {
		kinds = append(kinds, "return")
	}
	if in == "loop" {
		kinds = append(kinds, "continue")
	}
	if in == "loop" || in == "while" {
		kinds = append(kinds, "break")
	}
	switch kind := g.pick(kinds...); kind {
	case "c":
		return g.c()
	case "f":
		return fmt.Sprintf("f%d", rapid.IntRange(1, g.funcs).Draw(g.T, "function"))
	case "return":
		return g.pick("return", "return 0", "return 1")
	default:
		return kind
	}
}

func (g *generator) stmt(depth int, in string) string {
	if depth <= 0 {
		return g.simple(in)
	}
	kinds := []string{"simple", "simple", "simple", "and", "or", "if", "ifelse", "subshell", "block", "not", "case",
		"for", "while", "until", "set", "exit", "pipe", "child", "assign", "echo", "exec", "eval", "exittrap", "background", "status"}
	if g.bash {
		kinds = append(kinds, "pipefail", "err", "errtrace")
	}
	next := func(where string) string { return g.list(depth-1, where) }
	switch g.pick(kinds...) {
	case "and":
		return g.stmt(depth-1, in) + " && " + g.simple(in)
	case "or":
		return g.stmt(depth-1, in) + " || " + g.simple(in)
	case "if":
		return "if " + g.condition(depth) + "\nthen\n" + next(in) + "\nfi"
	case "ifelse":
		return "if " + g.condition(depth) + "\nthen\n" + next(in) + "\nelse\n" + next(in) + "\nfi"
	case "subshell":
		return "(\n" + next("") + "\n)"
	case "block":
		return "{\n" + next(in) + "\n}"
	case "not":
		return "! " + g.pick(g.c(), "true", "false")
	case "case":
		return "case " + g.pick("a", `"$A"`, `"$U"`) + " in\na)\n" + next(in) + "\n;;\n" + g.pick("b", "*") + ")\n" + next(in) + "\n;;\nesac"
	case "for":
		return "for i in " + g.pick("1", "1 2", "$A $A") + "\ndo\n" + next("loop") + "\ndone"
	case "while":
		return "while " + g.condition(depth) + "\ndo\n" + next("while") + "\nbreak\ndone"
	case "until":
		return "until " + g.condition(depth) + "\ndo\n" + next("while") + "\nbreak\ndone"
	case "set":
		return g.pick("set -e", "set +e", "set -e")
	case "exit":
		return g.pick("exit", "exit 0", "exit 1", "exit $?")
	case "pipe":
		return g.c() + " | " + g.c()
	case "child":
		funcs, bash := g.funcs, g.bash
		program := g.pick("bash", "sh", "bash -e", "env X=1 bash")
		g.funcs = 0 // it does not have them
		g.bash = bash && program != "sh"
		text := next("")
		g.funcs, g.bash = funcs, bash
		return program + " -c '" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	case "assign":
		return "X=$(" + g.c() + ")"
	case "echo":
		return "echo $(" + g.c() + ")"
	case "exec":
		return "exec " + g.c()
	case "eval":
		return "eval '" + strings.ReplaceAll(g.list(0, in), "'", `'\''`) + "'"
	case "exittrap":
		return "trap '" + g.pick(g.c(), "exit 0", "exit 1", g.c()+"; exit 0", "") + "' EXIT"
	case "background":
		return g.c() + " &\nwait"
	case "status":
		return "R=$?\n" + g.c() + "\nif [ $R -ne 0 ]; then " + g.simple(in) + "; fi"
	case "pipefail":
		return "set -o pipefail"
	case "err":
		return "trap '" + g.pick(g.c(), "exit 0", g.c()+"; exit 0") + "' ERR"
	case "errtrace":
		return "set -E"
	}
	return g.simple(in)
}

func (g *generator) script() string {
	var b strings.Builder
	if g.bash {
		b.WriteString(g.pick("#!/bin/bash\n", "#!/bin/bash -e\n", "#!/bin/bash\nset -euo pipefail\n", "#!/bin/bash\n"))
	} else {
		b.WriteString(g.pick("#!/bin/sh\n", "#!/bin/sh -e\n", "#!/bin/sh\nset -e\n"))
	}
	b.WriteString("A=a\n")
	for i := range rapid.IntRange(0, 2).Draw(g.T, "functions") {
		b.WriteString(fmt.Sprintf("f%d() {\n%s\n}\n", i+1, g.list(1, "function")))
		g.funcs = i + 1
	}
	b.WriteString(g.list(3, ""))
	b.WriteString("\n")
	return b.String()
}

// machine runs scripts with a real shell.
type machine struct{ dir string }

func newMachine(t *testing.T) *machine {
	m := &machine{t.TempDir()}
	program := "#!/bin/sh\necho \"$1\" >>\"$LOG\"\ncase \" $FAIL \" in *\" $1 \"*) exit 1;; esac\nexit 0\n"
	if err := os.WriteFile(filepath.Join(m.dir, "c"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	return m
}

// run returns which commands ran, and whether the script failed.
func (m *machine) run(t *rapid.T, program, script string, fails ...string) (ran []string, failed bool) {
	file, log := filepath.Join(m.dir, "postBuild"), filepath.Join(m.dir, "log")
	for p, text := range map[string]string{file: script, log: ""} {
		if err := os.WriteFile(p, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	first, _, _ := strings.Cut(script, "\n")
	args := []string{file}
	if strings.HasSuffix(first, " -e") {
		args = []string{"-e", file}
	}
	ctx, stop := context.WithTimeout(context.Background(), patience.Limit)
	defer stop()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = []string{"PATH=" + m.dir + ":/usr/bin:/bin", "LOG=" + log, "FAIL=" + strings.Join(fails, " ")}
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || ctx.Err() != nil) {
		t.Fatalf("%v\n%s", err, script)
	}
	text, err2 := os.ReadFile(log)
	if err2 != nil {
		t.Fatal(err2)
	}
	return strings.Fields(string(text)), err != nil
}

// TestAgainstShells compares what is said of random scripts with what shells do.
func TestAgainstShells(t *testing.T) {
	for _, program := range []string{"bash", "dash"} {
		t.Run(program, func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				t.Skipf("no %s is installed to compare with", program)
			}
			m := newMachine(t)
			rapid.Check(t, func(t *rapid.T) {
				g := &generator{T: t, bash: program == "bash"}
				m.compare(t, program, g.script())
			})
		})
	}
}

func (m *machine) compare(t *rapid.T, program, text string) {
	s, ok := shell.Read(files.Tree{"postBuild": text}, "postBuild", nil)
	if !ok || s.Err != nil {
		t.Fatalf("cannot be read: %v\n%s", s.Err, text)
	}
	base, baseFailed := m.run(t, program, text)
	m.followed(t, s, text, base, baseFailed)
	for i := range s.Commands {
		c := &s.Commands[i]
		id, ok := number(c)
		if !ok {
			continue
		}
		ran, failed := m.run(t, program, text, id)
		m.followed(t, s, text, ran, failed)
		if !slices.Contains(ran, id) {
			continue
		}
		switch f := s.Failure(c); {
		case f == shell.Ends && !failed:
			t.Fatalf("c %s: %s ends with 0 although it fails\n%s", id, program, text)
		case (f == shell.Unseen || f == shell.Caught) && failed && !baseFailed:
			t.Fatalf("c %s is %v: %s does not end with 0\n%s", id, f, program, text)
		}
		also := fmt.Sprint(rapid.IntRange(1, max(g(text), 1)).Draw(t, "also"))
		ran, failed = m.run(t, program, text, id, also)
		m.followed(t, s, text, ran, failed)
		if s.Failure(c) == shell.Ends && slices.Contains(ran, id) && !failed {
			t.Fatalf("c %s: %s ends with 0 although it and %s fail\n%s", id, program, also, text)
		}
	}
}

// number returns N of a command "c N".
func number(c *shell.Command) (string, bool) {
	args := c.Run()
	if len(args) != 2 || !args[0].Is("c") {
		return "", false
	}
	return args[1].Text()
}

func g(text string) int { return strings.Count(text, "c ") }

// followed compares which commands ran.
func (m *machine) followed(t *rapid.T, s *shell.Script, text string, ran []string, failed bool) {
	runs := map[string]shell.Runs{}
	for _, c := range s.Commands {
		if id, ok := number(&c); ok {
			runs[id] = max(runs[id], c.Runs)
		}
	}
	for _, id := range ran {
		if runs[id] == shell.Never {
			t.Fatalf("c %s runs, and is said never to\n%s", id, text)
		}
	}
	inner := strings.Contains(text, "-c '") || strings.Contains(text, "(\n")
	if strings.Contains(text, "exit 0' E") || inner && strings.Contains(text, "-e") {
		failed = true // which the script's own exit code need not say
	}
	for id, r := range runs {
		if r == shell.Surely && !failed && !slices.Contains(ran, id) {
			t.Fatalf("c %s is said to run surely, and does not: %v ran\n%s", id, ran, text)
		}
	}
}
