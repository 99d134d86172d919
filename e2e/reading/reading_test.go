package reading

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// noise is data that no packing makes smaller.
func noise(seed, size int) string {
	key := [32]byte{byte(seed), byte(seed >> 8)}
	data := make([]byte, size)
	_, _ = rand.NewChaCha8(key).Read(data) // it never fails
	return string(data)
}

// repositories are read: a dashboard's files with others beside them.
var repositories = []struct {
	name   string
	what   string
	beside func() gitserve.Files
}{
	{"small", "1 MB", func() gitserve.Files { return data(10, 100_000) }},
	{"large", "200 MB", func() gitserve.Files { return data(20, 10_000_000) }},
	{"many", "100,000 files", func() gitserve.Files { return days(100_000, func(i int) string { return fmt.Sprintf("%d,2,3\n", i) }) }},
}

func data(n, size int) gitserve.Files {
	files := gitserve.Files{}
	for i := range n {
		files[fmt.Sprintf("data/%02d.bin", i)] = noise(i, size)
	}
	return files
}

// days are n files with texts.
func days(n int, text func(i int) string) gitserve.Files {
	files := gitserve.Files{}
	for i := range n {
		files[fmt.Sprintf("measurements/station-%02d/2026/day-%03d/sample-%06d.csv", i%40, i%365, i)] = text(i)
	}
	return files
}

// ways are ways to have a repository's files; where git clones, {} is a new folder.
var ways = []struct {
	what string
	args func(command, address string) []string
}{
	{"`bokehbinder card`", func(command, address string) []string { return []string{command, "card", address, "main"} }},
	{"`git clone --depth 1`", func(_, address string) []string {
		return []string{"git", "clone", "--quiet", "--depth=1", address, "{}"}
	}},
	{"`git clone --filter=blob:none`", func(_, address string) []string {
		return []string{"git", "clone", "--quiet", "--filter=blob:none", address, "{}"}
	}},
	{"the same with `--depth 1 --no-checkout`, which brings no file", func(_, address string) []string {
		return []string{"git", "clone", "--quiet", "--filter=blob:none", "--depth=1", "--no-checkout", address, "{}"}
	}},
}

// measured are the runs of one way.
type measured struct{ bytes, requests, seconds, cpu, peak figures.Sample }

// BenchmarkReading reads repositories with the command, and clones them, over the same
// loopback server.
func BenchmarkReading(b *testing.B) {
	program := project.Command(b)
	site := gittest.Serve(b, gitserve.Options{})
	site.Setenv()
	dashboard, err := gitserve.ReadFiles("../../exampleSite/repositories/pendulum")
	if err != nil {
		b.Fatal(err)
	}
	table := figures.Table{Columns: []string{"repository", "by", "over the wire, bytes", "requests", "seconds", "of the processor", "largest process, MB", "times the bytes", "times the seconds"}}
	quoted := map[string]string{}
	for b.Loop() {
		table.Rows = nil
		for _, r := range repositories {
			files := r.beside()
			maps.Copy(files, dashboard)
			address := "https://github.com/demo/" + r.name
			repo := site.Repo("github.com/demo/"+r.name, files)
			// As on a forge, which has looked for similar files long before.
			repo.Git("config", "core.bigFileThreshold", "1m")
			runs := make([]measured, len(ways))
			for range figures.Runs() {
				for i, way := range ways {
					runs[i].add(b, site, way.args(program, address))
				}
			}
			ours := runs[0]
			for i, m := range runs {
				times := []string{"1", "1"}
				if i > 0 {
					times = []string{figures.Number(m.bytes.Median() / ours.bytes.Median()), figures.Number(m.seconds.Median() / ours.seconds.Median())}
				}
				table.Add(append([]string{r.what, ways[i].what, m.bytes.Spread(figures.Whole), m.requests.Spread(figures.Whole),
					m.seconds.Spread(figures.Number), m.cpu.Spread(figures.Number), m.peak.Spread(figures.Megabytes)}, times...)...)
			}
			quoted["read-"+r.name] = figures.Bytes(ours.bytes.Median())
			b.ReportMetric(ours.bytes.Median(), "B-"+r.name)
			b.ReportMetric(runs[1].bytes.Median()/ours.bytes.Median(), "clone/read-B-"+r.name)
			b.ReportMetric(runs[1].seconds.Median()/ours.seconds.Median(), "clone/read-s-"+r.name)
		}
	}
	delete(quoted, "read-small")
	figures.Record(b, "reading", figures.Section{
		Title: "Reading a repository",
		Text: fmt.Sprintf(`The example's dashboard with data beside it that packing does not make smaller, or with many
small files, in one commit each. The server is git's own behind HTTP. Bytes are counted at its
connections, headers and both directions together. The processor's seconds are those of the
command with all that it started, and not the server's. Runs of each: %d.`, figures.Runs()),
		Tables: []figures.Table{table}, Quoted: quoted,
	})
}

// add runs a way once.
func (m *measured) add(b *testing.B, site *gittest.Site, args []string) {
	b.Helper()
	clone := filepath.Join(b.TempDir(), "clone")
	for i := range args {
		if args[i] == "{}" {
			args[i] = clone
		}
	}
	site.Set(gitserve.Options{})
	t := measure(b, args...)
	bytes, requests := traffic(site)
	if requests == 0 {
		b.Fatalf("%q asks for nothing", args)
	}
	m.bytes, m.requests = append(m.bytes, bytes), append(m.requests, requests)
	m.seconds, m.cpu, m.peak = append(m.seconds, t.Seconds), append(m.cpu, t.CPU), append(m.peak, t.Peak)
	if err := os.RemoveAll(clone); err != nil {
		b.Fatal(err)
	}
}
