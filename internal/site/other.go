package site

import (
	"os"
	"path/filepath"
	"slices"
)

// others are the files by which sites of other generators are known, and made what
// these write, which is no content.
var (
	others = []string{"_config.yml", "mkdocs.yml", "conf.py", "eleventy.config.js", ".eleventy.js"}
	made   = []string{"node_modules", "_site", "_build", "vendor", "build", "site"}
)

// IsOther reports whether a folder is the site of another generator, which keeps its
// cards as a Hugo site does, for bokehbinder expand.
func IsOther(dir string) bool {
	return slices.ContainsFunc(others, func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	})
}

// OpenOther returns the site of another generator. Its content are the Markdown files.
func OpenOther(dir string) (*Site, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return &Site{Root: root, Content: []string{root}, Assets: filepath.Join(root, "assets"), Other: true}, nil
}
