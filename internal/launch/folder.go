package launch

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// folder is what was read of a repository's folder.
type folder struct {
	dir   string
	facts *inspect.Facts
	plan  *binder.Plan
}

// readFolder reads a folder and what repo2docker would do with it.
func readFolder(ctx context.Context, dir string) (*folder, error) {
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	facts, err := inspect.Read(ctx, tree, nil)
	if err != nil {
		return nil, err
	}
	return &folder{dir, facts, binder.NewPlan(facts.Snapshot)}, nil
}

// fault is the error with which repo2docker gives up before it builds.
func (f *folder) fault() error {
	if len(f.plan.Faults) == 0 {
		return nil
	}
	return &BuildError{Step: "plan", Message: f.plan.Faults[0].Text}
}

// maxList bounds the size of a list of packages.
const maxList = 1 << 20

// read returns a file's content. A link does not lead out of the folder.
func (f *folder) read(p string) ([]byte, bool) {
	if text, ok := f.facts.Snapshot.Read(p); ok {
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
	text, err := io.ReadAll(io.LimitReader(file, maxList))
	return text, err == nil
}

// uses says whether repo2docker uses the file of a name, and where it is.
func (f *folder) uses(name string) (string, bool) {
	p := f.plan.Path(name)
	for _, use := range f.plan.Files {
		if use.Path == p && use.Used {
			return p, true
		}
	}
	return p, false
}
