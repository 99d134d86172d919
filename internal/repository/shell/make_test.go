package shell_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// TestMake follows make where its recipes are written out.
func TestMake(t *testing.T) {
	const makefile = `# what the build does
PIP = $(PYTHON) -m pip
PYTHON := python3
VERSION ?= 3
LIST = $(shell ls)
define HELP
a $b
endef
export HELP

.PHONY: install docs
all: install
install: first setup.py ; @echo $@
	@$(PIP) install \
	  voila
	-cd sub && x $$HOME # and so on
first:
	y
unsure:
	pip install $(LIST)
asked:
	pip install z==$(VERSION)
needs: nothing
	y
docs: docs.txt
	y
old.txt:
	y
more:
	$(MAKE) first
fails:
	false
	y
`
	tests := []struct{ name, script, want string }{
		{"a target, and what it needs", "make install", `1 [make install]|M:18 [y]|M:13 [echo install]|M:14 [python3 -m pip install voila]|M:16 [cd sub]|M:16 [x /home/jovyan] in sub?`},
		{"the first", "make -s\nz", `1 [make -s]|M:18 [y]|M:13 [echo install]|M:14 [python3 -m pip install voila]|M:16 [cd sub]|M:16 [x /home/jovyan] in sub?|2 [z]`},
		{"another make", "make more", `1 [make more]|M:30 [make first]|M:18 [y]`},
		{"from a folder", "cd sub; make -C .. first", `1 [cd sub]|1 [make -C .. first] in sub|M:18 [y]`},
		{"a function", "make unsure", `1 [make unsure]`},
		{"what the environment may give", "make asked", `1 [make asked]`},
		{"a variable on the command line", "make install PIP=x", `1 [make install PIP=x]`},
		{"what nothing makes", "make needs", `1 [make needs]`},
		{"a name that is no file's", "make docs", `1 [make docs]|M:26 [y]`},
		{"a file that is there", "make old.txt", `1 [make old.txt]`},
		{"another folder", "make -C other", `1 [make -C other]|other/makefile:2 [y] in other`},
		{"conditions", "make -f odd", `1 [make -f odd]`},
		{"a failure", "set -e\nmake fails\nz", `1 [set -e]|2 [make fails]|M:32 [false]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, tree{
				"s": tt.script, "Makefile": makefile, "setup.py": "", "docs.txt": "", "old.txt": "", "docs/x": "",
				"other/makefile": "all:\n\ty\n", "odd": "all:\nifdef X\n\ty\nendif\n",
			})
			if got := strings.ReplaceAll(describe(s.Commands), "Makefile:", "M:"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestMakeFailure asks what becomes of a script when a line of a recipe fails.
func TestMakeFailure(t *testing.T) {
	for makefile, want := range map[string]shell.Failure{
		"a:\n\tx\n\ty\n":       shell.Ends,
		"a:\n\tx; y\n":         shell.Unseen,
		"a:\n\t-x\n\ty\n":      shell.Caught,
		"a: b\n\ty\nb:\n\tx\n": shell.Ends,
	} {
		s := read(t, tree{"s": "set -e\nmake a", "Makefile": makefile})
		for i := range s.Commands {
			if c := &s.Commands[i]; c.Program() == "x" && s.Failure(c) != want {
				t.Errorf("%q: got %v, want %v", makefile, s.Failure(c), want)
			}
		}
	}
}

// TestMakeIsBounded reads makefiles that stand for much more than they have.
func TestMakeIsBounded(t *testing.T) {
	for name, makefile := range map[string]string{
		"targets":   strings.Repeat("a ", 10_000) + ":\n" + strings.Repeat("\tx\n", 10_000),
		"needs":     strings.Repeat("a ", 10_000) + ": " + strings.Repeat("b ", 10_000),
		"variables": "A=" + strings.Repeat("$(B)", 5000) + "\nB=" + strings.Repeat("$(C)", 5000) + "\nC=" + strings.Repeat("c", 9000) + "\na:\n\t$(A)\n",
		"itself":    "A=$(A)$(A)\na: a\n\t$(A)\n\tmake a\n",
		"a recipe":  "a:\n" + strings.Repeat("\tx\n", 1000),
	} {
		if s := read(t, tree{"s": "make a", "Makefile": makefile}); len(s.Commands) != 1 {
			t.Errorf("%s: got %s", name, describe(s.Commands))
		}
	}
}

// TestMakeLimits has makefiles with half as much of something as is read, and twice as
// much: then it is not known what make runs, and said that something is left out.
func TestMakeLimits(t *testing.T) {
	for name, test := range map[string]struct {
		most int
		make func(n int) string
	}{
		"bytes": {64 << 10, func(n int) string { return strings.Repeat("#\n", n/2) }},
		"lines": {200, func(n int) string { return "a:\n" + strings.Repeat("\tx\n", n) }},
		"targets with needs": {5000, func(n int) string {
			return "a:\n\nb: " + strings.Repeat("c ", n)
		}},
		"variables in one another": {10, func(n int) (out string) {
			for i := range n - 1 {
				out += fmt.Sprintf("V%d=$(V%d)\n", i, i+1)
			}
			return out + fmt.Sprintf("V%d=x\na:\n\techo $(V0)\n", n-1)
		}},
		"bytes of variables": {256 << 10, func(n int) string {
			return "A=" + strings.Repeat("x", 4000) + "\na:\n" + strings.Repeat("\techo $(A)\n", n/4000)
		}},
	} {
		for _, n := range []int{test.most / 2, 2 * test.most} {
			budget := &shell.Budget{Steps: shell.DefaultSteps}
			s, ok := shell.Read(tree{"s": "make a\n", "Makefile": test.make(n) + "\na:\n\ty\n"}, "s", budget)
			whole := ok && len(s.Commands) > 1 && len(budget.Cut) == 0
			if left := slices.Contains(budget.Cut, "Makefile"); whole != (n < test.most) || left == whole {
				t.Errorf("%d %s: %v are left out of %.200s", n, name, budget.Cut, describe(s.Commands))
			}
		}
	}
}
