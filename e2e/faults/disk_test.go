package faults

import (
	"cmp"
	"fmt"
	"regexp"
	"syscall"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/smalldisk"
)

// page is what a disk in memory gives out at once.
const page = 4096

// disk makes a folder a disk of its own.
func disk(t *testing.T, dir string) {
	t.Helper()
	unmount, err := smalldisk.Mount(dir, roomy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unmount(); err != nil {
			t.Error(err)
		}
	})
}

const roomy = "rw,size=8m,nr_inodes=4096"

func change(t *testing.T, dir, options string) {
	t.Helper()
	if err := smalldisk.Change(dir, options); err != nil {
		t.Fatal(err)
	}
}

// full are the ways in which a disk has room for n pages or files more, and no others. The
// system wants one at least.
var full = []struct {
	name    string
	options func(used syscall.Statfs_t, n int) string
}{
	{"disk full at the n-th page", func(used syscall.Statfs_t, n int) string {
		return fmt.Sprintf("size=%d", (int(used.Blocks-used.Bfree)+n)*page)
	}},
	{"no room for the n-th file", func(used syscall.Statfs_t, n int) string {
		return fmt.Sprintf("nr_inodes=%d", int(used.Files-used.Ffree)+n)
	}},
}

var (
	noRoom   = regexp.MustCompile(`(?m)^error: .*(?:no space left on device|No space left|cannot be stored)(?s:.*)^hint: .*(?:make room|nothing was written|has room)`)
	readOnly = regexp.MustCompile(`(?m)^error: .*read-only file system(?s:.*)^hint: `)
)

// TestFullDisk has the disk of the folder, or that of temporary files, full at each of the
// pages and files that a command writes, and the folder read-only.
func TestFullDisk(t *testing.T) {
	if possible, err := smalldisk.Possible(); err != nil || !possible {
		t.Skipf("skipped without a small disk: this user may mount none (%v)", err)
	}
	folder := t.TempDir()
	for _, w := range writings(t, folder) {
		for _, f := range full {
			w.untilRoom(t, "", f.name, f.options)
			if w.name == "sync" || w.name == "render -o" { // others need no temporary files
				w.untilRoom(t, folder, "temporary files: "+f.name, f.options)
			}
		}
		t.Run(w.name+", read-only", func(t *testing.T) {
			dir := t.TempDir()
			disk(t, dir)
			w.before.write(t, dir)
			w.meets(t, dir, dir, "read-only folder", "ro", readOnly, "")
		})
	}
}

// untilRoom has the command meet a disk, of its own folder or of another one, with room for
// more and more, until that is enough.
func (w *writing) untilRoom(t *testing.T, on, fault string, options func(syscall.Statfs_t, int) string) {
	t.Helper()
	t.Run(w.name+", "+fault, func(t *testing.T) {
		for n, done := 1, false; !done; n += few(5, 1) {
			dir := t.TempDir()
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				on := cmp.Or(on, dir)
				disk(t, on)
				w.before.write(t, dir)
				done = w.fills(t, dir, on, fault, options, n)
			})
			done = done || t.Failed()
		}
	})
}

// fills has the command meet a disk with room for n more, and reports whether that was
// enough.
func (w *writing) fills(t *testing.T, dir, on, fault string, options func(syscall.Statfs_t, int) string, n int) (enough bool) {
	t.Helper()
	var used syscall.Statfs_t
	if err := syscall.Statfs(on, &used); err != nil {
		t.Fatal(err)
	}
	return w.meets(t, dir, on, fault, options(used, n), noRoom, fmt.Sprintf("(room for %d)", n))
}

// meets runs the command while a disk has other options, and once more when it has not.
func (w *writing) meets(t *testing.T, dir, on, fault, options string, fits *regexp.Regexp, detail string) (enough bool) {
	t.Helper()
	change(t, on, options)
	cmd := command(t, w.temp, dir, w.args...)
	out, _ := cmd.CombinedOutput()
	code := cmd.ProcessState.ExitCode()
	var wrong []string
	files := read(t, dir)
	enough = code == w.codes[0] && len(files.differs(w.after)) == 0
	if !enough {
		if code != 1 && code != 3 || !fits.Match(out) {
			wrong = append(wrong, fmt.Sprintf("it ends with %d and says %s", code, out))
		}
		wrong = append(wrong, files.torn(w.before, w.after)...)
		for name := range files {
			if temporary.MatchString(name) {
				wrong = append(wrong, "left: "+name)
			}
		}
		wrong = append(wrong, left(t, w.temp)...)
	}
	change(t, on, roomy)
	count(t, w.name, fault, detail, !enough, append(wrong, w.again(t, dir)...)...)
	return enough
}
