//go:build !linux && !darwin

package environments

import (
	"context"
	"os"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

func lockFile(context.Context, string, bool, func()) (*os.File, error) {
	return nil, supervise.Supported()
}

func relock(*os.File, bool) error { return supervise.Supported() }
