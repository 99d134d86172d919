package repo

import (
	"context"
	"path/filepath"
	"strings"
)

// Top returns the top folder of the git repository that a folder is in, as a way
// from that folder. ok is false where git knows of none, and where the
// repository is told to ignore the folder.
func Top(ctx context.Context, folder string) (top string, ok bool) {
	run := func(args ...string) (string, error) {
		out, err := inFolder(ctx, folder, args...).Output()
		return strings.TrimSuffix(string(out), "\n"), err
	}
	up, err := run("rev-parse", "--show-cdup")
	if err != nil {
		return "", false
	}
	if _, err := run("check-ignore", "--quiet", "."); err == nil {
		return "", false
	}
	return filepath.Join(folder, filepath.FromSlash(up)), true
}
