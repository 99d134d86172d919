package scratch

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
)

// File is a file that is to take the place of another one of its folder, or to be the
// first there.
type File struct {
	*os.File
	dir        *os.Root
	name, temp string
}

// NewFile makes an empty file in a folder for the place of the given name. What is
// there lends it its permissions; else it has mode. Before the first one of a folder,
// it removes those that nobody has any more.
func NewFile(dir *os.Root, name string, mode fs.FileMode) (*File, error) {
	Sweep(dir.Name())
	for range attempts {
		temp := ".bokehbinder-file-" + strconv.FormatUint(rand.Uint64(), 10) + ".tmp"
		f, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !keep(f, func() (fs.FileInfo, error) { return dir.Lstat(temp) }) {
			f.Close()
			continue
		}
		made := &File{f, dir, name, temp}
		if old, err := dir.Lstat(name); err == nil {
			if err := f.Chmod(old.Mode().Perm()); err != nil {
				return nil, errors.Join(err, made.Remove())
			}
		}
		return made, nil
	}
	return nil, errors.New("temporary files are removed as soon as they are made in " + dir.Name())
}

// Replace puts the file in its place, once what was written is on the disk.
func (f *File) Replace() error {
	if runtime.GOOS == "windows" { // which renames nothing that is open
		if err := f.Close(); err != nil {
			return err
		}
		return f.dir.Rename(f.temp, f.name)
	}
	return errors.Join(f.dir.Rename(f.temp, f.name), f.Close())
}

// Remove removes the file that has not taken its place.
func (f *File) Remove() error {
	if runtime.GOOS == "windows" {
		_ = f.Close() // it may be closed
	}
	err := f.dir.Remove(f.temp)
	_ = f.Close() // with the lock
	return err
}
