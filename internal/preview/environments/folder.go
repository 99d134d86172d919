package environments

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Folder is what was read of a repository's folder.
type Folder struct {
	// Facts are those of the repository, with what repo2docker would do.
	Facts *repository.Facts

	dir string
}

// ReadFolder reads a folder and what repo2docker would do with it.
func ReadFolder(ctx context.Context, dir string) (*Folder, error) {
	facts, err := repository.ReadFolder(ctx, dir, forge.Address{}, nil)
	if err != nil {
		return nil, err
	}
	return &Folder{Facts: facts, dir: dir}, nil
}

// Fault is the error with which repo2docker gives up before it builds.
func (f *Folder) Fault() error {
	if len(f.Facts.Plan.Faults) == 0 {
		return nil
	}
	return &BuildError{Step: "plan", Message: f.Facts.Plan.Faults[0].Text}
}

// Local lists, in pip's form, what the repository holds itself and has installed,
// such as "-e .".
func (f *Folder) Local() []string { return f.requirements().local }

// maxList bounds the size of a list of packages, of which whole lines are read.
const maxList = 1 << 20

// read returns a file's content. A link does not lead out of the folder.
func (f *Folder) read(p string) ([]byte, bool) {
	if text, ok := f.Facts.Snapshot.Read(p); ok {
		return text, true
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, false
	}
	defer root.Close()
	file, err := root.Open(filepath.FromSlash(p))
	if err != nil {
		return nil, false
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxList+1))
	if len(text) > maxList {
		text = text[:bytes.LastIndexByte(text[:maxList], '\n')+1]
	}
	return text, err == nil
}

// Uses says whether repo2docker uses the file of a name, and where it is.
func (f *Folder) Uses(name string) (string, bool) {
	p := f.Facts.Plan.Path(name)
	for _, use := range f.Facts.Plan.Files {
		if use.Path == p && use.Used {
			return p, true
		}
	}
	return p, false
}
