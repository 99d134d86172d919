// Package gittest gives tests git repositories behind a real HTTP server.
//
//	site := gittest.Serve(t, gitserve.Options{})
//	repo := site.Repo("github.com/owner/name", gitserve.Files{"main.py": "1\n"})
//	site.Setenv()
//
// From then on git takes https://github.com/owner/name from the test's server.
package gittest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// Site is a server that lives as long as a test.
type Site struct {
	*gitserve.Server
	tb testing.TB
}

// Repo is a repository of a [Site]. Its methods end the test where those of
// gitserve.Repo return an error.
type Repo struct {
	*gitserve.Repo
	// Head is the hash of the first commit.
	Head string
	tb   testing.TB
}

// Serve starts a server over an empty folder. The test is skipped where git is
// not installed.
func Serve(tb testing.TB, options gitserve.Options) *Site {
	tb.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("git is not installed")
	}
	s, err := gitserve.NewServer(tb.TempDir(), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	return &Site{Server: s, tb: tb}
}

// Setenv makes git take the public forges, and the further hosts, from the
// site for the rest of the test. It hides the configuration of user and
// machine, and every other variable of git's.
func (s *Site) Setenv(hosts ...string) {
	s.tb.Helper()
	s.setenv(s.Env(hosts...))
}

// SetenvFolders is Setenv, but git takes the repositories from their folders:
// for a test that reads hundreds.
func (s *Site) SetenvFolders(hosts ...string) {
	s.tb.Helper()
	s.setenv(s.FolderEnv(hosts...))
}

func (s *Site) setenv(variables []string) {
	s.tb.Helper()
	ClearEnv(s.tb)
	for _, kv := range variables {
		k, v, _ := strings.Cut(kv, "=")
		s.tb.Setenv(k, v)
	}
}

// ClearEnv removes git's variables from the environment for the rest of the
// test. Tests run from a hook have some.
func ClearEnv(tb testing.TB) {
	tb.Helper()
	for _, kv := range os.Environ() {
		if k, _, _ := strings.Cut(kv, "="); strings.HasPrefix(k, "GIT_") {
			tb.Setenv(k, "") // so that it is restored at the end
			os.Unsetenv(k)
		}
	}
}

// Clone makes a folder what a clone of a repository is, with nothing committed:
// its origin is the address, the default branch main. The test is skipped where
// git is not installed.
func Clone(tb testing.TB, dir, address string) {
	tb.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("git is not installed")
	}
	ClearEnv(tb)
	for _, args := range [][]string{
		{"init", "--quiet", "--template=", "--initial-branch=" + gitserve.DefaultBranch},
		{"remote", "add", "origin", address},
		{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/" + gitserve.DefaultBranch},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
}

// Repo makes a repository with one commit on the default branch. The address
// is that of a public forge without its scheme, such as
// "github.com/owner/name". Without files the repository is empty.
func (s *Site) Repo(address string, files gitserve.Files, initArgs ...string) *Repo {
	s.tb.Helper()
	r, err := gitserve.InitRepo(s.RepoDir(address), initArgs...)
	if err != nil {
		s.tb.Fatal(err)
	}
	repo := &Repo{Repo: r, tb: s.tb}
	if files != nil {
		repo.Head = repo.Commit(gitserve.DefaultBranch, files)
	}
	return repo
}

// Commit adds a commit with exactly these files to a branch and returns its
// hash.
func (r *Repo) Commit(branch string, files gitserve.Files) string {
	r.tb.Helper()
	return r.must(r.Repo.Commit(branch, files))
}

// Tag makes a lightweight tag.
func (r *Repo) Tag(name, target string) {
	r.tb.Helper()
	r.must("", r.Repo.Tag(name, target))
}

// AnnotatedTag makes an annotated tag and returns the tag object's hash.
func (r *Repo) AnnotatedTag(name, target string) string {
	r.tb.Helper()
	return r.must(r.Repo.AnnotatedTag(name, target))
}

// Object stores an object with exactly this content, valid or not, and returns
// its hash.
func (r *Repo) Object(kind, content string) string {
	r.tb.Helper()
	return r.must(r.Repo.Object(kind, content))
}

// Git runs git in the repository and returns its output.
func (r *Repo) Git(args ...string) string {
	r.tb.Helper()
	return r.must(r.Repo.Git(args...))
}

// must ends the test on an error.
func (r *Repo) must(s string, err error) string {
	r.tb.Helper()
	if err != nil {
		r.tb.Fatal(err)
	}
	return s
}
