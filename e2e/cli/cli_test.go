// Package cli holds the command's stories: testdata/*.txt, one file each, with
// what was typed, what came out and what was left behind.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bokehbinder/bokehbinder/e2e/internal/smalldisk"
	"github.com/bokehbinder/bokehbinder/internal/cli"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

var update = flag.Bool("update", false, "update golden files")

func TestMain(m *testing.M) {
	supervise.Main() // for the command that previews start
	testscript.Main(m, map[string]func(){"bokehbinder": command})
}

// command is the program, as cmd/bokehbinder runs it.
func command() {
	p := cli.Program{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(p.Main(os.Args[1:]))
}

// TestStories runs the stories. In each, git takes the public forges from a
// server of the story's own, temporary files go to $TMPDIR, and these commands
// are there besides testscript's:
//
//	repo ADDRESS DIR [BRANCH]   commits DIR to the repository; sets $commit
//	serve [OPTION...]           changes what the server does from now on
//	exits CODE COMMAND...       runs a command that must end with this code
//	as nobody COMMAND...        runs a command of the story as a user without rights
//	smalldisk DIR               makes DIR a disk of 16 KiB; needs [smalldisk]
//	empty DIR                   fails unless the folder is empty
//	waiting                     waits until git has asked the server something
//	alone                       fails while a process of git's asks the server
//	requests MAX                fails if more requests than that were made since serve
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"repo": repo, "serve": serve, "exits": exits, "as": asNobody,
			"smalldisk": smallDisk, "empty": empty, "requests": requests,
			"waiting": waiting, "alone": alone,
		},
		Condition: condition,
	})
}

type serverKey struct{}

func setup(env *testscript.Env) error {
	root := filepath.Join(env.WorkDir, ".repositories")
	server, err := gitserve.NewServer(root, gitserve.Options{})
	if err != nil {
		return err
	}
	env.Defer(func() { server.Close() })
	program, err := exec.LookPath("bokehbinder")
	if err != nil {
		return err
	}
	env.Values[serverKey{}] = server
	env.Vars = append(env.Vars, server.Env("git.example.org")...)
	env.Vars = append(env.Vars, "HOME="+env.WorkDir, "SERVER="+server.URL, "REFUSED="+refusedAddress(),
		"COMMANDS="+filepath.Dir(program))
	return nil
}

// refusedAddress is where nobody listens.
func refusedAddress() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:9"
	}
	defer l.Close()
	return l.Addr().String()
}

func repo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: repo ADDRESS DIR [BRANCH]")
	}
	server := ts.Value(serverKey{}).(*gitserve.Server)
	branch := gitserve.DefaultBranch
	if len(args) == 3 {
		branch = args[2]
	}
	files, err := gitserve.ReadFiles(ts.MkAbs(args[1]))
	ts.Check(err)
	dir := server.RepoDir(args[0])
	r := &gitserve.Repo{Dir: dir}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		r, err = gitserve.InitRepo(dir)
		ts.Check(err)
	}
	if len(files) == 0 {
		return
	}
	commit, err := r.Commit(branch, files)
	ts.Check(err)
	ts.Setenv("commit", commit)
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	var o gitserve.Options
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "private":
			o.Password = "secret"
		case "nofilter":
			o.NoFilter = true
		case "notgit":
			o.NotGit = true
		case "hang":
			o.HangAfter = -1
		case "status":
			_, err := fmt.Sscan(value, &o.Status)
			ts.Check(err)
		case "from":
			_, err := fmt.Sscan(value, &o.From)
			ts.Check(err)
		default:
			ts.Fatalf("serve: unknown option %s", arg)
		}
	}
	ts.Value(serverKey{}).(*gitserve.Server).Set(o)
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%s ended with code %d, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

// asNobody runs "exits CODE PROGRAM [ARG...]" so that permissions count: as the
// user nobody when the tests run as root, whom nothing stops.
func asNobody(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 || args[0] != "nobody" || args[1] != "exits" {
		ts.Fatalf("usage: as nobody exits CODE PROGRAM [ARG...]")
	}
	if os.Geteuid() != 0 {
		exits(ts, false, args[2:])
		return
	}
	program, err := exec.LookPath(args[3])
	ts.Check(err)
	for _, path := range []string{program, ts.Getenv("WORK")} {
		openWay(ts, path)
	}
	exits(ts, false, append([]string{args[2], "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", program}, args[4:]...))
}

// openWay lets everybody pass through the temporary folders above a path.
func openWay(ts *testscript.TestScript, path string) {
	for dir := path; strings.HasPrefix(dir, os.TempDir()+string(filepath.Separator)); dir = filepath.Dir(dir) {
		ts.Check(os.Chmod(dir, 0o755))
	}
}

func empty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: empty DIR")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, e := range entries {
		ts.Logf("%s", e.Name())
	}
	if len(entries) > 0 {
		ts.Fatalf("%s is not empty", args[0])
	}
}

func requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: requests MAX")
	}
	var most int
	_, err := fmt.Sscan(args[0], &most)
	ts.Check(err)
	made := ts.Value(serverKey{}).(*gitserve.Server).Requests()
	if len(made) > most {
		ts.Fatalf("%d requests were made, want at most %d:\n%s", len(made), most, strings.Join(made, "\n"))
	}
}

func waiting(ts *testscript.TestScript, neg bool, args []string) {
	server := ts.Value(serverKey{}).(*gitserve.Server)
	if !patience.Until(func() bool { return len(server.Requests()) > 0 }) {
		ts.Fatalf("nothing was asked of the server")
	}
}

// alone looks for processes whose command line names the story's server, as
// those of git's helpers do. A killed one may take a moment.
func alone(ts *testscript.TestScript, neg bool, args []string) {
	address := strings.TrimPrefix(ts.Getenv("SERVER"), "http://")
	var found string
	gone := func() bool {
		found = ""
		files, err := filepath.Glob("/proc/[0-9]*/cmdline")
		ts.Check(err)
		for _, file := range files {
			line, _ := os.ReadFile(file) // it may have ended meanwhile
			if strings.Contains(string(line), address) {
				found = strings.ReplaceAll(string(line), "\x00", " ")
			}
		}
		return found == ""
	}
	if !patience.Until(gone) {
		ts.Fatalf("still there: %s", found)
	}
}

// condition knows [smalldisk]: this user may mount file systems.
func condition(name string) (bool, error) {
	if name != "smalldisk" {
		return false, fmt.Errorf("unknown condition %s", name)
	}
	return smalldisk.Possible()
}

func smallDisk(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: smalldisk DIR")
	}
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	unmount, err := smalldisk.Mount(dir, "size=16k")
	ts.Check(err)
	ts.Defer(func() { _ = unmount() })
}
