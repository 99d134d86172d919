package lock

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/forge"
)

const indexVersion = 1

// Index says which card shows which repository at which ref. Its JSON is read
// by the Hugo templates, so its fields are their contract, too.
type Index struct {
	Version int `json:"version"`
	// Names maps repositories as authors write them to their canonical
	// addresses, where the two differ.
	Names map[string]string `json:"names,omitempty"`
	// Repos holds the repositories by canonical address.
	Repos map[string]*Repo `json:"repos,omitempty"`
}

// Repo is what the index knows of one repository.
type Repo struct {
	// Refs maps refs to the commits that they are pinned to.
	Refs map[string]string `json:"refs"`
	// Cards holds, by commit, the cards that are there.
	Cards map[string]Entry `json:"cards"`
}

// Entry is one card of the index.
type Entry struct {
	// Path of the card's file below the store's folder, with slashes.
	Path string `json:"path"`
	// Files are the globs of further files that the card was read with.
	Files []string `json:"files,omitempty"`
}

// Covers reports whether the card was read with all of the given globs.
func (e Entry) Covers(globs []string) bool {
	for _, g := range globs {
		if !slices.Contains(e.Files, g) {
			return false
		}
	}
	return true
}

// Commit returns the commit that a repository's ref is pinned to, or "".
func (x *Index) Commit(repo, ref string) string {
	if r := x.Repos[repo]; r != nil {
		return r.Refs[ref]
	}
	return ""
}

// Entry returns the card of a repository at a commit.
func (x *Index) Entry(repo, commit string) (Entry, bool) {
	if r := x.Repos[repo]; r != nil {
		e, ok := r.Cards[commit]
		return e, ok
	}
	return Entry{}, false
}

// pin notes that a ref of a repository is at a commit, and which card that is.
func (x *Index) pin(u use, commit string, e Entry) {
	if x.Repos == nil {
		x.Repos = make(map[string]*Repo)
	}
	r := x.Repos[u.repo]
	if r == nil {
		r = &Repo{Refs: make(map[string]string), Cards: make(map[string]Entry)}
		x.Repos[u.repo] = r
	}
	r.Refs[u.ref] = commit
	r.Cards[commit] = e
	for _, name := range u.names {
		x.pinName(name, u.repo)
	}
}

func (x *Index) pinName(name, repo string) {
	if name == repo {
		return
	}
	if x.Names == nil {
		x.Names = make(map[string]string)
	}
	x.Names[name] = repo
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// encode returns the index as JSON that is the same for the same content.
func (x *Index) encode() ([]byte, error) {
	out := *x
	out.Version = indexVersion
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// canonical returns a repository's canonical address.
func canonical(repo string) (string, error) {
	a, err := forge.Parse(repo)
	if err != nil {
		return "", err
	}
	return a.URL, nil
}

// canonicalRef returns a ref as the index has it.
func canonicalRef(ref string) string {
	if ref == "" {
		return "HEAD"
	}
	return ref
}

// adopt takes over what another index has and this one has not.
func (x *Index) adopt(other *Index) {
	for repo, r := range other.Repos {
		for ref, commit := range r.Refs {
			e, ok := r.Cards[commit]
			if !ok || x.Commit(repo, ref) != "" {
				continue
			}
			x.pin(use{repo: repo, ref: ref}, commit, e)
		}
	}
	for name, repo := range other.Names {
		if _, ok := x.Repos[repo]; ok {
			x.pinName(name, repo)
		}
	}
}
