package shell_test

import (
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
