package cli

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"

	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/watch"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// previewSite previews a Hugo site.
type previewSite struct {
	*Program
	o       *previewOptions
	dir     string
	content *content
	seen    uint64 // of the files that content was read from
	site    *preview.Site
}

func (v *previewSite) repositories(ctx context.Context) ([]forge.Address, error) {
	if err := v.readChanged(ctx); err != nil {
		return nil, err
	}
	named := make([]forge.Address, len(v.content.uses))
	for i, u := range v.content.uses {
		named[i] = u.Address
	}
	return named, nil
}

// readChanged reads the site's content, if it is not as it was read.
func (v *previewSite) readChanged(ctx context.Context) error {
	if v.content != nil && fingerprint(v.content) == v.seen {
		return nil
	}
	return v.read(ctx)
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
	v.content, v.seen = c, fingerprint(c)
	return nil
}

func fingerprint(c *content) uint64 {
	var f watch.Fingerprint
	c.look(&f)
	return f.Sum()
}

func (v *previewSite) open(ctx context.Context, s *previewSession) (http.Handler, error) {
	printFailure(s.output, &failure{problems: v.content.problems})
	v.site = &preview.Site{
		Site: v.content.site, Hugo: v.o.hugo, Repositories: s.repos, Output: s.output,
		Say: func(text string) { printLine(s.output, "warning", "", text) },
	}
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

// changed writes the cards of work trees anew, upon which Hugo does its part:
// it has pages load anew when it has made them. So only what no card shows is
// left to do.
func (v *previewSite) changed(ctx context.Context, _ *previewSession, tree bool) (reload bool, err error) {
	if err := v.readChanged(ctx); err != nil {
		return tree, err
	}
	wrote, err := v.site.Update(ctx, v.content.uses)
	return tree && !wrote, err
}
