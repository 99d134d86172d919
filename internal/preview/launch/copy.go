package launch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// copied is a folder that follows another, one way.
type copied struct {
	from, to string
	exclude  string
	// root keeps what is written below the copy, whatever links a script has
	// left there.
	root    *os.Root
	entries map[string]entry // as they were when they were copied
	left    []string
}

// newCopy makes the folder to, which must not exist, and copies from to it.
func newCopy(ctx context.Context, from, to, exclude string) (*copied, error) {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return nil, err
	}
	c := &copied{from: from, to: to, exclude: exclude, root: root, entries: map[string]entry{}}
	if _, err := c.sync(ctx); err != nil {
		root.Close()
		return nil, err
	}
	return c, nil
}

// sync copies what has changed since, removes what is no longer there, and
// returns the paths. What a script has done to the copy stays where the
// author's file is as it was.
func (c *copied) sync(ctx context.Context) ([]string, error) {
	l, err := list(c.from, c.exclude)
	if err != nil {
		return nil, err
	}
	c.left = l.left
	var changed []string
	for _, p := range slices.Sorted(maps.Keys(c.entries)) {
		if _, ok := l.entries[p]; ok {
			continue
		}
		if err := c.root.RemoveAll(filepath.FromSlash(p)); err != nil {
			return changed, err
		}
		delete(c.entries, p)
		changed = append(changed, p)
	}
	for _, p := range slices.Sorted(maps.Keys(l.entries)) {
		if err := ctx.Err(); err != nil {
			return changed, err
		}
		e := l.entries[p]
		if old, ok := c.entries[p]; ok && old == e {
			continue
		}
		switch err := c.put(l.root, p, e); {
		case errors.Is(err, fs.ErrNotExist) && c.gone(l.root, p):
			continue // an editor is just replacing it
		case err != nil:
			return changed, err
		}
		c.entries[p] = e
		changed = append(changed, p)
	}
	slices.SortFunc(changed, cmp.Compare[string])
	return changed, nil
}

func (c *copied) gone(root, p string) bool {
	_, err := os.Lstat(filepath.Join(root, filepath.FromSlash(p)))
	return errors.Is(err, fs.ErrNotExist)
}

// put copies one file. The new one takes the place of whatever is there: what
// is there may be a link to somewhere else.
func (c *copied) put(root, p string, e entry) error {
	name := filepath.FromSlash(p)
	if dir := path.Dir(p); dir != "." {
		if err := c.root.MkdirAll(filepath.FromSlash(dir), 0o755); err != nil {
			return fmt.Errorf("the copy has no place for %s: %w", p, err)
		}
	}
	if err := c.root.RemoveAll(name); err != nil {
		return err
	}
	if e.mode == fs.ModeSymlink {
		return c.root.Symlink(e.link, name)
	}
	in, err := os.Open(filepath.Join(root, name))
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := c.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, e.mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in) // which shares blocks where the file system can
	return errors.Join(err, out.Close())
}
