package view

import (
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/glob"
	"github.com/bokehbinder/bokehbinder/internal/tag"
	"github.com/bokehbinder/bokehbinder/internal/visible"
)

// argument prepares what main.html takes. The package's comment says how, for
// whoever does the same elsewhere.
func argument(form string, c *card.Card, t *tag.Tag, s Settings, id string) map[string]any {
	shown := cardMap(without(c, t.Files))
	if c == nil {
		shown = missingCard(t)
	}
	hub := strings.TrimRight(first(s.PreviewHub, t.Hub, s.Hub, DefaultHub), "/")
	height := t.Height
	if height == 0 {
		height = s.Height
	}
	if height == 0 {
		height = DefaultHeight
	}
	show := t.Show
	if len(show) == 0 {
		show = s.Show
	}
	if len(show) == 0 {
		show = Parts()
	}
	return map[string]any{
		"form":    form,
		"id":      id,
		"card":    shown,
		"name":    repoName(shown["repo"].(string)),
		"folders": folders(shown),
		"ref":     t.Ref,
		"app":     t.App,
		"urlpath": t.URLPath,
		"title":   t.Title,
		"height":  strconv.Itoa(height),
		"poster":  t.Poster,
		"show":    show,
		"hub":     hub,
		"hubname": hostOf(hub),
		"words":   words(s.Language, hostOf(hub)),
		"assets":  assets(s.AssetsURL),
	}
}

// problem prepares what problem.html takes.
func problem(t *tag.Tag, s Settings, message, hint string, inline bool) map[string]any {
	form := "embed"
	if inline {
		form = "launch"
	}
	m := map[string]any{
		"form":    form,
		"message": visible.Text(message),
		"hint":    visible.Text(hint),
		"words":   words(s.Language, ""),
		"assets":  assets(s.AssetsURL),
	}
	if t == nil || t.Repo == "" {
		return m
	}
	m["name"] = visible.Text(t.Repo)
	if a, err := forge.Parse(t.Repo); err == nil {
		m["name"], m["repo"] = a.Path, a.URL
	}
	return m
}

// without returns the card without the files that only other tags ask for: those
// with the role extra that none of the globs stands for.
func without(c *card.Card, globs []string) *card.Card {
	if c == nil {
		return nil
	}
	asked := func(p string) bool {
		return slices.ContainsFunc(globs, func(g string) bool {
			pattern, err := glob.CompileStars(g)
			return err == nil && pattern.Match(p)
		})
	}
	left := *c
	left.Files = slices.DeleteFunc(slices.Clone(c.Files), func(f card.File) bool {
		return f.Role == card.RoleExtra && !asked(f.Path)
	})
	return &left
}

// cardMap returns the card as its JSON decodes, with its names and texts made
// visible. It returns nil for nil.
func cardMap(c *card.Card) map[string]any {
	if c == nil {
		return nil
	}
	seen := *c
	seen.Repo = visible.Text(c.Repo)
	seen.Apps = append([]card.App{}, c.Apps...)
	for i := range seen.Apps {
		seen.Apps[i].Name = visible.Text(seen.Apps[i].Name)
	}
	seen.Files = append([]card.File{}, c.Files...)
	for i := range seen.Files {
		seen.Files[i].Path = visible.Text(seen.Files[i].Path)
		seen.Files[i].Text = visible.Text(seen.Files[i].Text)
	}
	// A struct of strings, numbers and lists of such encodes, and what
	// encoding/json wrote it reads.
	data, _ := json.Marshal(seen)
	var m map[string]any
	_ = json.Unmarshal(data, &m)
	return m
}

// missingCard returns what is known of the tag's repository without having read
// it.
func missingCard(t *tag.Tag) map[string]any {
	m := map[string]any{"repo": visible.Text(t.Repo), "missing": true}
	a, err := forge.Parse(t.Repo)
	if err != nil {
		return m
	}
	m["repo"] = a.URL
	ref := strings.ReplaceAll(url.QueryEscape(first(t.Ref, "HEAD")), "%2F", "/")
	m["provider"], m["spec"] = binder.LaunchSpec(a, ref)
	return m
}

// repoName returns the short name of the repository at an address.
func repoName(repo string) string {
	if u, err := url.Parse(repo); err == nil && u.Host != "" {
		return strings.TrimPrefix(u.Path, "/")
	}
	return repo
}

// folders groups a card's files by folder, in the order in which the folders
// first appear.
func folders(shown map[string]any) []any {
	files, _ := shown["files"].([]any)
	var list []any
	at := make(map[string]map[string]any)
	for _, f := range files {
		f := f.(map[string]any)
		dir, base := path.Split(f["path"].(string))
		dir = path.Clean(dir)
		if at[dir] == nil {
			at[dir] = map[string]any{"path": dir, "files": []any{}}
			list = append(list, at[dir])
		}
		named := make(map[string]any, len(f)+1)
		for k, v := range f {
			named[k] = v
		}
		named["name"] = base
		at[dir]["files"] = append(at[dir]["files"].([]any), named)
	}
	return list
}

// assets says where a page finds style and script; nil if it has them.
func assets(base string) map[string]any {
	if base == "" {
		return nil
	}
	base = strings.TrimRight(base, "/") + "/"
	return map[string]any{
		"style":  map[string]any{"url": base + bokehbinder.StyleName},
		"script": map[string]any{"url": base + bokehbinder.ScriptName},
	}
}

// hostOf returns the host of an address, the address itself if it has none.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
