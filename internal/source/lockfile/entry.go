// Package lockfile keeps cards in a folder, to be committed with whatever shows
// them: one file for each repository at a ref, so that two branches that add
// different ones merge without a conflict. Each file says by a hash whether it
// is still what was written. The package knows nothing of who shows the cards.
package lockfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/colour"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// Version is that of the files' form. The first one kept all refs in one index.
const Version = 2

// Entry is the card of a repository at a ref, as a file has it.
type Entry struct {
	// Ref as it is asked for, "HEAD" for the default branch. That it is pinned
	// is to say that the card stays at its commit, wherever the ref goes.
	Ref string
	// Files are the globs and pieces of further files that the card was read with.
	Files []string
	Card  *card.Card
}

// Repo is the repository's canonical address.
func (e *Entry) Repo() string { return e.Card.Repo }

// Commit is the one that the ref is pinned to.
func (e *Entry) Commit() string { return e.Card.Commit }

// Lacking returns those of the globs and pieces that the card was not read with, or
// by a version that did not know pieces.
func (e *Entry) Lacking(files []string) []string {
	untold := piece.Untold(e.Card, files)
	return slices.DeleteFunc(slices.Clone(files), func(f string) bool {
		return slices.Contains(e.Files, f) && !slices.Contains(untold, f)
	})
}

// form is an entry's JSON. Hugo's templates read it, too.
type form struct {
	Version int             `json:"version"`
	Ref     string          `json:"ref"`
	Files   []string        `json:"files"`
	Hash    string          `json:"hash"`
	Card    json.RawMessage `json:"card"`
}

// encode returns the entry as JSON that is the same for the same content.
func (e *Entry) encode() ([]byte, error) {
	var text bytes.Buffer
	if err := e.Card.Write(&text); err != nil {
		return nil, err
	}
	f := form{Version: Version, Ref: e.Ref, Files: slices.Compact(slices.Sorted(slices.Values(e.Files))), Card: text.Bytes()}
	if f.Files == nil {
		f.Files = []string{}
	}
	plain, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	if f.Hash, err = hash(plain); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(f)
	return out.Bytes(), err
}

// hash is that of an entry's JSON in canonical form: without white space, with
// the keys of each object sorted, and with an empty hash. Line ends and
// indentation of a file do not matter. Hugo's jsonify has the same form.
func hash(data []byte) (string, error) {
	var content map[string]any
	if err := json.Unmarshal(data, &content); err != nil {
		return "", err
	}
	content["hash"] = ""
	canonical, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:]), nil
}

// What may be wrong with a file. They are told apart by what there is to do.
var (
	// ErrChanged means that the file is whole and not what was written.
	ErrChanged = errors.New("it was changed after it was written")
	// ErrMerge means that two branches were merged and their conflict is left.
	ErrMerge = errors.New("it has conflict markers of a merge")
	// ErrNewer means that a newer version of this program wrote it.
	ErrNewer = errors.New("a newer version of bokehbinder wrote it")
	// ErrCostly means that it names a language for a text that could cost the
	// highlighter minutes, which no card that is written here does.
	ErrCostly = errors.New("highlighting its files could take minutes")
)

// decode reads an entry that is still what was written.
func decode(data []byte) (*Entry, error) {
	if marked(data) {
		return nil, ErrMerge
	}
	var f form
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("it is no card: %w", err)
	}
	var version struct{ Version int }
	_ = json.Unmarshal(f.Card, &version) // one without a version is of version 0
	if f.Version > Version || version.Version > card.Version {
		return nil, ErrNewer
	}
	if sum, err := hash(data); err != nil || sum != f.Hash {
		return nil, errors.Join(err, ErrChanged)
	}
	c, err := card.Read(bytes.NewReader(f.Card))
	if err != nil {
		return nil, err
	}
	if colour.Fit(c) != c {
		return nil, ErrCostly
	}
	return &Entry{Ref: f.Ref, Files: f.Files, Card: c}, nil
}

// Pin is what a file says of a ref, be the rest of it damaged.
type Pin struct {
	Repo, Ref, Commit string
	Files             []string
}

// salvage reads what a file pins as far as its text goes.
func salvage(data []byte) (p Pin) {
	dec := json.NewDecoder(bytes.NewReader(data))
	var path []string // the keys that lead to the value, "" for a list
	key := true       // whether a string is one in an object
	for {
		token, err := dec.Token()
		if err != nil {
			return p
		}
		switch token := token.(type) {
		case json.Delim:
			key = true
			switch token {
			case '{':
				path = append(path, "{")
			case '[':
				path = append(path, "")
			default:
				path = path[:len(path)-1]
			}
			continue
		case string:
			last := len(path) - 1
			if last >= 0 && path[last] != "" && key {
				path[last], key = token, false
				continue
			}
			p.take(path, token)
		}
		key = true
	}
}

// take notes a value by where it stands.
func (p *Pin) take(path []string, value string) {
	switch {
	case slices.Equal(path, []string{"ref"}):
		p.Ref = value
	case slices.Equal(path, []string{"files", ""}):
		p.Files = append(p.Files, value)
	case slices.Equal(path, []string{"card", "repo"}):
		p.Repo = value
	case slices.Equal(path, []string{"card", "commit"}):
		p.Commit = value
	}
}

// readAll reads at most as much as the largest card can need.
func readAll(r io.Reader) ([]byte, error) {
	const most = 16 * card.MaxCardText
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("it is over %d bytes, which no card is", most)
	}
	return data, err
}
