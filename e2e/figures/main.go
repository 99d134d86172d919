// Command figures writes the page of figures of the docs, from what benchmarks have
// measured, and the figures that other pages quote of it.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/e2e/internal/versions"
	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
)

// sections are the page's, in their order, with the benchmark that measures each.
var sections = []struct{ name, benchmark string }{
	{"reading", "e2e/reading BenchmarkReading"},
	{"limits", "e2e/reading BenchmarkLimits"},
	{"hugo", "e2e/hugo BenchmarkGrowth"},
	{"page", "e2e/browser BenchmarkEmbeds"},
	{"click", "e2e/preview BenchmarkClick"},
}

// head is the begin of the page.
const head = `<!-- Written by ` + "`make bench`" + `; do not edit. -->

# Figures

What things take, measured by ` + "`make bench`" + `, which writes this page. Where several ways
are compared, one run took them in turn on one machine, so that what else the machine does
meets all of them; a figure is the median, with the least and the greatest of the runs. The
ratios are what tells; seconds are those of this machine. Servers are on loopback, so that a
network's time is not in any of them.

`

func main() {
	from := flag.String("from", "../build/figures", "the `folder` of what was measured")
	root := flag.String("root", "..", "the project's `folder`")
	flag.Parse()
	if err := run(*from, *root); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(from, root string) error {
	page, quoted, err := write(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(root, Page), []byte(page), 0o644); err != nil {
		return err
	}
	return Quote(root, quoted)
}

// write writes the page, if all sections are there.
func write(from string) (string, map[string]string, error) {
	var b strings.Builder
	b.WriteString(head + machine())
	quoted := map[string]string{}
	for _, part := range sections {
		s, err := figures.Read(from, part.name)
		if err != nil {
			return "", nil, fmt.Errorf("%s has measured nothing, and %s stays as it was: %w", part.benchmark, Page, err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.Title, strings.TrimSpace(s.Text))
		for _, t := range s.Tables {
			b.WriteString("\n" + row(t.Columns) + row(slices.Repeat([]string{"---"}, len(t.Columns))))
			for _, cells := range t.Rows {
				b.WriteString(row(cells))
			}
			if t.After != "" {
				b.WriteString("\n" + strings.TrimSpace(t.After) + "\n")
			}
		}
		fmt.Fprintf(&b, "\nBy `%s` on %s%s.\n", part.benchmark, s.Date.Format("2 January 2006"), busy(s))
		maps.Copy(quoted, s.Quoted)
	}
	b.WriteString("\n## Quoted elsewhere\n\n" + row([]string{"name", "figure"}) + row([]string{"---", "---"}))
	for _, name := range slices.Sorted(maps.Keys(quoted)) {
		b.WriteString(row([]string{name, quoted[name]}))
	}
	return b.String(), quoted, nil
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// busy says so of a machine that had more to do than it has cores.
func busy(s figures.Section) string {
	if s.Load <= float64(s.Cores) {
		return ""
	}
	return fmt.Sprintf("; the machine was busy, its load %.0f with %d cores, so that the seconds are too long", s.Load, s.Cores)
}

// machine says by what and on what the figures were measured.
func machine() string {
	return fmt.Sprintf("With %s, %s, %s and %s, on %d cores with %s of memory and %s.\n",
		strings.Replace(runtime.Version(), "go", "Go ", 1), versions.Of("git", "--version"), hugo(), versions.Of("chromium", "--version"), runtime.NumCPU(), memory(), system())
}

var hugoVersion = regexp.MustCompile(`v\d+\.\d+\.\d+`)

func hugo() string {
	return "Hugo " + strings.TrimPrefix(hugoVersion.FindString(versions.Of("go", "tool", "hugo", "version")), "v")
}

var (
	memTotal = regexp.MustCompile(`MemTotal: +(\d+) kB`)
	release  = regexp.MustCompile(`(?m)^PRETTY_NAME="?([^"\n]*)`)
)

func memory() string {
	text, _ := os.ReadFile("/proc/meminfo")
	m := memTotal.FindSubmatch(text)
	var kB float64
	if m == nil {
		return "an unknown amount"
	}
	if _, err := fmt.Sscan(string(m[1]), &kB); err != nil {
		return "an unknown amount"
	}
	return fmt.Sprintf("%.0f GB", kB*1024/1e9)
}

func system() string {
	text, _ := os.ReadFile("/etc/os-release")
	if m := release.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return runtime.GOOS
}
