//go:build !linux && !darwin

package launch

import (
	"context"
	"runtime"
)

// supported says whether servers can be run on this system.
func supported() error {
	hint := "use Linux or macOS"
	if runtime.GOOS == "windows" {
		hint = "use WSL, where Linux's programs run"
	}
	return &Error{Message: "servers cannot be run on " + runtime.GOOS + ": postBuild and start are scripts for a POSIX shell", Hint: hint}
}

func supervise([]string) int { return 1 }

func startProcess(context.Context, command) (*process, error) { return nil, supported() }
