package cli

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// watchInterval is how often content is looked at. A look reads no files, only
// their dates.
const watchInterval = 500 * time.Millisecond

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
	last := c.fingerprint()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := c.fingerprint()
		if now == last {
			continue
		}
		last = now
		next, err := p.syncSite(ctx, &again)
		if ctx.Err() != nil {
			return nil
		}
		p.printWatched(err)
		if next != nil {
			c = next
		}
	}
}

func (p *Program) printWatched(err error) {
	var failed *failure
	if errors.As(err, &failed) {
		printFailure(p.Stderr, failed)
	}
}

var fingerprintSeed = maphash.MakeSeed()

// fingerprint changes when a file of the site's content, layouts or
// configuration does. What cannot be read is left out; reading it for real will
// say so.
func (c *content) fingerprint() uint64 {
	var h maphash.Hash
	h.SetSeed(fingerprintSeed)
	add := func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		fmt.Fprintln(&h, file, info.Size(), info.ModTime().UnixNano())
		return nil
	}
	for _, dir := range append(append([]string{}, c.site.Content...), c.site.Layouts...) {
		_ = filepath.WalkDir(dir, add)
	}
	_ = filepath.WalkDir(filepath.Join(c.site.Root, "config"), add)
	entries, _ := filepath.Glob(filepath.Join(c.site.Root, "*"))
	for _, file := range entries {
		if name := filepath.Base(file); strings.HasPrefix(name, "hugo.") || strings.HasPrefix(name, "config.") {
			_ = filepath.WalkDir(file, add)
		}
	}
	return h.Sum64()
}
