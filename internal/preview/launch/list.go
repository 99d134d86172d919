package launch

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// entry is a file of the author's folder as it was when it was looked at.
type entry struct {
	mode fs.FileMode // 0o755, 0o644, or fs.ModeSymlink
	size int64
	time time.Time
	link string // where a symbolic link leads
}

// maxModules bounds how deep repositories within repositories are looked into.
const maxModules = 8

// lister lists what of the author's folder is copied.
type lister struct {
	root    string   // the folder, without symbolic links in its path
	within  *os.Root // the same
	exclude string   // the path in it that is left out: the scratch folder; or empty
	entries map[string]entry
	left    []string // what is left out, and why
}

// list lists the files of a folder that a clone of it would have, with those
// that are not committed yet, by their paths with slashes: what git tracks and
// does not ignore. Submodules are there as in Binder's clone. Where there is no
// git, environments and what tools leave behind are left out.
func list(dir, exclude string) (*lister, error) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, err
	}
	if root, err = filepath.Abs(root); err != nil {
		return nil, err
	}
	l := &lister{root: root, entries: map[string]entry{}}
	if rel, ok := paths.Rel(root, exclude); ok && exclude != "" {
		l.exclude = filepath.ToSlash(rel)
	}
	if l.within, err = os.OpenRoot(root); err != nil {
		return nil, err
	}
	defer l.within.Close()
	return l, l.add("", 0)
}

// add lists the files of a repository at a path below the root.
func (l *lister) add(below string, depth int) error {
	dir := filepath.Join(l.root, filepath.FromSlash(below))
	tree, err := repo.OpenDir(dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	tools := toolFolders{dir: dir, versioned: versioned(dir), known: map[string]bool{}}
	for _, f := range tree.Files() {
		p := path.Join(below, f.Path)
		full := filepath.Join(l.root, filepath.FromSlash(p))
		switch {
		case l.exclude != "" && (p == l.exclude || strings.HasPrefix(p, l.exclude+"/")):
		case tools.within(path.Dir(f.Path)):
		case f.Mode == repo.ModeSubmodule:
			if depth < maxModules && !tools.within(f.Path) {
				if err := l.add(p, depth+1); err != nil {
					return err
				}
			}
		default:
			l.file(p, full, f.Mode)
		}
	}
	return nil
}

// file notes one file.
func (l *lister) file(p, full, mode string) {
	info, err := os.Lstat(full)
	if err != nil {
		return // gone since it was listed
	}
	e := entry{size: info.Size(), time: info.ModTime()}
	switch mode {
	case repo.ModeSymlink:
		e.mode = fs.ModeSymlink
		if e.link, err = os.Readlink(full); err != nil {
			return
		}
		if !l.inside(p) {
			l.left = append(l.left, p+": a symbolic link that leads out of the folder")
			return
		}
	case repo.ModeExecutable:
		e.mode = 0o755
	default:
		e.mode = 0o644
	}
	l.entries[p] = e
}

// inside says whether a symbolic link leads to something below the root, where
// the copy has it too, if it is there at all.
func (l *lister) inside(p string) bool {
	_, err := l.within.Stat(filepath.FromSlash(p))
	return err == nil || errors.Is(err, fs.ErrNotExist)
}

// versioned says whether a folder is in a git repository.
func versioned(dir string) bool {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return false
		}
		dir = up
	}
}

// toolFolders knows the folders that tools fill: environments and caches. What
// git is told to ignore is not listed at all, and who commits such a folder
// wants it, unless it is an environment, which works in its own place alone.
type toolFolders struct {
	dir       string
	versioned bool
	known     map[string]bool
}

// within says whether a folder is such a one, or in one.
func (t toolFolders) within(p string) bool {
	if p == "." || p == "/" {
		return false
	}
	known, ok := t.known[p]
	if !ok {
		known = t.within(path.Dir(p)) || t.is(p)
		t.known[p] = known
	}
	return known
}

func (t toolFolders) is(p string) bool {
	full := filepath.Join(t.dir, filepath.FromSlash(p))
	for _, mark := range []string{"pyvenv.cfg", "conda-meta"} {
		if _, err := os.Lstat(filepath.Join(full, mark)); err == nil {
			return true
		}
	}
	if t.versioned {
		return false
	}
	switch path.Base(p) {
	case "node_modules", "__pycache__", ".ipynb_checkpoints":
		return true
	}
	return false
}
