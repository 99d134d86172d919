package hugo_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// asCommand is the environment variable that makes the test binary the
// bokehbinder command, for tests that need it in a process of its own.
const asCommand = "BOKEHBINDER_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program := cli.Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(program.Run(ctx, os.Args[1:]))
}

// bokehbinder is the command in a process of its own.
func bokehbinder(tb testing.TB, args ...string) *exec.Cmd {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=yes")
	return cmd
}

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
		"sine/main.py": "from bokeh.io import curdoc\n", "requirements.txt": "bokeh\n", "start": "bokeh serve sine --port=5006 &\nexec \"$@\"\n",
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

// TestKilledSyncLeavesWholeCards kills the command at several moments: whatever
// is there is whole, and the next run needs no help.
func TestKilledSyncLeavesWholeCards(t *testing.T) {
	forge, s := manyTags(t, 6, 6)
	forge.Setenv()
	store := lockfile.Folder{Dir: s.path("assets/" + lock.Folder)}
	for delay := 20 * time.Millisecond; delay < time.Second; delay *= 2 {
		cmd := bokehbinder(t, "sync", "-q", "--hugo", "no-such-hugo", s.dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(delay)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		checkWhole(t, store)
	}
	run(t, "sync", "-q", "--hugo", "no-such-hugo", s.dir)
	run(t, "sync", "-q", "--hugo", "no-such-hugo", "--check", s.dir)
}

// checkWhole checks that each card is one.
func checkWhole(t *testing.T, folder lockfile.Folder) {
	t.Helper()
	names, err := folder.Names()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		repo := fmt.Sprintf("https://github.com/demo/r%d", i)
		if _, err := folder.Read(repo, "main"); err != nil && slices.Contains(names, lockfile.Name(repo, "main")) {
			t.Error(err)
		}
	}
}
