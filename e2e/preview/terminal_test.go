package preview_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// terminal opens a pseudo-terminal: what is written to typed is what a user
// types on the other file.
func terminal(tb testing.TB) (typed, tty *os.File) {
	tb.Helper()
	typed, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Skipf("skipped without pseudo-terminals: %v", err)
	}
	tb.Cleanup(func() { typed.Close() })
	var unlock, number int32
	ioctl(tb, typed, syscall.TIOCSPTLCK, &unlock)
	ioctl(tb, typed, syscall.TIOCGPTN, &number)
	if tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { tty.Close() })
	return typed, tty
}

func ioctl(tb testing.TB, f *os.File, request uintptr, value *int32) {
	tb.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
		tb.Fatal(errno)
	}
}
