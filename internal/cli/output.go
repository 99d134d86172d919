package cli

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
)

// writeOutput writes data to the file at path, or to standard output when path
// is empty or "-". A regular file is replaced in one step: whoever looks sees
// the old file or the whole new one. A symbolic link is followed, and what is
// not a regular file (a pipe, a device) is written to.
func (p *Program) writeOutput(path string, data []byte) error {
	if path == "" || path == "-" {
		if _, err := p.Stdout.Write(data); err != nil {
			return failFile("standard output", err, "")
		}
		return nil
	}
	if err := replaceFile(path, data); err != nil {
		return failFile(path, err, outputHint(err))
	}
	return nil
}

func replaceFile(path string, data []byte) error {
	path, err := linkTarget(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("it is a folder")}
	case err == nil && !info.Mode().IsRegular():
		return writeDevice(path, data)
	}
	return rewrite.ReplaceFile(path, data)
}

// linkTarget follows symbolic links, also to a file that is not there yet.
func linkTarget(path string) (string, error) {
	for range 40 { // as many as Linux follows
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link, or nothing at all
		}
		if !filepath.IsAbs(target) {
			dir, _ := filepath.Split(path)
			target = dir + target
		}
		// What is above may be links, too, so that ".." is not what it seems.
		dir, name := filepath.Split(target)
		if dir, err = filepath.EvalSymlinks(cmp.Or(dir, ".")); err != nil {
			return "", err
		}
		path = filepath.Join(dir, name)
	}
	return "", &fs.PathError{Op: "write", Path: path, Err: errors.New("too many symbolic links")}
}

func writeDevice(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func outputHint(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "create the folder first"
	case isReadOnly(err):
		return "choose a folder that you may write to"
	}
	return "nothing was written"
}

// siteHint is the hint for what could not be written into a site, which has but
// one place for it.
func siteHint(err error) string {
	if isReadOnly(err) {
		return "make the folder writable, or run this in a copy of the site that you may change, and commit what it writes"
	}
	return outputHint(err)
}

// isReadOnly reports whether a place may not be written to, be it for who asks or
// for all.
func isReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}

// stdinName is what messages call standard input.
const stdinName = "<stdin>"

// readInput reads the file at path, or standard input when path is empty or
// "-". It returns the name to use in messages, too.
func (p *Program) readInput(path string) (name string, data []byte, err error) {
	if path == "" || path == "-" {
		data, err = io.ReadAll(p.Stdin)
		if err != nil {
			return "", nil, failFile("standard input", err, "")
		}
		return stdinName, data, nil
	}
	data, err = os.ReadFile(path)
	if err != nil {
		return "", nil, failFile(path, err, "")
	}
	return path, data, nil
}
