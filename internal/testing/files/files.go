// Package files gives tests a repository's files without a repository.
package files

import "strings"

// Tree has texts by their paths.
type Tree map[string]string

// IsDir says whether a path is a folder.
func (t Tree) IsDir(p string) bool {
	for name := range t {
		if strings.HasPrefix(name, p+"/") {
			return true
		}
	}
	return false
}

// Exists says whether there is a file or folder.
func (t Tree) Exists(p string) bool {
	_, ok := t[p]
	return ok || t.IsDir(p)
}

// Read returns a file, and whether there is one.
func (t Tree) Read(p string) ([]byte, bool) {
	text, ok := t[p]
	return []byte(text), ok
}
