// Package hugo_test tests the Hugo module with Hugo itself, at the version that
// e2e/go.mod names.
package hugo_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

var update = flag.Bool("update", false, "update golden files")

// root is the project's folder, which is the module's.
var root = sync.OnceValue(func() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
})

// tagged is the theme that sites with [markup] _merge = "deep" take the hooks and
// the delimiters of the tag from, by its name in the folder above the project's.
func tagged() string { return path.Join(filepath.Base(root()), "e2e/hugo/testdata/tagged") }

// otherHugo is the environment variable that names another hugo command to test
// with, such as one of the oldest version that the module claims to work with.
const otherHugo = "BOKEHBINDER_HUGO"

// hugoCommand is the path of the hugo command, which the go command builds and
// keeps.
var hugoCommand = sync.OnceValues(func() (string, error) {
	if command := os.Getenv(otherHugo); command != "" {
		return exec.LookPath(command)
	}
	out, err := exec.Command("go", "tool", "-n", "hugo").Output()
	return strings.TrimSpace(string(out)), err
})

// site is a Hugo site in a folder of a test's own.
type site struct {
	tb   testing.TB
	dir  string
	hugo string
}

// newSite makes a site of the files of a txtar archive.
func newSite(tb testing.TB, archive string) *site {
	tb.Helper()
	command, err := hugoCommand()
	if err != nil {
		tb.Fatalf("go tool -n hugo: %v", err)
	}
	s := &site{tb: tb, dir: tb.TempDir(), hugo: command}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		s.write(f.Name, string(f.Data))
	}
	return s
}

func (s *site) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *site) write(name, text string) {
	s.tb.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.tb.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.tb.Fatal(err)
	}
}

func (s *site) read(name string) string {
	s.tb.Helper()
	data, err := os.ReadFile(s.path(name))
	if err != nil {
		s.tb.Fatal(err)
	}
	return string(data)
}

// run runs hugo in the site's folder, with the module as its theme, and returns
// what it logs, deprecations included.
func (s *site) run(args ...string) (log string, err error) {
	s.tb.Helper()
	return s.command(append([]string{
		"--themesDir", filepath.Dir(root()), "--theme", filepath.Base(root()), "--theme", tagged(), "--logLevel", "info",
	}, args...)...)
}

// command runs hugo in the site's folder.
func (s *site) command(args ...string) (log string, err error) {
	s.tb.Helper()
	ctx, cancel := context.WithTimeout(s.tb.Context(), patience.Limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, s.hugo, args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "HUGO_CACHEDIR="+filepath.Join(s.dir, "cache"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}

// build builds the site, and nothing may be wrong with it.
func (s *site) build(args ...string) {
	s.tb.Helper()
	log, err := s.run(args...)
	if err != nil {
		s.tb.Fatalf("hugo: %v\n%s", err, log)
	}
	if bad := complaints(log); len(bad) > 0 {
		s.tb.Errorf("hugo complains:\n%s", strings.Join(bad, "\n"))
	}
}

// complaints returns the errors, warnings and deprecations of a log.
func complaints(log string) []string {
	var lines []string
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "ERROR") || strings.HasPrefix(line, "WARN") || strings.Contains(line, "deprecated") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}
