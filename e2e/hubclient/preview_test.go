package hubclient

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

func TestMain(m *testing.M) {
	supervise.Main()
	os.Exit(m.Run())
}

// hubOf starts the hub of a preview, which launches a sample repository, changed
// by a function, on the real Jupyter stack.
func hubOf(t *testing.T, o preview.HubOptions, change func(dir string)) *preview.Hub {
	t.Helper()
	python := venv.Jupyter(t)
	dir := filepath.Join(t.TempDir(), "pendulum")
	if err := os.CopyFS(dir, os.DirFS("../../exampleSite/repositories/pendulum")); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(dir)
	}
	a, err := forge.Parse("demo/sine")
	if err != nil {
		t.Fatal(err)
	}
	o.Page = "http://localhost:1"
	o.Repositories = &preview.Repositories{}
	o.Repositories.Use(a, dir)
	o.Runtime = preview.Local{Environment: func(ctx context.Context, _ string, _ io.Writer) (environments.Environment, error) {
		return environments.At(ctx, python)
	}}
	h, err := preview.NewHub(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestPreview has the client launch at the hub of a preview, and opens the
// app's page without a cookie.
func TestPreview(t *testing.T) {
	h := hubOf(t, preview.HubOptions{Servers: 1}, nil)
	events := drive(t, h.URL, "gh/demo/sine/HEAD", "/pendulum/pendulum?theme=dark")
	if got, want := phases(events), "waiting fetching building built launching ready"; got != want {
		t.Errorf("phases %q, want %q", got, want)
	}
	app, _ := events[len(events)-1]["app"].(string)
	res, err := http.Get(app)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Request.URL.String() != app || !strings.Contains(string(page), "cdn.bokeh.org") {
		t.Errorf("%s answers %s at %s, %v: %s", app, res.Status, res.Request.URL, err, page)
	}
	events = drive(t, h.URL, "gh/demo/sine/HEAD", "")
	if last := events[len(events)-1]; last["message"] != "Too many users on this BinderHub! Try again soon.\n" {
		t.Errorf("a second server: %v", last)
	}
}

// TestPreviewFailures has it meet repositories that do not work.
func TestPreviewFailures(t *testing.T) {
	write := func(t *testing.T, name, text string) func(string) {
		return func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]struct {
		file, text, spec string
		log, message     string
	}{
		"bad ref":           {"x", "", "gh/demo/none/HEAD", "", "Sorry, demo/none/HEAD is not allowed to launch."},
		"failing postBuild": {".binder/postBuild", "#!/bin/bash\necho making it ready\nfalse\n", "", "making it ready", ".binder/postBuild"},
		"dying server":      {".binder/start", "#!/bin/bash\necho the start script ends\nexit 3\n", "", "the start script ends", "Spawn failed: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := hubOf(t, preview.HubOptions{}, write(t, test.file, test.text))
			if test.spec == "" {
				test.spec = spec
			}
			events := drive(t, h.URL, test.spec, "")
			last := events[len(events)-1]
			message, _ := last["message"].(string)
			if last["phase"] != "failed" || !strings.Contains(message, test.message) {
				t.Errorf("the client ends with %v, want %q", last, test.message)
			}
			var log strings.Builder
			for _, e := range events {
				text, _ := e["message"].(string)
				log.WriteString(text)
			}
			if !strings.Contains(log.String(), test.log) {
				t.Errorf("the log has no %q:\n%s", test.log, log.String())
			}
		})
	}
}
