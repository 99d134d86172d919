//go:build linux || darwin

package scratch

import (
	"os"
	"syscall"
)

// openFolder opens a folder, and follows no link to one.
func openFolder(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
}

// lock locks a folder or a file, or fails at once where somebody else has it. The lock
// ends when the file is closed, or with the program, whose children do not inherit it.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
