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

// TestManyFindings has half as many findings of one rule as are told of, and twice as
// many, in short lines and in one that is quoted for each of them.
func TestManyFindings(t *testing.T) {
	for _, sep := range []string{"\n", ""} {
		for n, want := range map[int]string{50: "", 200: "100 findings app-missing are told of; there are more", 900: "there are more"} {
			servers := ""
			for i := range n {
				servers += fmt.Sprintf("%q: {'command': ['bokeh', 'serve', 'x%d.py', '--port={port}', '--allow-websocket-origin=*'], 'timeout': 60}, %s", fmt.Sprint("app", i), i, sep)
			}
			r := linttest.Check(t, linttest.Folder(t, linttest.Files{"requirements.txt": "bokeh\njupyter-server-proxy\n",
				".jupyter/jupyter_server_config.py": "c.ServerProxy.servers = {" + servers + "}\n"}))
			var text strings.Builder
			size, count := 0, 0
			for _, f := range r.Findings {
				if f.Rule.ID == "app-missing" {
					count++
				}
				text.WriteString(f.Message + "\n")
				for _, change := range f.Changes {
					data, _ := r.Facts.Snapshot.Read(change.Path)
					for _, line := range change.Diff(string(data)) {
						size += len(line)
						if len(line) > 210 {
							t.Fatalf("a diff has a line of %d bytes", len(line))
						}
					}
				}
			}
			if count != min(n, 100) || want != "" && !strings.Contains(text.String(), want) || (want == "") == strings.Contains(text.String(), "are told of") || size > 1<<20 {
				t.Errorf("%d servers: %d findings, %d bytes of changes, and\n%.2000s", n, count, size, text.String())
			}
		}
	}
}
