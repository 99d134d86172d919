package repository_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
)

// leavings are repositories with n of something of which some are left out when
// there are too many.
var leavings = []struct {
	kind  repository.LeftKind
	path  string
	limit int // how many are taken
	make  func(files map[string]string, n int)
}{
	{repository.LeftFolder, ".binder", 80, func(f map[string]string, n int) { // and no more of it are listed
		many(f, n, ".binder/part%d.sh")
	}},
	{repository.LeftFolder, "other", 40, func(f map[string]string, n int) {
		f["other/main.py"] = ""
		many(f, n-1, "other/part%d.css")
	}},
	{repository.LeftFolders, "", 30, func(f map[string]string, n int) { many(f, n-1, "other%d/main.py") }},
	{repository.LeftModules, "", 60, func(f map[string]string, n int) { many(f, n-1, "tools/part%d.sh") }},
	{repository.LeftLinks, "", 40, func(f map[string]string, n int) { many(f, n, "link%d.py -> app/main.py") }},
	{repository.LeftWanted, "", 497, func(f map[string]string, n int) {
		for i := range n {
			f[fmt.Sprintf("other%02d/main.py", i/40)] = ""
			f[fmt.Sprintf("other%02d/part%02d.css", i/40, i%40)] = ""
		}
	}},
	{repository.LeftDocuments, "", 30, func(f map[string]string, n int) { many(f, n, "docs/page%d.md") }},
	{repository.LeftOfApp, "app", 60, func(f map[string]string, n int) { many(f, n-1, "app/part%d.css") }},
	{repository.LeftOfData, "", 50, func(f map[string]string, n int) { many(f, n, "app/%d.csv") }},
	{repository.LeftOfRequests, "", 100, func(f map[string]string, n int) { many(f, n, "asked/%d.txt") }},
	{repository.LeftScript, "start", 1999, func(f map[string]string, n int) {
		for i := range n {
			f["start"] += fmt.Sprintf("echo %d\n", i)
		}
	}},
	{repository.LeftScript, "start", 64 << 10, func(f map[string]string, n int) { f["start"] += strings.Repeat("#", n-len(f["start"])) }},
	{repository.LeftPart, "start", 1 << 20, func(f map[string]string, n int) { f["start"] += strings.Repeat("#", n-len(f["start"])) }},
	{repository.LeftPython, "app/main.py", 256 << 10, func(f map[string]string, n int) { f["app/main.py"] += strings.Repeat("#", n-len(f["app/main.py"])) }},
	{repository.LeftPython, "app/main.py", 49_995, func(f map[string]string, n int) { f["app/main.py"] += strings.Repeat("1\n", n) }},
	{repository.LeftPython, "app/main.py", 100, func(f map[string]string, n int) {
		f["app/main.py"] += "x = " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n"
	}},
	{repository.LeftScript, "Makefile", 200, func(f map[string]string, n int) {
		f["start"] += "make all\n"
		f["Makefile"] = "all:\n" + strings.Repeat("\techo\n", n)
	}},
	{repository.LeftR, "", 512 << 10, func(f map[string]string, n int) {
		f["start"] += "Rscript app.R &\n"
		f["app.R"] = strings.Repeat("#", n)
	}},
	{repository.LeftPoints, "", 200, func(f map[string]string, n int) {
		f["setup.cfg"] = "[options.entry_points]\njupyter_serverproxy_servers =\n"
		for i := range n {
			f["setup.cfg"] += fmt.Sprintf("    a%d = none:f\n", i)
		}
	}},
	{repository.LeftStarts, "", 199, func(f map[string]string, n int) {
		for i := range n {
			f["start"] += fmt.Sprintf("bokeh serve app --port=%d &\n", 6000+i)
		}
	}},
	{repository.LeftApps, "", 199, func(f map[string]string, n int) {
		f["start"] += "bokeh serve"
		for i := range n {
			f[fmt.Sprintf("more/a%d.py", i)] = "import bokeh\n"
			f["start"] += fmt.Sprintf(" more/a%d.py", i)
		}
		f["start"] += " --port=6000 &\n"
	}},
	{repository.LeftInstalled, "", 19_990, func(f map[string]string, n int) { f["requirements.txt"] += strings.Repeat("bokeh\n", n) }},
}

func many(files map[string]string, n int, path string) {
	for i := range n {
		files[fmt.Sprintf(path, i)] = "1\n"
	}
}

// TestLeftOut has what each limit leaves out named where it is passed by some, and
// nowhere else; the card says whether files are missing in its list.
func TestLeftOut(t *testing.T) {
	for _, tt := range leavings {
		for _, over := range []int{-10, 10} {
			files := map[string]string{"start": "bokeh serve app --port=5006 &\n", "requirements.txt": "bokeh\n", "app/main.py": "import bokeh\n"}
			tt.make(files, tt.limit+over)
			facts, err := repository.Read(context.Background(), newTree(t, "owner/name", files), []string{"asked/**"})
			if err != nil {
				t.Fatal(err)
			}
			left := facts.LeftOut()
			has := slices.ContainsFunc(left, func(l repository.Left) bool { return l.Kind == tt.kind && l.Path == tt.path })
			if has != (over > 0) {
				t.Errorf("%d more than %d of %s: %v are left out", over, tt.limit, tt.kind, left)
			}
			unlisted := slices.ContainsFunc(left, func(l repository.Left) bool { return strings.HasPrefix(string(l.Kind), "of-") })
			if says := facts.Card(nil).Unlisted; says != unlisted || over < 0 && unlisted {
				t.Errorf("%d more than %d of %s: the card says %v", over, tt.limit, tt.kind, says)
			}
		}
	}
}

// TestLooks has globs of which a glance says that a path does not match cost a step
// for each path, and others more; the steps are taken once.
func TestLooks(t *testing.T) {
	files := map[string]string{}
	many(files, 500, "data/%d.csv")
	for glob, want := range map[string]int{"**/*.txt": 500, "other/**": 500, "**/*x.csv": 500, "d*x*.csv": 1000, "d*/*x*.csv": 1500} {
		facts, err := repository.Read(context.Background(), newTree(t, "owner/name", files), []string{glob})
		if err != nil {
			t.Fatal(err)
		}
		facts.Card(nil)
		if got := repository.Looks(facts); got != want {
			t.Errorf("%s takes %d steps, want %d", glob, got, want)
		}
	}
}

// TestLooksEnd has patterns that go through deep folders again and again, in a tag, in
// an entry and in a script: half the steps that there are do, and of twice as many the
// rest is left out.
func TestLooksEnd(t *testing.T) {
	const (
		deep  = 60
		aFile = deep * deep * 3 / 2 // about the steps of one
	)
	pattern := "**/" + strings.Repeat("a/", deep) + "*x*"
	ways := []struct {
		name  string
		files map[string]string
		globs []string
		most  int
		taken func(*repository.Facts) int // nil where a package of its own counts
		kind  repository.LeftKind
	}{
		{"a tag", nil, []string{pattern}, repository.MaxLooks, repository.Looks, repository.LeftOfRequests},
		{"an entry", map[string]string{".jupyter/jupyter_server_config.py": "from glob import glob\n" +
			"c.ServerProxy.servers = {'app': {'command': ['panel', 'serve', *glob('" + pattern + "', recursive=True), '--port={port}']}}\n"},
			nil, repository.MaxLooks, repository.Expanded, repository.LeftPatterns},
		{"a script", map[string]string{"start": "bokeh serve " + pattern + " --port=5006 &\n"},
			nil, jupyter.MaxLooks, nil, repository.LeftPatterns},
	}
	for _, way := range ways {
		for _, share := range []float64{0.5, 2} {
			files := map[string]string{"requirements.txt": "bokeh\n"}
			maps.Copy(files, way.files)
			many(files, int(share*float64(way.most)/aFile), strings.Repeat("a/", 2*deep)+"%d.csv")
			facts, err := repository.Read(context.Background(), newTree(t, "owner/name", files), way.globs)
			if err != nil {
				t.Fatal(err)
			}
			facts.Card(nil)
			left := slices.ContainsFunc(facts.LeftOut(), func(l repository.Left) bool { return l.Kind == way.kind })
			if left != (share > 1) {
				t.Errorf("%s, %v times the limit: %v are left out", way.name, share, facts.LeftOut())
			}
			if way.taken == nil {
				continue
			}
			if taken := way.taken(facts); taken > way.most+2*aFile || taken < way.most/4 {
				t.Errorf("%s, %v times the limit of %d: %d steps are taken", way.name, share, way.most, taken)
			}
		}
	}
}
