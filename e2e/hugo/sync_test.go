package hugo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// run runs the command in this process, which must end well.
func run(tb testing.TB, args ...string) {
	tb.Helper()
	var out safeBuffer
	program := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
	if code := program.Run(tb.Context(), args); code != cli.ExitDone {
		tb.Fatalf("bokehbinder %s: %d\n%s", strings.Join(args, " "), code, out.String())
	}
}

// fails runs the command in this process, which must find something wrong, and
// returns what it says.
func (s *site) fails(args ...string) string {
	s.tb.Helper()
	var out safeBuffer
	program := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
	if code := program.Run(s.tb.Context(), args); code != cli.ExitInput {
		s.tb.Fatalf("bokehbinder %s: %d\n%s", strings.Join(args, " "), code, out.String())
	}
	return out.String()
}

// manyTags makes a forge with a number of repositories and a site with a number
// of tags on them.
func manyTags(tb testing.TB, repositories, tags int) (*gittest.Site, *site) {
	tb.Helper()
	forge := gittest.Serve(tb, gitserve.Options{})
	first := forge.Repo("github.com/demo/r0", gitserve.Files{
		"sine/main.py": "from bokeh.io import curdoc\n", "requirements.txt": "bokeh\njupyter-server-proxy\n", "start": "bokeh serve sine --port=5006 &\nexec \"$@\"\n",
	})
	for i := 1; i < repositories; i++ {
		if err := os.CopyFS(forge.RepoDir(fmt.Sprintf("github.com/demo/r%d", i)), os.DirFS(first.Dir)); err != nil {
			tb.Fatal(err)
		}
	}
	s := &site{tb: tb, dir: tb.TempDir()}
	s.write("hugo.toml", "title = 'x'\nmarkup._merge = 'deep'\n")
	for i := range tags {
		s.write(fmt.Sprintf("content/posts/p%d.md", i), fmt.Sprintf("---\ntitle: P\n---\nText.\n\n<<< bokehbinder repo=demo/r%d ref=main >>>\n", i%repositories))
	}
	return forge, s
}

// TestSyncReadsEachRepositoryOnce counts what the forge is asked.
func TestSyncReadsEachRepositoryOnce(t *testing.T) {
	const repositories, tags = 8, 40
	forge, s := manyTags(t, repositories, tags)
	forge.Setenv()
	forge.Set(gitserve.Options{}) // forget the requests so far
	run(t, "sync", "-q", "--hugo", "no-such-hugo", s.dir)
	fetches := make(map[string]int)
	for _, request := range forge.Requests() {
		for i := range repositories {
			if strings.Contains(request, fmt.Sprintf("/r%d.git/info/refs", i)) {
				fetches[fmt.Sprint(i)]++
			}
		}
	}
	if len(fetches) != repositories {
		t.Errorf("repositories read: %v in\n%s", fetches, strings.Join(forge.Requests(), "\n"))
	}
	one := len(forge.Requests()) / repositories
	if one == 0 || len(forge.Requests()) != one*repositories {
		t.Errorf("%d requests for %d repositories: some were read twice\n%s", len(forge.Requests()), repositories, strings.Join(forge.Requests(), "\n"))
	}
	forge.Set(gitserve.Options{})
	run(t, "sync", "-q", "--hugo", "no-such-hugo", s.dir)
	run(t, "sync", "-q", "--hugo", "no-such-hugo", "--check", s.dir)
	if requests := forge.Requests(); len(requests) > 0 {
		t.Errorf("a run without changes asks:\n%s", strings.Join(requests, "\n"))
	}
}

// BenchmarkSync reads 200 repositories for 1,000 tags, and then finds that all
// is there, without a request: by the site's own files, and with what the pinned
// Hugo says of its configuration.
func BenchmarkSync(b *testing.B) {
	forge, s := manyTags(b, 200, 1000)
	for _, kv := range forge.Env() {
		k, v, _ := strings.Cut(kv, "=")
		b.Setenv(k, v)
	}
	hugo, err := hugoCommand()
	if err != nil {
		b.Fatal(err)
	}
	s.linkTheme()
	s.write("hugo.toml", "theme = ['"+filepath.Base(root())+"', '"+tagged()+"']\n"+s.read("hugo.toml"))
	timed := func(name string, args ...string) {
		start := time.Now()
		run(b, append(append([]string{"sync", "-q"}, args...), s.dir)...)
		b.ReportMetric(time.Since(start).Seconds(), name)
	}
	for b.Loop() {
		if err := os.RemoveAll(s.path("assets")); err != nil {
			b.Fatal(err)
		}
		timed("s-first", "--hugo", "no-such-hugo")
		forge.Set(gitserve.Options{})
		timed("s-unchanged", "--hugo", "no-such-hugo")
		timed("s-unchanged-hugo", "--hugo", hugo)
		timed("s-check-hugo", "--check", "--hugo", hugo)
		if n := len(forge.Requests()); n > 0 {
			b.Errorf("%d requests without a change", n)
		}
	}
}
