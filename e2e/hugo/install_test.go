package hugo_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/bokehbinder/bokehbinder/internal/site/lock"
)

const modulePath = "github.com/bokehbinder/bokehbinder"

var published = module.Version{Path: modulePath, Version: "v0.0.1"}

// zipFile is the module as it would be published, made once.
var zipFile = sync.OnceValues(func() (data []byte, err error) {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root()
	names, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var files []modzip.File
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		f := file(name)
		if _, err := f.Lstat(); err == nil && !strings.HasPrefix(name, "e2e/") { // e2e is a module of its own
			files = append(files, f)
		}
	}
	var b bytes.Buffer
	err = modzip.Create(&b, published, files)
	return b.Bytes(), err
})

// file is the name of a file in the project.
type file string

var _ modzip.File = file("")

func (f file) Path() string                 { return string(f) }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(f.path()) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(f.path()) }
func (f file) path() string                 { return filepath.Join(root(), filepath.FromSlash(string(f))) }

// zipped returns the module as it would be published.
func zipped(t *testing.T) []byte {
	t.Helper()
	data, err := zipFile()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// unzip puts the published module into a folder.
func unzip(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "module.zip")
	if err := os.WriteFile(file, zipped(t), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := modzip.Unzip(dir, published, file); err != nil {
		t.Fatal(err)
	}
}

// proxy is a folder that the go command takes modules from: ours as published,
// and what the machine has already of others.
func proxy(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	versions := filepath.Join(dir, filepath.FromSlash(modulePath), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mod, err := os.ReadFile(filepath.Join(root(), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	put(published.Version+".zip", string(zipped(t)))
	put(published.Version+".mod", string(mod))
	put(published.Version+".info", `{"Version":"`+published.Version+`","Time":"2026-01-01T00:00:00Z"}`)
	put("list", published.Version+"\n")
	cache := filepath.Join(strings.TrimSpace(goEnv(t, "GOMODCACHE")), "cache", "download")
	return "file://" + filepath.ToSlash(dir) + ",file://" + filepath.ToSlash(cache) + "," + strings.TrimSpace(goEnv(t, "GOPROXY"))
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// installed is a site that uses both doors and has no word about how the module
// comes to it.
const installed = `
-- hugo.toml --
baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "sitemap", "rss", "404", "section", "home"]
IMPORT
[markup.goldmark.extensions.passthrough]
enable = true
delimiters.block = [['<<< bokehbinder', '>>>']]
-- layouts/_markup/render-passthrough-block.html --
{{ partial "bokehbinder/tag.html" (dict "context" .) }}
-- layouts/page.html --
<!DOCTYPE html><title>x</title>{{ .Content }}
-- content/a.md --
Text.

{{< bokehbinder repo="ada/waves" >}}

<<< bokehbinder repo=ada/waves >>>
`

func newInstalled(t *testing.T, how string) *site {
	t.Helper()
	s := newSite(t, strings.Replace(installed, "IMPORT", how, 1))
	s.sync(lock.Want{Repo: "ada/waves"})
	return s
}

// checkInstalled builds the site, by the plain hugo command.
func (s *site) checkInstalled() {
	s.tb.Helper()
	log, err := s.command("--logLevel", "info")
	if bad := complaints(log); err != nil || len(bad) > 0 {
		s.tb.Fatalf("hugo: %v\n%s", err, log)
	}
	if n := strings.Count(s.read("public/a/index.html"), "<bokeh-binder"); n != 2 {
		s.tb.Errorf("%d embeds on the page, want 2", n)
	}
	if n := len(s.glob("public/bokehbinder/*")); n != 3 {
		s.tb.Errorf("%d files for style, script and words, want 3", n)
	}
}

func (s *site) glob(pattern string) []string {
	s.tb.Helper()
	files, err := filepath.Glob(s.path(pattern))
	if err != nil {
		s.tb.Fatal(err)
	}
	return files
}

func TestInstallAsFolder(t *testing.T) {
	s := newInstalled(t, `theme = "bokehbinder"`)
	unzip(t, s.path("themes/bokehbinder"))
	s.checkInstalled()
	s.checkNamedCommand("go -C themes/bokehbinder run ./cmd/bokehbinder sync ../..")
}

// TestInstallAsSubmodule adds the module as the documentation says, and builds a
// clone of the site.
func TestInstallAsSubmodule(t *testing.T) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always",
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
	} {
		t.Setenv(name, value)
	}
	git := func(dir string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	commit := func(dir string) {
		t.Helper()
		git(dir, "add", "--all")
		git(dir, "commit", "--quiet", "--message", "x")
	}
	upstream := t.TempDir()
	git(upstream, "init", "--quiet")
	unzip(t, filepath.Join(upstream, "module"))
	if err := os.Rename(filepath.Join(upstream, ".git"), filepath.Join(upstream, "module", ".git")); err != nil {
		t.Fatal(err)
	}
	commit(filepath.Join(upstream, "module"))

	s := newInstalled(t, `theme = ["bokehbinder"]`)
	git(s.dir, "init", "--quiet")
	git(s.dir, "submodule", "add", "--quiet", filepath.Join(upstream, "module"), "themes/bokehbinder")
	commit(s.dir)
	cloned := &site{tb: t, dir: filepath.Join(t.TempDir(), "site"), hugo: s.hugo}
	git(s.dir, "clone", "--quiet", "--recurse-submodules", s.dir, cloned.dir)
	cloned.checkInstalled()
}

func TestInstallByReplacement(t *testing.T) {
	s := newInstalled(t, "[module]\nreplacements = '"+modulePath+" -> ../../elsewhere'\n[[module.imports]]\npath = '"+modulePath+"'\n")
	elsewhere := filepath.Join(filepath.Dir(s.dir), "elsewhere")
	unzip(t, elsewhere)
	t.Setenv("PATH", "") // nothing is asked of Go or git
	s.checkInstalled()
}

func TestInstallAsModule(t *testing.T) {
	s := newInstalled(t, "[[module.imports]]\npath = '"+modulePath+"'\n")
	from := proxy(t)
	t.Setenv("HUGO_MODULE_PROXY", from)
	t.Setenv("GOPROXY", from)
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GONOPROXY", "none")
	t.Setenv("GOFLAGS", "-modcacherw -mod=mod")
	t.Setenv("GOMODCACHE", t.TempDir())
	if log, err := s.command("mod", "init", "example.org/site"); err != nil {
		t.Fatal(err, log)
	}
	if log, err := s.command("mod", "get", modulePath+"@"+published.Version); err != nil {
		t.Fatal(err, log)
	}
	s.checkInstalled()

	named := "go run " + modulePath + "/cmd/bokehbinder@" + published.Version + " sync"
	s.checkNamedCommand(named)
	s.checkGuide()
	if log, err := s.command("mod", "vendor"); err != nil {
		t.Fatal(err, log)
	}
	t.Setenv("HUGO_MODULE_PROXY", "off")
	if err := os.RemoveAll(s.path("public")); err != nil {
		t.Fatal(err)
	}
	s.checkNamedCommand(named)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	s.checkInstalled()
}

// checkNamedCommand has a card missing: the command that is named there is of the
// version that the site has. It is run as it is named, so that it works, but with
// --check, which asks no forge. What that says names the same version.
func (s *site) checkNamedCommand(want string) {
	s.tb.Helper()
	s.write("content/b.md", "Text.\n\n{{< bokehbinder repo=\"ada/other\" >}}\n")
	defer s.write("content/b.md", "Text.\n")
	log, err := s.command()
	_, named, _ := strings.Cut(log, "; run: ")
	named, _, _ = strings.Cut(named, ";")
	if err == nil || named != want {
		s.tb.Errorf("without a card: %v, got %q, want %q\n%s", err, named, want, log)
		return
	}
	cmd := exec.Command("sh", "-c", named+" --check --hugo '"+s.hugo+"'")
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "content/b.md:3:1: there is no card of https://github.com/ada/other at HEAD") {
		s.tb.Errorf("%s: %v\n%s", named, err, out)
	}
}

// checkGuide runs the command of the guide for a site that has the module.
func (s *site) checkGuide() {
	s.tb.Helper()
	guide, err := os.ReadFile(filepath.Join(root(), "exampleSite/content/guide/cards.md"))
	if err != nil {
		s.tb.Fatal(err)
	}
	_, line, _ := strings.Cut(string(guide), "- run: go run ")
	line, _, _ = strings.Cut(line, "\n")
	cmd := exec.Command("sh", "-c", "go run "+line+" --hugo '"+s.hugo+"'")
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.tb.Errorf("%s: %v\n%s", line, err, out)
	}
}
