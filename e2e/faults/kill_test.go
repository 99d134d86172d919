package faults

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// TestKilled kills commands at random moments, one, two and three at once on the same
// folder, of which sometimes the last one lives.
func TestKilled(t *testing.T) {
	folder := t.TempDir()
	writings := writings(t, folder)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range few(40, 504) {
		w, at := writings[i%len(writings)], 1+i/len(writings)%3
		dir := t.TempDir()
		w.before.write(t, dir)
		wrong := w.kill(t, dir, at, at-random.IntN(min(at, 2)), random)
		files := read(t, dir)
		wrong = append(wrong, files.torn(w.before, w.after)...)
		alone(t, folder)
		wrong = append(wrong, w.again(t, dir)...)
		count(t, w.name, fmt.Sprintf("kill -9, %d at once", at), fmt.Sprintf("(try %d)", i), false, wrong...)
	}
}

// TestAtOnce runs two and three on the same folder, and lets them live.
func TestAtOnce(t *testing.T) {
	folder := t.TempDir()
	for _, w := range writings(t, folder) {
		for i := range few(2, 20) {
			dir, at := t.TempDir(), 2+i%2
			w.before.write(t, dir)
			wrong := w.kill(t, dir, at, 0, nil)
			wrong = append(append(wrong, read(t, dir).differs(w.after)...), left(t, folder)...)
			count(t, w.name, fmt.Sprintf("%d at once", at), "", false, append(wrong, w.again(t, dir)...)...)
		}
	}
}

// kill starts so many at once, kills the first of them, and says what is wrong with how
// the others ended.
func (w *writing) kill(t *testing.T, dir string, at, killed int, random *rand.Rand) (wrong []string) {
	t.Helper()
	all, said := make([]*exec.Cmd, at), make([]bytes.Buffer, at)
	for i := range all {
		all[i] = command(t, w.temp, dir, w.args...)
		all[i].Stderr = &said[i]
		if err := all[i].Start(); err != nil {
			t.Fatal(err)
		}
		if i < killed {
			time.AfterFunc(time.Duration(random.Float64()*1.1*float64(w.takes)), func() { _ = all[i].Process.Kill() })
		}
	}
	for i, cmd := range all {
		_ = cmd.Wait()
		// Another one may have been faster, which is said.
		if i >= killed && !slices.Contains(w.codes, cmd.ProcessState.ExitCode()) && !strings.Contains(said[i].String(), "it has changed since") {
			wrong = append(wrong, fmt.Sprintf("one that lives ends with %d: %s", cmd.ProcessState.ExitCode(), &said[i]))
		}
	}
	return wrong
}

// TestOvertaken has a run that was killed leave files for places that another one has
// filled since.
func TestOvertaken(t *testing.T) {
	for _, w := range writings(t, t.TempDir()) {
		if w.name == "render -o" {
			continue // it writes in any case
		}
		dir := t.TempDir()
		w.after.write(t, dir)
		tree{path.Join(path.Dir(w.changes()[0]), ".bokehbinder-file-1.tmp"): "half"}.write(t, dir)
		count(t, w.name, "killed run, overtaken by another", "", false, w.again(t, dir)...)
	}
}

// alone waits until no process works below a folder: git may outlive who started it for a
// moment.
func alone(t *testing.T, folder string) {
	t.Helper()
	patience.Eventually(t, "git has ended", func() bool {
		links, _ := filepath.Glob("/proc/[0-9]*/cwd")
		for _, link := range links {
			if dir, err := os.Readlink(link); err == nil && strings.HasPrefix(dir, folder) {
				return false
			}
		}
		return true
	})
}
