//go:build !linux && !darwin

package launch

import (
	"context"
	"os"
)

func lockFile(context.Context, string, bool, func()) (*os.File, error) { return nil, supported() }

func relock(*os.File, bool) error { return supported() }
