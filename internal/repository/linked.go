package repository

import (
	"net/url"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/base/truth"
)

// linkedAddresses offers apps at the addresses that the author's own links name, where
// those can work: what is named there was looked at by somebody.
func (f *Facts) linkedAddresses() {
	links := f.namingLinks()
	for i := range f.Apps {
		app := &f.Apps[i]
		link := leading(links, app)
		if link == nil {
			link = f.elsewhere(links, app)
		}
		if link == nil {
			link = app.further(links)
		}
		if link == nil {
			continue
		}
		if app.Known == KnownLink {
			app.Link = link
		}
		app.ask(links, link)
	}
}

// leading is the first of the links that leads to an app, nil where none does.
func leading(links []Link, app *App) *Link {
	for i := range links {
		if links[i].Leads(app) {
			return &links[i]
		}
	}
	return nil
}

// elsewhere takes an app from where another start serves it, if a link names that.
func (f *Facts) elsewhere(links []Link, app *App) *Link {
	for _, again := range f.again {
		link := leading(links, &again)
		if again.Path != app.Path || link == nil || again.Start.Kind == StartPackage && f.MayHave(again.Start.Name) != truth.Yes {
			continue
		}
		first := *app
		*app = again
		app.Name, app.Link, app.Other = first.Name, link, &first
		return link
	}
	return nil
}

// further takes an address below the one at which a server has its only app: the
// server's own pages are not known.
func (a *App) further(links []Link) *Link {
	if a.Start.Serve != nil || a.Start.Kind == StartPackage {
		return nil
	}
	base, problem := a.Start.base()
	if a.Start.Kind == StartProxy {
		base = "/" + escapePath(a.Start.Name)
	}
	server, err := url.PathUnescape(base)
	if problem != "" || err != nil {
		return nil
	}
	for i, l := range links {
		named := l.Place.Named()
		if named != server && !strings.HasPrefix(named, server+"/") || !staysBelow(EscapedPath(named)) {
			continue
		}
		a.URLPath, a.Link = EscapedPath(named), &links[i]
		if target, _, _ := strings.Cut(l.Target, "?"); strings.HasSuffix(target, "/") || named == server {
			a.URLPath += "/"
		}
		return &links[i]
	}
	return nil
}

// ask adds the query with which all links lead to an app. One with a token is nobody
// else's.
func (a *App) ask(links []Link, link *Link) {
	query := link.Place.Query
	for i := range links {
		if links[i].Leads(a) && links[i].Place.Query != query {
			return
		}
	}
	asking := a.URLPath + "?" + query
	if query != "" && !strings.Contains(query, "token=") && !strings.Contains(a.URLPath, "?") && staysBelow(asking) {
		a.URLPath, a.Link = asking, link
	}
}
