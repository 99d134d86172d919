package hugo_test

import (
	"context"
	"fmt"
	"math"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/lock"
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

// BenchmarkPages builds sites of 2,000 pages and reports, for each way to embed
// something, what a page costs above a plain one, in milliseconds, and the
// memory as a multiple of the plain site's. Hugo keeps the content of all pages,
// so that text of an embed's length, without any embed, is there to compare.
func BenchmarkPages(b *testing.B) {
	text := strings.Repeat("Words and words and words. ", 600)
	for b.Loop() {
		plain := measure(b, func(int) string { return "" }, nil)
		b.ReportMetric(plain.ms/benchPages, "ms-plain")
		for name, body := range map[string]func(i int) string{
			"16-kB-text":    func(int) string { return text },
			"youtube":       func(int) string { return `{{< youtube id="0RKpf3rK57I" loading="lazy" >}}` },
			"same-card":     func(int) string { return `{{< bokehbinder repo="ada/waves" >}}` },
			"own-card":      func(i int) string { return fmt.Sprintf(`{{< bokehbinder repo="ada/waves%d" >}}`, i) },
			"same-card-tag": func(int) string { return `<<< bokehbinder repo=ada/waves >>>` },
		} {
			var wants []lock.Want
			switch name {
			case "same-card", "same-card-tag":
				wants = []lock.Want{{Repo: "ada/waves"}}
			case "own-card":
				for i := range benchPages {
					wants = append(wants, lock.Want{Repo: fmt.Sprintf("ada/waves%d", i)})
				}
			}
			m := measure(b, body, wants)
			b.ReportMetric((m.ms-plain.ms)/benchPages, "ms-"+name)
			b.ReportMetric(m.memory/plain.memory, "memory-"+name)
		}
	}
}

type measured struct{ ms, memory float64 }

// measure builds a site whose pages have the given bodies, three times, and
// returns the best of them.
func measure(b *testing.B, body func(i int) string, wants []lock.Want) measured {
	b.Helper()
	s := newSite(b, benchSite)
	s.write("hugo.toml", s.read("hugo.toml")+"markup._merge = 'deep'\n")
	for i := range benchPages {
		s.write(fmt.Sprintf("content/p%d.md", i), fmt.Sprintf("---\ntitle: Page %d\n---\nA paragraph of text, number %d.\n\n%s\n", i, i, body(i)))
	}
	if wants != nil {
		if _, err := lock.Sync(b.Context(), lock.Store{Dir: s.path("assets/" + lock.Folder)}, numbered, wants, lock.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	best := measured{math.Inf(1), math.Inf(1)}
	for range 3 {
		cmd := exec.Command(s.hugo, "--themesDir", filepath.Dir(root()), "--theme", filepath.Base(root()), "--cacheDir", s.path("cache"))
		cmd.Dir = s.dir
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "WARN") {
			b.Fatalf("hugo: %v\n%s", err, out)
		}
		best.ms = min(best.ms, float64(time.Since(start).Microseconds())/1000)
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		best.memory = min(best.memory, float64(usage.Maxrss))
	}
	return best
}
