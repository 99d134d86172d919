package lockfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Old is a folder's index of the first version, which had all refs in one file
// and a card for each commit.
type Old struct {
	// Pins are what it pins; of a merge that was not finished, what both of its
	// sides do.
	Pins []Pin

	folder Folder
	cards  map[[2]string]string // repository and commit → path of the card
}

const oldIndex = "index.json"

// Old returns the index of the first version, or nil where there is none.
func (f Folder) Old() (*Old, error) {
	file := filepath.Join(f.Dir, oldIndex)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o := &Old{folder: f, cards: make(map[[2]string]string)}
	for _, side := range sides(data) {
		if err := o.take(side); err != nil {
			return nil, &Damaged{File: file, Err: fmt.Errorf("not an index of cards: %w", err)}
		}
	}
	return o, nil
}

// take adds what one side of the index has.
func (o *Old) take(text []byte) error {
	var index struct {
		Repos map[string]struct {
			Refs  map[string]string
			Cards map[string]struct {
				Path  string
				Files []string
			}
		}
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return err
	}
	for _, repo := range slices.Sorted(maps.Keys(index.Repos)) {
		r := index.Repos[repo]
		for _, ref := range slices.Sorted(maps.Keys(r.Refs)) {
			p := Pin{Repo: repo, Ref: ref, Commit: r.Refs[ref], Files: r.Cards[r.Refs[ref]].Files}
			if !slices.ContainsFunc(o.Pins, func(q Pin) bool { return q.Repo == repo && q.Ref == ref && q.Commit == p.Commit }) {
				o.Pins = append(o.Pins, p)
			}
			o.cards[[2]string{repo, p.Commit}] = r.Cards[p.Commit].Path
		}
	}
	return nil
}

// Of returns what the index pins a repository's ref to.
func (o *Old) Of(repo, ref string) (pins []Pin) {
	if o == nil {
		return nil
	}
	for _, p := range o.Pins {
		if p.Repo == repo && p.Ref == ref {
			pins = append(pins, p)
		}
	}
	return pins
}

// Move writes the entries of the pins that have none yet and whose cards are
// whole. A ref with two pins is left alone. It returns how many it wrote.
func (o *Old) Move() (moved int, err error) {
	for _, p := range o.Pins {
		if len(o.Of(p.Repo, p.Ref)) > 1 || !o.folder.lacks(p.Repo, p.Ref) {
			continue
		}
		c, err := o.card(p)
		if err != nil {
			continue // it is read again if a page shows it
		}
		if _, err := o.folder.Write(&Entry{Ref: p.Ref, Files: p.Files, Card: c}); err != nil {
			return moved, err
		}
		moved++
	}
	return moved, nil
}

func (f Folder) lacks(repo, ref string) bool {
	_, err := f.Read(repo, ref)
	return errors.Is(err, fs.ErrNotExist)
}

// card reads the card of a pin.
func (o *Old) card(p Pin) (*card.Card, error) {
	root, err := os.OpenRoot(o.folder.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	in, err := root.Open(filepath.FromSlash(o.cards[[2]string{p.Repo, p.Commit}]))
	if err != nil {
		return nil, err
	}
	defer in.Close()
	c, err := card.Read(in)
	if err == nil && (c.Repo != p.Repo || c.Commit != p.Commit) {
		err = ErrChanged
	}
	return c, err
}

// Left are the pins without an entry.
func (o *Old) Left() (pins []Pin) {
	for _, p := range o.Pins {
		if o.folder.lacks(p.Repo, p.Ref) {
			pins = append(pins, p)
		}
	}
	return pins
}

// Remove removes the index and the cards of the first version, and the folders
// that this empties. It removes nothing that is no card.
func (o *Old) Remove() error {
	root, err := os.OpenRoot(o.folder.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	names, err := oldCards(root)
	if err != nil {
		return err
	}
	for _, name := range append(names, oldIndex) {
		if err := root.Remove(filepath.FromSlash(name)); err != nil {
			return err
		}
		for dir := path.Dir(name); dir != "." && root.Remove(filepath.FromSlash(dir)) == nil; {
			dir = path.Dir(dir)
		}
	}
	return nil
}

// oldCards lists the cards of the first version, which lay below folders of host
// and path.
func oldCards(root *os.Root) (names []string, err error) {
	err = fs.WalkDir(root.FS(), cards, func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
		hash, isJSON := strings.CutSuffix(d.Name(), ".json")
		if isJSON && d.Type().IsRegular() && strings.Count(name, "/") > 2 && forge.IsHash(hash) && isCard(root, name) {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// isCard reports whether a file is the card of the commit that it is named for.
func isCard(root *os.Root, name string) bool {
	in, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return false
	}
	defer in.Close()
	data, err := readAll(in)
	if err != nil {
		return false
	}
	var c struct{ Repo, Commit string }
	return json.Unmarshal(data, &c) == nil && c.Repo != "" && c.Commit+".json" == path.Base(name)
}
