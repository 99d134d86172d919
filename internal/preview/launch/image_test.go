//go:build linux || darwin

package launch_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/preview/environments"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/testing/machine"
)

// hostile is a postBuild that does to the repository's files whatever it can.
const hostile = `#!/bin/bash
set -eu
mkdir -p "${NB_PYTHON_PREFIX}/etc/jupyter/deep"
mv moved.py "${NB_PYTHON_PREFIX}/etc/jupyter/"
echo more >> appended.txt
echo through >> link.txt
rm deleted.txt
chmod 600 mode.txt
touch -t 200001010000 touched.txt
rm -rf folder && mkdir folder && echo new > folder/other
ln appended.txt hard && echo hard >> hard
git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm x
echo new > untracked
echo '# tracked, too' >> "$0"
mkdir locked && touch locked/x && chmod 000 locked
touch "$TMPDIR/left" "$HOME/.profile"
`

func TestWorkTreeIsUntouched(t *testing.T) {
	env := machine.Python(t)
	source := repository(t, map[string]string{
		"postBuild": hostile, "requirements.txt": "bokeh\n", "moved.py": "x", "appended.txt": "a\n", "deleted.txt": "d", "mode.txt": "m",
		"touched.txt": "t", "folder/in": "f", "ignored/data": "i", ".gitignore": "ignored\n",
	})
	if err := os.Symlink("appended.txt", filepath.Join(source, "link.txt")); err != nil {
		t.Fatal(err)
	}
	machine.Write(t, source, map[string]string{"not-committed.txt": "n"})
	before := record(t, source)
	i, l := image(t, env, source)
	if _, err := i.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	same(t, "the work tree", before, record(t, source))

	for _, p := range []string{"moved.py", "deleted.txt", "folder/in", "ignored", ".git/config.worktree"} {
		if _, err := os.Lstat(filepath.Join(i.Dir, p)); err == nil {
			t.Errorf("the copy has %s\n%s", p, l)
		}
	}
	for _, p := range []string{"not-committed.txt", "folder/other", "hard"} {
		if _, err := os.Lstat(filepath.Join(i.Dir, p)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(i.Prefix, "etc/jupyter/moved.py")); err != nil {
		t.Error(err)
	}
}

// TestNothingIsLeft looks into the folder of temporary files.
func TestNothingIsLeft(t *testing.T) {
	env := machine.Python(t)
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	source := repository(t, map[string]string{"postBuild": hostile, "moved.py": "", "appended.txt": "", "deleted.txt": "",
		"mode.txt": "", "touched.txt": "", "folder/in": "", "link.txt": "", "requirements.txt": ""})
	i, err := launch.NewImage(t.Context(), launch.ImageOptions{Folder: source, Env: env, Scratch: filepath.Join(temp, "scratch")})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Remove(); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(temp)
	if err != nil || len(entries) > 0 {
		t.Errorf("left: %v (%v)", entries, err)
	}
}

func TestVariables(t *testing.T) {
	env := machine.Python(t)
	source := repository(t, map[string]string{"requirements.txt": "", "postBuild": "env > env.txt\npwd > pwd.txt\ncommand -v python > which.txt\n"})
	for name, value := range map[string]string{
		"JUPYTER_CONFIG_DIR": "x", "PYTHONPATH": "/x", "BOKEH_RESOURCES": "inline", "CONDA_DEFAULT_ENV": "x", "XDG_CONFIG_HOME": "/x",
		"SECRET": "x", "GIT_DIR": "/x", "LC_TIME": "C",
	} {
		t.Setenv(name, value)
	}
	// An environment that is active and not meant, by two of its paths.
	other, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	machine.Write(t, other, map[string]string{"bin/python": ""})
	t.Setenv("VIRTUAL_ENV", link)
	t.Setenv("PATH", filepath.Join(other, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	i, _ := image(t, env, source, "BINDER_REPO_URL=https://example.org/r")
	content := func(name string) string {
		text, err := os.ReadFile(filepath.Join(i.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(text))
	}
	got := map[string]string{}
	for line := range strings.Lines(content("env.txt")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		got[name] = value
	}
	for name, want := range map[string]string{
		"HOME": i.Dir, "REPO_DIR": i.Dir, "NB_PYTHON_PREFIX": i.Prefix, "KERNEL_PYTHON_PREFIX": i.Prefix,
		"BINDER_REPO_URL": "https://example.org/r", "PYTHONUNBUFFERED": "1", "LC_TIME": "C",
		"JUPYTER_CONFIG_DIR": "", "PYTHONPATH": "", "BOKEH_RESOURCES": "", "CONDA_DEFAULT_ENV": "", "XDG_CONFIG_HOME": "",
		"SECRET": "", "GIT_DIR": "", "VIRTUAL_ENV": "", "CONDA_PREFIX": "", "BOKEHBINDER_SUPERVISE": "",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if strings.Contains(got["PATH"], other) {
		t.Errorf("PATH is %s", got["PATH"])
	}
	if content("pwd.txt") != i.Dir {
		t.Errorf("postBuild ran in %s", content("pwd.txt"))
	}
	if content("which.txt") != filepath.Join(i.Prefix, "bin", "python") {
		t.Errorf("postBuild's python is %s", content("which.txt"))
	}
	if filepath.Base(i.Dir) != "jovyan" {
		t.Errorf("the copy is %s; Bokeh names an app in the root after it", i.Dir)
	}
}

func TestPostBuild(t *testing.T) {
	env := machine.Python(t)
	tests := []struct {
		name  string
		files map[string]string
		code  int
		fault bool
		said  string
	}{
		{"its exit code", map[string]string{"requirements.txt": "", "postBuild": "#!/bin/sh\nexit 7\n"}, 7, false, "postBuild"},
		{"a signal", map[string]string{"requirements.txt": "", "postBuild": "#!/bin/sh\nkill -9 $$\n"}, 137, false, "postBuild"},
		{"line ends of Windows", map[string]string{"requirements.txt": "", "postBuild": "#!/bin/sh\r\ntrue\r\n"}, 127, false, "postBuild"},
		{"the folder's", map[string]string{".binder/postBuild": "exit 3", "postBuild": "exit 4"}, 3, false, ".binder/postBuild"},
		{"not with a Dockerfile", map[string]string{"Dockerfile": "FROM x", "postBuild": "exit 4"}, 0, false, ""},
		{"two folders", map[string]string{".binder/a": "", "binder/a": ""}, 0, true, "folder"},
		{"a broken file", map[string]string{"environment.yml": "dependencies: [a\n"}, 0, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			source := repository(t, tt.files)
			if tt.code == 0 && !tt.fault {
				image(t, env, source)
				return
			}
			var e *environments.BuildError
			err := failing(t, t.Context(), env, source)
			if !errors.As(err, &e) || e.ExitCode != tt.code || (e.Step == "plan") != tt.fault || !strings.Contains(err.Error(), tt.said) {
				t.Errorf("got %v (%+v)", err, e)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	env := machine.Python(t)
	source := repository(t, map[string]string{"requirements.txt": "", "postBuild": "echo $$ > \"$PIDS\"\nsleep 1000 & sleep 1000\n"})
	pids := filepath.Join(t.TempDir(), "pids")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	scratch := filepath.Join(t.TempDir(), "scratch")
	go func() {
		_, err := launch.NewImage(ctx, launch.ImageOptions{Folder: source, Env: env, Scratch: scratch, Variables: []string{"PIDS=" + pids}})
		done <- err
	}()
	pid := machine.Processes(t, pids, 1)[0]
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if machine.Alive(pid) {
		t.Error("postBuild still runs")
	}
	if _, err := os.Lstat(scratch); err == nil {
		t.Error("the scratch folder was left")
	}
}

// TestEndOfBuild looks whether what postBuild left running is still there after
// the build.
func TestEndOfBuild(t *testing.T) {
	env := machine.Python(t)
	source := repository(t, map[string]string{"requirements.txt": "", "postBuild": "sleep 1000 &\necho $! > \"$PIDS\"\n"})
	pids := filepath.Join(t.TempDir(), "pids")
	image(t, env, source, "PIDS="+pids)
	if pid := machine.Processes(t, pids, 1)[0]; machine.Alive(pid) {
		t.Errorf("process %d still runs", pid)
	}
}

func TestCopy(t *testing.T) {
	env := machine.Python(t)
	module := repository(t, map[string]string{"part.py": "p"})
	source := repository(t, map[string]string{"a.py": "1", "d/b.py": "2", "run": "#!/bin/sh\n", ".gitignore": "build/\n", "build/x": ""})
	git(t, source, "submodule", "--quiet", "add", module, "module")
	for name, target := range map[string]string{"in": "d/b.py", "out": module, "up": "../elsewhere", "dir": "d", "broken": "nowhere", "back": "../" + filepath.Base(source) + "/a.py"} {
		if err := os.Symlink(target, filepath.Join(source, name)); err != nil {
			t.Fatal(err)
		}
	}
	i, l := image(t, env, source)
	got := files(t, i.Dir)
	want := []string{".gitignore", ".gitmodules", "a.py", "broken", "d/b.py", "dir", "in", "module/part.py", "run"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, p := range []string{"out", "up", "back"} {
		if !strings.Contains(l.String(), "left out: "+p+":") {
			t.Errorf("the log does not say that %s is left out:\n%s", p, l)
		}
	}
	if info, err := os.Stat(filepath.Join(i.Dir, "run")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("run cannot be run: %v %v", info, err)
	}
}

// TestCopyWithoutGit copies a folder that is in no repository, with the image's
// own folder in it, however that is named.
func TestCopyWithoutGit(t *testing.T) {
	source := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(source, link); err != nil {
		t.Fatal(err)
	}
	for name, folders := range map[string][2]string{"by its name": {source, source}, "the image in a link": {source, link}, "the folder by a link": {link, source}} {
		t.Run(name, func(t *testing.T) { copyWithoutGit(t, folders[0], filepath.Join(folders[1], "scratch")) })
	}
}

func copyWithoutGit(t *testing.T, source, scratch string) {
	env := machine.Python(t)
	machine.Write(t, source, map[string]string{
		"main.py": "", ".venv/pyvenv.cfg": "", ".venv/lib/x.py": "", "my-env/conda-meta/history": "", "my-env/bin/y": "",
		"node_modules/z/index.js": "", "app/__pycache__/m.pyc": "", "app/m.py": "",
	})
	i, err := launch.NewImage(t.Context(), launch.ImageOptions{Folder: source, Env: env, Scratch: scratch})
	if err != nil {
		t.Fatal(err)
	}
	if got := files(t, i.Dir); !slices.Equal(got, []string{"app/m.py", "main.py"}) {
		t.Errorf("got %q", got)
	}
	if changed, err := i.Refresh(t.Context()); err != nil || len(changed) > 0 {
		t.Errorf("changed: %q (%v)", changed, err)
	}
	if err := i.Remove(); err != nil {
		t.Error(err)
	}
}

// files lists the files below a folder.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(record(t, dir)) {
		name, mode, _ := strings.Cut(strings.TrimPrefix(line, dir+"/"), " ")
		if !strings.HasPrefix(mode, "d") {
			out = append(out, name)
		}
	}
	return out
}

func TestRefresh(t *testing.T) {
	env := machine.Python(t)
	source := repository(t, map[string]string{
		"requirements.txt": "", "postBuild": "rm gone-in-copy; echo built > made; echo built >> changed-in-copy; ln -sfn \"$AUTHOR\" trap\n",
		"gone-in-copy": "", "changed-in-copy": "old\n", "app/main.py": "1", "app/old.py": "", "trap/file": "",
	})
	author := t.TempDir()
	machine.Write(t, author, map[string]string{"file": "precious"})
	i, _ := image(t, env, source, "AUTHOR="+author)
	machine.Write(t, source, map[string]string{"app/main.py": "2", "app/new.py": "n", "deep/er/x": "x"})
	if err := os.Remove(filepath.Join(source, "app/old.py")); err != nil {
		t.Fatal(err)
	}
	changed, err := i.Refresh(t.Context())
	if want := []string{"app/main.py", "app/new.py", "app/old.py", "deep/er/x"}; err != nil || !slices.Equal(changed, want) {
		t.Errorf("changed: %q (%v), want %q", changed, err, want)
	}
	for name, want := range map[string]string{"app/main.py": "2", "app/new.py": "n", "deep/er/x": "x", "made": "built\n",
		"changed-in-copy": "old\nbuilt\n", "app/old.py": "", "gone-in-copy": ""} {
		got, err := os.ReadFile(filepath.Join(i.Dir, name))
		if string(got) != want || (err != nil) != (want == "") {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
		}
	}
	if changed, err := i.Refresh(t.Context()); err != nil || len(changed) > 0 {
		t.Errorf("changed again: %q (%v)", changed, err)
	}
}

// TestRefreshPort changes the port of an app to one that is in use.
func TestRefreshPort(t *testing.T) {
	env := machine.Python(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	source := repository(t, map[string]string{"requirements.txt": "", "wave/main.py": "", "start": "#!/bin/sh\nexec \"$@\"\n"})
	i, _ := image(t, env, source)
	start := func() error {
		_, err := i.Start(t.Context(), launch.ServerOptions{Token: "t"})
		return err
	}
	var port *launch.PortError
	if err := start(); err == nil || errors.As(err, &port) {
		t.Errorf("got %v", err)
	}
	_, number, _ := net.SplitHostPort(l.Addr().String())
	machine.Write(t, source, map[string]string{"start": "#!/bin/sh\nbokeh serve wave --port=" + number + " &\nexec \"$@\"\n"})
	if _, err := i.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var here *supervise.Error
	if err := start(); !errors.As(err, &port) || strconv.Itoa(port.Port) != number || port.Path != "start" || port.Line != 2 ||
		!errors.As(err, &here) || here.Hint == "" {
		t.Errorf("got %v", err)
	}
}

// TestRefreshStaysInside has postBuild put a link out of the copy where a
// folder was whose files change.
func TestRefreshStaysInside(t *testing.T) {
	env := machine.Python(t)
	author := t.TempDir()
	machine.Write(t, author, map[string]string{"file": "precious"})
	source := repository(t, map[string]string{"requirements.txt": "", "postBuild": "rm -r trap; ln -s \"$AUTHOR\" trap\n", "trap/file": "1"})
	i, _ := image(t, env, source, "AUTHOR="+author)
	machine.Write(t, source, map[string]string{"trap/file": "22"})
	if _, err := i.Refresh(t.Context()); err == nil {
		t.Error("no error")
	}
	if got, _ := os.ReadFile(filepath.Join(author, "file")); string(got) != "precious" {
		t.Errorf("the author's file holds %q", got)
	}
}

// TestCheckServer tells environments with a Jupyter server from those without.
func TestCheckServer(t *testing.T) {
	env := machine.Python(t)
	bare := filepath.Join(t.TempDir(), "bare")
	if out, err := exec.CommandContext(t.Context(), env.Python, "-m", "venv", "--without-pip", bare).CombinedOutput(); err != nil {
		t.Skipf("no environment can be made here: %v: %s", err, out)
	}
	without, err := environments.At(t.Context(), filepath.Join(bare, "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	var lacks *supervise.Error
	if err := launch.CheckServer(without); !errors.As(err, &lacks) || !strings.Contains(err.Error(), bare) || !strings.Contains(lacks.Hint, "--build") {
		t.Errorf("got %v", err)
	}
	server := filepath.Join(bare, "bin", "jupyter-server")
	if err := os.WriteFile(server, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := launch.CheckServer(without); err != nil {
		t.Error(err)
	}
}

// TestModulesAreBounded nests twice as many repositories in one another as are
// followed: the image has the files of those down to the bound.
func TestModulesAreBounded(t *testing.T) {
	const followed = 8
	source, dir := "", ""
	for depth := range 2 * followed {
		if depth == 0 {
			source = repository(t, map[string]string{"0.txt": ""})
			dir = source
			continue
		}
		dir = filepath.Join(dir, "m")
		machine.Write(t, dir, map[string]string{strconv.Itoa(depth) + ".txt": ""})
		git(t, dir, "init", "-q")
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-qm", "first")
	}
	i, _ := image(t, machine.Python(t), source)
	for depth := range 2 * followed {
		name := filepath.Join(i.Dir, strings.Repeat("m/", depth), strconv.Itoa(depth)+".txt")
		if _, err := os.Stat(name); (err == nil) != (depth <= followed) {
			t.Errorf("at depth %d: %v", depth, err)
		}
	}
}
