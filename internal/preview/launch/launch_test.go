//go:build linux || darwin

package launch_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

func TestMain(m *testing.M) {
	supervise.Main()
	os.Exit(m.Run())
}

// git runs git in a folder, free of the user's settings.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// repository makes a committed work tree.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "author")
	machine.Write(t, dir, files)
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "first")
	return dir
}

// image builds an image that is removed with the test.
func image(t *testing.T, env environments.Environment, source string, variables ...string) (*launch.Image, *machine.Log) {
	t.Helper()
	l := &machine.Log{}
	i, err := launch.NewImage(t.Context(), launch.ImageOptions{
		Folder: source, Env: env, Scratch: filepath.Join(t.TempDir(), "scratch"), Log: l, Variables: variables,
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, l)
	}
	t.Cleanup(func() {
		if err := i.Remove(); err != nil {
			t.Error(err)
		}
	})
	return i, l
}

// failing builds an image that cannot be built, and returns the error.
func failing(t *testing.T, ctx context.Context, env environments.Environment, source string) error {
	t.Helper()
	scratch := filepath.Join(t.TempDir(), "scratch")
	i, err := launch.NewImage(ctx, launch.ImageOptions{Folder: source, Env: env, Scratch: scratch})
	if err == nil {
		t.Fatal("an image was built", i.Remove())
	}
	if _, err := os.Lstat(scratch); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the scratch folder was left: %v", err)
	}
	return err
}

// record describes a folder to the last bit, one line a path: kind and
// permissions, time of change, where a link leads or what a file holds.
func record(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %s %d ", p, info.Mode(), info.ModTime().UnixNano())
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(p)
			if err != nil {
				return err
			}
			b.WriteString(target)
		case info.Mode().IsRegular():
			content, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%x", sha256.Sum256(content))
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// same checks that two records are one.
func same(t *testing.T, what, before, after string) {
	t.Helper()
	if before == after {
		return
	}
	old := map[string]bool{}
	for line := range strings.Lines(before) {
		old[line] = true
	}
	for line := range strings.Lines(after) {
		if !old[line] {
			t.Errorf("%s changed: %s", what, line)
		}
		delete(old, line)
	}
	for line := range old {
		t.Errorf("%s had: %s", what, line)
	}
}
