package framework_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// TestOneRow adds a row for a framework that nobody has, and nothing else: its
// apps are found with their addresses, whatever starts them.
func TestOneRow(t *testing.T) {
	t.Cleanup(framework.With(&framework.Framework{
		Name: "Ours", Package: "ours", Module: "ours",
		Command: framework.Command{Program: "ours", Verbs: []string{"show"}, Valued: []string{"--on"}},
		Files:   []string{".ours"},
		Port:    "4001", PortOption: "--on",
		Prefix: framework.Prefix{Option: "--below"},
		Brings: []framework.Brought{{Package: "ours-by-itself", Base: "/ours/at/", Files: []string{".ours"}}},
	}))
	for name, tt := range map[string]struct {
		files   map[string]string
		address string
	}{
		"start":            {map[string]string{"start": "ours show --on 4002 a.ours &\nexec \"$@\"\n"}, "/proxy/4002/"},
		"its own port":     {map[string]string{"start": "ours show a.ours --below=/x &\nexec \"$@\"\n"}, "/proxy/4001/x/"},
		"extension":        {map[string]string{"ext.py": "from subprocess import Popen\ndef load_jupyter_server_extension(app):\n    Popen(['ours', 'show', 'a.ours'])\n"}, "/proxy/4001/"},
		"entry":            {map[string]string{".jupyter/jupyter_server_config.py": "c.ServerProxy.servers = {'here': {'command': ['ours', 'show', 'a.ours', '--on={port}']}}\n"}, "/here/"},
		"package":          {map[string]string{"requirements.txt": "ours-by-itself\n"}, "/ours/at/a.ours"},
		"nothing of these": {map[string]string{"requirements.txt": "ours\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			tt.files["a.ours"] = "\n"
			for p, text := range tt.files {
				full := filepath.Join(dir, filepath.FromSlash(p))
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			f, err := repository.ReadFolder(context.Background(), dir, forge.Address{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.address == "" {
				if len(f.Apps) > 0 {
					t.Errorf("got %+v", f.Apps)
				}
				return
			}
			if len(f.Apps) != 1 || f.Apps[0].URLPath != tt.address || f.Apps[0].Framework.Name != "Ours" {
				t.Fatalf("got the apps %+v, want one at %s", f.Apps, tt.address)
			}
			if a := f.Apps[0]; name != "entry" && a.Path != "a.ours" {
				t.Errorf("it is %q", a.Path)
			}
		})
	}
}
