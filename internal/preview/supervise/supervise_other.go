//go:build !linux && !darwin

package supervise

import (
	"context"
	"net/netip"
	"runtime"
)

// Supported says whether servers can be run on this system: where they cannot be,
// the error is an *[Error].
func Supported() error {
	hint := "use Linux or macOS"
	if runtime.GOOS == "windows" {
		hint = "use WSL, where Linux's programs run"
	}
	return &Error{Message: "servers cannot be run on " + runtime.GOOS + ": postBuild and start are scripts for a POSIX shell", Hint: hint}
}

func supervise([]string) int { return 1 }

// Start fails: see [Supported].
func Start(context.Context, Command) (*Process, error) { return nil, Supported() }

func descendants(int) []int { return nil }

func listening([]int) []netip.AddrPort { return nil }
