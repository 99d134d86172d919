// Package kept makes folders that tests need, once, below the module's folder
// build. They stay.
package kept

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Before is the day whose packages of Python and node are installed where nobody
// names a version: what those that are named need. Move it when their versions are.
const Before = "2026-11-29"

// Folder returns the folder of a kind and a name that create has made of what is
// told by a text. Tests of several packages may want the same one at once.
func Folder(kind, name, of string, create func(dir string) error) (string, error) {
	build, err := buildFolder()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(of))
	dir := filepath.Join(build, kind, fmt.Sprintf("%s-%x", name, sum[:4]))
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	mark := filepath.Join(dir, "complete")
	if _, err := os.Stat(mark); err == nil {
		return dir, nil
	}
	if err := create(dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(mark, nil, 0o644)
}

// buildFolder finds the module's folder build above the working directory.
func buildFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "bokehbinder.go")); err == nil {
			return filepath.Join(dir, "build"), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("the module's folder is not above the working directory")
		}
		dir = up
	}
}

// lock waits until nobody else has the lock file.
func lock(file string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
