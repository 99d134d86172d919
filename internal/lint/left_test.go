package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// TestLongScript has a script that is over a limit called so, and not broken.
func TestLongScript(t *testing.T) {
	r := linttest.Check(t, linttest.Folder(t, linttest.Files{
		"environment.yml": "dependencies:\n  - python=3.12\n", "start": "#!/bin/bash\n" + strings.Repeat("# more\n", 10_000) + "exec \"$@\"\n",
	}))
	lines := linttest.Lines(r)
	if strings.Contains(lines, "script-broken") || !strings.Contains(lines, "note left-out start:0: this is followed only in part") {
		t.Errorf("check finds\n%s", lines)
	}
}

// TestLongPatterns has a script's pattern with more paths to compare than are compared.
func TestLongPatterns(t *testing.T) {
	files := linttest.Files{"environment.yml": "dependencies:\n  - python=3.12\n",
		"start": "#!/bin/bash\nbokeh serve **/" + strings.Repeat("a/", 100) + "*x* &\nexec \"$@\"\n"}
	for i := range 1500 {
		files[fmt.Sprintf("%s%d.csv", strings.Repeat("a/", 200), i)] = "1\n"
	}
	r := linttest.Check(t, linttest.Folder(t, files))
	if lines := linttest.Lines(r); !strings.Contains(lines, "note left-out :0: patterns such as data/*.csv") {
		t.Errorf("check finds\n%s", lines)
	}
}
