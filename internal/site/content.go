package site

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/tag"
)

// Use is one place in a site's content that shows a repository.
type Use struct {
	// Shortcode is the name of the shortcode, empty for the tag.
	Shortcode string
	// Repo, Ref, App, URLPath and Hub are the arguments of these names, empty
	// when they are not given.
	Repo, Ref, App, URLPath, Hub string
	// Files are globs of further files.
	Files []string
	// Pos is where the tag or shortcode begins.
	Pos tag.Position
}

// Problem is something in a site that keeps a repository from being shown.
type Problem struct {
	// Where is file:line:column, or a file, or empty.
	Where   string
	Message string
	Hint    string
	// Paste is text that the hint says to put somewhere, to be copied as it is.
	Paste string
}

// markdown lists the extensions of files that Hugo takes for Markdown, the
// only format that has the tag; shortcodes lists those of the other formats of
// pages, and of the templates that make pages.
var (
	markdown   = []string{".md", ".markdown", ".mdown", ".mkd", ".mkdn"}
	shortcodes = []string{".html", ".htm", ".adoc", ".ad", ".asciidoc", ".org", ".rst", ".pandoc", ".pdc", ".gotmpl"}
)

// Uses finds what in the site's content shows repositories, whatever its
// language, and drafts too. Tags and shortcodes that are wrong come back as
// problems.
func (s *Site) Uses() ([]Use, []Problem, error) {
	var uses []Use
	var problems []Problem
	for _, dir := range s.Content {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && file == dir {
				return nil
			}
			if err != nil {
				return err
			}
			if ignored(d.Name()) && file != dir {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if d.IsDir() || !isContent(file) {
				return nil
			}
			u, p, err := s.usesOf(file)
			uses = append(uses, u...)
			problems = append(problems, p...)
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return uses, problems, nil
}

// ignored reports whether Hugo passes over files and folders of this name.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~")
}

func isContent(file string) bool {
	ext := strings.ToLower(filepath.Ext(file))
	return slices.Contains(markdown, ext) || slices.Contains(shortcodes, ext)
}

// usesOf reads one file.
func (s *Site) usesOf(file string) ([]Use, []Problem, error) {
	src, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(src, []byte("bokehbinder")) {
		return nil, nil, err
	}
	p := page{
		name:     s.Name(file),
		src:      src,
		body:     frontMatter(src),
		markdown: slices.Contains(markdown, strings.ToLower(filepath.Ext(file))),
	}
	p.read()
	return p.uses, p.problems, nil
}
