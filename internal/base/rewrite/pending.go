package rewrite

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replacement is a new file with a name of its own, beside the one whose place
// it is to take.
type replacement interface {
	io.Writer
	Sync() error
	CloseAtomicallyReplace() error
	Cleanup() error
}

// pending is one, with the folder that it is in: a folder below may be one of
// another disk.
type pending struct {
	file replacement
	dir  *os.Root
}

// newPending writes data beside a place below the root.
func newPending(root *os.Root, place string, data []byte, mode fs.FileMode) (*pending, error) {
	dir, err := root.OpenRoot(filepath.Dir(place))
	if err != nil {
		return nil, err
	}
	file, err := newFile(dir, filepath.Base(place), mode)
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	p := &pending{file, dir}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync() // a full disk may be noticed no earlier
	}
	if err != nil {
		return nil, errors.Join(err, p.discard())
	}
	return p, nil
}

// replace puts the file in its place.
func (p *pending) replace() error {
	if err := p.file.CloseAtomicallyReplace(); err != nil {
		return err
	}
	return p.dir.Close()
}

// discard removes the file.
func (p *pending) discard() error {
	return errors.Join(p.file.Cleanup(), p.dir.Close())
}
