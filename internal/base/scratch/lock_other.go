//go:build !linux && !darwin

package scratch

import (
	"errors"
	"os"
)

// lock says that folders cannot be locked here. What a killed program has left is then
// the system's to remove.
func lock(string) (*os.File, error) { return nil, errors.ErrUnsupported }
