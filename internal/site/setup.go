package site

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// Setup says what keeps the tags of the site's content from being shown: Hugo
// drops them without a word when the site's delimiters or its render hook are
// not ours. Shortcodes need no setting up.
func (s *Site) Setup(uses []Use) ([]Problem, error) {
	at := slices.IndexFunc(uses, func(u Use) bool { return u.Shortcode == "" })
	if at < 0 {
		return nil, nil
	}
	return s.TagSetup(uses[at].Pos.String())
}

// TagSetup says the same of a tag at a place.
func (s *Site) TagSetup(where string) ([]Problem, error) {
	var problems []Problem
	if !s.passesTag() {
		place, lines, err := s.passthroughLines()
		if err != nil {
			return nil, err
		}
		problems = append(problems, Problem{
			Where:   where,
			Message: fmt.Sprintf("the site's configuration does not let the tag through, so the page shows %q as text", tag.Open),
			Hint:    hintShortcode + "put this into " + place + ":",
			Paste:   lines,
		})
	}
	ours, foreign, err := s.hooks()
	for _, hook := range foreign {
		problems = append(problems, Problem{
			Where:   s.Name(hook.file),
			Message: "this render hook takes the tag, and does not show it",
			Hint:    hintShortcode + hook.advice(s),
			Paste:   hook.mended(),
		})
	}
	if err == nil && s.Guessed == "" && ours+len(foreign) == 0 {
		problems = append(problems, Problem{
			Where:   where,
			Message: "no render hook of the site shows the tag, so the page shows it as text",
			Hint:    hintTag + ", or use the shortcode",
		})
	}
	if lacking := s.lacking(); len(lacking) > 0 {
		problems = append(problems, Problem{
			Where:   where,
			Message: "delimiters of a theme are not in use, since Hugo does not join the lists: " + list(lacking, tomlString),
			Hint:    hintTag,
		})
	}
	old, err2 := s.outOfDate()
	return append(problems, old...), errors.Join(err, err2)
}

const hintShortcode = "run bokehbinder tag, which sets the site up; or use the shortcode {{< bokehbinder … >}}, or "

// passesTag reports whether the site hands tags to a render hook.
func (s *Site) passesTag() bool {
	if s.Guessed != "" && s.Merges && len(s.Passthrough.Block) == 0 {
		return true // a module's delimiters may be merged in
	}
	return s.Passthrough.Enable && slices.ContainsFunc(s.Passthrough.Block, func(pair []string) bool {
		return slices.Equal(pair, []string{tag.Open, tag.Close})
	})
}

// hook is a passthrough render hook.
type hook struct {
	file, text string
	own        bool // of the site itself, and not of a theme or module
	place      string
}

// callsOurs matches what a hook has that shows tags.
var callsOurs = regexp.MustCompile("\\bpartials?(?:\\.Include)?\\s+[\"`]/?bokehbinder/(?:tag|passthrough)(?:\\.html)?[\"`]")

var templateComment = regexp.MustCompile(`(?s)\{\{-?\s*/\*.*?\*/\s*-?\}\}`)

// hooks looks at the passthrough render hooks for HTML that win: how many of
// them show tags, and which do not. Of files at one place the first folder's
// wins; more particular ones, for a section or for blocks alone, win over the
// general ones.
func (s *Site) hooks() (ours int, foreign []hook, err error) {
	seen, shows := make(map[string]bool), make(map[string]bool)
	for _, dir := range s.Layouts {
		err := paths.Walk(dir, func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || !isHook(file) {
				return err
			}
			rel, _ := filepath.Rel(dir, file)
			place := strings.TrimPrefix(filepath.ToSlash(rel), "_default/")
			if seen[place] {
				return nil
			}
			seen[place] = true
			text, err := os.ReadFile(file)
			if callsOurs.Match(templateComment.ReplaceAll(text, nil)) {
				ours++
				shows[place] = true
			} else {
				foreign = append(foreign, hook{file: file, text: string(text), own: dir == s.ownLayouts, place: place})
			}
			return err
		})
		if err != nil {
			return 0, nil, err
		}
	}
	// A general hook has nothing to do where others show blocks and lines.
	foreign = slices.DeleteFunc(foreign, func(h hook) bool {
		base, general := strings.CutSuffix(h.place, "render-passthrough.html")
		return general && shows[base+"render-passthrough-block.html"] && shows[base+"render-passthrough-inline.html"]
	})
	return ours, foreign, nil
}

// advice says what to do with a hook, whose mended text follows.
func (h hook) advice(s *Site) string {
	if h.own {
		return "make of the hook:"
	}
	return fmt.Sprintf("put this into %s, which wins over the theme's:", s.Name(filepath.Join(s.ownLayouts, filepath.FromSlash(h.place))))
}

// mended is the hook's text with what shows tags around it.
func (h hook) mended() string {
	return "{{- if partial \"bokehbinder/is-tag.html\" . -}}\n" +
		"{{- partial \"bokehbinder/tag.html\" (dict \"context\" .) -}}\n" +
		"{{- else -}}\n" + strings.Trim(h.text, "\n") + "\n{{- end -}}"
}

func isHook(file string) bool {
	name := filepath.Base(file)
	return filepath.Base(filepath.Dir(file)) == "_markup" &&
		strings.HasPrefix(name, "render-passthrough") && strings.HasSuffix(name, ".html")
}
