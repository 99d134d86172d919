package cli

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"

	"github.com/bokehbinder/bokehbinder/internal/lock"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/watch"
)

// previewSite previews a Hugo site.
type previewSite struct {
	*Program
	o       *previewOptions
	dir     string
	content *content
	site    *preview.Site
}

func (v *previewSite) repositories(ctx context.Context) ([]string, error) {
	if err := v.read(ctx); err != nil {
		return nil, err
	}
	names := make([]string, len(v.content.uses))
	for i, u := range v.content.uses {
		names[i] = u.Repo
	}
	return names, nil
}

// read reads what the site's content shows.
func (v *previewSite) read(ctx context.Context) error {
	c, err := v.readContent(ctx, &syncOptions{readingFlags: v.o.readingFlags, dir: v.dir, hugo: v.o.hugo})
	if err != nil {
		return err
	}
	if c.site.Guessed != "" {
		return fail("", errors.New(c.site.Guessed), "install Hugo, or name it with --hugo")
	}
	v.content = c
	return nil
}

func (v *previewSite) open(ctx context.Context, s *previewSession) (http.Handler, error) {
	v.site = &preview.Site{Site: v.content.site, Hugo: v.o.hugo, Repositories: s.repos, Output: s.output}
	ended, err := v.site.Start(ctx, s.front.Origin, s.hub.URL, v.content.uses)
	if err != nil {
		return nil, err
	}
	s.children.Go(func() {
		<-ended
		s.end(fail("", errors.New("hugo server has ended"), "what it printed says why"))
	})
	return v.site.Handler(), nil
}

func (v *previewSite) look(f *watch.Fingerprint) {
	v.content.look(f)
	f.AddTree(filepath.Join(v.content.site.Assets, lock.Folder))
}

// changed writes the cards of work trees anew, upon which Hugo does its part.
func (v *previewSite) changed(ctx context.Context, s *previewSession) error {
	if err := v.read(ctx); err != nil {
		return err
	}
	return v.site.Update(ctx, v.content.uses)
}
