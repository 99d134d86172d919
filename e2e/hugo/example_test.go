package hugo_test

import (
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/htmlvalidate"
	"github.com/bokehbinder/bokehbinder/e2e/internal/hublink"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// exampleRepositories serves the sample repositories under the addresses by
// which the documentation names them.
func exampleRepositories(t *testing.T) {
	t.Helper()
	forge := gittest.Serve(t, gitserve.Options{})
	forge.Setenv()
	folders, err := filepath.Glob("../../exampleSite/repositories/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no sample repositories: %v", err)
	}
	for _, folder := range folders {
		files, err := gitserve.ReadFiles(folder)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := gitserve.BuildRepo(forge.RepoDir("github.com/bokehbinder/"+filepath.Base(folder)), files); err != nil {
			t.Fatal(err)
		}
	}
}

// copySite copies the example site without its cards.
func copySite(t *testing.T) *site {
	t.Helper()
	s := &site{tb: t, dir: t.TempDir()}
	if err := os.CopyFS(s.dir, os.DirFS("../../exampleSite")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(s.path("assets/bokehbinder")); err != nil {
		t.Fatal(err)
	}
	return s
}

// cardFiles reads the cards and the index below an assets folder.
func cardFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	all, err := gitserve.ReadFiles(filepath.Join(dir, "bokehbinder"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range all {
		files[name] = string(data)
	}
	return files
}

// TestExampleCardsAreFresh reads the sample repositories and compares what comes
// out with the example site's committed cards.
func TestExampleCardsAreFresh(t *testing.T) {
	exampleRepositories(t)
	if *update {
		run(t, "sync", "-q", "--update", "--hugo", "no-such-hugo", "../../exampleSite")
	}
	s := copySite(t)
	run(t, "sync", "-q", "--hugo", "no-such-hugo", s.dir)
	got, want := cardFiles(t, "../../exampleSite/assets"), cardFiles(t, s.path("assets"))
	if !maps.Equal(got, want) {
		t.Errorf("the committed cards %q are not what reading gives, %q; run with -update",
			slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
	run(t, "sync", "-q", "--hugo", "no-such-hugo", "--check", "../../exampleSite")
}

// buildExample builds the example site as its readers get it and returns the
// published folder.
func buildExample(t *testing.T) string {
	t.Helper()
	s := newSite(t, "")
	log, err := s.command("--source", filepath.Join(root(), "exampleSite"), "--destination", s.path("public"),
		"--cacheDir", s.path("cache"), "--noBuildLock", "--logLevel", "info")
	if bad := complaints(log); err != nil || len(bad) > 0 {
		t.Fatalf("hugo: %v\n%s", err, log)
	}
	return s.path("public")
}

// TestExampleSite builds the documentation: Hugo has nothing to say about it, its
// HTML is valid, its links lead somewhere, and pages without an embed carry
// nothing of ours.
func TestExampleSite(t *testing.T) {
	public := buildExample(t)
	pages := publishedPages(t, public)
	if len(pages) < 15 {
		t.Errorf("only %d pages", len(pages))
	}
	anchors := make(map[string]map[string]bool)
	for name, html := range pages {
		anchors[name] = ids(html)
	}
	for name, html := range pages {
		for _, target := range localLinks(t, name, html) {
			file, fragment, _ := strings.Cut(target, "#")
			ids, isPage := anchors[file]
			if _, err := os.Stat(filepath.Join(public, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s links to %s, which is not there", name, target)
			} else if isPage && fragment != "" && !ids[fragment] {
				t.Errorf("%s links to %s, and that page has no such place", name, target)
			}
		}
		if embeds := strings.Contains(html, `class="bb"`); embeds != strings.Contains(html, "/bokehbinder.min.") {
			t.Errorf("%s: embed %v, but style sheet %v", name, embeds, !embeds)
		}
		if _, followed := hublink.Find(html); len(followed) > 0 {
			t.Errorf("%s has links to a hub that crawlers follow: %q", name, followed)
		}
		if strings.Contains(html, "bb-problem") {
			t.Errorf("%s shows a problem", name)
		}
	}
	var files []string
	for name := range pages {
		files = append(files, filepath.Join(public, filepath.FromSlash(name)))
	}
	htmlvalidate.Check(t, files...) // skips the rest where node is missing
}

// publishedPages reads the pages below a folder, by their paths in it.
func publishedPages(t *testing.T, public string) map[string]string {
	t.Helper()
	pages := make(map[string]string)
	files, err := gitserve.ReadFiles(public)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if strings.HasSuffix(name, ".html") {
			pages[name] = string(data)
		}
	}
	return pages
}

var (
	idAttribute   = regexp.MustCompile(`\sid="([^"]*)"`)
	linkAttribute = regexp.MustCompile(`\s(?:href|src)="([^"]*)"`)
)

func ids(html string) map[string]bool {
	found := make(map[string]bool)
	for _, m := range idAttribute.FindAllStringSubmatch(html, -1) {
		found[m[1]] = true
	}
	return found
}

// localLinks lists the files of the site that a page links to, each with its
// fragment if it has one.
func localLinks(t *testing.T, page, html string) []string {
	t.Helper()
	base, err := url.Parse("https://bokehbinder.github.io/bokehbinder/" + page)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range linkAttribute.FindAllStringSubmatch(html, -1) {
		u, err := base.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
		if err != nil {
			t.Errorf("%s links to %q: %v", page, m[1], err)
			continue
		}
		rest, ok := strings.CutPrefix(u.Path, "/bokehbinder/")
		if u.Host != base.Host || !ok {
			continue
		}
		if rest == "" || strings.HasSuffix(rest, "/") {
			rest = path.Join(rest, "index.html")
		}
		if u.Fragment != "" {
			rest += "#" + u.Fragment
		}
		list = append(list, rest)
	}
	return list
}

// TestTroubleshootingAnswersReaders looks for every message of an embed in the
// documentation.
func TestTroubleshootingAnswersReaders(t *testing.T) {
	page, err := os.ReadFile("../../exampleSite/content/troubleshooting/readers.md")
	if err != nil {
		t.Fatal(err)
	}
	words, err := os.ReadFile("../../i18n/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keys := regexp.MustCompile(`(?m)^bokehbinder_(\w+)_todo:`).FindAllStringSubmatch(string(words), -1)
	if len(keys) < 15 {
		t.Fatalf("only %d messages", len(keys))
	}
	for _, key := range keys {
		if !strings.Contains(string(page), "### {{< says "+key[1]+" >}}\n\n{{< says "+key[1]+"_todo >}}\n\n") {
			t.Errorf("the message %q is not explained", key[1])
		}
	}
}
