// Package rewrite changes files of a folder. Nothing is written outside of the
// folder, which the system sees to, whatever links are in it; and a file is
// written whole or not at all.
package rewrite

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
)

// Edit is what becomes of one file.
type Edit struct {
	// Path of the file below the folder, with slashes.
	Path string
	// Name is the path by which it was reached, where symbolic links are in that;
	// else it is empty.
	Name string
	// Old is its text, and New the text to write; nil where there is none.
	Old, New *string
	// Executable says that the file is a script. One that is there keeps its
	// permissions.
	Executable bool
}

// Refusal is an edit that cannot be made.
type Refusal struct {
	Path string
	Err  error
}

// Refused lists the edits that cannot be made.
type Refused []Refusal

func (r Refused) Error() string { return errors.Join(r.Unwrap()...).Error() }

// Unwrap returns the errors.
func (r Refused) Unwrap() []error {
	errs := make([]error, len(r))
	for i, refusal := range r {
		errs[i] = refusal.Err
	}
	return errs
}

// Plan is a list of edits of which it is known that they can be made.
type Plan struct {
	root *os.Root
	// above are the folders to make first: the folder itself and those above it,
	// from the outermost. The root is not open before.
	above []string
	edits []Edit
	// places are the files to write, where the paths lead, and pending their
	// content, ready to take their places.
	places  []string
	pending []*pending
	// made are the folders that were made for them.
	made []string
}

// Check looks whether edits of a folder can be made, and changes nothing; what a run
// that was killed has left there goes. The
// error is a [Refused] where it is about edits. The plan is to be closed.
func Check(dir string, edits []Edit) (*Plan, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	scratch.Sweep(dir)
	p := &Plan{root: root, edits: edits, places: make([]string, len(edits)), pending: make([]*pending, len(edits))}
	var refused Refused
	for i, e := range edits {
		if p.places[i], err = check(root, e); err != nil {
			refused = append(refused, Refusal{cmp.Or(e.Name, e.Path), plain(err)})
		}
	}
	if len(refused) > 0 {
		return nil, errors.Join(refused, root.Close())
	}
	return p, nil
}

// CheckNew is [Check] for a folder that is not there, and is made with the edits.
func CheckNew(dir string, edits []Edit) (*Plan, error) {
	p := &Plan{edits: edits, places: make([]string, len(edits)), pending: make([]*pending, len(edits))}
	for i, e := range edits {
		p.places[i] = filepath.FromSlash(e.Path)
	}
	for {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir:
			p.above = slices.Insert(p.above, 0, dir)
			dir = filepath.Dir(dir)
			continue
		case err != nil:
			return nil, err
		case !info.IsDir():
			return nil, &fs.PathError{Op: "write", Path: dir, Err: errors.New("it is no folder")}
		}
		return p, accessible(dir)
	}
}

// ErrChanged means that a file is not as it was when the edit was thought out.
var ErrChanged = errors.New("it is not as it was read: it has changed since, or is too large")

// ErrUnread means that a file is there that was not seen, and would be lost.
var ErrUnread = errors.New("it is there already, and git is told to ignore it")

// check says where a file is to be written, below the root.
func check(root *os.Root, e Edit) (string, error) {
	name, err := filepath.Localize(cmp.Or(e.Name, e.Path))
	if err != nil {
		return "", errors.New("this system has no files of that name")
	}
	place, err := follow(root, name)
	if err != nil {
		return "", err
	}
	info, err := root.Lstat(place)
	switch {
	case errors.Is(err, fs.ErrNotExist) && e.Old == nil:
		return place, mayMake(root, place)
	case errors.Is(err, fs.ErrNotExist):
		return "", ErrChanged
	case err != nil:
		return "", err
	case info.IsDir():
		return "", errors.New("it is a folder")
	case !info.Mode().IsRegular():
		return "", errors.New("it is no regular file")
	case e.Old == nil:
		return "", ErrUnread
	}
	data, err := root.ReadFile(place)
	if err == nil && string(data) != *e.Old {
		err = ErrChanged
	}
	if err != nil {
		return "", err
	}
	return place, accessible(filepath.Join(root.Name(), filepath.Dir(place)))
}

// mayMake says whether a file can be made, with the folders above it.
func mayMake(root *os.Root, place string) error {
	for dir := filepath.Dir(place); ; dir = filepath.Dir(dir) {
		info, err := root.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist) && dir != ".":
			continue
		case err != nil:
			return err
		case !info.IsDir():
			return fmt.Errorf("%s is no folder", filepath.ToSlash(dir))
		}
		return accessible(filepath.Join(root.Name(), dir))
	}
}

// plain names the operation in the user's terms: the system names what it did
// for it.
func plain(err error) error {
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onPath):
		return &fs.PathError{Op: "write", Path: onPath.Path, Err: onPath.Err}
	case errors.As(err, &onLink):
		return &fs.PathError{Op: "write", Path: onLink.New, Err: onLink.Err}
	}
	return err
}

// Stage writes what is new beside the files that it will replace, so that a
// full disk is met while all is as it was. The error is a [Refused].
func (p *Plan) Stage() error {
	if err := p.makeAbove(); err != nil {
		return err
	}
	for i, e := range p.edits {
		if e.New == nil {
			continue
		}
		if err := p.stage(i); err != nil {
			return Refused{{e.Path, plain(err)}}
		}
	}
	return nil
}

// makeAbove makes the folder where it is not there.
func (p *Plan) makeAbove() (err error) {
	for i, dir := range p.above {
		if err := os.Mkdir(dir, 0o755); err != nil {
			p.above = p.above[:i]
			return err
		}
	}
	if p.root == nil {
		p.root, err = os.OpenRoot(p.above[len(p.above)-1])
	}
	return err
}

func (p *Plan) stage(i int) (err error) {
	if err := p.makeFolders(filepath.Dir(p.places[i])); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if p.edits[i].Executable {
		mode = 0o755
	}
	p.pending[i], err = newPending(p.root, p.places[i], []byte(*p.edits[i].New), mode)
	return err
}

// makeFolders makes a folder and those above it, and remembers which.
func (p *Plan) makeFolders(dir string) error {
	if _, err := p.root.Stat(dir); err == nil {
		return nil
	}
	if err := p.makeFolders(filepath.Dir(dir)); err != nil {
		return err
	}
	err := p.root.Mkdir(dir, 0o755)
	if err == nil {
		p.made = append(p.made, dir)
	}
	return err
}

// Apply makes the edits that are staged: what is written first, then what goes.
// It returns those that were made. The error is a [Refused].
func (p *Plan) Apply() (made []Edit, err error) {
	for _, goes := range []bool{false, true} {
		for i, e := range p.edits {
			if (e.New == nil) != goes {
				continue
			}
			if err := p.apply(i); err != nil {
				return made, Refused{{e.Path, plain(err)}}
			}
			made = append(made, e)
		}
	}
	return made, nil
}

func (p *Plan) apply(i int) error {
	if p.pending[i] == nil {
		return p.root.Remove(p.places[i])
	}
	err := p.pending[i].replace()
	if err == nil {
		p.pending[i] = nil
	}
	return err
}

// Close removes what is staged and not applied, with the folders that were made
// for it.
func (p *Plan) Close() error {
	var errs []error
	for _, f := range p.pending {
		if f != nil {
			errs = append(errs, f.discard())
		}
	}
	for i := len(p.made) - 1; i >= 0; i-- {
		_ = p.root.Remove(p.made[i]) // which only an empty one lets happen
	}
	if p.root == nil {
		return nil
	}
	errs = append(errs, p.root.Close())
	for i := len(p.above) - 1; i >= 0; i-- {
		_ = os.Remove(p.above[i])
	}
	return errors.Join(errs...)
}

// WriteFile writes a file below the root in one step, with the folders above it.
// One that is there keeps its permissions. A symbolic link is followed where an
// edit follows it.
func WriteFile(root *os.Root, name string, data []byte, mode fs.FileMode) error {
	place, err := follow(root, name)
	if err != nil {
		return err
	}
	if err := root.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return plain(err)
	}
	return replace(root, place, data, mode)
}

// ReplaceFile writes a file at a path in one step. One that is there keeps its
// permissions; a symbolic link is replaced.
func ReplaceFile(path string, data []byte) error {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer root.Close()
	return replace(root, filepath.Base(path), data, 0o644)
}

// replace writes a file beside a place below the root, and then puts it there.
func replace(root *os.Root, place string, data []byte, mode fs.FileMode) error {
	f, err := newPending(root, place, data, mode)
	if err != nil {
		return plain(err)
	}
	if err := f.replace(); err != nil {
		return plain(errors.Join(err, f.discard()))
	}
	return nil
}
