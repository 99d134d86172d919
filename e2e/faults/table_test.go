package faults

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/internal/versions"
)

// row is a line of the table.
type row struct {
	boundary, fault   string
	tried, told, lost int
}

// table has what was tried, in order.
var table struct {
	sync.Mutex
	rows []*row
}

// count counts one try of a fault, and whether it was met with an error. What went wrong,
// if anything, fails the test.
func count(t *testing.T, boundary, fault, detail string, told bool, wrong ...string) {
	t.Helper()
	table.Lock()
	defer table.Unlock()
	i := slices.IndexFunc(table.rows, func(r *row) bool { return r.boundary == boundary && r.fault == fault })
	if i < 0 {
		i = len(table.rows)
		table.rows = append(table.rows, &row{boundary: boundary, fault: fault})
	}
	r := table.rows[i]
	r.tried++
	switch {
	case len(wrong) == 0 && told:
		r.told++
	case len(wrong) > 0:
		r.lost++
		t.Errorf("%s, %s %s: %s", boundary, fault, detail, strings.Join(wrong, "; "))
	}
}

const head = "| boundary | fault | tried | survived, with an error | survived, without | lost |\n|---|---|---|---|---|---|\n"

// line is the row in the table.
func (r *row) line() string {
	return fmt.Sprintf("| %s | %s | %d | %d | %d | %d |\n", r.boundary, r.fault, r.tried, r.told, r.tried-r.told-r.lost, r.lost)
}

// parse reads a row again.
func parse(line string) *row {
	cells := strings.Split(strings.Trim(line, "| \n"), " | ")
	if len(cells) != 6 || cells[0] == "all" {
		return nil
	}
	r := &row{boundary: cells[0], fault: cells[1]}
	var without int
	if _, err := fmt.Sscan(strings.Join(cells[2:], " "), &r.tried, &r.told, &without, &r.lost); err != nil {
		return nil // the head
	}
	return r
}

// written is the table, with a sum.
func written(rows []*row) string {
	sum := &row{boundary: "all", fault: "all"}
	var b strings.Builder
	b.WriteString(head)
	for _, r := range append(slices.Clip(rows), sum) {
		b.WriteString(r.line())
		sum.tried, sum.told, sum.lost = sum.tried+r.tried, sum.told+r.told, sum.lost+r.lost
	}
	return b.String()
}

// TestTable prints the table, and writes it where that is asked for. Its file is the last
// one of the package, so that all is in it.
func TestTable(t *testing.T) {
	t.Logf("\n%s", written(table.rows))
	if *record == "" {
		return
	}
	text, err := os.ReadFile(*record)
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- What follows is written by `make faults`. -->\n"
	before, old, ok := strings.Cut(string(text), mark)
	if !ok {
		t.Fatalf("%s has no line %s", *record, mark)
	}
	rows := table.rows
	if flag.Lookup("test.run").Value.String() != "" { // what others tried stays
		for line := range strings.Lines(old) {
			r := parse(line)
			if r != nil && !slices.ContainsFunc(rows, func(n *row) bool { return n.boundary == r.boundary && n.fault == r.fault }) {
				rows = append(rows, r)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(a.boundary, b.boundary) })
	with := fmt.Sprintf("\nOn %s, with %s, %s and %s on %s:\n\n", time.Now().UTC().Format("2 January 2006"), runtime.Version(),
		strings.Replace(versions.Of("git", "--version"), "git version", "git", 1), versions.Of("chromium", "--version"), runtime.GOOS)
	if err := os.WriteFile(*record, []byte(before+mark+with+written(rows)), 0o644); err != nil {
		t.Error(err)
	}
}
