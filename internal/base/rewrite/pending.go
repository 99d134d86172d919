package rewrite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
)

// pending is a new file beside the one whose place it is to take, with the folder that
// it is in: a folder below may be one of another disk.
type pending struct {
	file *scratch.File
	dir  *os.Root
}

// newPending writes data beside a place below the root.
func newPending(root *os.Root, place string, data []byte, mode fs.FileMode) (*pending, error) {
	dir, err := root.OpenRoot(filepath.Dir(place))
	if err != nil {
		return nil, err
	}
	file, err := scratch.NewFile(dir, filepath.Base(place), mode)
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
	if err := p.file.Replace(); err != nil {
		return err
	}
	return p.dir.Close()
}

// discard removes the file.
func (p *pending) discard() error {
	return errors.Join(p.file.Remove(), p.dir.Close())
}
