package scripts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// sample is a project of two modules, in which nothing works but a package of
// each.
const sample = `
-- go.mod --
module example.org/sample

go 1.26
-- form.go --
package sample
  // not as gofmt has it
-- good/good_test.go --
package good

import "testing"

func TestGood(t *testing.T) { t.Log("silence") }
-- bad/bad_test.go --
package bad

import "testing"

func TestBad(t *testing.T) { t.Error("the first line\nand the second") }

func TestOther(t *testing.T) {}
-- e2e/go.mod --
module example.org/sample/e2e

go 1.26
-- e2e/built/built_test.go --
package built

import "testing"

func TestBuilt(t *testing.T) { nothing() }
-- e2e/works/works_test.go --
package works

import "testing"

func TestWorks(t *testing.T) {}
`

// newSample writes the sample project, with this one's Makefile and scripts.
func newSample(t *testing.T) string {
	t.Helper()
	dir := project.Copy(t, "Makefile", "scripts/test.sh", "scripts/lint.sh", "scripts/busy.sh")
	unpack(t, dir, sample+"-- scripts/setup.sh --\n")
	// The sample has no tools of its own.
	gotestsum, err := exec.Command("go", "tool", "-n", "gotestsum").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOTESTSUM", strings.TrimSpace(string(gotestsum)))
	if out, err := exec.Command("git", "-C", dir, "init", "--quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// run runs a command in a folder, and returns what it prints and its exit code.
func run(t *testing.T, dir string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// inOrder checks that a text has others, one after the other.
func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Fatalf("no %q in its place:\n%s", part, text)
		}
		rest = after
	}
}

// TestTest has lint, a unit test and the build of another package fail: all the
// rest runs, and the end of the output has what failed, whole, and nothing else.
func TestTest(t *testing.T) {
	dir := newSample(t)
	out, code := run(t, dir, "make", "test")
	if code == 0 {
		t.Error("make test passes")
	}
	inOrder(t, out, "== setup\n", "== lint\n", "== unit\n", "ok  \texample.org/sample/good", "== e2e\n", "ok  \texample.org/sample/e2e/works")
	_, end, _ := strings.Cut(out, "\n== lint failed\n")
	if strings.Contains(end, "== run again") {
		t.Errorf("what cannot be built is run again:\n%s", end)
	}
	inOrder(t, end,
		"form.go\n",
		"\n== unit failed\n", "--- FAIL: TestBad", "the first line\n", "and the second\n", "FAIL\texample.org/sample/bad",
		"\n== e2e failed\n", "undefined: nothing", "FAIL\texample.org/sample/e2e/built [build failed]\n",
		"\nFAIL: lint unit e2e\n")
	if strings.Contains(end, "ok  \t") {
		t.Errorf("what passes is repeated:\n%s", end)
	}
	for _, name := range []string{"form.go", "bad", "e2e/built"} {
		if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	// The tools that lint runs are pinned in this project's own module.
	if out, code := run(t, dir, "sh", "scripts/test.sh", "unit", "e2e"); code != 0 || !strings.HasSuffix(out, "\nPASS\n") {
		t.Errorf("exit code %d, though nothing fails:\n%s", code, out)
	}
}

// TestRunAgain has tests of e2e fail once, which are told of and pass, and one that
// fails each time.
func TestRunAgain(t *testing.T) {
	dir := newSample(t)
	if err := os.RemoveAll(filepath.Join(dir, "e2e", "built")); err != nil {
		t.Fatal(err)
	}
	unpack(t, dir, `
-- e2e/once/once_test.go --
package once

import (
	"os"
	"testing"
)

func TestOnce(t *testing.T) {
	t.Run("part", func(t *testing.T) {
		if _, err := os.Stat("ran"); err != nil {
			_ = os.WriteFile("ran", nil, 0o644)
			t.Error("the first line\nand the second")
		}
	})
	t.Run("rest", func(t *testing.T) {})
}
`)
	out, code := run(t, dir, "sh", "scripts/test.sh", "e2e")
	if code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	inOrder(t, out, "the first line\n", "and the second\n", "\n== run again\n", "once.TestOnce/part: 2 runs, 1 failures\n", "PASS\n")
	unpack(t, dir, `
-- e2e/never/never_test.go --
package never

import "testing"

func TestNever(t *testing.T) { t.Error("each time") }
`)
	out, code = run(t, dir, "sh", "scripts/test.sh", "e2e")
	if code == 0 {
		t.Error("what fails each time passes")
	}
	inOrder(t, out, "each time\n", "\n== e2e failed\n", "each time\n", "\n== run again\n", "never.TestNever: 2 runs, 2 failures\n", "\nFAIL: e2e\n")
}

// TestBusy runs tests beside busy processes, which end with the script, also
// when that is killed.
func TestBusy(t *testing.T) {
	dir := newSample(t)
	script := filepath.Join(dir, "scripts", "busy.sh")
	t.Setenv("BUSY", "3")
	t.Setenv("TIMES", "2")
	t.Setenv("E2E", "./works")
	if out, code := run(t, dir, "sh", script); code != 1 || strings.Count(out, "--- FAIL: TestBad") != 2 || !strings.Contains(out, "ok  \texample.org/sample/e2e/works") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	ended := func() bool { return len(running(t, script)) == 0 }
	patience.Eventually(t, "the busy processes have ended", ended)
	t.Setenv("PACKAGES", "./good")
	if out, code := run(t, dir, "sh", script); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}

	slow := filepath.Join(dir, "slow")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\nread line\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GO="+slow)
	in, err := cmd.StdinPipe() // never written to
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	patience.Eventually(t, "three busy processes run", func() bool { return len(running(t, script)) == 4 })
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	patience.Eventually(t, "the busy processes have ended", ended)
}

// running lists the processes that run a script.
func running(t *testing.T, script string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, _ := os.ReadFile(file) // it may have ended meanwhile
		if slices.Contains(strings.Split(string(line), "\x00"), script) {
			found = append(found, file)
		}
	}
	return found
}
