//go:build linux || darwin

package machine

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// Processes waits until a file has the numbers of so many processes, one a line.
func Processes(t testing.TB, file string, n int) []int {
	t.Helper()
	var fields []string
	patience.Eventually(t, "the processes have started", func() bool {
		content, _ := os.ReadFile(file)
		fields = strings.Fields(string(content))
		return len(fields) >= n && strings.HasSuffix(string(content), "\n")
	})
	pids := make([]int, len(fields))
	for i, f := range fields {
		pids[i], _ = strconv.Atoi(f)
	}
	return pids
}

// Alive says whether there is a process of a number.
func Alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
