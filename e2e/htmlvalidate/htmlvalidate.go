// Package htmlvalidate checks HTML with html-validate and its recommended
// rules.
package htmlvalidate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
)

// Check validates files that hold whole pages and reports each thing that is
// wrong as an error of the test. The test is skipped where node or
// html-validate is not installed.
func Check(tb testing.TB, files ...string) {
	tb.Helper()
	problems, err := run(tb, files)
	if err != nil {
		tb.Fatal(err)
	}
	for _, p := range problems {
		tb.Error(p)
	}
}

// result is html-validate's report of one file.
type result struct {
	FilePath string
	Messages []struct {
		RuleID       string
		Message      string
		Line, Column int
	}
}

func run(tb testing.TB, files []string) (problems []string, err error) {
	tb.Helper()
	node := need.Program(tb, "node", "node")
	_, here, _, _ := runtime.Caller(0)
	tool := filepath.Join(filepath.Dir(here), "..", "node_modules", "html-validate", "bin", "html-validate.mjs")
	need.File(tb, "node", tool, "run npm ci in e2e")
	args := append([]string{tool, "--preset", "recommended", "--formatter", "json"}, files...)
	// It exits with an error when it finds something, which is in its output.
	output, err := exec.Command(node, args...).Output()
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && len(exit.Stderr) == 0) {
		return nil, fmt.Errorf("html-validate: %w: %s", err, output)
	}
	var results []result
	if err := json.Unmarshal(output, &results); err != nil {
		return nil, fmt.Errorf("html-validate: %w: %s", err, output)
	}
	for _, r := range results {
		for _, m := range r.Messages {
			problems = append(problems, fmt.Sprintf("%s:%d:%d: %s (%s)", filepath.Base(r.FilePath), m.Line, m.Column, m.Message, m.RuleID))
		}
	}
	return problems, nil
}
