// Package smalldisk gives tests disks that are soon full.
package smalldisk

import (
	"fmt"
	"os"
	"os/exec"
)

// Possible reports whether this user may mount file systems.
func Possible() (bool, error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return false, err
	}
	defer os.Remove(dir)
	unmount, err := Mount(dir, "size=16k")
	if err != nil {
		return false, nil
	}
	return true, unmount()
}

// Mount makes a folder a disk in memory, with options as mount takes them.
func Mount(dir, options string) (unmount func() error, err error) {
	if err := mount("-t", "tmpfs", "-o", options, "tmpfs", dir); err != nil {
		return nil, err
	}
	return exec.Command("umount", dir).Run, nil
}

// Change gives a disk other options.
func Change(dir, options string) error { return mount("-o", "remount,"+options, dir) }

func mount(args ...string) error {
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("mount: %w: %s", err, out)
	}
	return nil
}
