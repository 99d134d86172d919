package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// here is the system that the tests run on.
const here = runtime.GOOS + "/" + runtime.GOARCH

const tag = "v0.9.0-rc.1"

// TestRelease builds a release of this system in two folders, compares them, and
// uses what was built on a machine that has git and no Go.
func TestRelease(t *testing.T) {
	one := tagged(t)
	two := filepath.Join(t.TempDir(), "elsewhere")
	git(t, "clone", "--quiet", one, two)
	out := t.TempDir()
	for _, root := range []string{one, two} {
		if err := run(settings{root: root, out: filepath.Join(out, filepath.Base(root)), tag: tag, system: here}); err != nil {
			t.Fatal(err)
		}
	}
	command(t, nil, "diff", "--recursive", filepath.Join(out, "bokehbinder"), filepath.Join(out, "elsewhere"))
	files := filepath.Join(out, "elsewhere")
	sums := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	sums.Dir = files
	if said, err := sums.CombinedOutput(); err != nil || bytes.Count(said, []byte(": OK")) != 3 {
		t.Errorf("%v: %s", err, said)
	}
	w := newWorld(t)
	t.Run("archive", func(t *testing.T) {
		dir := t.TempDir()
		command(t, nil, "tar", "-xzf", match(t, files, "*.tar.gz"), "-C", dir, "--strip-components=1")
		for _, name := range []string{"README.md", "CHANGELOG.md", "LICENSE", thirdParty} {
			if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.use(t, filepath.Join(dir, "bokehbinder"))
	})
	t.Run("wheel", func(t *testing.T) { testWheel(t, w, files) })
	t.Run("bill", func(t *testing.T) { testBill(t, match(t, files, "*.cdx.json")) })
	if err := run(settings{root: one, out: t.TempDir(), tag: "v0.9.0", system: here}); err == nil || !strings.Contains(err.Error(), "not v0.9.0") {
		t.Errorf("a tag that is not there: %v", err)
	}
	write(t, filepath.Join(two, "LICENSE"), "changed")
	if err := run(settings{root: two, out: t.TempDir(), tag: tag, system: here}); err == nil || !strings.Contains(err.Error(), "+dirty") {
		t.Errorf("changed files: %v", err)
	}
}

// testWheel has the tools of Python's users look at the wheel and install it.
func testWheel(t *testing.T, w *world, files string) {
	wheel := match(t, files, "*.whl")
	python := venv.Python(t, "wheels", "twine==7.0.0", "check-wheel-contents==0.6.3", "pipx==1.18.4")
	tools := filepath.Dir(python)
	command(t, nil, filepath.Join(tools, "twine"), "check", "--strict", wheel)
	// W007 is that there is no module of Python in it.
	command(t, nil, filepath.Join(tools, "check-wheel-contents"), "--ignore", "W007", wheel)

	t.Run("pip", func(t *testing.T) {
		dir := t.TempDir()
		command(t, w.env, python, "-m", "venv", dir)
		command(t, w.env, filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--no-index", wheel)
		w.use(t, filepath.Join(dir, "bin", "bokehbinder"))
	})
	t.Run("pipx", func(t *testing.T) {
		dir := t.TempDir()
		env := append(slices.Clone(w.env), "PIPX_HOME="+filepath.Join(dir, "home"), "PIPX_BIN_DIR="+dir, "PIPX_MAN_DIR="+filepath.Join(dir, "man"))
		command(t, env, filepath.Join(tools, "pipx"), "install", wheel)
		w.use(t, filepath.Join(dir, "bokehbinder"))
	})
	t.Run("uvx", func(t *testing.T) {
		// That of the workflow, whose hash is looked at.
		uv := filepath.Dir(venv.Python(t, "publish", "--require-hashes", "--requirement", filepath.Join(project.Root(t), ".github", "publish.txt")))
		env := append(slices.Clone(w.env), "UV_CACHE_DIR="+t.TempDir(), "UV_NO_INDEX=1", "UV_FIND_LINKS="+files, "UV_PRERELEASE=allow", "UV_PYTHON="+python)
		cmd := exec.Command(filepath.Join(uv, "uvx"), "bokehbinder", "check")
		cmd.Env, cmd.Dir = env, w.repository
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, said)
		}
	})
}

// testBill has CycloneDX's own library validate the bill.
func testBill(t *testing.T, bill string) {
	python := venv.Python(t, "cyclonedx", "cyclonedx-python-lib[json-validation]==11.12.0")
	command(t, nil, python, "-c", `import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(wrong and str(wrong))`, bill)
	text, err := os.ReadFile(bill)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"pkg:golang/github.com/bokehbinder/bokehbinder@` + tag + `"`, `"pkg:golang/std@` + strings.TrimPrefix(runtime.Version(), "go") + `"`} {
		if !bytes.Contains(text, []byte(part)) {
			t.Errorf("%s is not in it: %s", part, text)
		}
	}
}

// tagged is a clone of the project with all that is not committed yet, at the tag.
func tagged(t *testing.T) string {
	t.Helper()
	dir := project.Clone(t)
	git(t, "-C", dir, "add", "--all")
	git(t, "-C", dir, "commit", "--quiet", "--allow-empty", "--message", "What is not committed yet")
	git(t, "-C", dir, "tag", tag)
	return dir
}

// world is what an author has: git, a post, and the repository that it names.
type world struct {
	env              []string
	repository, blog string
	first            []string // the README's first command for the folder of a post
}

// shown are the lines with which the README renders a post.
var shown = regexp.MustCompile(`(?m)^    bokehbinder (render .*)$`)

func newWorld(t *testing.T) *world {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := shown.FindSubmatch(readme)
	if line == nil {
		t.Fatal("the README does not render a post")
	}
	server, err := gitserve.NewServer(t.TempDir(), gitserve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	w := &world{repository: t.TempDir(), blog: t.TempDir(), first: strings.Fields(string(line[1]))}
	sample := filepath.Join("..", "..", "exampleSite", "repositories", "pendulum")
	if err := os.CopyFS(w.repository, os.DirFS(sample)); err != nil {
		t.Fatal(err)
	}
	git(t, "init", "--quiet", w.repository)
	files, err := gitserve.ReadFiles(sample)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gitserve.BuildRepo(server.RepoDir("github.com/owner/name"), files); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(w.blog, "post.md"), "---\ntitle: Pendulum\n---\n\n<<< bokehbinder repo=https://github.com/owner/name ref=main >>>\n")
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(program, filepath.Join(bin, "git")); err != nil {
		t.Fatal(err)
	}
	w.env = append(os.Environ(), append(server.Env(), "PATH="+bin, "HOME="+t.TempDir(), "XDG_CACHE_HOME="+t.TempDir())...)
	return w
}

// use runs a program as its user would: it says its version, checks a repository,
// and renders a post.
func (w *world) use(t *testing.T, program string) {
	t.Helper()
	if said := command(t, w.env, program, "--version"); !strings.Contains(said, " "+tag+" (commit ") {
		t.Errorf("the version is %s", said)
	}
	for dir, args := range map[string][]string{w.repository: {"check"}, w.blog: w.first} {
		cmd := exec.Command(program, args...)
		cmd.Env, cmd.Dir = append(slices.Clone(w.env), "PWD="+dir), dir
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v: %s", args, err, said)
		}
	}
	page, err := os.ReadFile(filepath.Join(w.blog, "post.html"))
	if err != nil || !bytes.Contains(page, []byte("<bokeh-binder")) {
		t.Errorf("no page with an embed: %v", err)
	}
	if err := os.Remove(filepath.Join(w.blog, "post.html")); err != nil {
		t.Error(err)
	}
}

// match returns the only file of a folder that has such a name.
func match(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[0]
}

func git(t *testing.T, args ...string) {
	t.Helper()
	command(t, nil, "git", append([]string{"-c", "user.name=n", "-c", "user.email=n@example.org"}, args...)...)
}

// command runs a program that must succeed, and returns what it said.
func command(t *testing.T, env []string, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = env
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", program, args, err, said)
	}
	return string(said)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
