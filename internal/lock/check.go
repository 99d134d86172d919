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
	Hint    string
}

const hintSync = "run bokehbinder sync and commit what it writes"

// Check compares the store with what is wanted, and changes nothing.
func Check(s Store, wants []Want) ([]Problem, error) {
	x, err := s.Index()
	if err != nil {
		return nil, err
	}
	list, failures := uses(wants)
	var problems []Problem
	for _, f := range failures {
		problems = append(problems, Problem{f.Where, f.Err.Error(), ""})
	}
	next := &Index{}
	for _, u := range list {
		commit := x.Commit(u.repo, u.ref)
		e, _ := x.Entry(u.repo, commit)
		next.pin(u, commit, e)
		if message := s.mismatch(x, u, commit, e); message != "" {
			problems = append(problems, Problem{u.where, message, hintSync})
			continue
		}
		problems = append(problems, s.missingApps(u, commit)...)
	}
	problems = append(problems, unusedEntries(x, next)...)
	files, err := s.unused(x)
	for _, file := range files {
		problems = append(problems, Problem{nil, file + " is not in the index", hintSync})
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

// missingApps says which of the apps that are asked for the card does not have.
func (s Store) missingApps(u use, commit string) []Problem {
	c, err := s.Card(u.repo, commit)
	if err != nil {
		return nil // said already
	}
	var problems []Problem
	for _, name := range u.apps {
		if c.App(name) == nil {
			problems = append(problems, Problem{
				Where:   u.where,
				Message: fmt.Sprintf("%s has no app %q at %s", u.repo, name, u.ref),
				Hint:    "write app= as the repository has it, or run bokehbinder sync --update if it is new there",
			})
		}
	}
	return problems
}

// unusedEntries lists the refs and cards of the index that are not in next.
func unusedEntries(x, next *Index) []Problem {
	var problems []Problem
	for _, repo := range sortedKeys(x.Repos) {
		wanted := next.Repos[repo]
		if wanted == nil {
			problems = append(problems, Problem{nil, fmt.Sprintf("%s is in the index, but nothing shows it", repo), hintSync})
			continue
		}
		for _, ref := range sortedKeys(x.Repos[repo].Refs) {
			if _, ok := wanted.Refs[ref]; !ok {
				problems = append(problems, Problem{nil, fmt.Sprintf("%s at %s is in the index, but nothing shows it", repo, ref), hintSync})
			}
		}
	}
	return problems
}
