package stack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/cards"
	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// token is that of all Jupyter servers of the tests.
const token = "s3cret"

// story is a repository, its image, its server, and what a reader sees of it.
type story struct {
	tb     testing.TB
	dir    string
	base   string // base URL of its server
	image  *launch.Image
	server *launch.Server
	view   *view
	log    machine.Log // what its build and its server print
}

// run runs the stories of a folder of testdata. A story's files are a
// repository's; those of testdata/base are laid below them. {PORT} in them, and
// $PORT in the script, is a free port, {WORK} the folder, {PYTHON} the version of
// Python in two numbers. These commands are there besides testscript's:
//
//	finds ID...          check finds these findings and no others
//	init [OPTION...]     bokehbinder init
//	build NAME           makes the image, in the environment NAME
//	! build NAME CODE    postBuild fails with the exit code
//	serve                starts the server as BinderHub does, waits until it answers
//	! serve              the server ends before it answers
//	! serve TEXT         it does not answer until TEXT is printed
//	tab PATH [BROWSER]   opens the app's address in a tab, with the token
//	frame COOKIES PATH [BROWSER]   opens it in an iframe of another site's page,
//	                     with other sites' cookies allowed, blocked or default
//	works                moves the slider; waits for the server's answer
//	computes             moves the slider; waits until the document's data change
//	shows TEXT           waits until the app's page shows the text
//	blank                waits until the page is loaded; it shows nothing
//	refused              waits until the browser has refused to show the frame
//	asked STATUS HOST/PATH   waits until the browser has got this answer; {base} is
//	                     the server's base URL, and a final * stands for anything
//	get STATUS PATH      asks the server for a path, with the token
//	mark FILE            puts a byte-order mark before a file
//	logs TEXT            waits until the build or the server has printed the text
func run(t *testing.T, folder string) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", folder),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"finds": finds, "init": initCommand, "build": build, "serve": serve,
			"tab": tab, "frame": frame, "works": works, "shows": shows, "blank": blank, "computes": computes,
			"refused": refused, "asked": asked, "get": get, "logs": logs, "mark": mark,
		},
	})
}

type storyKey struct{}

func setup(env *testscript.Env) error {
	tb, ok := env.T().(testing.TB)
	if !ok {
		return errors.New("the test has no testing.TB")
	}
	s := &story{tb: tb, dir: env.WorkDir, base: "/user/" + path.Base(filepath.ToSlash(env.WorkDir)) + "/"}
	port := strconv.Itoa(machine.FreePort(tb))
	if err := layBelow(s.dir, "testdata/base"); err != nil {
		return err
	}
	if err := fillIn(s.dir, strings.NewReplacer("{PORT}", port, "{WORK}", env.WorkDir, "{PYTHON}", pythonVersion())); err != nil {
		return err
	}
	env.Setenv("PORT", port)
	env.Values[storyKey{}] = s
	env.Defer(s.stop)
	return nil
}

// stop ends the story's server.
func (s *story) stop() {
	if s.server != nil {
		s.server.Stop()
		s.server = nil
	}
}

// pythonVersion is that of the Python that environments are made of. Without
// one, no story gets as far as to need it.
var pythonVersion = sync.OnceValue(func() string {
	out, err := exec.Command("python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])").Output()
	if err != nil {
		return "3.12"
	}
	return strings.TrimSpace(string(out))
})

// layBelow copies the files of a folder that another does not have.
func layBelow(dir, below string) error {
	return filepath.WalkDir(below, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(below, p)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		if _, err := os.Stat(to); err == nil {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}

// fillIn replaces words in all files of a folder.
func fillIn(dir string, words *strings.Replacer) error {
	return filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(p, []byte(words.Replace(string(text))), 0o644)
	})
}

// of returns the story of a script.
func of(ts *testscript.TestScript, neg, mayFail bool, args []string, low, high int) *story {
	if neg && !mayFail || len(args) < low || len(args) > high {
		ts.Fatalf("wrong usage")
	}
	return ts.Value(storyKey{}).(*story)
}

func finds(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 0, 100)
	r, err := cards.CheckFolder(context.Background(), s.dir, forge.Address{}, nil)
	ts.Check(err)
	var got []string
	for _, f := range r.Findings {
		ts.Logf("%s %s %s:%d: %s", f.Level, f.Rule.ID, f.At.File, f.At.Line, f.Message)
		got = append(got, f.Rule.ID)
	}
	slices.Sort(got)
	slices.Sort(args)
	if !slices.Equal(got, args) {
		ts.Fatalf("check finds %q", got)
	}
}

func initCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 0, 100)
	var out machine.Log
	p := cli.Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}
	if code := p.Main(append(append([]string{"init"}, args...), s.dir)); code != 0 {
		ts.Fatalf("init ends with %d: %s", code, out.String())
	}
	ts.Logf("%s", out.String())
}

func build(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, true, args, 1, 2)
	s.stop()
	s.log.Reset()
	env, err := environments.At(s.tb.Context(), pythonOf(s.tb, args[0]))
	ts.Check(err)
	i, err := launch.NewImage(s.tb.Context(), launch.ImageOptions{Folder: s.dir, Env: env, Scratch: s.tb.TempDir(), Log: &s.log})
	ts.Logf("%s", s.log.String())
	var failed *environments.BuildError
	switch {
	case errors.As(err, &failed):
		if !neg || len(args) != 2 || fmt.Sprint(failed.ExitCode) != args[1] {
			ts.Fatalf("the build fails: %v", failed)
		}
	case err != nil:
		ts.Check(err)
	case neg:
		ts.Fatalf("the build does not fail")
	}
	s.image = i
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, true, args, 0, 1)
	ctx, cancel := context.WithCancel(s.tb.Context())
	defer cancel()
	if len(args) > 0 {
		go func() {
			patience.Until(func() bool { return strings.Contains(s.log.String(), args[0]) })
			cancel()
		}()
	}
	// On a hub the server listens on all addresses, so that it takes any host's
	// name for its own; one that listens on loopback has to be told.
	config, err := filepath.Abs("testdata/config")
	ts.Check(err)
	server, err := s.image.Start(ctx, launch.ServerOptions{
		BaseURL: s.base, Token: token, Log: &s.log, Variables: []string{"JUPYTER_CONFIG_PATH=" + config},
	})
	if err != nil {
		ts.Logf("%v\n%s", err, s.log.String())
		var failed *launch.StartError
		ended := errors.As(err, &failed) && failed.ExitCode >= 0
		cancelled := errors.Is(err, context.Canceled) && len(args) > 0 && strings.Contains(s.log.String(), args[0])
		if !neg || !ended && !cancelled {
			ts.Fatalf("the server does not start: %v", err)
		}
		return
	}
	s.server = server
	if neg {
		ts.Fatalf("the server starts")
	}
	s.tb.Cleanup(network().host(s.base, server.Addr()))
}

// address is that of a path of the server, as a launch ends in.
func (s *story) address(origin, path string) string {
	return origin + s.base + strings.TrimPrefix(path, "/") + "?token=" + token
}

func (s *story) open(ts *testscript.TestScript, how show, rest []string) {
	name := "chromium"
	if len(rest) > 1 {
		name = rest[1]
	}
	s.view = open(s.tb, name, how, s.address("https://"+hubHost, rest[0]))
	s.view.base = s.base
}

func tab(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, false, args, 1, 2).open(ts, inTab, args)
}

func frame(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 2, 3)
	how, ok := map[string]show{"allowed": inAllowed, "blocked": inBlocked, "default": inDefault}[args[0]]
	if !ok {
		ts.Fatalf("cookies are allowed, blocked or default")
	}
	s.open(ts, how, args[1:])
}

func works(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 0, 0)
	if err := s.view.works(); err != nil {
		ts.Fatalf("%v\nthe server printed:\n%s", err, s.log.String())
	}
}

// computes is for the example that init writes, which says its answer in a curve.
func computes(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 0, 0)
	const data = `JSON.stringify(Bokeh.documents[0].all_models ? [...Bokeh.documents[0]._all_models.values()].filter((m) => m.type === "ColumnDataSource").map((m) => [...m.data.swing]) : null)`
	before, after := "", ""
	s.wait(ts, "the page has a curve", func() bool {
		return s.view.Is("slider()") && s.view.Try("return "+data, &before) == nil && before != ""
	})
	ts.Check(s.view.Move())
	s.wait(ts, "the curve is another one", func() bool {
		return s.view.Try("return "+data, &after) == nil && after != before
	})
}

// wait waits until a condition holds.
func (s *story) wait(ts *testscript.TestScript, what string, condition func() bool) {
	if patience.Until(condition) {
		return
	}
	if s.view != nil {
		ts.Logf("the page shows %q%s", s.view.Text(), s.view.said())
	}
	ts.Fatalf("this never came true: %s\nthe server printed:\n%s", what, s.log.String())
}

func shows(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 1, 1)
	s.wait(ts, "the page shows it", func() bool { return strings.Contains(s.view.Text(), args[0]) })
}

func blank(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 0, 0)
	s.wait(ts, "the page is loaded", func() bool { return s.view.Is("location.host && document.readyState === 'complete'") })
	if text := strings.TrimSpace(s.view.Text()); text != "" || s.view.Is("slider()") {
		ts.Fatalf("the page shows %q", text)
	}
}

func refused(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 0, 0)
	s.wait(ts, "the browser shows a page of its own", func() bool { return s.view.Is("/^(chrome-error|about:[a-z]*error)/.test(document.documentURI)") })
}

func asked(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 2, 2)
	want := strings.ReplaceAll(args[1], "{base}", strings.Trim(s.base, "/"))
	s.wait(ts, "the browser asked it", func() bool {
		return slices.ContainsFunc(network().seen()[s.view.since:], func(e exchange) bool {
			prefix, open := strings.CutSuffix(want, "*")
			return (e.URL == want || open && strings.HasPrefix(e.URL, prefix)) && fmt.Sprint(e.Status) == args[0]
		})
	})
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 2, 2)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Get(s.address("http://"+s.server.Addr(), args[1]))
	ts.Check(err)
	r.Body.Close()
	if fmt.Sprint(r.StatusCode) != args[0] {
		ts.Fatalf("%s is %s\nthe server printed:\n%s", args[1], r.Status, s.log.String())
	}
}

func logs(ts *testscript.TestScript, neg bool, args []string) {
	s := of(ts, neg, false, args, 1, 1)
	s.wait(ts, "it prints "+args[0], func() bool { return strings.Contains(s.log.String(), args[0]) })
}

func mark(ts *testscript.TestScript, neg bool, args []string) {
	of(ts, neg, false, args, 1, 1)
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append([]byte("\ufeff"), text...), 0o644))
}

// elsewhere are the findings at level error that stop a build before there is
// anything to run, with what shows them: repo2docker's own verdict on each is
// compared in package repo2docker, and git refuses the submodule. The last is no
// prediction but a run, and shown by package preview.
var elsewhere = map[string]bool{
	"two-config-folders": true, "legacy-dockerfile": true, "julia-require": true, "runtime-malformed": true,
	"pyproject-broken": true, "environment-broken": true, "python-unsupported": true, "pipfile-broken": true,
	"apt-invalid": true, "r-unsupported": true, "no-environment": true, "submodule-unreachable": true,
	"run-failed": true,
	// What pip and conda refuse, by the tables and runs that each one's page names.
	"no-build": true, "not-on-index": true, "git-protocol": true, "local-file": true, "other-system": true,
	"other-builds": true, "docker-without-jupyter": true, "docker-entrypoint": true, "companion-too-new": true,
	"link-broken":      true, // a hub refuses it before it builds anything
	"function-missing": true, // R refuses it, which the tests do not have
	"r-excluded":       true, // so does this
	"apt-missing":      true, // apt-get of an Ubuntu refuses it, which the tests do not have
}

// TestEveryError looks for a story of each finding at level error.
func TestEveryError(t *testing.T) {
	for _, rule := range lint.Rules() {
		_, err := os.Stat(filepath.Join("testdata", "findings", rule.ID+".txt"))
		if has := err == nil || elsewhere[rule.ID]; rule.Level == card.LevelError && !has {
			t.Errorf("there is no story testdata/findings/%s.txt", rule.ID)
		}
	}
}

// TestFindings has a story for each finding that concerns the running server:
// what check says of it, and that it is so.
func TestFindings(t *testing.T) { run(t, "findings") }

// TestTutorial has the recipe of the tutorial that made such repositories known:
// why it does not work any more, one finding after the other, and mended.
func TestTutorial(t *testing.T) { run(t, "tutorial") }

// TestRecipes has what init writes for each kind of app, and what a reader sees
// of it.
func TestRecipes(t *testing.T) { run(t, "recipes") }

// TestRows has what packages serve by themselves, once they are installed.
func TestRows(t *testing.T) { run(t, "rows") }
