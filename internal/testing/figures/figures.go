// Package figures keeps what benchmarks measure, for the page of figures of the docs.
// A benchmark records a section; make bench writes the page of all of them.
package figures

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// Folder is the variable with the folder that sections are kept in. Without it
	// nothing is kept.
	Folder = "BOKEHBINDER_FIGURES"
	// runs is the variable with how often each thing is measured.
	runs = "BOKEHBINDER_RUNS"
)

// Runs is how often each thing is measured.
func Runs() int {
	if n, err := strconv.Atoi(os.Getenv(runs)); err == nil && n > 0 {
		return n
	}
	return 5
}

// Section is a part of the page.
type Section struct {
	// Title is its heading, Text what was measured, in Markdown.
	Title, Text string
	Tables      []Table
	// Quoted are the figures that other pages quote, by their names.
	Quoted map[string]string

	// Date, Load and Cores are those of the run.
	Date  time.Time
	Load  float64
	Cores int
}

// Table is one of a section. A cell of a row is Markdown.
type Table struct {
	Columns []string
	Rows    [][]string
	// After is what follows it, in Markdown.
	After string
}

// Add adds a row.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// load is that of the machine before this process has done anything, over a minute;
// 0 where the system does not tell.
var load = func() float64 {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}()

// Record keeps a section under a name.
func Record(tb testing.TB, name string, s Section) {
	tb.Helper()
	folder := os.Getenv(Folder)
	if folder == "" || tb.Failed() {
		return
	}
	s.Date, s.Load, s.Cores = time.Now().UTC(), load, runtime.NumCPU()
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".json"), text, 0o644); err != nil {
		tb.Fatal(err)
	}
}

// Read reads the section that was kept under a name.
func Read(folder, name string) (s Section, err error) {
	text, err := os.ReadFile(filepath.Join(folder, name+".json"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// Sample are the values of some runs.
type Sample []float64

// Median is the middle one, or that between the two in the middle.
func (s Sample) Median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	if len(sorted) == 0 {
		return 0
	}
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// Spread writes the median with the least and the greatest, as format writes one.
func (s Sample) Spread(format func(float64) string) string {
	if len(s) == 0 {
		return "–"
	}
	median, least, most := format(s.Median()), format(slices.Min(s)), format(slices.Max(s))
	if least == most {
		return median
	}
	return fmt.Sprintf("%s (%s–%s)", median, least, most)
}

// Number writes a number in three digits, or as a whole one with commas.
func Number(v float64) string {
	switch {
	case v >= 100:
		return commas(strconv.FormatFloat(v, 'f', 0, 64))
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Whole writes a number without what is behind the point.
func Whole(v float64) string { return commas(strconv.FormatFloat(v, 'f', 0, 64)) }

func commas(digits string) string {
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Bytes writes bytes in a unit that fits.
func Bytes(v float64) string {
	switch {
	case v >= 1e6:
		return Number(v/1e6) + " MB"
	case v >= 1e4:
		return Number(v/1e3) + " kB"
	}
	return Whole(v) + " B"
}

// Megabytes writes bytes as megabytes, which are not named.
func Megabytes(v float64) string { return Number(v / 1e6) }
