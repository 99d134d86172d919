package repository_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/testing/hostile"
)

// product is a repository with n of each of the features.
func product(t *testing.T, n int, names ...string) *repository.Facts {
	t.Helper()
	files := map[string]string{"start": "#!/bin/bash\n", "requirements.txt": "bokeh\n"}
	for _, name := range names {
		hostile.Features[name](files, n)
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
	names := slices.Sorted(maps.Keys(hostile.Features))
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
	f := product(t, 240, slices.Sorted(maps.Keys(hostile.Features))...)
	if drawn := repository.StepsDrawn(f); drawn > shell.DefaultSteps+25_000 {
		t.Errorf("%d steps are taken", drawn)
	}
}

// TestLongShapes goes to twice what a script of many words, or of many continued
// lines, and a path of many folders have, which have no limits of their own: the app
// is found in each, and the steps grow with the input at most.
func TestLongShapes(t *testing.T) {
	const n = 2000
	shapes := map[string]func(n int) map[string]string{
		"words of a command": func(n int) map[string]string {
			return map[string]string{"start": "#!/bin/bash\nbokeh serve app" + strings.Repeat(" --x=y", n) + " --port=5006 &\nexec \"$@\"\n"}
		},
		"continued lines": func(n int) map[string]string {
			return map[string]string{"start": "#!/bin/bash\nbokeh serve app" + strings.Repeat(" \\\n --x=y", n) + " --port=5006 &\nexec \"$@\"\n"}
		},
		"folders of a path": func(n int) map[string]string {
			return map[string]string{"start": "#!/bin/bash\nbokeh serve app --port=5006 &\nexec \"$@\"\n", strings.Repeat("d/", n) + "main.py": "import bokeh\n"}
		},
	}
	for name, shape := range shapes {
		drawn := map[int]int{}
		for _, size := range []int{n, 2 * n} {
			files := shape(size)
			files["requirements.txt"], files["app/main.py"] = "bokeh\njupyter-server-proxy\n", "from bokeh.io import curdoc\n"
			f, err := repository.Read(context.Background(), newTree(t, "owner/name", files), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Apps) != 1 || f.Apps[0].Path != "app" {
				t.Errorf("%d %s: %d apps", size, name, len(f.Apps))
			}
			drawn[size] = repository.StepsDrawn(f)
		}
		if drawn[2*n] > 2*drawn[n]+100 {
			t.Errorf("%s take %d steps, and twice as many %d", name, drawn[n], drawn[2*n])
		}
	}
}
