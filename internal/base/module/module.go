// Package module hands the files of the module's top level on to internal packages.
// Only the root package can embed them, and what it exports is for everybody: where
// the views lie is not.
package module

import "io/fs"

var files fs.FS

// SetFiles is for the root package alone. Whoever reads the files imports that.
func SetFiles(f fs.FS) { files = f }

// Files are the views, words and assets, under their paths in the module. They
// cannot be changed.
func Files() fs.FS { return files }
