package repository_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

// features are what is cheap alone. Each adds n of itself to a repository.
var features = map[string]func(files map[string]string, n int){
	"starts": func(files map[string]string, n int) {
		for i := range n {
			files["start"] += fmt.Sprintf("bokeh serve app%d $V0 $V%d --port=%d &\n", i, i, 5000+i)
			files[fmt.Sprintf("app%d/main.py", i)] = "import m0, m1\nfrom bokeh.io import curdoc\n"
		}
	},
	"variables": func(files map[string]string, n int) {
		for i := range n {
			files["start"] += fmt.Sprintf("export V%d=\"$V%d ${V%d:-a b c} x\"\n", i, max(i-1, 0), max(i-2, 0))
		}
	},
	"modules": func(files map[string]string, n int) {
		for i := range n {
			files[fmt.Sprintf("m%d.py", i)] = fmt.Sprintf("import os, m%d, m%d\nos.environ['V%d'] = os.environ.get('V%d', '') * 2\nos.system('bash s%d.sh; bokeh serve app%d')\n", i+1, i/2, i, i+1, i, i)
		}
	},
	"scripts in scripts": func(files map[string]string, n int) {
		for i := range min(n, 8) {
			files[fmt.Sprintf("s%d.sh", i)] = strings.Repeat(fmt.Sprintf("bash s%d.sh; . ./s%d.sh; source s%d.sh\n", (i+1)%8, (i+3)%8, i), n)
		}
		files["start"] += "bash s0.sh\n"
	},
	"loops": func(files map[string]string, n int) {
		files["start"] += strings.Repeat("for i in a b c d e f g h; do bash s0.sh $i; python m0.py; done\n", n)
	},
	"includes": func(files map[string]string, n int) {
		files["requirements.txt"] += strings.Repeat("-r requirements.txt\n-c more.txt\n-r more.txt\n", n)
		files["more.txt"] = strings.Repeat("-r requirements.txt\nbokeh>=1,<9,!=2,!=3\n", n)
	},
	"servers": func(files map[string]string, n int) {
		for i := range n {
			files["jupyter_server_config.py"] += fmt.Sprintf("c.ServerProxy.servers['a%d'] = {'command': ['bash', '-c', 'bash s0.sh; bokeh serve app%d --port={port}']}\n", i, i)
		}
	},
}

// product is a repository with n of each of the features.
func product(t *testing.T, n int, names ...string) *repository.Facts {
	t.Helper()
	files := map[string]string{"start": "#!/bin/bash\n", "requirements.txt": "bokeh\n"}
	for _, name := range names {
		features[name](files, n)
	}
	facts, err := repository.Read(context.Background(), newTree(t, "owner/name", files), nil)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestProducts multiplies each of the features with each other one: together they
// take no more steps than a repository has, but for the last run's, however many
// there are, and the lists that are made have their own limits.
func TestProducts(t *testing.T) {
	const lastRun = 25_000
	names := slices.Sorted(maps.Keys(features))
	spent := 0
	for i, a := range names {
		for _, b := range names[i:] {
			for _, n := range []int{60, 240} {
				f := product(t, n, a, b)
				drawn, modules := repository.StepsDrawn(f), repository.ModulesRun(f)
				if drawn > shell.DefaultSteps+lastRun {
					t.Errorf("%d %s with %s take %d steps", n, a, b, drawn)
				}
				if modules > 500 || len(f.Starts) > 2*n || len(f.Apps) > 2*n || len(f.Installed.Requirements) > 20_000 {
					t.Errorf("%d %s with %s: %d modules, %d starts, %d apps and %d requirements", n, a, b, modules, len(f.Starts), len(f.Apps), len(f.Installed.Requirements))
				}
				if drawn > shell.DefaultSteps {
					spent++
				}
			}
		}
	}
	if spent == 0 {
		t.Error("no product uses the steps up, so that nothing is shown")
	}
}

// TestAllFeatures has all of them at once.
func TestAllFeatures(t *testing.T) {
	f := product(t, 240, slices.Sorted(maps.Keys(features))...)
	if drawn := repository.StepsDrawn(f); drawn > shell.DefaultSteps+25_000 {
		t.Errorf("%d steps are taken", drawn)
	}
}
