package repository_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
)

// FuzzRead gives hostile content to everything that is parsed.
func FuzzRead(f *testing.F) {
	f.Add("#!/bin/bash\nbokeh serve app --port=5006 --prefix=${A:-b} &\ncat <<EOF >jupyter_config.py\nEOF\n",
		"c.ServerProxy.servers = {'a': {'command': ['bokeh', 'serve', 'app', '--po=1']}}",
		`{"ServerProxy": {"servers": {"a": {"command": ["panel", "serve", "app"]}}}}`,
		"[project.entry-points.jupyter_serverproxy_servers]\na = 'b:c'")
	f.Add("(cd a; for x in a b; do env A=b timeout -s 9 5 conda run -n c python -m bokeh serve $x 'a*'; done)",
		"def load_jupyter_server_extension(a):\n os.system('bash -c \"bokeh serve app\"')",
		`[{"a": [1, 2.5, null, true]}`, "[options.entry_points]\njupyter_serverproxy_servers =\n a = b:c")
	f.Fuzz(func(t *testing.T, script, module, json, packaging string) {
		tr := newTree(t, "owner/name", map[string]string{
			"start": script, "postBuild": script, "jupyter_config.py": module, "ext.py": module,
			"jupyter_config.json": json, "pyproject.toml": packaging, "setup.cfg": packaging, "setup.py": module,
			"runtime.txt": packaging, "Dockerfile.txt": packaging, ".gitattributes": packaging, "app/main.py": module,
		})
		facts, err := repository.Read(context.Background(), tr, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := facts.Card(nil)
		for _, a := range c.Apps {
			if !strings.HasPrefix(a.URLPath, "/") || strings.HasPrefix(a.URLPath, "//") || strings.ContainsAny(a.URLPath, " ?#\n") {
				t.Errorf("the app %q answers at %q", a.Name, a.URLPath)
			}
		}
		if err := c.Write(io.Discard); err != nil {
			t.Error(err)
		}
	})
}
