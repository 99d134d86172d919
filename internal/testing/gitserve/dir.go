package gitserve

import (
	"io/fs"
	"os"
	"path/filepath"
)

// ReadFiles returns the files below a folder, with the modes that a commit of
// them has. Folders named .git are passed over.
func ReadFiles(dir string) (Files, error) {
	files := Files{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == ".git" {
				return fs.SkipDir
			}
			return nil
		}
		return files.read(dir, path, d)
	})
	return files, err
}

func (f Files) read(dir, path string, d fs.DirEntry) error {
	name, err := filepath.Rel(dir, path)
	if err != nil {
		return err
	}
	name = filepath.ToSlash(name)
	if d.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		f["120000 "+name] = filepath.ToSlash(target)
		return err
	}
	info, err := d.Info()
	if err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if info.Mode()&0o111 != 0 {
		name = "100755 " + name
	}
	f[name] = string(content)
	return err
}
