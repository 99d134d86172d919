package view

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/visible"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// argument prepares what main.html takes. The package's comment says how, for
// whoever does the same elsewhere.
func argument(form string, c *card.Card, t *tag.Tag, s Settings, id string) map[string]any {
	return describe(form, data(reflect.ValueOf(*without(c, t.Files))).(map[string]any), chosenApp(c, t.App), t, s, id)
}

// describe prepares it of a card as views see it, and of the app that is shown.
func describe(form string, shown map[string]any, app card.App, t *tag.Tag, s Settings, id string) map[string]any {
	name := repoName(shown["repo"].(string))
	hubs := hubsOf(t, s)
	hub := hubs[0]
	urlpath := first(t.URLPath, app.URLPath)
	m := map[string]any{
		"form":    form,
		"id":      id,
		"card":    shown,
		"name":    name,
		"folders": folders(shown),
		"ref":     t.Ref,
		"urlpath": urlpath,
		"title":   first(t.Title, app.Name, name),
		"link":    binder.LaunchURL(hub, text(shown["provider"]), text(shown["spec"]), urlpath),
		"cookie":  app.Cookie,
		"height":  first(number(t.Height), number(s.Height), tag.Default("height")),
		"poster":  t.Poster,
		"show":    Parts(t, s),
		"hub":     hub,
		"others":  hubs[1:],
		"hubname": hostOf(hub),
		"words":   words(s, hostOf(hub)),
		"spoken":  spokenName(s),
		"assets":  assets(s.AssetsURL),
	}
	putForeign(m, s)
	return m
}

// putForeign has an argument say which language the words are in, where it must.
func putForeign(m map[string]any, s Settings) {
	if f := foreign(s); f != nil {
		m["foreign"] = f
	}
}

// Parts lists the parts that are shown.
func Parts(t *tag.Tag, s Settings) []string {
	show := firstList(t.Show, s.Show, strings.Split(tag.Default("show"), ","))
	if !s.Simple {
		return show
	}
	return firstList(slices.DeleteFunc(slices.Clone(show), func(part string) bool { return part == "app" }), []string{"launch"})
}

// hubsOf lists the hubs of a tag, without final slashes, in the order in which
// they are offered.
func hubsOf(t *tag.Tag, s Settings) []string {
	hubs := tag.Hubs(t.Hubs, s.Hubs)
	if s.PreviewHub != "" {
		hubs = []string{s.PreviewHub}
	}
	trimmed := make([]string, len(hubs))
	for i, hub := range hubs {
		trimmed[i] = strings.TrimRight(hub, "/")
	}
	return trimmed
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
		"words":   words(s, ""),
		"assets":  assets(s.AssetsURL),
	}
	putForeign(m, s)
	if t == nil || t.Repo == "" {
		return m
	}
	m["name"] = visible.Text(t.Repo)
	if t.Address.URL != "" {
		m["name"], m["repo"] = t.Address.Path, t.Address.URL
	}
	return m
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

// text returns what is a string, "" for anything else.
func text(v any) string { s, _ := v.(string); return s }

// number writes a number, "" for 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// firstList returns the first list that has items.
func firstList(lists ...[]string) []string {
	for _, list := range lists {
		if len(list) > 0 {
			return list
		}
	}
	return nil
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
