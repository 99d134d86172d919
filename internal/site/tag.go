package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// File is a file that a site needs, by its path below the site's folder, with
// slashes.
type File struct{ Name, Text string }

// mark begins the files that [Site.TagFiles] makes, which may be made anew.
const mark = "Written by bokehbinder tag"

// tagHooks are the render hooks that show tags, each with those that Hugo would take
// for the same text, from the one that wins. They are for blocks or for text
// inside a line, so that they win over a theme's general one whatever comes first.
var tagHooks = []struct {
	file, form string
	instead    []string
}{
	{"render-passthrough-block.html", "", []string{"render-passthrough-block.html", "render-passthrough.html"}},
	{"render-passthrough-inline.html", "", []string{"render-passthrough-inline.html", "render-passthrough.html"}},
	{"render-passthrough-block.rss.xml", "feed", []string{
		"render-passthrough-block.rss.xml", "render-passthrough.rss.xml", "render-passthrough-block.html", "render-passthrough.html",
	}},
	{"render-passthrough-inline.rss.xml", "feed", []string{
		"render-passthrough-inline.rss.xml", "render-passthrough.rss.xml", "render-passthrough-inline.html", "render-passthrough.html",
	}},
}

// TagFiles returns the files that let the site show tags, as they are to be: the
// hooks, which do with other text what is done with it now, and a part of the
// configuration. What the author has in the place of one is left out.
func (s *Site) TagFiles() ([]File, error) {
	var files []File
	for _, h := range tagHooks {
		found, err := s.winning(h.instead)
		if err != nil {
			return nil, err
		}
		name := path.Join(filepath.ToSlash(s.Name(s.ownLayouts)), "_markup", h.file)
		if callsOurs.MatchString(templateComment.ReplaceAllString(found.text, "")) || s.isOwn(name) {
			continue
		}
		files = append(files, File{name, s.hookText(h.form, strings.Contains(h.file, "-inline."), found.text)})
	}
	f, err := passthroughFile(s.Root)
	if err != nil {
		return nil, err
	}
	const name = "config/_default/markup.toml"
	if s.isMade(name) || (!s.passesTag() || len(s.lacking()) > 0) && !s.configuredInFolder(f) {
		text := "# " + mark + ": what the site hands to its render hooks, its own and its themes' and the tag.\n" +
			s.passthroughSettings().toml(configFile{path: passthroughPath[1:]}) + "\n"
		files = append(files, File{name, text})
	}
	return files, nil
}

// configuredInFolder reports whether a part of the configuration for [markup] is
// in the config folder already, which could not be joined with another.
func (s *Site) configuredInFolder(f configFile) bool {
	parts, _ := filepath.Glob(filepath.Join(s.Root, "config", "_default", "markup.*"))
	return len(parts) > 0 || f.have > 0 && strings.HasPrefix(filepath.ToSlash(f.name), "config/")
}

// hookText is that of a hook which shows tags, and for other text does what the
// hook does that won before.
func (s *Site) hookText(form string, inline bool, before string) string {
	context := `(dict "context" .)`
	if form != "" {
		context = fmt.Sprintf(`(dict "context" . "form" %q)`, form)
	}
	if before == "" {
		p := s.passthroughSettings()
		pairs := p.block[1:]
		if inline {
			pairs = p.inline
		}
		before = fmt.Sprintf(`{{- partial "bokehbinder/passthrough.html" (dict "context" . "pairs" (slice%s)) -}}`, templateList(pairs))
	}
	return "{{- /* " + mark + ". It shows the tag; for other text it does what was done before. */ -}}\n" +
		"{{- if partial \"bokehbinder/is-tag.html\" . -}}\n" +
		"{{- partial \"bokehbinder/tag.html\" " + context + " -}}\n" +
		"{{- else -}}\n" + strings.Trim(before, "\n") + "\n{{- end -}}\n"
}

func templateList(pairs [][]string) string {
	var b strings.Builder
	for _, pair := range pairs {
		b.WriteString(" (slice")
		for _, delimiter := range pair {
			b.WriteString(" " + strconv.Quote(delimiter))
		}
		b.WriteString(")")
	}
	return b.String()
}

// winning returns the hook that Hugo takes of those of the given names, without
// the ones that were made for the tag.
func (s *Site) winning(names []string) (hook, error) {
	for _, name := range names {
		for _, dir := range s.Layouts {
			for _, folder := range []string{"_markup", "_default/_markup"} {
				file := filepath.Join(dir, filepath.FromSlash(folder), name)
				text, err := os.ReadFile(file)
				if err == nil && !strings.Contains(string(text), mark) {
					return hook{file: file, text: string(text)}, nil
				}
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return hook{}, err
				}
			}
		}
	}
	return hook{}, nil
}

// isMade and isOwn say whose a file is that is there: made for the tag, or the
// author's.
func (s *Site) isMade(name string) bool {
	text, there := s.text(name)
	return there && strings.Contains(text, mark)
}
func (s *Site) isOwn(name string) bool {
	text, there := s.text(name)
	return there && !strings.Contains(text, mark)
}

func (s *Site) text(name string) (text string, there bool) {
	data, err := os.ReadFile(filepath.Join(s.Root, filepath.FromSlash(name)))
	return string(data), err == nil
}

// outOfDate says which of the files that were made for the tag are not what they
// would be now: the theme has changed its hook, or other delimiters are used.
func (s *Site) outOfDate() ([]Problem, error) {
	files, err := s.TagFiles()
	var problems []Problem
	for _, f := range files {
		if text, _ := s.text(f.Name); s.isMade(f.Name) && text != f.Text {
			problems = append(problems, Problem{
				Where: f.Name, Message: "since this file was made for the tag, the theme's hook or the site's delimiters have changed", Hint: hintTag,
			})
		}
	}
	return problems, err
}

const hintTag = "run bokehbinder tag and commit what it writes"

// lacking returns the delimiters of themes and modules that the site does not use,
// since Hugo takes one component's lists and does not join them.
func (s *Site) lacking() (pairs [][]string) {
	for _, p := range s.merged {
		for _, pair := range slices.Concat(p.Block, p.Inline) {
			has := func(other []string) bool { return slices.Equal(pair, other) }
			if !has([]string{tag.Open, tag.Close}) && !slices.ContainsFunc(slices.Concat(s.Passthrough.Block, s.Passthrough.Inline), has) {
				pairs = append(pairs, pair)
			}
		}
	}
	return pairs
}
