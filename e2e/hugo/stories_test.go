package hugo_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bep/logg"
	"github.com/gohugoio/hugo/config"
	"github.com/gohugoio/hugo/hugolib"
	"golang.org/x/tools/txtar"

	sites "github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
)

// TestStories builds the sites of testdata/*.txtar with Hugo as a library. A
// story begins with what it tells. Its files are those of the site; of them,
// want/NAME is what public/NAME must be, with each embed as one line, and log
// the errors and warnings. The cards that the content asks for are there, unless
// a file called no-cards says otherwise.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, story)
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, got, story)
		})
	}
}

// tell builds the story's site and returns the story with what came out.
func tell(t *testing.T, story *txtar.Archive) *txtar.Archive {
	t.Helper()
	s := &site{tb: t, dir: t.TempDir()}
	var source txtar.Archive
	cards := true
	for _, f := range story.Files {
		switch {
		case f.Name == "no-cards":
			cards = false
		case f.Name != "log" && !strings.HasPrefix(f.Name, "want/"):
			source.Files = append(source.Files, f)
			s.write(f.Name, string(f.Data))
		}
	}
	if cards {
		s.sync(s.wants()...)
	}
	flags := config.New()
	flags.Set("themesDir", filepath.Dir(root()))
	flags.Set("theme", []string{filepath.Base(root()), tagged()})
	b, err := hugolib.NewIntegrationTestBuilder(hugolib.IntegrationTestConfig{
		T: t, TxtarString: string(txtar.Format(&source)), BaseCfg: flags, NeedsOsFS: true, WorkingDir: s.dir, LogLevel: logg.LevelInfo,
	}).BuildE()
	out := &txtar.Archive{Comment: story.Comment, Files: slices.Clone(story.Files)}
	log := complaints(b.LogString())
	if err != nil && len(log) == 0 {
		log = append(log, err.Error())
	}
	slices.Sort(log) // pages are rendered at the same time
	out.Files = slices.DeleteFunc(out.Files, func(f txtar.File) bool { return f.Name == "log" })
	for i, f := range out.Files {
		name, ok := strings.CutPrefix(f.Name, "want/")
		if !ok {
			continue
		}
		data, err := os.ReadFile(s.path("public/" + name))
		if err != nil {
			data = []byte(err.Error())
		}
		out.Files[i].Data = ended(short(string(data)))
	}
	if len(log) > 0 {
		out.Files = append(out.Files, txtar.File{Name: "log", Data: ended(strings.NewReplacer(s.dir, "SITE", root(), "MODULE").Replace(strings.Join(log, "\n")))})
	}
	return out
}

func ended(text string) []byte {
	text = strings.Trim(text, "\n")
	if text != "" {
		text += "\n"
	}
	return []byte(text)
}

// wants lists what the site's content asks for, as the command sync finds it.
func (s *site) wants() []lock.Want {
	s.tb.Helper()
	opened, err := sites.Open(s.tb.Context(), s.dir, sites.Options{Hugo: "no-such-hugo"})
	if err != nil {
		s.tb.Fatal(err)
	}
	uses, _, err := opened.Uses()
	if err != nil {
		s.tb.Fatal(err)
	}
	var wants []lock.Want
	for _, u := range uses {
		wants = append(wants, lock.Want{Repo: u.Repo, Ref: u.Ref, Files: u.Files, Where: u.Pos.String()})
	}
	return wants
}

func compare(t *testing.T, got, want *txtar.Archive) {
	t.Helper()
	names := func(a *txtar.Archive) map[string]string {
		m := make(map[string]string)
		for _, f := range a.Files {
			m[f.Name] = string(f.Data)
		}
		return m
	}
	g, w := names(got), names(want)
	for _, f := range append(slices.Clone(want.Files), txtar.File{Name: "log"}) {
		if g[f.Name] != w[f.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", f.Name, g[f.Name], w[f.Name])
		}
	}
}

var (
	link    = regexp.MustCompile(`<(?:link|script)[^>]*/bokehbinder\.min\.[0-9a-f]{64}\.(css|js)"[^>]*>(?:</script>)?`)
	element = regexp.MustCompile(`<(bokeh-binder|div|aside) class="bb[" ]`)
	partOf  = regexp.MustCompile(`data-(?:hub|spec)="([^"]*)"|class="bb-(stage|files|launch|problem)|bb-(launch)"`)
	meta    = regexp.MustCompile(`<bdi>([^<]*)</bdi>`)
)

// short writes each embed as one line that tells what it is: what the HTML is
// like is for the views' tests.
func short(html string) string {
	html = link.ReplaceAllString(html, "[$1]")
	ids := make(map[string]bool)
	for _, id := range regexp.MustCompile(`class="bb" id="(bb-[0-9a-f]+)"`).FindAllStringSubmatch(html, -1) {
		if ids[id[1]] {
			html += "\nTWICE " + id[1]
		}
		ids[id[1]] = true
	}
	var b strings.Builder
	for {
		m := element.FindStringSubmatchIndex(html)
		if m == nil {
			return b.String() + html
		}
		b.WriteString(html[:m[0]])
		end := m[0] + closing(html[m[0]:], html[m[2]:m[3]])
		b.WriteString(summary(html[m[0]:end]))
		html = html[end:]
	}
}

// closing returns where the element that text begins with ends.
func closing(text, name string) int {
	depth := 0
	for _, m := range regexp.MustCompile(`</?`+name+`\b`).FindAllStringIndex(text, -1) {
		if text[m[0]+1] != '/' {
			depth++
		} else if depth--; depth == 0 {
			return m[1] + 1
		}
	}
	return len(text)
}

// summary is an embed in one line: its names, and which parts it has.
func summary(text string) string {
	var list []string
	for _, m := range meta.FindAllStringSubmatch(text, 3) {
		list = append(list, m[1])
	}
	var parts []string
	for _, m := range partOf.FindAllStringSubmatch(text, -1) {
		if part := m[2] + m[3]; part != "" && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return fmt.Sprintf("[%s: %s]", strings.Join(parts, ", "), strings.Join(list, " | "))
}

// TestDeprecationsAreSeen proves that the log level at which sites are built,
// by the library and by the command, shows what is deprecated.
func TestDeprecationsAreSeen(t *testing.T) {
	const archive = `
-- hugo.toml --
disableKinds = ["taxonomy", "term", "sitemap", "rss", "404"]
-- layouts/home.html --
{{ site.Data }}
`
	got := tell(t, txtar.Parse([]byte(archive)))
	last := got.Files[len(got.Files)-1]
	if last.Name != "log" || !bytes.Contains(last.Data, []byte("deprecated")) {
		t.Errorf("no deprecation in %s:\n%s", last.Name, last.Data)
	}
	log, err := newSite(t, archive).run()
	if bad := complaints(log); err != nil || len(bad) == 0 || !strings.Contains(bad[0], "deprecated") {
		t.Errorf("the command: no deprecation in %q, %v\n%s", bad, err, log)
	}
}

// TestPagesWithoutAnEmbedAreUntouched builds a site with the module and without
// it: nothing is published but what the site itself publishes.
func TestPagesWithoutAnEmbedAreUntouched(t *testing.T) {
	const archive = `
-- hugo.toml --
baseURL = "https://example.org/"
title = "x"
-- layouts/all.html --
<!DOCTYPE html><title>{{ .Title }}</title>{{ .Content }}
-- content/posts/a.md --
---
title: A
---
Text with <<< and {{</* bokehbinder repo="o/n" */>}}.
`
	with, without := newSite(t, archive), newSite(t, archive)
	with.build()
	if log, err := without.command(); err != nil {
		t.Fatal(err, log)
	}
	if got, want := with.public(), without.public(); !slices.Equal(got, want) {
		t.Errorf("with the module\n%s\nwithout\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// public lists the published files with their contents.
func (s *site) public() []string {
	s.tb.Helper()
	var list []string
	err := filepath.WalkDir(s.path("public"), func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(s.dir, file)
			list = append(list, rel+"\n"+s.read(filepath.ToSlash(rel)))
		}
		return err
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return list
}
