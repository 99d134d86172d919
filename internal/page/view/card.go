package view

import (
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// without returns the card without what only other tags ask for: the files with the
// role extra that none of the globs stands for, and the pieces of other names. Those
// that are left are in the order in which the tag asks for them.
func without(c *card.Card, globs []string) *card.Card {
	if len(c.Pieces) == 0 && !slices.ContainsFunc(c.Files, func(f card.File) bool { return f.Role == card.RoleExtra }) {
		return c
	}
	var patterns []*glob.Pattern
	for _, g := range globs {
		if pattern, err := glob.CompileStars(g); err == nil {
			patterns = append(patterns, pattern)
		}
	}
	left := *c
	left.Pieces = nil
	for _, g := range globs {
		if p := piece.Of(c, g); p != nil {
			left.Pieces = append(left.Pieces, *p)
		}
	}
	left.Files = slices.DeleteFunc(slices.Clone(c.Files), func(f card.File) bool {
		return f.Role == card.RoleExtra && !slices.ContainsFunc(patterns, func(p *glob.Pattern) bool { return p.Match(f.Path) })
	})
	return &left
}

// data returns a value as the views see it, which is what its JSON decodes to,
// but with the very same texts.
func data(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		m := make(map[string]any, v.NumField()+1)
		for i := range v.NumField() {
			name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if option != "omitempty" || !v.Field(i).IsZero() {
				m[name] = data(v.Field(i))
			}
		}
		return m
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = data(v.Index(i))
		}
		return list
	case reflect.String:
		return v.String()
	}
	return v.Interface()
}

// repoName returns the short name of the repository at an address.
func repoName(repo string) string {
	if u, err := url.Parse(repo); err == nil && u.Host != "" {
		return strings.TrimPrefix(u.Path, "/")
	}
	return repo
}

// folders groups a card's files by folder, in the order in which the folders
// first appear, and gives each its name there.
func folders(shown map[string]any) []any {
	files, _ := shown["files"].([]any)
	var list []any
	at := make(map[string]map[string]any)
	for _, f := range files {
		dir, base := path.Split(f.(map[string]any)["path"].(string))
		dir = path.Clean(dir)
		if at[dir] == nil {
			at[dir] = map[string]any{"path": dir, "files": []any{}}
			list = append(list, at[dir])
		}
		at[dir]["files"] = append(at[dir]["files"].([]any), map[string]any{"name": base, "file": f})
	}
	return list
}

// chosenApp returns the card's app of a name, or its first; a zero one if there
// is none.
func chosenApp(c *card.Card, name string) card.App {
	if app := c.App(name); app != nil {
		return *app
	}
	return card.App{}
}
