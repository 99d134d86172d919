package shell_test

import (
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// FuzzScript reads hostile scripts. Line ends of Windows change nothing of what
// is understood, all places are in the file, and it ends.
func FuzzScript(f *testing.F) {
	for _, seed := range []string{
		"#!/bin/bash\nset -euo pipefail\nJ=jupyter; $J a \"${B:-c}\" >d 2>&1 &\ncat <<E >f\n$A\nE\n",
		"f() { return 1; }\nif f || g; then h; elif [ -n \"$X\" ]; then i; else exit 3; fi\nfor i in a b; do continue; done",
		"trap 'exit 0' ERR EXIT\ncase $1 in a*) b;; *) c;; esac | d\nwhile true; do break; done\n(cd x && . ./s)\nbash -c './s $1' x",
		"0\u0081", "a\n\u0080b\nc",
		"eval \"$(cat s)\"; A=(1 2); echo ${A[@]} ${A%x} $((1+1)) {a,b} `c`; [[ a == a* ]] && exec \"$@\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\r") || len(text) > 2000 {
			return
		}
		unix := follow(t, text)
		windows := follow(t, strings.ReplaceAll(text, "\n", "\r\n"))
		if unix != windows {
			t.Errorf("with LF\n%s\nwith CRLF\n%s", unix, windows)
		}
	})
}

// follow describes all that is said of a script.
func follow(t *testing.T, text string) string {
	s, ok := shell.Read(tree{"s": text}, "s", &shell.Budget{Steps: 5000})
	if !ok {
		t.Fatal("not read")
	}
	lines := strings.Count(text, "\n") + 1
	out := describe(s.Commands) + "\n" + describe(s.Dead)
	for i := range s.Commands {
		c := &s.Commands[i]
		if c.Line < 1 || c.Line > lines || c.Span.First > c.Span.Last || c.Span.Last > lines || c.Runs == shell.Never {
			t.Errorf("%d lines, and a command %+v", lines, c)
		}
		out += "\n" + s.Failure(c).String()
	}
	return out
}
