package lint_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/scaffold"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// FuzzCheck checks and mends the base story with one file changed: nothing
// panics, every finding names a file that is there and a line that it has, and
// mending comes to an end.
func FuzzCheck(f *testing.F) {
	names := []string{
		".binder/environment.yml", ".binder/requirements.txt", ".binder/postBuild", ".binder/start", ".binder/jupyter_server_config.py",
		".binder/runtime.txt", ".binder/apt.txt", ".binder/ext.json", ".binder/ext.py", "app/main.py", "README.md", ".gitmodules",
		".gitattributes", ".binder/Pipfile", ".binder/Dockerfile",
	}
	for _, s := range linttest.Stories(f) {
		for name, text := range s.Files {
			if i := slices.Index(names, name); i >= 0 {
				f.Add(uint8(i), text)
			}
		}
	}
	f.Add(uint8(2), "#!/bin/sh -")
	f.Add(uint8(3), "#!/bin/bash\r\nbokeh serve app")
	base := linttest.Stories(f)[0].Files
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		m := linttest.Memory{}
		for name, content := range base {
			m[name] = content
		}
		m[names[int(which)%len(names)]] = text
		r, err := lint.CheckTree(context.Background(), m, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range r.Findings {
			content, ok := m[found.At.File]
			if found.At.File != "" && found.At.File != ".binder" && !ok {
				t.Errorf("%s names %q, which is not there", found.Rule.ID, found.At.File)
			}
			lines := strings.Split(content, "\n")
			if at := found.At; ok && (at.Line > len(lines) || at.Column > 0 && at.Column > len(lines[at.Line-1])+1) {
				t.Errorf("%s names %v of %q", found.Rule.ID, at, content)
			}
		}
		if _, err := scaffold.Fix(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	})
}
