// Package paths compares paths by what the system finds at them, and not by how
// they are written: by way of symbolic links, in other letter case or in short
// names, one folder has many.
package paths

import (
	"io/fs"
	"os"
	"path/filepath"
)

// Same reports whether two paths lead to one file or folder that is there.
func Same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// Rel returns the way from a folder down to what a path leads to, "." for the
// folder itself. ok is false where that is not in the folder. What is at the end
// of the path need not be there.
func Rel(folder, path string) (rel string, ok bool) {
	base, err := os.Stat(folder)
	if err != nil {
		return "", false
	}
	at, rel := real(path)
	for {
		if info, err := os.Stat(at); err == nil && os.SameFile(base, info) {
			return filepath.Join(".", rel), true
		}
		up := filepath.Dir(at)
		if up == at {
			return "", false
		}
		at, rel = up, filepath.Join(filepath.Base(at), rel)
	}
}

// real follows the links of a path, as far as it is there, and returns the rest.
func real(path string) (there, rest string) {
	full, err := filepath.Abs(path)
	if err != nil {
		full = path
	}
	for {
		if there, err := filepath.EvalSymlinks(full); err == nil {
			return there, rest
		}
		up := filepath.Dir(full)
		if up == full {
			return full, rest
		}
		full, rest = up, filepath.Join(filepath.Base(full), rest)
	}
}

// Walk is [filepath.WalkDir] of a folder that may be a symbolic link itself. The
// links in it are not followed.
func Walk(folder string, fn fs.WalkDirFunc) error {
	at, err := filepath.EvalSymlinks(folder)
	if err != nil || at == folder {
		return filepath.WalkDir(folder, fn)
	}
	return filepath.WalkDir(at, func(path string, d fs.DirEntry, err error) error {
		rel, e := filepath.Rel(at, path)
		if e != nil {
			return e
		}
		return fn(filepath.Join(folder, rel), d, err)
	})
}
