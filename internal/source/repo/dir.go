package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// dirTree is a local folder.
type dirTree struct {
	name  string
	path  string // empty where the folder is not there
	root  *os.Root
	files []File
}

var _ Tree = (*dirTree)(nil)

// OpenDir opens a local folder's work tree: the files that git tracks and
// those that it would, so not what .gitignore excludes. Where the folder is in
// no git repository or itself excluded from one, or there is no git, it is all
// files but those in .git.
// The error is a *[card.Error].
func OpenDir(path string) (Tree, error) {
	fail := func(reason card.Reason, message, hint string, err error) (Tree, error) {
		return nil, &card.Error{Repo: path, Reason: reason, Message: message, Hint: hint, Err: err}
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return fail(card.ReasonNotFound, "the folder cannot be found", "", err)
	}
	root, err := os.OpenRoot(full)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(card.ReasonNotFound, "there is no such folder", "check the path", err)
	case err != nil:
		if info, e := os.Stat(full); e == nil && !info.IsDir() {
			return fail(card.ReasonNotFound, "it is not a folder", "name the folder that holds the repository", nil)
		} else if errors.Is(e, syscall.ENOTDIR) {
			return fail(card.ReasonNotFound, "there is no such folder", "what is named above it is a file", err)
		}
		return fail(card.ReasonNotFound, "the folder cannot be read", "check its permissions", err)
	}
	t := &dirTree{name: dirName(full), path: full, root: root}
	paths, err := gitPaths(full)
	if err != nil || len(paths) == 0 {
		paths, err = walkPaths(root)
	}
	if err != nil {
		root.Close()
		if errors.Is(err, errTooMany) {
			return fail(card.ReasonTooLarge, "the folder has too many files", "", err)
		}
		return fail(card.ReasonNotFound, "the folder cannot be read", "check its permissions", err)
	}
	t.list(full, paths)
	return t, nil
}

// NewDir is the work tree of a folder that is not there yet.
func NewDir(path string) Tree { return &dirTree{name: dirName(path)} }

// dirName is a folder's own name, not that of a link to it.
func dirName(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		full = path
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		full = real
	}
	return filepath.Base(full)
}

func (t *dirTree) Address() forge.Address { return forge.Address{} }
func (t *dirTree) Name() string           { return t.name }
func (t *dirTree) Commit() string         { return "" }
func (t *dirTree) Date() time.Time        { return time.Time{} }
func (t *dirTree) Files() []File          { return t.files }

// Home implements [Tree].
func (t *dirTree) Home(ctx context.Context) Home {
	if t.path == "" {
		return Home{}
	}
	return home(ctx, t.path)
}

// Close implements [Tree].
func (t *dirTree) Close() error {
	if t.root == nil {
		return nil
	}
	return t.root.Close()
}

// inFolder is a command of git's in somebody's work tree. Its configuration names no
// programs for it, and it asks no server, not even for what a partial clone lacks.
func inFolder(ctx context.Context, folder string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append(options[:len(options):len(options)], args...)...)
	cmd.Dir, cmd.Env = folder, append(variables(os.Environ()), "GIT_ALLOW_PROTOCOL=")
	return cmd
}

// gitPaths asks git for the paths of a work tree's files.
func gitPaths(dir string) ([]string, error) {
	cmd := inFolder(context.Background(), dir, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ".")
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var paths []string
	for len(out) > 0 {
		path, rest, _ := bytes.Cut(out, []byte{0})
		paths, out = append(paths, string(path)), rest
		if len(paths) > defaultMaxFiles {
			return nil, errTooMany
		}
	}
	// A file in a merge conflict is there several times.
	slices.Sort(paths)
	return slices.Compact(paths), nil
}

// walkPaths lists the folder without git. A folder that is a repository of its
// own is one path, as for git.
func walkPaths(root *os.Root) ([]string, error) {
	var paths []string
	err := fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == ".":
			return err
		case err != nil:
			return nil // a folder that may not be read is not ours to publish
		case path == ".":
			return nil
		case strings.EqualFold(d.Name(), ".git"):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			if _, err := root.Lstat(filepath.Join(filepath.FromSlash(path), ".git")); err != nil {
				return nil
			}
			paths = append(paths, path)
			return fs.SkipDir
		}
		if paths = append(paths, path); len(paths) > defaultMaxFiles {
			return errTooMany
		}
		return nil
	})
	slices.Sort(paths)
	return paths, err
}

// list keeps those paths below dir that are there and can be in a repository.
// Asking the system about each file is most of the time that this takes, so it
// is asked from several goroutines.
func (t *dirTree) list(dir string, paths []string) {
	folders := folders{"": true}
	var wanted []string
	for _, path := range paths {
		path = strings.TrimSuffix(path, "/") // as git names a repository inside
		if safePath(path) && folders.real(dir, parent(path)) {
			wanted = append(wanted, path)
		}
	}
	files := make([]File, len(wanted))
	var workers sync.WaitGroup
	for part := range slices.Chunk(indexes(len(wanted)), max(1, len(wanted)/runtime.GOMAXPROCS(0)+1)) {
		workers.Go(func() {
			for _, i := range part {
				files[i] = look(dir, wanted[i])
			}
		})
	}
	workers.Wait()
	t.files = slices.DeleteFunc(files, func(f File) bool { return f.Mode == "" })
}

// indexes returns the numbers below n.
func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// look returns the entry at a path below dir, one without a mode if it is not
// there or cannot be in a repository.
func look(dir, path string) File {
	// Faster than the root's Lstat, and as safe below real folders.
	info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(path)))
	if err != nil {
		return File{} // tracked, but deleted
	}
	f := File{Path: path, Size: info.Size()}
	switch mode := info.Mode(); {
	case mode.IsDir():
		f.Mode, f.Size = ModeSubmodule, -1
	case mode&fs.ModeSymlink != 0:
		f.Mode = ModeSymlink
	case !mode.IsRegular():
		return File{}
	case mode&0o111 != 0:
		f.Mode = ModeExecutable
	default:
		f.Mode = ModeFile
	}
	return f
}

// folders remembers which paths are folders all the way down, without a
// symbolic link among them: git tracks nothing behind one.
type folders map[string]bool

// real says whether a path below dir is such a folder.
func (f folders) real(dir, path string) bool {
	known, ok := f[path]
	if ok {
		return known
	}
	if f.real(dir, parent(path)) {
		info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(path)))
		f[path] = err == nil && info.IsDir()
	}
	return f[path]
}

// parent returns a path without its last element, "" for a single one.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// Read implements [Tree].
func (t *dirTree) Read(ctx context.Context, paths []string) (map[string]Blob, error) {
	out := make(map[string]Blob, len(paths))
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return nil, &card.Error{Repo: t.name, Reason: card.ReasonCanceled, Message: "reading was canceled", Err: err}
		}
		i, ok := slices.BinarySearchFunc(t.files, path, func(f File, p string) int { return strings.Compare(f.Path, p) })
		if !ok || t.files[i].Mode == ModeSubmodule {
			continue
		}
		blob, err := t.read(t.files[i])
		if err != nil {
			return nil, &card.Error{Repo: t.name, Reason: card.ReasonNotFound,
				Message: fmt.Sprintf("the file %q cannot be read", path), Hint: "check its permissions", Err: err}
		}
		out[path] = blob
	}
	return out, nil
}

// read reads one file. A symbolic link is not followed, nor does one among the
// folders above the file lead out of the root.
func (t *dirTree) read(f File) (Blob, error) {
	name := filepath.FromSlash(f.Path)
	if f.Mode == ModeSymlink {
		target, err := t.root.Readlink(name)
		return Blob{Data: []byte(target), Size: int64(len(target))}, err
	}
	file, err := t.root.Open(name)
	if err != nil {
		return Blob{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, DefaultMaxFileBytes))
	return Blob{Data: data, Size: max(f.Size, int64(len(data)))}, err
}
