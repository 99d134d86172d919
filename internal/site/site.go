// Package site knows a Hugo site: where its content is, what in it shows
// repositories, where its cards are kept, and whether its configuration lets
// the tag through.
package site

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// Site is a Hugo site on disk.
type Site struct {
	// Root is the folder of the site's configuration, as an absolute path.
	Root string
	// Content lists the folders (or single files) of the site's content.
	Content []string
	// Assets is the site's own assets folder, which need not exist.
	Assets string
	// Layouts lists the folders of templates, from the one that wins.
	Layouts []string
	// Params are the site's parameters under params.bokehbinder.
	Params Params
	// Passthrough is what the site hands to its passthrough render hook.
	Passthrough Passthrough
	// Merges says that the site's own files take over the [markup] of modules.
	// It means something only when the site is Guessed.
	Merges bool
	// BaseURL is the site's address as published.
	BaseURL string
	// Resources is the folder that Hugo keeps what it has made in, such as
	// scaled images.
	Resources string
	// Multihost says that each language has an address of its own.
	Multihost bool
	// Summary is how Hugo makes summaries of pages that have none.
	Summary Summary
	// Other says that another generator builds the site, see [OpenOther].
	Other     bool
	generator Generator
	// Guessed says why the configuration was read without Hugo's help; it is
	// empty when Hugo itself was asked.
	Guessed string

	// merged are the delimiters of themes and modules, where the site takes over
	// their [markup].
	merged []Passthrough

	module *module // ours, as far as it is known

	repositories any // the setting of this name, as it is written

	ownLayouts string   // the site's own folder of templates, which need not exist
	themes     []string // as the setting theme names them
	themesDir  string
}

// Params are the site's own settings that matter outside of Hugo.
type Params struct {
	// Hubs is the setting hub, as the tag's argument has it.
	Hubs []string
}

// Passthrough is the site's markup.goldmark.extensions.passthrough.
type Passthrough struct {
	Enable        bool
	Block, Inline [][]string
}

// Options say how [Open] finds things out.
type Options struct {
	// Hugo is the command to ask; empty is "hugo".
	Hugo string
}

// ErrNoSite means that a folder has no configuration of a Hugo site.
var ErrNoSite = errors.New("there is no hugo.toml, hugo.yaml, hugo.json or config folder of a Hugo site")

// Open reads the configuration of the site in the folder dir. It asks the hugo
// command for what is in effect, themes and modules included. Where that is
// not to be had, it reads the site's own files by their plain meaning, and the
// site says so.
func Open(ctx context.Context, dir string, o Options) (*Site, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(root); err != nil || !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: dir, Err: errors.New("there is no such folder")}
	}
	own, err := readOwn(root)
	if err != nil {
		return nil, err
	}
	s := &Site{Root: root}
	config, modules, err := askHugo(ctx, o.Hugo, root)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.Guessed = err.Error()
		config, modules = own, ownModules(root, own)
	}
	s.takeModules(modules)
	s.takeOurs(modules)
	s.takeConfig(config)
	s.Merges = strings.EqualFold(own.text("markup", "_merge"), "deep")
	if s.Merges {
		s.takeMerged(modules)
	}
	s.Multihost = multihost(own)
	s.Summary = summaryOf(config, own)
	return s, nil
}

// module is one part of a site: the project itself, a theme, or a Hugo module.
type module struct {
	Path    string  `json:"path"`
	Version string  `json:"version"`
	Dir     string  `json:"dir"`
	Mounts  []mount `json:"mounts"`
}

type mount struct {
	Source string `json:"source"`
	Target string `json:"target"`
}

// takeModules takes the folders from the modules, of which the first is the
// site itself and wins over the others.
func (s *Site) takeModules(modules []module) {
	for i, m := range modules {
		for _, mount := range m.Mounts {
			source := mount.Source
			if !filepath.IsAbs(source) {
				source = filepath.Join(m.Dir, source)
			}
			target := filepath.ToSlash(filepath.Clean(mount.Target))
			switch {
			case below(target, "content"):
				s.Content = append(s.Content, source)
			case target == "layouts":
				s.Layouts = append(s.Layouts, source)
				if i == 0 && s.ownLayouts == "" {
					s.ownLayouts = source
				}
			case target == "assets" && i == 0 && s.Assets == "":
				s.Assets = source
			}
		}
	}
	s.Content = outermost(s.Content)
	if s.ownLayouts == "" {
		s.ownLayouts = filepath.Join(s.Root, "layouts")
	}
	if s.Assets == "" {
		s.Assets = filepath.Join(s.Root, "assets")
	}
}

// below reports whether a mount's target is the component or a part of it.
func below(target, component string) bool {
	return target == component || strings.HasPrefix(target, component+"/")
}

// outermost drops the folders that lie in others of the list: Hugo leaves
// content/de out of content when it is a language's own, and here each file
// is wanted once.
func outermost(dirs []string) []string {
	var kept []string
	for i, dir := range dirs {
		inside := false
		for j, other := range dirs {
			rel, within := paths.Rel(other, dir)
			inside = inside || within && (rel != "." || j < i)
		}
		if !inside {
			kept = append(kept, dir)
		}
	}
	return kept
}

func (s *Site) takeConfig(c tree) {
	s.repositories = c.child("params", "bokehbinder")["repositories"]
	s.Params.Hubs = hubs(c.child("params", "bokehbinder")["hub"])
	s.BaseURL = c.text("baseurl")
	s.Resources = filepath.Join(s.Root, cmp.Or(c.text("resourcedir"), "resources"))
	s.themes, s.themesDir = themes(c), cmp.Or(c.text("themesdir"), "themes")
	s.Passthrough = passthrough(c.child(passthroughPath...))
}

// takeMerged reads the delimiters of the modules but the first, the site itself.
func (s *Site) takeMerged(modules []module) {
	for _, m := range modules[min(1, len(modules)):] {
		config, err := readOwn(m.Dir)
		if err != nil {
			continue // a theme need not have a configuration
		}
		if p := passthrough(config.child(passthroughPath...)); p.Enable {
			s.merged = append(s.merged, p)
		}
	}
}

// passthrough reads the settings below passthroughPath.
func passthrough(t tree) (p Passthrough) {
	p.Enable, _ = t["enable"].(bool)
	p.Block = pairs(t.child("delimiters")["block"])
	p.Inline = pairs(t.child("delimiters")["inline"])
	return p
}

// hubs returns the addresses that an argument or a setting lists, as a text with
// commas or as a list.
func hubs(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		if v != "" {
			out = tag.Items(v)
		}
	case []any:
		for _, item := range v {
			out = append(out, fmt.Sprint(item))
		}
	}
	return out
}

// Name returns a path as it is best shown: from the site's folder, if it is
// below it.
func (s *Site) Name(path string) string {
	if rel, err := filepath.Rel(s.Root, path); err == nil && filepath.IsLocal(rel) {
		return rel // as it is written, be it behind a link
	}
	if rel, ok := paths.Rel(s.Root, path); ok {
		return rel
	}
	return path
}

// multihost reports whether a configuration gives each language an address of
// its own.
func multihost(c tree) bool {
	languages := c.child("languages")
	for _, language := range languages {
		t, _ := language.(tree)
		if t.text("baseurl") == "" {
			return false
		}
	}
	return len(languages) > 0
}

// pairs reads a list of pairs of delimiters.
func pairs(v any) [][]string {
	list, _ := v.([]any)
	var out [][]string
	for _, item := range list {
		var pair []string
		parts, _ := item.([]any)
		for _, part := range parts {
			pair = append(pair, fmt.Sprint(part))
		}
		out = append(out, pair)
	}
	return out
}
