package rewrite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LinkError is a symbolic link by which nothing is written.
type LinkError struct {
	// Link is its path below the folder, and Target what it holds.
	Link, Target string
	// Err is one of the errors below.
	Err error
}

// Why nothing is written by a symbolic link.
var (
	ErrOutside  = errors.New("it leads out of the folder")
	ErrAbsolute = errors.New("it has an absolute path, which is another one in each clone")
	ErrDangling = errors.New("it leads nowhere")
	ErrLoop     = errors.New("it leads to itself")
)

func (e *LinkError) Error() string {
	return fmt.Sprintf("%v: %s is a symbolic link to %s", e.Err, filepath.ToSlash(e.Link), filepath.ToSlash(e.Target))
}

func (e *LinkError) Unwrap() error { return e.Err }

// maxLinks is how many symbolic links Linux follows.
const maxLinks = 40

// follower follows the symbolic links of a path.
type follower struct {
	root *os.Root
	done string   // what is followed: no link is in it
	todo []string // the elements after it
	own  int      // how many of those, from the end, are the path's own
	link LinkError
}

// follow returns where a path leads: to write a file in one step is to put
// another one in its place, which would replace a link. What is not there yet
// stays as it is, unless a link leads to it.
func follow(root *os.Root, name string) (string, error) {
	f := follower{root: root, done: ".", todo: elements(name)}
	f.own = len(f.todo)
	links := 0
	for len(f.todo) > 0 {
		next := f.todo[0]
		f.todo = f.todo[1:]
		ours := len(f.todo) < f.own
		f.own = min(f.own, len(f.todo))
		if next == ".." {
			if f.done == "." {
				return f.refuse(ErrOutside)
			}
			f.done = filepath.Dir(f.done)
			continue
		}
		at := filepath.Join(f.done, next)
		info, err := root.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) && ours:
			return filepath.Join(append([]string{at}, f.todo...)...), nil
		case errors.Is(err, fs.ErrNotExist):
			return f.refuse(ErrDangling)
		case err != nil:
			return "", err
		case info.Mode()&fs.ModeSymlink == 0:
			f.done = at
			continue
		}
		if links++; links > maxLinks {
			return f.refuse(ErrLoop)
		}
		if err := f.enter(at, ours); err != nil {
			return "", err
		}
	}
	return f.done, nil
}

// enter puts what a link holds before what is to do.
func (f *follower) enter(at string, ours bool) error {
	target, err := f.root.Readlink(at)
	if err != nil {
		return err
	}
	if ours {
		f.link = LinkError{Link: at, Target: target}
	}
	if filepath.IsAbs(target) || filepath.VolumeName(target) != "" || os.IsPathSeparator(target[0]) {
		_, err := f.refuse(ErrAbsolute)
		return err
	}
	f.todo = append(elements(target), f.todo...)
	return nil
}

// refuse is about the link of the path itself that was followed last.
func (f *follower) refuse(err error) (string, error) {
	refused := f.link
	refused.Err = err
	return "", &refused
}

// elements are the names in a path.
func elements(name string) []string {
	var out []string
	for _, element := range strings.FieldsFunc(name, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }) {
		if element != "." {
			out = append(out, element)
		}
	}
	return out
}
