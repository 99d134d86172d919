package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/watch"
	"github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// previewThrough previews a site through its own server, whatever makes its pages.
type previewThrough struct {
	*Program
	o   *previewOptions
	dir string
	// site is where it is served; nil to find out from the command.
	site *url.URL
	// command serves it; empty where that runs already.
	command []string

	mu sync.Mutex
	// shown are the repositories of the pages that were looked at.
	shown []forge.Address
}

// newPreviewThrough prepares the preview of a site that --site, a command, or both
// name.
func (p *Program) newPreviewThrough(o *previewOptions, dir string) (*previewThrough, error) {
	v := &previewThrough{Program: p, o: o, dir: dir, command: o.command}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		return nil, failFile(dir, err, "name the folder of the site")
	}
	if o.site == "" {
		return v, nil
	}
	if v.site, err = preview.ParseSite(o.site); err != nil {
		return nil, fmt.Errorf("--site: %s: %w", o.site, err)
	}
	return v, nil
}

// repositories lists those of the posts, where they can be read, and of the pages
// that have been looked at.
func (v *previewThrough) repositories(ctx context.Context) ([]forge.Address, error) {
	v.mu.Lock()
	named := append([]forge.Address(nil), v.shown...)
	v.mu.Unlock()
	if _, known := site.GeneratorOf(v.dir); !known {
		return named, nil
	}
	c, err := v.readContent(ctx, &syncOptions{readingFlags: v.o.readingFlags, dir: v.dir})
	if err != nil {
		return nil, err
	}
	for _, u := range c.uses {
		named = append(named, u.Address)
	}
	return named, nil
}

// open waits until the site is served.
func (v *previewThrough) open(ctx context.Context, s *previewSession) (http.Handler, error) {
	at, err := v.find(ctx, s)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.output, "the site is served at %s, and its pages are shown with the hub of this preview\n", at)
	return (&preview.Proxy{
		Site: at, Origin: s.front.Origin, Hub: s.hub.URL,
		Named: func(repo string) { v.note(s, repo) },
		Say:   func(text string) { printLine(s.output, "warning", "", text) },
	}).Handler()
}

// find returns the address at which the site is served.
func (v *previewThrough) find(ctx context.Context, s *previewSession) (*url.URL, error) {
	if len(v.command) == 0 {
		return v.site, v.visit(ctx)
	}
	line := strings.Join(v.command, " ")
	serving, err := (&preview.Command{
		Args: v.command, Dir: v.dir, Site: v.site, Output: s.output,
		Say: func(text string) { fmt.Fprintln(s.output, text) },
	}).Start(ctx)
	if err != nil {
		return nil, failLaunch(err)
	}
	at, err := serving.Address(ctx)
	if err != nil && ctx.Err() == nil {
		err = fail("", err, "what it printed says why; where a command leaves its server to run by itself, start it yourself and name its address: bokehbinder preview --site URL")
	}
	s.children.Go(func() {
		<-serving.Done()
		s.end(fail("", errors.New(line+" has ended"), "what it printed says why"))
	})
	return at, err
}

// visit looks whether somebody answers.
func (v *previewThrough) visit(ctx context.Context) error {
	res, err := preview.Visit(ctx, v.site)
	switch {
	case errors.Is(err, preview.ErrElsewhere):
		return fail("--site "+v.o.site, preview.ErrElsewhere, "")
	case err != nil:
		return fail("--site "+v.o.site, fmt.Errorf("nobody answers there: %w", err), "start the site's own server first, or have the preview start it: bokehbinder preview -- COMMAND")
	}
	return res.Body.Close()
}

// note notes a repository that a page names.
func (v *previewThrough) note(s *previewSession, repo string) {
	a, err := forge.Parse(repo)
	if err != nil || s.named.has(a.URL) {
		return
	}
	v.mu.Lock()
	v.shown = append(v.shown, a)
	v.mu.Unlock()
	s.named.add(a)
}

func (v *previewThrough) look(*watch.Fingerprint) {}

// changed leaves the pages to the site's own server. What no page of it shows are
// apps of work trees.
func (v *previewThrough) changed(_ context.Context, _ *previewSession, tree bool) (reload bool, err error) {
	return tree, nil
}

// otherSite refuses the site of another generator: it is no dashboard, and has a
// server of its own.
func otherSite(dir string) error {
	g, known := site.GeneratorOf(dir)
	if !known || isRepository(dir) {
		return nil
	}
	serve := []string{"bokehbinder preview", "--", g.ServeIn(dir)}
	if dir = filepath.Clean(dir); dir != "." {
		serve[0] += " " + dir
	}
	return fail(filepath.Join(dir, g.Config), errors.New("this is a site of another generator than Hugo, whose own server shows it"),
		"have the preview start that: "+strings.Join(serve, " "))
}
