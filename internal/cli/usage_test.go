package cli_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bokehbinder/bokehbinder/internal/cli"
)

// command is a line of help that names one.
var command = regexp.MustCompile(`(?m)^  ([a-z]+) +[A-Z]`)

// kind is a flag of help with the kind of its value.
var kind = regexp.MustCompile(`(?m)^ +(?:-\w, )?--[\w-]+ (\S+)  `)

// TestHelp reads the help of every command: its lines fit into a terminal of 80
// columns, and no flag takes a mere "string".
func TestHelp(t *testing.T) {
	help := func(args ...string) string {
		var out bytes.Buffer
		program := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
		if code := program.Run(t.Context(), args); code != cli.ExitDone {
			t.Fatalf("%q: exit code %d\n%s", args, code, &out)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%q has a line of %d columns: %s", args, n, line)
			}
		}
		return out.String()
	}
	commands := command.FindAllStringSubmatch(help(), -1)
	if len(commands) < 6 {
		t.Fatalf("only %d commands", len(commands))
	}
	kinds := 0
	for _, m := range commands {
		if m[1] == "completion" { // cobra's own
			continue
		}
		for _, k := range kind.FindAllStringSubmatch(help(m[1], "--help"), -1) {
			if kinds++; k[1] == "string" || k[1] == "strings" || k[1] == "int" {
				t.Errorf("%s has a flag that takes %q", m[1], k[1])
			}
		}
	}
	if kinds < 15 {
		t.Errorf("only %d flags take a value", kinds)
	}
}
