package hugo_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

const benchPages = 2000

const benchSite = `
-- hugo.toml --
baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "sitemap", "rss", "404", "section", "home"]
-- layouts/page.html --
<!DOCTYPE html><title>{{ .Title }}</title>{{ .Content }}
`

// numbered answers with a card of its own for each repository. It shows the
// three files of the recipe, each different from those of other repositories.
var numbered = card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
	c, err := cards(ctx, req)
	if err != nil {
		return nil, err
	}
	for i := range c.Files {
		f := &c.Files[i]
		switch path.Base(f.Path) {
		case "environment.yml", "postBuild", "bokehserverextension.json":
			f.Text += "# " + req.Repo + "\n"
		default:
			f.Text, f.Omitted = "", card.OmittedListed
		}
	}
	return c, nil
})

// fenced is what an author would write instead of a card of their own: its files in
// fenced code blocks, and a link.
func fenced(i int) string {
	c, err := numbered(context.Background(), card.Request{Repo: fmt.Sprintf("ada/waves%d", i)})
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	for _, f := range c.Files {
		if f.Text != "" {
			fmt.Fprintf(&b, "`%s`\n\n````%s\n%s````\n\n", f.Path, f.Language, f.Text)
		}
	}
	fmt.Fprintf(&b, "[Launch on Binder](https://mybinder.org/v2/%s/%s)\n", c.Provider, c.Spec)
	return b.String()
}

// costs are what ways to embed something may cost. All are proportions of what the
// same run measured, so that a slow or busy machine changes them little, and each is
// somewhat above what it was when it was written. docs/architecture.md says why it is
// not less.
var costs = []struct {
	what  string
	limit float64
	of    func(by map[string]*way) float64
}{
	{"cpu-own-card/fenced-blocks", 2.7, func(by map[string]*way) float64 {
		return (by["own-card"].best.cpu - by["plain"].best.cpu) / (by["fenced-blocks"].best.cpu - by["plain"].best.cpu)
	}},
	{"cpu-same-card/fenced-blocks", 0.2, func(by map[string]*way) float64 {
		return (by["same-card"].best.cpu - by["plain"].best.cpu) / (by["fenced-blocks"].best.cpu - by["plain"].best.cpu)
	}},
	{"memory-own-card/fenced-blocks", 1.5, func(by map[string]*way) float64 {
		return by["own-card"].best.memory / by["fenced-blocks"].best.memory
	}},
	{"cpu-sync/hugo", 0.5, func(by map[string]*way) float64 { return by["own-card"].sync / by["own-card"].best.cpu }},
}

// BenchmarkPages builds sites of 2,000 pages and reports, for each way to embed
// something, what a page costs above a plain one, in milliseconds, by the clock
// and on all processors together, and the site's memory as a multiple of the
// plain one's. Hugo keeps the content of all pages, so that text of an embed's
// length, without any embed, is there to compare. The command sync, which then has
// nothing to do, is measured on the site with the most cards. It fails where something
// costs more than it may.
func BenchmarkPages(b *testing.B) {
	ways := waysOf(benchPages)
	for b.Loop() {
		for _, w := range ways {
			w.prepare(b)
		}
		for range 5 { // in turn, so that what else the machine does meets all of them
			for _, w := range ways {
				w.measure(b)
			}
		}
		by := make(map[string]*way)
		for _, w := range ways {
			by[w.name] = w
		}
		by["own-card"].measureSync(b)
		for _, c := range costs {
			cost := c.of(by)
			b.ReportMetric(cost, c.what)
			if cost > c.limit {
				b.Errorf("%s is %.2f, more than %v", c.what, cost, c.limit)
			}
		}
		plain := ways[0].best
		b.ReportMetric(plain.ms/benchPages, "ms-plain")
		b.ReportMetric(plain.cpu/benchPages, "cpu-ms-plain")
		for _, w := range ways[1:] {
			b.ReportMetric((w.best.ms-plain.ms)/benchPages, "ms-"+w.name)
			b.ReportMetric((w.best.cpu-plain.cpu)/benchPages, "cpu-ms-"+w.name)
			b.ReportMetric(w.best.memory/plain.memory, "memory-"+w.name)
		}
	}
}

// waysOf lists what sites of a number of pages may have in each.
func waysOf(pages int) []*way {
	text := strings.Repeat("Words and words and words. ", 600)
	return []*way{
		{pages: pages, name: "plain", body: func(int) string { return "" }},
		{pages: pages, name: "16-kB-text", body: func(int) string { return text }},
		{pages: pages, name: "youtube", body: func(int) string { return `{{< youtube id="0RKpf3rK57I" loading="lazy" >}}` }},
		{pages: pages, name: "fenced-blocks", body: fenced},
		{pages: pages, name: "same-card", cards: 1, body: func(int) string { return `{{< bokehbinder repo="ada/waves0" >}}` }},
		{pages: pages, name: "same-card-tag", cards: 1, body: func(int) string { return `<<< bokehbinder repo=ada/waves0 >>>` }},
		{pages: pages, name: "own-card", cards: pages, body: func(i int) string { return fmt.Sprintf(`{{< bokehbinder repo="ada/waves%d" >}}`, i) }},
	}
}

// way is one way to fill the pages of a site.
type way struct {
	pages int
	name  string
	body  func(i int) string
	// cards is how many repositories the pages show.
	cards int

	site *site
	best measured
	sync float64 // milliseconds of CPU
}

// measured is what a build took: milliseconds, and memory at its most.
type measured struct{ ms, cpu, memory float64 }

// none is more than any build takes.
var none = measured{math.Inf(1), math.Inf(1), math.Inf(1)}

// prepare writes the site.
func (w *way) prepare(b *testing.B) {
	b.Helper()
	w.best = none
	w.site = newSite(b, benchSite)
	w.site.write("hugo.toml", w.site.read("hugo.toml")+"markup._merge = 'deep'\n")
	for i := range w.pages {
		w.site.write(fmt.Sprintf("content/p%d.md", i), fmt.Sprintf("---\ntitle: Page %d\n---\nA paragraph of text, number %d.\n\n%s\n", i, i, w.body(i)))
	}
	var wants []lock.Want
	for i := range w.cards {
		wants = append(wants, lock.Want{Repo: fmt.Sprintf("ada/waves%d", i)})
	}
	if _, err := lock.Sync(b.Context(), lockfile.Folder{Dir: w.site.path("assets/" + lock.Folder)}, numbered, wants, lock.Options{}); err != nil {
		b.Fatal(err)
	}
}

// measureSync runs sync where it has nothing to do, and keeps the least that it took.
func (w *way) measureSync(b *testing.B) {
	b.Helper()
	w.sync = math.Inf(1)
	program := project.Command(b)
	for range 3 {
		cmd := exec.Command(program, "sync", "--hugo", w.site.hugo, w.site.dir)
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			b.Fatalf("sync: %v\n%s", err, out)
		}
		w.sync = min(w.sync, (cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()).Seconds()*1000)
	}
}

// measure builds the site once more, and keeps the least that it ever took.
func (w *way) measure(b *testing.B) {
	b.Helper()
	s := w.site
	if err := os.RemoveAll(s.path("public")); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(s.hugo, "--themesDir", filepath.Dir(root()), "--theme", filepath.Base(root()), "--theme", tagged(), "--cacheDir", s.path("cache"))
	cmd.Dir = s.dir
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "WARN") {
		b.Fatalf("hugo: %v\n%s", err, out)
	}
	w.best.ms = min(w.best.ms, time.Since(start).Seconds()*1000)
	state := cmd.ProcessState
	w.best.cpu = min(w.best.cpu, (state.UserTime()+state.SystemTime()).Seconds()*1000)
	w.best.memory = min(w.best.memory, float64(state.SysUsage().(*syscall.Rusage).Maxrss))
}
