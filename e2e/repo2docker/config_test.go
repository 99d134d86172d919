package repo2docker_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/repo2docker"
	"github.com/bokehbinder/bokehbinder/internal/scaffold"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// loaded is a configuration as testdata/config.py prints it.
type loaded struct {
	Servers map[string]struct {
		Command     []string          `json:"command"`
		Environment map[string]string `json:"environment"`
		Timeout     float64           `json:"timeout"`
	} `json:"servers"`
	Cookie map[string]any `json:"cookie"`
}

// TestConfigurations loads what init writes, and what it adds to other
// configurations, by traitlets itself.
func TestConfigurations(t *testing.T) {
	python := repo2docker.Python(t)
	tests := []struct {
		name, source, old, program string
		cookie                     bool
	}{
		{"bokeh", "from bokeh.io import curdoc", "", "bokeh", false},
		{"panel", "import panel\npanel.Row().servable()", "", "panel", false},
		{"streamlit", "import streamlit", "", "streamlit", true},
		{"dash", "import dash", "", "python", true},
		{"beside a setting", "from bokeh.io import curdoc", "c.ServerApp.open_browser = False\n", "bokeh", false},
		{"quotes", "from bokeh.io import curdoc", "c.ServerApp.x = 'é\"'\n", "bokeh", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := []string{"wave/main.py=" + tt.source}
			if tt.old != "" {
				list = append(list, ".binder/jupyter_server_config.py="+tt.old)
			}
			config := initConfig(t, write(t, list))
			out, err := exec.Command(python, "testdata/config.py", config).Output()
			if err != nil {
				t.Fatalf("traitlets does not load it: %v", err)
			}
			var got loaded
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			entry, ok := got.Servers["wave"]
			if !ok || entry.Command[0] != tt.program || entry.Timeout < 20 {
				t.Errorf("the entry is %+v", entry)
			}
			if partitioned := got.Cookie["Partitioned"] == true; partitioned != tt.cookie {
				t.Errorf("the cookie's options are %v", got.Cookie)
			}
		})
	}
}

// initConfig sets a folder up, and returns the path of the configuration.
func initConfig(t *testing.T, dir string) string {
	t.Helper()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	s, err := scaffold.Init(context.Background(), tree, scaffold.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Edits {
		if strings.HasSuffix(e.Path, "_config.py") {
			file := filepath.Join(t.TempDir(), "jupyter_server_config.py")
			if err := os.WriteFile(file, []byte(*e.New), 0o644); err != nil {
				t.Fatal(err)
			}
			return file
		}
	}
	t.Fatal("no configuration was written")
	return ""
}
