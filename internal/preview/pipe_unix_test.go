//go:build unix

package preview_test

import (
	"syscall"
	"testing"
)

// makePipe makes a named pipe, which waits for a writer when it is opened.
func makePipe(t *testing.T, name string) {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o644); err != nil {
		t.Fatal(err)
	}
}
