package lock

import (
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/asked"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Want is one place in a site's content that shows a repository.
type Want struct {
	// Repo and Ref as the author wrote them, and the globs of further files.
	Repo, Ref string
	Files     []string
	// Address is that of the repository. A zero one is found out of Repo.
	Address forge.Address
	// App is the app that must be among the repository's, if it is named.
	App string
	// Where the content asks for it, as file:line:column.
	Where string
}

// use is all that a site wants of one repository at one ref.
type use struct {
	repo, ref string // canonical
	address   forge.Address
	names     []string // the repository as its authors write it
	files     []string // globs, sorted
	apps      []string // names that are asked for, sorted
	where     []string
}

// address returns that of the repository.
func (w Want) address() (forge.Address, error) {
	if w.Address.URL != "" {
		return w.Address, nil
	}
	return asked.Address(card.Request{Repo: w.Repo, Ref: w.Ref})
}

// key names what a use reads.
func (u use) key() [2]string { return [2]string{u.repo, u.ref} }

// uses joins what is wanted of one repository at one ref, in the order of
// repositories and refs. Wants whose repository has no valid address come back
// as failures.
func uses(wants []Want) ([]use, []Failure) {
	joined := make(map[[2]string]*use)
	var failures []Failure
	for _, w := range wants {
		address, err := w.address()
		if err != nil {
			failures = append(failures, Failure{Repo: w.Repo, Ref: w.Ref, Where: []string{w.Where}, Err: err})
			continue
		}
		u := use{repo: address.URL, ref: canonicalRef(w.Ref), address: address}
		known := joined[u.key()]
		if known == nil {
			known = &u
			joined[u.key()] = known
		}
		known.names = append(known.names, w.Repo)
		known.files = append(known.files, w.Files...)
		if w.App != "" {
			known.apps = append(known.apps, w.App)
		}
		known.where = append(known.where, w.Where)
	}
	list := make([]use, 0, len(joined))
	for _, u := range joined {
		u.names = sortedSet(u.names)
		u.files = sortedSet(u.files)
		u.apps = sortedSet(u.apps)
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b use) int {
		if c := strings.Compare(a.repo, b.repo); c != 0 {
			return c
		}
		return strings.Compare(a.ref, b.ref)
	})
	return list, failures
}

// canonicalRef returns a ref as entries have it.
func canonicalRef(ref string) string {
	if ref == "" {
		return "HEAD"
	}
	return ref
}

func sortedSet(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
