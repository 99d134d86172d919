package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// object is the head of one object as git cat-file --batch prints it.
type object struct {
	name string // as it was asked for, or the hash
	kind string // "missing" if there is none
	size int64
}

// readObjects asks for objects and calls use for each, in order, with a reader
// of its content.
func (g *git) readObjects(ctx context.Context, names []string, use func(object, io.Reader) error) error {
	in := strings.NewReader(strings.Join(names, "\n") + "\n")
	return g.run(ctx, in, func(out io.Reader) error {
		r := bufio.NewReaderSize(out, 64<<10)
		for range names {
			if err := readObject(r, use); err != nil {
				return err
			}
		}
		return nil
	}, "cat-file", "--batch", "--buffer")
}

// readObject reads one object.
func readObject(r *bufio.Reader, use func(object, io.Reader) error) error {
	line, err := r.ReadString('\n')
	if errors.Is(err, io.EOF) {
		return nil // git has failed and says why
	}
	if err != nil {
		return err
	}
	fields := strings.Fields(line)
	if len(fields) == 2 {
		return use(object{name: fields[0], kind: fields[1]}, strings.NewReader(""))
	}
	if len(fields) != 3 {
		return fmt.Errorf("git cat-file printed %q", line)
	}
	o := object{name: fields[0], kind: fields[1]}
	if o.size, err = strconv.ParseInt(fields[2], 10, 64); err != nil || o.size < 0 {
		return fmt.Errorf("git cat-file printed %q", line)
	}
	content := &io.LimitedReader{R: r, N: o.size}
	if err := use(o, content); err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, r, content.N+1) // the rest and a newline
	return err
}

// readBlobs adds the content of blobs to got, each cut at max bytes, and
// returns the hashes of those that are missing.
func (g *git) readBlobs(ctx context.Context, hashes []string, max int64, got map[string]Blob) (missing []string, err error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	kept := g.maxBytes
	err = g.readObjects(ctx, hashes, func(o object, r io.Reader) error {
		if o.kind != "blob" {
			missing = append(missing, o.name)
			return nil
		}
		var data bytes.Buffer
		data.Grow(int(min(o.size, max)))
		if _, err := io.CopyN(&data, r, min(o.size, max)); err != nil {
			return err
		}
		if kept -= int64(data.Len()); kept < 0 {
			return errTooLarge
		}
		got[o.name] = Blob{Data: data.Bytes(), Size: o.size}
		return nil
	})
	return missing, err
}

// commit returns the commit that an object is or, if it is a tag, names, and
// the commit's date.
func (g *git) commit(ctx context.Context, hash string) (string, time.Time, error) {
	var commit string
	var date time.Time
	err := g.readObjects(ctx, []string{hash + "^{commit}"}, func(o object, r io.Reader) error {
		if o.kind != "commit" {
			return &refError{reason: card.ReasonRef, message: fmt.Sprintf("%s is not a commit", hash),
				hint: "name a branch, a tag or a full commit"}
		}
		commit = o.name
		var err error
		date, err = commitDate(r)
		return err
	})
	if err == nil && commit == "" {
		err = errIncomplete
	}
	return commit, date, err
}

// commitDate reads the committer's date out of a commit. A date that is none
// is zero.
func commitDate(r io.Reader) (time.Time, error) {
	// The headers may be long (signatures come after the committer).
	head, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil {
		return time.Time{}, err
	}
	for line := range bytes.Lines(head) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		who, ok := bytes.CutPrefix(line, []byte("committer "))
		if !ok {
			continue
		}
		fields := bytes.Fields(who[bytes.LastIndexByte(who, '>')+1:])
		if len(fields) == 0 {
			break
		}
		seconds, err := strconv.ParseInt(string(fields[0]), 10, 64)
		date := time.Unix(seconds, 0).UTC()
		if err != nil || date.Year() < 1 || date.Year() > 9999 {
			break
		}
		return date, nil
	}
	return time.Time{}, nil
}

// errTooMany says that the tree has more files than are allowed.
var errTooMany = errors.New("the repository has too many files")

// listTree lists the files of a commit in the order of their paths.
func (g *git) listTree(ctx context.Context, commit string, maxFiles int) ([]File, error) {
	var files []File
	err := g.run(ctx, nil, func(out io.Reader) (err error) {
		files, err = readTree(out, maxFiles)
		return err
	}, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	return files, nil
}

// readTree reads what git ls-tree prints, into the order of the paths.
func readTree(out io.Reader, maxFiles int) (files []File, err error) {
	sorted := true
	var kept texts
	listing := &io.LimitedReader{R: out, N: maxListing + 1}
	records := bufio.NewScanner(listing)
	records.Split(split(0))
	for records.Scan() {
		if len(files) == maxFiles {
			return nil, errTooMany
		}
		f, ok := parseEntry(records.Bytes(), &kept)
		if !ok {
			continue
		}
		sorted = sorted && (len(files) == 0 || files[len(files)-1].Path < f.Path)
		files = append(files, f)
	}
	if listing.N == 0 {
		return nil, errTooMany
	}
	if !sorted {
		files = sortFiles(files)
	}
	return slices.Clip(files), records.Err()
}

// maxRecord is how many bytes a line of git's may have, with the name in it. Systems
// have limits from 255 bytes to 32 KiB for names; a repository has none.
const maxRecord = 32 << 10

// split returns a bufio.SplitFunc for records that end with a byte. Those that are
// longer than maxRecord are left out, and so is one that does not end.
func split(end byte) bufio.SplitFunc {
	skipping := false
	return func(data []byte, _ bool) (advance int, token []byte, err error) {
		i := bytes.IndexByte(data, end)
		switch {
		case i >= 0 && (skipping || i > maxRecord):
			skipping = false
			return i + 1, nil, nil
		case i >= 0:
			return i + 1, data[:i], nil
		case len(data) > maxRecord:
			skipping = true
			return len(data), nil, nil
		}
		return 0, nil, nil
	}
}

// sortFiles sorts files by their paths' bytes. git's own trees are sorted, but
// nothing makes a server send such; of two entries with one path the first
// counts.
func sortFiles(files []File) []File {
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(files, func(a, b File) bool { return a.Path == b.Path })
}

// blockSize is how many bytes of texts are kept together.
const blockSize = 32 << 10

// texts keeps texts as parts of a few large ones: half a million small ones would be as
// many things for the garbage collector to look at.
type texts struct{ block strings.Builder }

// keep returns a text of the bytes.
func (t *texts) keep(text []byte) string {
	if t.block.Cap()-t.block.Len() < len(text) {
		t.block.Reset()
		t.block.Grow(max(len(text), blockSize))
	}
	start := t.block.Len()
	t.block.Write(text)
	return t.block.String()[start:]
}

// parseEntry reads an entry as git ls-tree -z prints it: mode, type, hash, a
// tab, path. Entries with a path that git itself would not check out are
// refused.
func parseEntry(record []byte, kept *texts) (File, bool) {
	mode, rest, _ := bytes.Cut(record, []byte(" "))
	_, rest, _ = bytes.Cut(rest, []byte(" "))
	hash, path, ok := strings.Cut(kept.keep(rest), "\t")
	if !ok || !forge.IsHash(hash) || !safePath(path) {
		return File{}, false
	}
	f := File{Path: path, Hash: hash, Size: -1}
	switch mode := string(mode); {
	case mode == ModeSymlink:
		f.Mode = ModeSymlink
	case mode == ModeSubmodule:
		f.Mode = ModeSubmodule
	case strings.HasPrefix(mode, "1007"):
		f.Mode = ModeExecutable
	case strings.HasPrefix(mode, "100"):
		f.Mode = ModeFile // also 100664, which old versions of git wrote
	default:
		return File{}, false
	}
	return f, true
}

// safePath says whether a path has only elements that may be files' names.
func safePath(path string) bool {
	for rest := path; ; {
		element, after, more := strings.Cut(rest, "/")
		if element == "" || element[0] == '.' && (element == "." || element == ".." || strings.EqualFold(element, ".git")) {
			return false
		}
		if !more {
			return true
		}
		rest = after
	}
}
