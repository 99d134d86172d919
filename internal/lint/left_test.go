package lint_test

import (
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
