package repo

import (
	"context"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Git's modes of tree entries, as [File.Mode] has them.
const (
	ModeFile       = "100644"
	ModeExecutable = "100755"
	ModeSymlink    = "120000"
	ModeSubmodule  = "160000"
)

// File is one entry of a tree: a file, a symbolic link or a submodule.
// Directories are not entries.
type File struct {
	// Path from the root with slashes, in the bytes that git has, which need
	// not be UTF-8.
	Path string
	// Mode is one of the Mode constants.
	Mode string
	// Hash names the entry's content (or, for a submodule, its commit). It is
	// empty in a work tree.
	Hash string
	// Size in bytes, or -1 when it is not known without reading the file.
	Size int64
}

// Blob is the content of one file.
type Blob struct {
	Data []byte
	// Size of the whole file; more than len(Data) if it was cut at the
	// reader's limit for a file.
	Size int64
}

// Home is where the files of a tree come from: what a launch link names that is
// the repository's own.
type Home struct {
	// Address of the repository; zero where it is not known.
	Address forge.Address
	// Default is its default branch, and Ref the branch or tag that the files
	// are of; each is empty where it is not known.
	Default, Ref string
}

// Tree is what a repository holds at one commit, or a local folder's work
// tree.
type Tree interface {
	// Address of the repository, zero for a folder.
	Address() forge.Address
	// Name for messages: the address as a browser opens it, or the folder.
	Name() string
	// Commit is the full hash, empty for a folder.
	Commit() string
	// Date of the commit in UTC, zero for a folder.
	Date() time.Time
	// Files lists the tree in the order of their paths' bytes.
	Files() []File
	// Read returns the content of the given files (paths as Files has them),
	// all of them with one request to the repository's server. It is meant to
	// be called once. Symbolic links give the link's target; submodules and
	// unknown paths are left out of the result.
	Read(ctx context.Context, paths []string) (map[string]Blob, error)
	// Home is where the files come from, as launch links name it.
	Home(ctx context.Context) Home
	// Close removes what was stored to read the tree.
	Close() error
}
