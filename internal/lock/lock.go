// Package lock keeps the cards that a Hugo site has committed: one file a card,
// and an index that says which card shows which repository at which ref. A site
// is built from these files alone; [Sync] is what writes them.
package lock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"

	"github.com/bokehbinder/bokehbinder/card"
)

// Folder is where the cards are kept, below a site's assets folder.
const Folder = "bokehbinder"

// Store is the folder in which a site keeps its cards and their index. The zero
// value is of no use; set Dir.
type Store struct {
	// Dir is the site's assets folder joined with [Folder].
	Dir string
}

func (s Store) indexFile() string { return filepath.Join(s.Dir, "index.json") }

func (s Store) cardFile(path string) string { return filepath.Join(s.Dir, filepath.FromSlash(path)) }

// Index reads the store's index. A store without one is empty.
func (s Store) Index() (*Index, error) {
	data, err := os.ReadFile(s.indexFile())
	if errors.Is(err, fs.ErrNotExist) {
		return &Index{}, nil
	}
	if err != nil {
		return nil, err
	}
	x, err := decodeIndex(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.indexFile(), err)
	}
	return x, nil
}

// Card reads the card of a repository (by its canonical address) at a commit.
// A card that is another one's, or of another version, is an error.
func (s Store) Card(repo, commit string) (*card.Card, error) {
	path, err := CardPath(repo, commit)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(s.cardFile(path))
	if err != nil {
		return nil, err
	}
	c, err := card.Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.cardFile(path), err)
	}
	if c.Repo != repo || c.Commit != commit {
		return nil, fmt.Errorf("%s: it is the card of %s at %s", s.cardFile(path), c.Repo, c.Commit)
	}
	return c, nil
}

// writeCard puts a card into the store, whole or not at all. It reports whether
// that changed anything.
func (s Store) writeCard(c *card.Card) (changed bool, err error) {
	path, err := CardPath(c.Repo, c.Commit)
	if err != nil {
		return false, err
	}
	var buf bytes.Buffer
	if err := c.Write(&buf); err != nil {
		return false, err
	}
	return replace(s.cardFile(path), buf.Bytes())
}

// writeIndex puts the index into the store, whole or not at all.
func (s Store) writeIndex(x *Index) (changed bool, err error) {
	data, err := x.encode()
	if err != nil {
		return false, err
	}
	return replace(s.indexFile(), data)
}

// replace writes a file in one step, unless it has that content already: a
// file that is written again wakes up whoever watches it.
func replace(file string, data []byte) (changed bool, err error) {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return false, err
	}
	step("write " + file)
	return true, maybe.WriteFile(file, data, 0o644)
}

// step is called before each change of the store, for tests of what a run
// leaves that is stopped there.
var step = func(string) {}

func decodeIndex(data []byte) (*Index, error) {
	var x Index
	if err := json.Unmarshal(data, &x); err != nil {
		return nil, fmt.Errorf("not an index of cards: %w", err)
	}
	if x.Version > indexVersion {
		return nil, fmt.Errorf("written by a newer bokehbinder (version %d, and this one knows %d)", x.Version, indexVersion)
	}
	return &x, nil
}
