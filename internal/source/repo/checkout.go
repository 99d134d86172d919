package repo

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// Checkout writes the files of a tree into the folder dir, which must be empty
// or not there: contents, executable bits and symbolic links. Submodules become
// empty folders. Nothing is written outside of dir, whatever the paths and
// links of the tree are, and nothing where the files have more than max bytes
// together: one that stands at many paths is fetched once, and written for each.
// The tree's reader has to have a MaxFileBytes that no file exceeds.
func Checkout(ctx context.Context, t Tree, dir string, max int64) error {
	paths := make([]string, 0, len(t.Files()))
	for _, f := range t.Files() {
		paths = append(paths, f.Path)
	}
	blobs, err := t.Read(ctx, paths)
	if err != nil {
		return err
	}
	if bytesOf(t, blobs) > max {
		return fmt.Errorf("its files have more than %d MiB together", max>>20)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var links []File
	for _, f := range t.Files() {
		if f.Mode == ModeSymlink { // last, so that nothing is written through one
			links = append(links, f)
			continue
		}
		if err := checkoutFile(root, f, blobs[f.Path]); err != nil {
			return err
		}
	}
	for _, f := range links {
		if err := checkoutLink(root, f, blobs[f.Path]); err != nil {
			return err
		}
	}
	return nil
}

// bytesOf counts the bytes of all files of a tree.
func bytesOf(t Tree, blobs map[string]Blob) (n int64) {
	for _, f := range t.Files() {
		n += blobs[f.Path].Size
	}
	return n
}

// checkoutFile writes a file, or makes the folder of a submodule.
func checkoutFile(root *os.Root, f File, b Blob) error {
	name := filepath.FromSlash(f.Path)
	if f.Mode == ModeSubmodule {
		return root.MkdirAll(name, 0o755)
	}
	if b.Size > int64(len(b.Data)) {
		return fmt.Errorf("%s has %d bytes, which is more than is read", f.Path, b.Size)
	}
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(f.Path)), 0o755); err != nil {
		return err
	}
	mode := os.FileMode(0o644)
	if f.Mode == ModeExecutable {
		mode = 0o755
	}
	return root.WriteFile(name, b.Data, mode)
}

func checkoutLink(root *os.Root, f File, b Blob) error {
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(f.Path)), 0o755); err != nil {
		return err
	}
	return root.Symlink(string(b.Data), filepath.FromSlash(f.Path))
}
