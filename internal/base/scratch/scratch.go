// Package scratch makes temporary folders that go away with the program: at the
// latest when a program of the same kind starts after it was killed. Each is locked
// by who made it, and a lock dies with its owner.
package scratch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

// removal is how long it is tried to remove a folder. Children of a program that was
// killed may write into it for a moment.
const removal = 30 * time.Second

// attempts is how often a folder is made whose lock a sweeper has for a moment.
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
	if parent == "" {
		parent = os.TempDir()
	}
	parent, err := filepath.Abs(parent) // $TMPDIR may be relative
	if err != nil {
		return nil, err
	}
	if _, again := swept.LoadOrStore(parent, true); !again {
		sweep(parent)
	}
	for range attempts {
		path, err := os.MkdirTemp(parent, "bokehbinder-"+kind+"-*.tmp")
		if err != nil {
			return nil, err
		}
		f, err := lock(path)
		if errors.Is(err, errors.ErrUnsupported) || err == nil && isAt(f, path) {
			return &Dir{Path: path, lock: f}, nil
		}
		f.Close() // a sweeper has, or had, the lock, and removes the folder
	}
	return nil, errors.New("temporary folders are removed as soon as they are made in " + parent)
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

// swept has the parents that were swept by this program.
var swept sync.Map

// ours matches the names that New gives.
var ours = regexp.MustCompile(`^bokehbinder-[a-z]+-[0-9]+\.tmp$`)

// sweep removes the folders below parent whose owners are gone. What cannot be
// removed, such as another user's, stays.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !ours.MatchString(e.Name()) {
			continue
		}
		path := filepath.Join(parent, e.Name())
		if f, err := lock(path); err == nil {
			os.RemoveAll(path)
			f.Close()
		}
	}
}

// isAt reports whether a folder that is open is still the one at a path.
func isAt(f *os.File, path string) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(open, now)
}
