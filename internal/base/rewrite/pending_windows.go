package rewrite

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
)

// windowsFile is what renameio has on other systems alone.
type windowsFile struct {
	*os.File
	dir             *os.Root
	temporary, name string
}

// newFile makes a file of the folder dir that is to take the place of another.
func newFile(dir *os.Root, name string, mode fs.FileMode) (replacement, error) {
	for {
		temporary := "." + name + strconv.FormatInt(rand.Int64(), 10)
		f, err := dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &windowsFile{f, dir, temporary, name}, nil
	}
}

// CloseAtomicallyReplace puts the file in its place.
func (f *windowsFile) CloseAtomicallyReplace() error {
	if err := f.Close(); err != nil {
		return err
	}
	return f.dir.Rename(f.temporary, f.name)
}

// Cleanup removes the file.
func (f *windowsFile) Cleanup() error {
	_ = f.Close() // it may be closed
	return f.dir.Remove(f.temporary)
}

// accessible cannot tell: what Windows allows is known by trying.
func accessible(string) error { return nil }
