//go:build !windows

package rewrite

import (
	"io/fs"
	"syscall"
)

// accessible says why files cannot be made in a folder, as far as the system
// tells without trying.
func accessible(dir string) error {
	const write, search = 2, 1
	if err := syscall.Access(dir, write|search); err != nil {
		return &fs.PathError{Op: "write", Path: dir, Err: err}
	}
	return nil
}
