//go:build linux || darwin

package scratch

import (
	"os"
	"syscall"
)

// lock locks a folder, or fails at once where somebody else has it. The lock ends when
// the file is closed, or with the program, whose children do not inherit it.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
