package site

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post/expand"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Use is one place in a site's content that shows a repository.
type Use struct {
	// Shortcode is the name of the shortcode, empty for the tag.
	Shortcode string
	// Request is what is asked for.
	card.Request
	// Address is that of the repository.
	Address forge.Address
	// App and URLPath are the arguments of these names, Hubs is that named hub;
	// they are empty when they are not given.
	App, URLPath string
	Hubs         []string
	// Pos is where the tag or shortcode begins.
	Pos position.Position

	start int  // Pos, as an offset in the file
	link  bool // it is a launch link and no embed
}

// Problem is something in a site that keeps a repository from being shown.
type Problem struct {
	// Where is file:line:column, or a file, or empty.
	Where   string
	Message string
	Hint    string
	// Harmless says that it is only worth knowing.
	Harmless bool
	// Paste is text that the hint says to put somewhere, to be copied as it is.
	Paste string
}

// markdown lists the extensions of files that Hugo takes for Markdown, the
// only format that has the tag; shortcodes lists those of the other formats of
// pages, and of the templates that make pages.
var (
	markdown   = form.Markdown.Names()
	shortcodes = []string{".html", ".htm", ".adoc", ".ad", ".asciidoc", ".org", ".rst", ".pandoc", ".pdc", ".gotmpl"}
)

// Uses finds what in the site's content shows repositories, whatever its
// language, and drafts too, and what the site lists besides. Tags and shortcodes that are wrong come back as
// problems.
func (s *Site) Uses() ([]Use, []Problem, error) {
	uses, problems := s.listed()
	for _, dir := range s.Content {
		err := paths.Walk(dir, func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && file == dir {
				return nil
			}
			if err != nil {
				return err
			}
			if s.passesOver(d.Name()) && file != dir {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			if !d.Type().IsRegular() || !s.isContent(file) { // Hugo follows no link
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

// passesOver reports whether files and folders of this name are no content.
func (s *Site) passesOver(name string) bool {
	return ignored(name) || s.Other && slices.Contains(made, name)
}

func isMarkdown(file string) bool {
	return slices.Contains(markdown, strings.ToLower(filepath.Ext(file)))
}

func (s *Site) isContent(file string) bool {
	if s.Other {
		return s.generator.reads(file)
	}
	ext := strings.ToLower(filepath.Ext(file))
	return slices.Contains(markdown, ext) || slices.Contains(shortcodes, ext)
}

// usesOf reads one file.
func (s *Site) usesOf(file string) ([]Use, []Problem, error) {
	src, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(src, []byte("bokehbinder")) {
		return nil, nil, err
	}
	if s.Other {
		return s.usesOfOther(file, src)
	}
	p := readFile(s.Name(file), src)
	return p.uses, p.problems, nil
}

// usesOfOther reads one file as expand does, with the tags that it keeps in comments.
func (s *Site) usesOfOther(file string, src []byte) ([]Use, []Problem, error) {
	p := &contentFile{name: s.Name(file)}
	f, err := s.generator.formOf(s.Root, file, src)
	if err != nil {
		return nil, []Problem{{Where: p.name, Message: err.Error()}}, nil
	}
	tags, warnings, err := expand.Tags(p.name, src, f)
	if err != nil {
		return nil, []Problem{{Message: err.Error()}}, nil
	}
	for _, w := range warnings {
		p.problems = append(p.problems, Problem{Where: w.Pos.String(), Message: w.Message, Harmless: true})
	}
	p.useTags(tags)
	return p.uses, p.problems, nil
}
