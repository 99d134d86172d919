//go:build linux || darwin

package environments

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockFile opens a file and locks it, alone or shared with others who read. It
// waits for whoever has it; waiting, if not nil, is then called once. The lock
// ends when the file is closed, or with the program.
func lockFile(ctx context.Context, path string, alone bool, waiting func()) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for told := false; ; told = true {
		err := relock(f, alone)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			f.Close()
			return nil, err
		}
		if waiting != nil && !told {
			waiting()
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// relock changes a lock, or fails at once where others have it.
func relock(f *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	return syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
}
