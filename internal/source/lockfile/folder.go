package lockfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
)

// Folder is a folder of entries. The zero value is of no use; set Dir.
type Folder struct {
	// Dir need not exist. The files are in its folder "cards".
	Dir string
}

const cards = "cards"

// nameLength is how much of address and ref is in the name of a file, for people
// to find it. A hash tells the names apart, whatever a file system thinks of
// case.
const nameLength = 60

// Name is that of the file for a repository, by its canonical address, at a ref.
// Hugo's templates make the same one.
func Name(repo, ref string) string {
	words := strings.Trim(notInName.ReplaceAllString(strings.ToLower(repo+" "+ref), "-"), "-")
	sum := sha256.Sum256([]byte(repo + " " + ref))
	return words[:min(len(words), nameLength)] + "-" + hex.EncodeToString(sum[:])[:12] + ".json"
}

// notInName matches what is not in the names of files.
var notInName = regexp.MustCompile(`^[a-z]+://|[^a-z0-9]+`)

// named matches the names that [Name] makes.
var named = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*-[0-9a-f]{12}\.json$`)

// File is where an entry's file is, whether or not it is there.
func (f Folder) File(name string) string { return filepath.Join(f.Dir, cards, name) }

// Damaged is a file that is not what was written.
type Damaged struct {
	// File is its path.
	File string
	// Err says what is wrong with it.
	Err error
	// Pins is what can still be read of it: of a merge, of both sides.
	Pins []Pin
}

func (d *Damaged) Error() string { return d.File + ": " + d.Err.Error() }

func (d *Damaged) Unwrap() error { return d.Err }

// Read reads the entry of a repository, by its canonical address, at a ref. That
// there is none is an [fs.ErrNotExist]; one that is not what was written is
// [Damaged].
func (f Folder) Read(repo, ref string) (*Entry, error) {
	return f.read(Name(repo, ref))
}

func (f Folder) read(name string) (*Entry, error) {
	file := f.File(name)
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := readAll(in)
	if err != nil {
		return nil, &Damaged{File: file, Err: err}
	}
	e, err := decode(data)
	if err == nil && Name(e.Repo(), e.Ref) != name {
		err = fmt.Errorf("it is the card of %s at %s, which has another name", e.Repo(), e.Ref)
	}
	if err == nil {
		return e, nil
	}
	d := &Damaged{File: file, Err: err}
	for _, side := range sides(data) {
		if p := salvage(side); p.Commit != "" && Name(p.Repo, p.Ref) == name {
			d.Pins = append(d.Pins, p)
		}
	}
	return nil, d
}

// Write puts an entry into the folder, whole or not at all. It reports whether
// that changed anything; call [Folder.Changed] when all is written.
func (f Folder) Write(e *Entry) (changed bool, err error) {
	data, err := e.encode()
	if err != nil {
		return false, err
	}
	name := filepath.Join(cards, Name(e.Repo(), e.Ref))
	if old, err := os.ReadFile(filepath.Join(f.Dir, name)); err == nil && bytes.Equal(old, data) {
		return false, nil
	}
	return true, f.put(name, data)
}

// readme is the one file that is always there.
const readme = "readme.txt"

// Changed tells those who watch the folder that files in it are new or gone: it
// writes the one file again that is always there.
func (f Folder) Changed() error { return f.put(readme, assets.Readme()) }

// Untold reports whether the folder was changed and nobody was told, as where a disk was
// full.
func (f Folder) Untold() bool {
	_, err := os.Stat(filepath.Join(f.Dir, readme))
	names, _ := f.Names()
	return errors.Is(err, fs.ErrNotExist) && len(names) > 0
}

// put writes a file. Nothing is written outside of the folder, whatever links
// are in it.
func (f Folder) put(name string, data []byte) error {
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return rewrite.WriteFile(root, name, data, 0o644)
}

// Names lists the files of entries, sorted, damaged ones among them.
func (f Folder) Names() ([]string, error) {
	list, err := os.ReadDir(filepath.Join(f.Dir, cards))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, file := range list {
		if file.Type().IsRegular() && named.MatchString(file.Name()) {
			names = append(names, file.Name())
		}
	}
	return names, err
}

// Sweep removes what runs that were killed while they wrote have left.
func (f Folder) Sweep() {
	scratch.Sweep(f.Dir)
	scratch.Sweep(filepath.Join(f.Dir, cards))
}

// Prune removes the entries whose names are not kept. It removes nothing that is no
// entry.
func (f Folder) Prune(keep []string) (removed []string, err error) {
	names, err := f.Names()
	if err != nil || len(names) == 0 {
		return nil, err
	}
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for _, name := range names {
		if slices.Contains(keep, name) || !f.Has(name) {
			continue
		}
		if err := root.Remove(filepath.Join(cards, name)); err != nil {
			return removed, err
		}
		removed = append(removed, f.File(name))
	}
	return removed, nil
}

// Has reports whether a file is an entry, or was one.
func (f Folder) Has(name string) bool {
	_, err := f.read(name)
	var d *Damaged
	return err == nil || errors.As(err, &d) && len(d.Pins) > 0
}
