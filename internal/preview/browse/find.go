package browse

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// errNone means that no browser is installed that can be driven.
var errNone = errors.New("no Chromium or Chrome was found")

// names are what the browser's program is called, the free one first.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// bundles are where macOS keeps it.
var bundles = []string{
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
}

// Find returns the path of an installed browser: that of PATH, on macOS else
// that of the folder of applications. The error is [errNone].
func Find() (string, error) {
	if runtime.GOOS == "windows" {
		return "", errNone // Go hands no pipes on to children there
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	if runtime.GOOS == "darwin" {
		for _, path := range bundles {
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				return path, nil
			}
		}
	}
	return "", errNone
}
