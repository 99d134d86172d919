package repository

import (
	"cmp"
	"hash/maphash"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Half a million files cannot be gone through for each name that somebody writes, so they
// are gone through once. Names are kept as their hashes, which take less memory.

// seed is that of the hashes.
var seed = maphash.MakeSeed()

// called is a file's number, by the hash of its name.
type called struct{ hash, file uint32 }

// Named lists the files of a name, in the order of their paths.
func (s *Snapshot) Named(name string) iter.Seq[repo.File] {
	if s.called == nil {
		s.called = make([]called, len(s.files))
		for i, f := range s.files {
			s.called[i] = called{hashOf(path.Base(f.Path)), uint32(i)}
		}
		slices.SortFunc(s.called, func(a, b called) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.file, b.file)) })
	}
	return func(yield func(repo.File) bool) {
		hash := hashOf(name)
		i, _ := slices.BinarySearchFunc(s.called, hash, func(c called, hash uint32) int { return cmp.Compare(c.hash, hash) })
		for ; i < len(s.called) && s.called[i].hash == hash; i++ {
			if f := s.files[s.called[i].file]; path.Base(f.Path) == name && !yield(f) {
				return
			}
		}
	}
}

func hashOf(name string) uint32 { return uint32(maphash.String(seed, name)) }

// moduleFiles has the names of what may be a module, as their hashes, with the number of the
// first file that is one: a Python file, or the one that makes a folder a package. It is
// noFile where there are only folders and files without an extension.
type moduleFiles map[uint64]int32

const noFile = -1

// moduleNames returns those of the repository.
func (s *Snapshot) moduleNames() moduleFiles {
	if s.modules != nil {
		return s.modules
	}
	s.modules = moduleFiles{}
	last := ""
	for i, f := range s.files {
		dir, name := path.Split(f.Path)
		if dir = strings.TrimSuffix(dir, "/"); dir != last {
			for folder := range strings.SplitSeq(dir, "/") {
				s.modules.add(folder, noFile)
			}
			last = dir
		}
		stem, isPython := strings.CutSuffix(name, ".py")
		switch {
		case name == "__init__.py" && dir != "":
			s.modules.add(path.Base(dir), int32(i))
			s.modules.add(stem, noFile)
		case isPython:
			s.modules.add(stem, int32(i))
		case dir == "":
			s.modules.add(name, noFile)
		}
	}
	return s.modules
}

// add notes a name, with the first file.
func (m moduleFiles) add(name string, file int32) {
	hash := maphash.String(seed, name)
	if first, ok := m[hash]; !ok || first == noFile {
		m[hash] = file
	}
}

// HasModule says whether something in the repository may be a module of a name, a folder
// or a file.
func (s *Snapshot) HasModule(name string) bool {
	_, ok := s.moduleNames()[maphash.String(seed, name)]
	return ok
}

// Module returns the first file of the repository that Python may run for a module of a
// name, wherever it lies.
func (s *Snapshot) Module(name string) (repo.File, bool) {
	i, ok := s.moduleNames()[maphash.String(seed, name)]
	if !ok || i == noFile {
		return repo.File{}, false
	}
	return s.files[i], true
}
