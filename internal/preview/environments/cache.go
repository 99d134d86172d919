package environments

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// cache keeps environments in a folder: KEY is one, KEY.lock is locked by who
// makes it or has it in use. An environment works only where it was made, so
// it is made in its place; that it is whole is said by a file that is written
// last.
type cache struct{ dir string }

// completeMark is the file that says that an environment is whole. The time of
// its change is that of the environment's last use.
const completeMark = ".bokehbinder-complete"

// get returns the folder of an environment, made by the function where it is
// not there yet. Until the lock is closed nobody removes it.
func (c cache) get(ctx context.Context, key string, waiting func(), make func(prefix string) error) (prefix string, lock *os.File, err error) {
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return "", nil, err
	}
	prefix, lockPath := filepath.Join(c.dir, key), filepath.Join(c.dir, key+".lock")
	for {
		if lock, err = lockFile(ctx, lockPath, false, waiting); err != nil {
			return "", nil, err
		}
		if c.whole(prefix) {
			now := time.Now()
			_ = os.Chtimes(filepath.Join(prefix, completeMark), now, now)
			return prefix, lock, nil
		}
		lock.Close()
		if lock, err = lockFile(ctx, lockPath, true, waiting); err != nil {
			return "", nil, err
		}
		if !c.whole(prefix) {
			if err := c.make(prefix, make); err != nil {
				lock.Close()
				return "", nil, err
			}
		}
		lock.Close() // and taken again, shared with others
	}
}

// make makes an environment, and leaves nothing of one that cannot be made.
func (c cache) make(prefix string, make func(string) error) error {
	if err := RemoveAll(prefix); err != nil { // what a build that was killed has left
		return err
	}
	err := make(prefix)
	if err == nil {
		err = os.WriteFile(filepath.Join(prefix, completeMark), nil, 0o644)
	}
	if err == nil {
		return nil
	}
	if clearing := RemoveAll(prefix); clearing != nil {
		return errors.Join(err, clearing)
	}
	return err
}

func (c cache) whole(prefix string) bool {
	_, err := os.Stat(filepath.Join(prefix, completeMark))
	return err == nil
}

// cached is one environment of a cache.
type cached struct {
	key  string
	size int64
	used time.Time // zero for one that is not whole
}

// list lists what is in the cache, what was used last at the end.
func (c cache) list() ([]cached, error) {
	entries, err := os.ReadDir(c.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []cached
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		one := cached{key: e.Name(), size: sizeOf(filepath.Join(c.dir, e.Name()))}
		if info, err := os.Stat(filepath.Join(c.dir, e.Name(), completeMark)); err == nil {
			one.used = info.ModTime()
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b cached) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.key, b.key)) })
	return out, nil
}

// sizeOf adds up the sizes of a folder's files. What goes while it looks does
// not count.
func sizeOf(dir string) int64 {
	var sum int64
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil
	})
	return sum
}

// shrink removes environments, those first that were not used for longest,
// until no more than limit bytes are left. Those in use stay. It returns how
// many bytes it removed.
func (c cache) shrink(limit int64) (int64, error) {
	list, err := c.list()
	if err != nil {
		return 0, err
	}
	var sum, removed int64
	for _, one := range list {
		sum += one.size
	}
	var failed error
	for _, one := range list {
		if sum <= limit {
			break
		}
		lock, err := os.OpenFile(filepath.Join(c.dir, one.key+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return removed, errors.Join(failed, err)
		}
		if relock(lock, true) == nil {
			// The mark goes first: what is half removed is not whole.
			prefix := filepath.Join(c.dir, one.key)
			_ = os.Remove(filepath.Join(prefix, completeMark))
			if err := RemoveAll(prefix); err != nil {
				failed = errors.Join(failed, err)
			} else {
				sum, removed = sum-one.size, removed+one.size
			}
		}
		lock.Close()
	}
	return removed, failed
}

// RemoveAll removes a folder, also one with folders that may not be written to,
// as scripts leave them.
func RemoveAll(dir string) error {
	if err := os.RemoveAll(dir); err == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			_ = os.Chmod(p, 0o700) // before it is read
		}
		return nil
	})
	return os.RemoveAll(dir)
}
