package repository

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Snapshot is a repository's list of files, with the content of those that
// were read. Symbolic links are followed where their target was read.
type Snapshot struct {
	files []repo.File // in the order of their paths
	links []int32     // which of them are symbolic links
	blobs map[string]repo.Blob
	left  leavings // of what is read
	looks int      // steps of looks at patterns that are asked for
	// expanded are the steps of looks at those that the repository has.
	expanded int

	called  []called    // all files, once somebody asks
	modules moduleFiles // as well
}

var _ binder.Files = (*Snapshot)(nil)

// newSnapshot lists a tree. The content is read by [Snapshot.load].
func newSnapshot(t repo.Tree) *Snapshot {
	files := t.Files()
	byPath := func(a, b repo.File) int { return strings.Compare(a.Path, b.Path) }
	if !slices.IsSortedFunc(files, byPath) {
		files = slices.SortedFunc(slices.Values(files), byPath)
	}
	s := &Snapshot{files: files}
	for i, f := range files {
		if f.Mode == repo.ModeSymlink {
			s.links = append(s.links, int32(i))
		}
	}
	return s
}

// load reads the content of the given paths.
func (s *Snapshot) load(ctx context.Context, t repo.Tree, paths []string) error {
	blobs, err := t.Read(ctx, paths)
	s.blobs = blobs
	return err
}

// follow reads what links lead to from where Binder or Jupyter look for a file,
// if it has another name, so that it was not asked for. This alone takes a
// second request.
func (s *Snapshot) follow(ctx context.Context, t repo.Tree) error {
	var unread []string
	want := func(p string) {
		p, ok := s.Resolve(p)
		f, found := s.File(p)
		_, read := s.blobs[p]
		if ok && found && !read && f.Mode != repo.ModeSymlink && f.Mode != repo.ModeSubmodule && len(unread) < maxLinkTargets {
			unread = append(unread, p)
		}
	}
	for _, i := range s.links {
		if f := s.files[i]; depth(f.Path) <= 1 && (isBinderFile(path.Base(f.Path)) || jupyter.IsName(f.Path)) {
			want(f.Path)
		}
	}
	for _, dir := range []string{binder.DotBinder, binder.Binder} {
		if f, ok := s.File(dir); ok && f.Mode == repo.ModeSymlink {
			for _, inner := range s.Below(s.target(dir)) {
				if isBinderFile(path.Base(inner.Path)) || jupyter.IsName(inner.Path) {
					want(inner.Path)
				}
			}
		}
	}
	if len(unread) == 0 {
		return nil
	}
	return s.more(ctx, t, unread)
}

// more reads the content of further files.
func (s *Snapshot) more(ctx context.Context, t repo.Tree, paths []string) error {
	blobs, err := t.Read(ctx, paths)
	maps.Copy(s.blobs, blobs)
	return err
}

// target is the path that a link leads to; one that no file has where it leads
// nowhere.
func (s *Snapshot) target(p string) string {
	if to, ok := s.Resolve(p); ok && to != "." {
		return to
	}
	return p
}

// Files lists all files in the order of their paths.
func (s *Snapshot) Files() []repo.File { return s.files }

// Known lists those whose content is known, in the same order: some hundreds, where there
// may be half a million of all.
func (s *Snapshot) Known() []repo.File {
	out := make([]repo.File, 0, len(s.blobs))
	for _, p := range slices.Sorted(maps.Keys(s.blobs)) {
		if f, ok := s.File(p); ok {
			out = append(out, f)
		}
	}
	return out
}

// Matches says whether a path is what a pattern of the repository's stands for. It is not
// known once all steps are taken.
func (s *Snapshot) Matches(p *glob.Pattern, name string) truth.Value {
	if s.lookedOut() {
		return truth.Unknown
	}
	return truth.Of(p.Count(name, &s.expanded))
}

// lookedOut says whether all steps of the repository's own patterns are taken.
func (s *Snapshot) lookedOut() bool { return s.expanded > maxLooks }

// search returns the index of the first file whose path is not before p.
func (s *Snapshot) search(p string) int {
	i, _ := slices.BinarySearchFunc(s.files, p, func(f repo.File, p string) int { return strings.Compare(f.Path, p) })
	return i
}

// File returns the entry at a path, without following links.
func (s *Snapshot) File(p string) (repo.File, bool) {
	if i := s.search(p); i < len(s.files) && s.files[i].Path == p {
		return s.files[i], true
	}
	return repo.File{}, false
}

// Below returns the files in a folder and in its folders; all for "".
func (s *Snapshot) Below(dir string) []repo.File {
	if dir == "" {
		return s.files
	}
	// The paths that begin with "dir/" end where those that begin with "dir0"
	// would, since "0" follows "/".
	return s.files[s.search(dir+"/"):s.search(dir+"0")]
}

// maxLinks bounds how many symbolic links one path may lead through.
const maxLinks = 20

// Resolve follows the symbolic links of a path. It fails where a link leads
// out of the repository or its target is not known.
func (s *Snapshot) Resolve(p string) (string, bool) {
	p = path.Clean(p)
	for range maxLinks {
		next, ok := s.step(p)
		if !ok || next == p {
			return p, ok
		}
		p = next
	}
	return "", false
}

// step follows the first symbolic link of a path.
func (s *Snapshot) step(p string) (string, bool) {
	if p == ".." || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") {
		return "", false
	}
	for i := 0; i <= len(p) && len(s.links) > 0; i++ {
		if i < len(p) && p[i] != '/' {
			continue
		}
		f, ok := s.link(p[:i])
		if !ok {
			continue
		}
		target, ok := s.blobs[f.Path]
		if !ok {
			return "", false
		}
		return path.Join(path.Dir(f.Path), string(target.Data), p[i:]), !strings.HasPrefix(string(target.Data), "/")
	}
	return p, true
}

// link returns the symbolic link at a path.
func (s *Snapshot) link(p string) (repo.File, bool) {
	i, ok := slices.BinarySearchFunc(s.links, p, func(i int32, p string) int { return strings.Compare(s.files[i].Path, p) })
	if !ok {
		return repo.File{}, false
	}
	return s.files[s.links[i]], true
}

// IsDir says whether there is a folder at a path. A submodule is one.
func (s *Snapshot) IsDir(p string) bool {
	p, ok := s.Resolve(p)
	if !ok {
		return false
	}
	if p == "." {
		return true
	}
	f, ok := s.File(p)
	return ok && f.Mode == repo.ModeSubmodule || len(s.Below(p)) > 0
}

// Exists says whether there is a file or a folder at a path.
func (s *Snapshot) Exists(p string) bool {
	p, ok := s.Resolve(p)
	if !ok {
		return false
	}
	_, ok = s.File(p)
	return ok || s.IsDir(p)
}

// IsFile says whether there is a file at a path.
func (s *Snapshot) IsFile(p string) bool {
	p, ok := s.Resolve(p)
	if !ok {
		return false
	}
	f, ok := s.File(p)
	return ok && f.Mode != repo.ModeSubmodule
}

// InSubmodule says whether a path is a submodule or in one, so that what is
// there is not known.
func (s *Snapshot) InSubmodule(p string) bool {
	p, ok := s.Resolve(p)
	for ; ok && p != "."; p = path.Dir(p) {
		if f, found := s.File(p); found {
			return f.Mode == repo.ModeSubmodule
		}
	}
	return false
}

// Read returns the content of the file at a path, if it was read.
func (s *Snapshot) Read(p string) ([]byte, bool) {
	p, ok := s.Resolve(p)
	if !ok {
		return nil, false
	}
	b, ok := s.blobs[p]
	return b.Data, ok
}
