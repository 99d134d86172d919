// Package watch notices that files change. It looks at their dates and sizes
// every now and then, which works on every file system, also those that tell of
// no changes, such as network and container mounts.
package watch

import (
	"context"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
)

// interval is how often files are looked at. A look reads none of them.
const interval = 500 * time.Millisecond

// seed is the same for all fingerprints of a process, so that they can be
// compared.
var seed = maphash.MakeSeed()

// Fingerprint is a number that changes when one of the files that were added
// does. The zero value is ready to use. What cannot be looked at counts as not
// there.
type Fingerprint struct {
	h       maphash.Hash
	started bool
}

// Add adds one file.
func (f *Fingerprint) Add(path string) {
	for _, look := range []func(string) (fs.FileInfo, error){os.Lstat, os.Stat} { // the link, and what it leads to
		if info, err := look(path); err == nil {
			f.note(path, info)
		}
	}
}

// AddTree adds the files below a folder, or a single file.
func (f *Fingerprint) AddTree(root string) {
	_ = paths.Walk(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := d.Info(); err == nil {
			f.note(path, info)
		}
		return nil
	})
}

func (f *Fingerprint) note(path string, info fs.FileInfo) {
	f.begin()
	fmt.Fprintln(&f.h, path, info.Mode(), info.Size(), info.ModTime().UnixNano())
}

func (f *Fingerprint) begin() {
	if !f.started {
		f.h.SetSeed(seed)
		f.started = true
	}
}

// Sum is the number.
func (f *Fingerprint) Sum() uint64 {
	f.begin()
	return f.h.Sum64()
}

// Loop calls changed each time that the number which look returns is another
// one than before, at first than last, until ctx ends. A change while changed
// runs is noticed afterwards.
func Loop(ctx context.Context, last uint64, look func() uint64, changed func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := look(); now != last && ctx.Err() == nil {
			last = now
			changed()
		}
	}
}
