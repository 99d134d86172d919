package reading

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// asMeasurer is the variable that makes the test's binary run the command that its
// arguments are, and write into this file what that took. It is small, since a process
// is said to have had the memory of the one that it comes from.
const asMeasurer = "BOKEHBINDER_TEST_AS_MEASURER"

func TestMain(m *testing.M) {
	if file := os.Getenv(asMeasurer); file != "" {
		os.Exit(measurer(file, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// took is what a command with all that it started took.
type took struct {
	Seconds, CPU float64
	// Peak is the memory of the largest of its processes, in bytes.
	Peak float64
}

func measurer(file string, args []string) int {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	os.Unsetenv(asMeasurer)
	start := time.Now()
	err := cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	t := took{Seconds: time.Since(start).Seconds(), CPU: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}
	t.Peak = float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) * 1024 // as Linux counts it
	text, err := json.Marshal(t)
	if err := errors.Join(err, os.WriteFile(file, text, 0o600)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return cmd.ProcessState.ExitCode()
}

// measure runs a command, which must end well.
func measure(tb testing.TB, args ...string) (t took) {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "took")
	cmd := exec.Command(self, args...)
	cmd.Dir = filepath.Dir(file)
	cmd.Env = append(os.Environ(), asMeasurer+"="+file)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%q: %v\n%.2000s", args, err, out)
	}
	text, err := os.ReadFile(file)
	if err := errors.Join(err, json.Unmarshal(text, &t)); err != nil {
		tb.Fatal(err)
	}
	return t
}

// traffic returns the bytes that went either way, and the requests.
func traffic(site *gittest.Site) (bytes, requests float64) {
	sent, received := site.Bytes()
	return float64(sent + received), float64(len(site.Requests()))
}

// TestMeasure has the memory and the processor of a command's own process measured.
func TestMeasure(t *testing.T) {
	took := measure(t, "git", "version")
	if took.Seconds <= 0 || took.Peak < 1e6 || took.Peak > 100e6 {
		t.Errorf("git version took %+v", took)
	}
}
