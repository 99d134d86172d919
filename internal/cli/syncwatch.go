package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/watch"
)

// watchSite syncs, and again whenever content or configuration change, until
// ctx ends. What goes wrong is said and does not end it.
func (p *Program) watchSite(ctx context.Context, o *syncOptions) error {
	c, err := p.syncSite(ctx, o)
	if c == nil {
		return err
	}
	p.printWatched(err)
	fmt.Fprintln(p.Stderr, "watching; press Ctrl-C to end")
	again := *o
	again.update = false // moving branches once is what was asked for
	watch.Loop(ctx, c.fingerprint(), func() uint64 { return c.fingerprint() }, func() {
		next, err := p.syncSite(ctx, &again)
		if ctx.Err() != nil {
			return
		}
		p.printWatched(err)
		if next != nil {
			c = next
		}
	})
	return nil
}

func (p *Program) printWatched(err error) {
	var failed *failure
	if errors.As(err, &failed) {
		printFailure(p.Stderr, failed)
	}
}

// fingerprint changes when a file of the site's content, layouts or
// configuration does. What cannot be read is left out; reading it for real will
// say so.
func (c *content) fingerprint() uint64 {
	var f watch.Fingerprint
	c.look(&f)
	return f.Sum()
}

// look adds those files to a fingerprint.
func (c *content) look(f *watch.Fingerprint) {
	for _, dir := range append(append([]string{}, c.site.Content...), c.site.Layouts...) {
		f.AddTree(dir)
	}
	f.AddTree(filepath.Join(c.site.Root, "config"))
	entries, _ := filepath.Glob(filepath.Join(c.site.Root, "*"))
	for _, file := range entries {
		if name := filepath.Base(file); strings.HasPrefix(name, "hugo.") || strings.HasPrefix(name, "config.") {
			f.AddTree(file)
		}
	}
}
