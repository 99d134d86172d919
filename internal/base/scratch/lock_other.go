//go:build !linux && !darwin

package scratch

import (
	"errors"
	"os"
)

// openFolder opens none: a folder that is open could not be removed.
func openFolder(string) (*os.File, error) { return nil, nil }

// lock says that nothing can be locked here. What a killed program has left is then
// the system's to remove.
func lock(*os.File) error { return errors.ErrUnsupported }
