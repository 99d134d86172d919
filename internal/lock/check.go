package lock

import (
	"errors"
	"fmt"
	"io/fs"
)

// Problem is one way in which a store does not match a site's content.
type Problem struct {
	// Where the content asks for what is not there; empty for what is there
	// and not asked for.
	Where   []string
	Message string
}

// Check compares the store with what is wanted, and changes nothing.
func Check(s Store, wants []Want) ([]Problem, error) {
	x, err := s.Index()
	if err != nil {
		return nil, err
	}
	list, failures := uses(wants)
	var problems []Problem
	for _, f := range failures {
		problems = append(problems, Problem{f.Where, f.Err.Error()})
	}
	next := &Index{}
	for _, u := range list {
		commit := x.Commit(u.repo, u.ref)
		e, _ := x.Entry(u.repo, commit)
		next.pin(u, commit, e)
		if message := s.mismatch(x, u, commit, e); message != "" {
			problems = append(problems, Problem{u.where, message})
		}
	}
	problems = append(problems, unusedEntries(x, next)...)
	files, err := s.unused(x)
	for _, file := range files {
		problems = append(problems, Problem{nil, file + " is not in the index"})
	}
	return problems, err
}

// mismatch says why the store's card does not serve the use, or nothing.
func (s Store) mismatch(x *Index, u use, commit string, e Entry) string {
	if commit == "" || e.Path == "" {
		return fmt.Sprintf("there is no card of %s at %s", u.repo, u.ref)
	}
	for _, name := range u.names {
		if name != u.repo && x.Names[name] != u.repo {
			return fmt.Sprintf("the index does not know that %s is %s", name, u.repo)
		}
	}
	if !e.Covers(u.files) {
		return fmt.Sprintf("the card of %s at %s lacks files that are asked for here", u.repo, u.ref)
	}
	_, err := s.Card(u.repo, commit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("the card of %s at %s is in the index, but its file is missing", u.repo, u.ref)
	case err != nil:
		return err.Error()
	}
	return ""
}

// unusedEntries lists the refs and cards of the index that are not in next.
func unusedEntries(x, next *Index) []Problem {
	var problems []Problem
	for _, repo := range sortedKeys(x.Repos) {
		wanted := next.Repos[repo]
		if wanted == nil {
			problems = append(problems, Problem{nil, fmt.Sprintf("%s is in the index, but nothing shows it", repo)})
			continue
		}
		for _, ref := range sortedKeys(x.Repos[repo].Refs) {
			if _, ok := wanted.Refs[ref]; !ok {
				problems = append(problems, Problem{nil, fmt.Sprintf("%s at %s is in the index, but nothing shows it", repo, ref)})
			}
		}
	}
	return problems
}
