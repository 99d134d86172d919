package card

import (
	"errors"
	"fmt"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Request names what a card is wanted of.
type Request struct {
	// Repo is the repository's address as its author wrote it: an https URL,
	// or owner/name for GitHub.
	Repo string
	// Ref is a branch, a tag or a full commit; empty or "HEAD" is the default
	// branch.
	Ref string
	// Files are globs of further files whose text is wanted. A star matches
	// within a path element, two stars match any number of elements. What no file
	// is called may be a piece of one: its path, "#", and lines such as L10-L30, or
	// the name of a function, a class or a region.
	Files []string
}

// URL returns the address of the repository as its card has it, whichever way
// Repo is written: owner/name becomes https://github.com/owner/name. The error is
// an *[Error].
func (r Request) URL() (string, error) {
	a, err := forge.Parse(r.Repo)
	if err != nil {
		e := &Error{Repo: r.Repo, Ref: r.Ref, Reason: ReasonAddress, Message: err.Error()}
		var of *forge.Error
		if errors.As(err, &of) {
			e.Message, e.Hint = of.Message, of.Hint
		}
		return "", e
	}
	return a.URL, nil
}

// Key is one text for all requests that ask for the same: one repository, however
// it is written, at one ref, with one set of files. It is for whoever keeps cards
// by what was asked.
func (r Request) Key() string {
	files := slices.Compact(slices.Sorted(slices.Values(r.Files)))
	return fmt.Sprintf("%s %q", r.Place(), files)
}

// Place is [Request.Key] without the files: requests with one place can be joined
// to one that asks for the files of all.
func (r Request) Place() string {
	repo, err := r.URL()
	if err != nil {
		repo = fmt.Sprintf("%q", r.Repo)
	}
	ref := r.Ref
	if ref == "" {
		ref = "HEAD"
	}
	return fmt.Sprintf("%s %q", repo, ref)
}
