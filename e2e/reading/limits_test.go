package reading

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/hostile"
)

// What reading a repository may cost at most, on a quiet machine.
const (
	goalCPU  = 5.0 // seconds, with git's processes
	goalPeak = 256e6
)

// hostiles are repositories of nearly as many files as are read at all, with as much
// text as is read of them.
var hostiles = []struct {
	what  string
	files func() map[string]string
	globs []string
}{
	{"all that is cheap alone, together", func() map[string]string {
		files := map[string]string{"start": "#!/bin/bash\n"}
		for _, feature := range hostile.Features {
			feature(files, 240)
		}
		return files
	}, nil},
	{"10 MB of Python, 40 apps", func() map[string]string {
		files := map[string]string{"start": "#!/bin/bash\n", "requirements.txt": "bokeh\njupyter-server-proxy\n"}
		for i := range 40 {
			files["start"] += fmt.Sprintf("bokeh serve app%d --port=%d &\n", i, 5000+i)
			files[fmt.Sprintf("app%d/main.py", i)] = strings.Repeat("from a import b\nx = [y for y in f(1, z='2')]\nx.append(x * 2)\n", 250_000/60)
		}
		return files
	}, nil},
	{"10 MB of TOML, YAML and JSON", func() map[string]string {
		return map[string]string{
			"pyproject.toml":             strings.Repeat("a.", 400_000) + "a = 1\n",
			"Pipfile":                    "[packages]\n" + lines(60_000, "k%d = '*'\n"),
			"environment.yml":            "dependencies:\n" + lines(40_000, "  - p%d>=1,<9\n"),
			"requirements.txt":           lines(70_000, "p%d>=1; python_version < '3'\n"),
			"setup.cfg":                  "[options.entry_points]\njupyter_serverproxy_servers =\n" + lines(30_000, "  a%d = b:c\n"),
			"jupyter_server_config.json": `{"ServerProxy": {"servers": {` + strings.TrimSuffix(lines(9_000, `"a%d": {"command": ["bokeh", "serve", "app"]},`), ",") + `}}}`,
			"jupyter_config.json":        strings.Repeat("[", 900_000),
			"start":                      "#!/bin/bash\nbokeh serve app &\n" + strings.Repeat("(", 60_000),
			"postBuild":                  "#!/bin/bash\n" + lines(5_000, "a%d=$(b)\n"),
			"Dockerfile.txt":             strings.Repeat("'", 1_000_000),
			"app/main.py":                strings.Repeat("(", 250_000),
			"README.md":                  strings.Repeat("[a](", 200_000),
		}
	}, nil},
	{"globs at their limit", func() map[string]string {
		return map[string]string{"requirements.txt": "bokeh\njupyter-server-proxy\n"}
	},
		strings.Split(strings.TrimSuffix(lines(100, "**/s*n-*/**/*-0*/**/*x%d*.csv,"), ","), ",")},
}

// lines are n of them, each with its number.
func lines(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// BenchmarkLimits reads what a stranger may write at most, and reports what it took
// beside what it may take. It does not fail where that is more: on a machine that is
// busy it may be.
func BenchmarkLimits(b *testing.B) {
	program := project.Command(b)
	site := gittest.Serve(b, gitserve.Options{})
	site.Setenv()
	table := figures.Table{Columns: []string{"repository", "text, MB", "of the processor, s", "of 5 s", "largest process, MB", "of 256 MB", "seconds"}}
	for b.Loop() {
		table.Rows = nil
		for i, h := range hostiles {
			files, text := h.files(), 0
			for _, content := range files {
				text += len(content)
			}
			all := days(499_999-len(files), func(int) string { return "1,2,3\n" })
			maps.Copy(all, files)
			address := fmt.Sprintf("github.com/demo/hostile%d", i)
			site.Repo(address, all)
			clear(all)
			var m measured
			args := []string{program, "card", "https://" + address, "main"}
			for _, glob := range h.globs {
				args = append(args, "--files", glob)
			}
			for range min(figures.Runs(), 3) {
				m.add(b, site, args)
			}
			table.Add(h.what, figures.Megabytes(float64(text)), m.cpu.Spread(figures.Number), kept(m.cpu, goalCPU), m.peak.Spread(figures.Megabytes), kept(m.peak, goalPeak), m.seconds.Spread(figures.Number))
			b.ReportMetric(m.cpu.Median(), fmt.Sprintf("cpu-s-%d", i))
			b.ReportMetric(m.peak.Median()/1e6, fmt.Sprintf("peak-MB-%d", i))
		}
	}
	figures.Record(b, "limits", figures.Section{
		Title: "What a stranger can make it cost",
		Text: fmt.Sprintf(`Repositories of 499,999 files that are made to cost as much as they can, read with
`+"`bokehbinder card`"+`. The goal, on a quiet machine, is at most 5 seconds of the processor with git's processes, and
256 MB for the largest process. [The limits](architecture.md#limits) bound the steps and bytes. Runs of each: %d.`, min(figures.Runs(), 3)),
		Tables: []figures.Table{table},
	})
}

// kept says whether the median is within a goal.
func kept(s figures.Sample, goal float64) string {
	percent := fmt.Sprintf("%.0f %%", 100*s.Median()/goal)
	if s.Median() > goal {
		return "**" + percent + ", over the goal**"
	}
	return percent
}
