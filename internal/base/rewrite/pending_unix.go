//go:build !windows

package rewrite

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/google/renameio/v2"
)

// newFile makes a file of the folder dir that is to take the place of another,
// which it is like in its permissions.
func newFile(dir *os.Root, name string, mode fs.FileMode) (replacement, error) {
	return renameio.NewPendingFile(name, renameio.WithRoot(dir), renameio.WithPermissions(mode), renameio.WithExistingPermissions())
}

// accessible says why files cannot be made in a folder, as far as the system
// tells without trying.
func accessible(dir string) error {
	const write, search = 2, 1
	if err := syscall.Access(dir, write|search); err != nil {
		return &fs.PathError{Op: "write", Path: dir, Err: err}
	}
	return nil
}
