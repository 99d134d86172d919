// Package scratch makes temporary folders, and files that are to take the places of
// others, that go away with the program: at the latest when a program of the same kind
// starts after it was killed. Each is locked by who made it, and a lock dies with its
// owner.
package scratch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// removal is how long it is tried to remove a folder. Children of a program that was
// killed may write into it for a moment.
const removal = 30 * time.Second

// attempts is how often a folder or file is made whose lock a sweeper has for a moment.
const attempts = 10

// Dir is a temporary folder. The zero value is none, and removing it does nothing.
type Dir struct {
	// Path is absolute.
	Path string

	lock *os.File
}

// New makes an empty folder below parent, the system's for temporary files if that is
// "", and has kind, a word, in its name. Before the first one below a parent, it
// removes those that nobody has any more.
func New(parent, kind string) (*Dir, error) {
	parent, err := parentFolder(parent)
	if err != nil {
		return nil, err
	}
	Sweep(parent)
	for range attempts {
		path, err := os.MkdirTemp(parent, "bokehbinder-"+kind+"-*.tmp")
		if err != nil {
			return nil, err
		}
		f, err := openFolder(path)
		if err != nil {
			continue // a sweeper has removed it
		}
		if keep(f, func() (fs.FileInfo, error) { return os.Lstat(path) }) {
			return &Dir{Path: path, lock: f}, nil
		}
		f.Close()
	}
	return nil, errors.New("temporary folders are removed as soon as they are made in " + parent)
}

// parentFolder is the absolute path of where folders are made.
func parentFolder(parent string) (string, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	return filepath.Abs(parent) // $TMPDIR may be relative
}

// keep locks what was just made, and reports whether it is there still: a sweeper may
// have had the lock before, and removes it. now looks at its path. Where nothing can be
// locked, as on some disks of networks, nobody sweeps.
func keep(f *os.File, now func() (fs.FileInfo, error)) bool {
	if err := lock(f); err != nil {
		return !errors.Is(err, syscall.EWOULDBLOCK)
	}
	open, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := now()
	return err == nil && os.SameFile(open, there)
}

// Remove removes the folder with all that is in it.
func (d *Dir) Remove() error {
	if d == nil || d.Path == "" {
		return nil
	}
	err := os.RemoveAll(d.Path)
	for end := time.Now().Add(removal); err != nil && !errors.Is(err, fs.ErrPermission) && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
		err = os.RemoveAll(d.Path)
	}
	d.lock.Close()
	return err
}

// swept has the folders that were swept by this program.
var swept sync.Map

// ours matches the names that are given here.
var ours = regexp.MustCompile(`^\.?bokehbinder-[a-z]+-[0-9]+\.tmp$`)

// Ours reports whether a name is one that is given here.
func Ours(name string) bool { return ours.MatchString(name) }

// Sweep removes what programs that are gone have left below a folder, the system's for
// temporary files if that is "": once in a program's life. What cannot be removed, such
// as another user's, stays.
func Sweep(parent string) {
	parent, err := parentFolder(parent)
	if err != nil {
		return
	}
	if _, again := swept.LoadOrStore(parent, true); again {
		return
	}
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() && !e.Type().IsRegular() || !Ours(e.Name()) {
			continue
		}
		path, open := filepath.Join(parent, e.Name()), os.Open
		if e.IsDir() {
			open = openFolder
		}
		f, err := open(path)
		if err != nil {
			continue
		}
		if lock(f) == nil {
			os.RemoveAll(path)
		}
		f.Close()
	}
}
