package lint_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// TestPowerShell checks lists of packages as PowerShell's > writes them: pip
// takes UTF-16 with a byte-order mark, and refuses in it what it refuses
// elsewhere.
func TestPowerShell(t *testing.T) {
	wide := func(text string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
		return b.String()
	}
	files := linttest.Files{
		".binder/jupyter_server_config.py": "c.ServerProxy.servers = {'app': {'command': ['bokeh', 'serve', 'app', '--port={port}', '--allow-websocket-origin=*'],\n    'environment': {'BOKEH_RESOURCES': 'cdn'}, 'timeout': 60}}\n",
		".binder/postBuild":                "#!/bin/bash\nset -e\nmkdir -p ${NB_PYTHON_PREFIX}/etc/jupyter\ncp .binder/jupyter_server_config.py ${NB_PYTHON_PREFIX}/etc/jupyter/\n",
		".binder/requirements.txt":         wide("bokeh>=3.9\r\njupyter-server-proxy\r\n"),
		"app/main.py":                      "from bokeh.io import curdoc\n",
	}
	if got := linttest.Lines(linttest.CheckTree(t, linttest.Memory(files))); got != "" {
		t.Errorf("it has findings:\n%s", got)
	}
	files[".binder/requirements.txt"] = wide("bokeh=3.9\r\njupyter-server-proxy\r\npandas=2\r\n")
	got := linttest.Lines(linttest.CheckTree(t, linttest.Memory(files)))
	for _, want := range []string{"requirement-broken .binder/requirements.txt:1: \"bokeh=3.9\"", "requirement-broken .binder/requirements.txt:3: \"pandas=2\""} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %s:\n%s", want, got)
		}
	}
}
