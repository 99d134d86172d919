package lock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
)

// leftover matches the names of files that were being written when a run was
// killed.
var leftover = regexp.MustCompile(`^\.(?:index|[0-9a-f]{40}|[0-9a-f]{64})\.json[0-9]+$`)

// leftoverAge is how old such a file must be before it is certain that nobody
// is writing it any more.
const leftoverAge = time.Hour

// prune removes the cards that the index does not have, and the folders which
// that empties. It touches only what is a card at a card's own place, so that
// nobody's other files are lost.
func (s Store) prune(x *Index) (removed []string, err error) {
	files, err := s.unused(x)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		step("remove " + file)
		if err := os.Remove(file); err != nil {
			return removed, err
		}
		removed = append(removed, file)
		s.removeEmpty(filepath.Dir(file))
	}
	return removed, s.removeLeftovers()
}

// unused lists the files of cards that the index does not have.
func (s Store) unused(x *Index) ([]string, error) {
	used := make(map[string]bool)
	for _, r := range x.Repos {
		for _, e := range r.Cards {
			used[s.cardFile(e.Path)] = true
		}
	}
	var files []string
	err := filepath.WalkDir(filepath.Join(s.Dir, "cards"), func(file string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case d.Type().IsRegular() && !used[file] && s.isCard(file):
			files = append(files, file)
		}
		return nil
	})
	return files, err
}

// isCard reports whether the file is a card that lies where cards of its
// repository and commit are kept.
func (s Store) isCard(file string) bool {
	if !commitHash.MatchString(strings.TrimSuffix(filepath.Base(file), ".json")) {
		return false
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	c, err := card.Read(f)
	if err != nil {
		return false
	}
	path, err := CardPath(c.Repo, c.Commit)
	return err == nil && s.cardFile(path) == file
}

// removeEmpty removes a folder of the store and those above it while they are
// empty.
func (s Store) removeEmpty(dir string) {
	for dir != s.Dir && strings.HasPrefix(dir, s.Dir) && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
}

func (s Store) removeLeftovers() error {
	err := filepath.WalkDir(s.Dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !leftover.MatchString(d.Name()) {
			return err
		}
		info, err := d.Info()
		if err != nil || time.Since(info.ModTime()) < leftoverAge {
			return nil
		}
		return os.Remove(file)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
