package hugo_test

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/bokehbinder/bokehbinder/internal/lock"
)

const modulePath = "github.com/bokehbinder/bokehbinder"

var published = module.Version{Path: modulePath, Version: "v0.0.1"}

// zipped writes the module as it would be published and returns the file.
func zipped(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "module.zip")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := modzip.CreateFromDir(f, published, root()); err != nil {
		t.Fatal(err)
	}
	return file
}

// unzip puts the published module into a folder.
func unzip(t *testing.T, dir string) {
	t.Helper()
	if err := modzip.Unzip(dir, published, zipped(t)); err != nil {
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
	file := zipped(t)
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(versions, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put(published.Version+".zip", string(data))
	put(published.Version+".mod", fileInZip(t, file, "go.mod"))
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

func fileInZip(t *testing.T, file, name string) string {
	t.Helper()
	r, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := r.Open(published.Path + "@" + published.Version + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// installed is a site that uses both doors and has no word about how the module
// comes to it.
const installed = `
-- hugo.toml --
baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "sitemap", "rss", "404", "section", "home"]
IMPORT
[markup]
_merge = "deep"
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
	if n := len(s.glob("public/bokehbinder/*")); n != 2 {
		s.tb.Errorf("%d files for style and script, want 2", n)
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

	// The command that is named where a card is missing is of the version that
	// the site has.
	s.write("content/b.md", "Text.\n\n{{< bokehbinder repo=\"ada/other\" >}}\n")
	log, err := s.command()
	if err == nil || !strings.Contains(log, "cmd/bokehbinder@"+published.Version+" sync") {
		t.Errorf("without a card: %v\n%s", err, log)
	}
	s.write("content/b.md", "Text.\n")

	if log, err := s.command("mod", "vendor"); err != nil {
		t.Fatal(err, log)
	}
	t.Setenv("HUGO_MODULE_PROXY", "off")
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	if err := os.RemoveAll(s.path("public")); err != nil {
		t.Fatal(err)
	}
	s.checkInstalled()
}
