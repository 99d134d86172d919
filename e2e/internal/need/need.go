// Package need finds the programs that a test cannot do without. Where one is
// not installed the test is skipped with one line that says so, unless the
// environment variable BOKEHBINDER_REQUIRE names it: then the test fails.
package need

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Variable lists, separated by commas, what must be installed.
const Variable = "BOKEHBINDER_REQUIRE"

// Program returns the path of the first of the candidates that is installed.
// name is what [Variable] calls it.
func Program(tb testing.TB, name string, candidates ...string) string {
	tb.Helper()
	for _, candidate := range candidates {
		if path, err := exec.LookPath(candidate); err == nil {
			return path
		}
	}
	Missing(tb, name, strings.Join(candidates, " or ")+" is not installed")
	return ""
}

// File checks that a file is there, one that hint tells how to get.
func File(tb testing.TB, name, path, hint string) {
	tb.Helper()
	if _, err := os.Stat(path); err != nil {
		Missing(tb, name, path+" is not there: "+hint)
	}
}

// Missing ends the test, since something is not there; why tells what.
func Missing(tb testing.TB, name, why string) {
	tb.Helper()
	if slices.Contains(strings.Split(os.Getenv(Variable), ","), name) {
		tb.Fatalf("%s is required: %s", name, why)
	}
	tb.Skipf("skipped without %s: %s", name, why)
}
