// Package project gives tests a copy of the project, and the tools that it pins.
package project

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// root is the project's folder, seen from a package of tests.
const root = "../.."

// Module are the files and folders that the Hugo module is made of, with those
// of the documentation, which uses it.
var Module = []string{"hugo.toml", "assets", "docs", "exampleSite", "i18n", "layouts", "shortcodes"}

// Hugo returns the path of the pinned Hugo, which the go command keeps.
func Hugo(tb testing.TB) string {
	tb.Helper()
	command, err := hugo()
	if err != nil {
		tb.Fatalf("go tool -n hugo: %v", err)
	}
	return command
}

var hugo = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "hugo").Output()
	return strings.TrimSpace(string(out)), err
})

// Command builds the bokehbinder command, with options of go build, and returns its path.
func Command(tb testing.TB, options ...string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "bokehbinder")
	cmd := exec.Command("go", append(append([]string{"build"}, options...), "-o", path, "./cmd/bokehbinder")...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %s", err, out)
	}
	return path
}

// Copy copies files and folders of the project into a new folder: what git would
// give to somebody who clones it, with changes that are not committed yet.
func Copy(tb testing.TB, names ...string) string {
	tb.Helper()
	dir := tb.TempDir()
	copyListed(tb, dir, append([]string{"--cached", "--others", "--exclude-standard", "--"}, names...)...)
	return dir
}

// copyListed copies the files that git lists.
func copyListed(tb testing.TB, dir string, options ...string) {
	tb.Helper()
	cmd := exec.Command("git", append([]string{"ls-files", "-z"}, options...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("git ls-files: %v", err)
	}
	for name := range strings.SplitSeq(string(out), "\x00") {
		if name != "" {
			copyFile(tb, filepath.Join(root, name), filepath.Join(dir, name))
		}
	}
}

// copyFile copies a file with its mode. One that is not there was deleted, which
// is not committed yet.
func copyFile(tb testing.TB, from, to string) {
	tb.Helper()
	info, err := os.Stat(from)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		tb.Fatal(err)
	}
	data, err := os.ReadFile(from)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(to, data, info.Mode().Perm()); err != nil {
		tb.Fatal(err)
	}
}

// Clone clones the project into a new folder, with changes that are not
// committed yet.
func Clone(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(tb.TempDir(), "bokehbinder")
	if out, err := exec.Command("git", "clone", "--quiet", "--local", root, dir).CombinedOutput(); err != nil {
		tb.Fatalf("git clone: %v\n%s", err, out)
	}
	copyListed(tb, dir, "--modified", "--others", "--exclude-standard")
	return dir
}

// Root returns the project's folder.
func Root(tb testing.TB) string {
	tb.Helper()
	dir, err := filepath.Abs(root)
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}
