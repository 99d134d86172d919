package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const post = "# Swing\n\n<<< bokehbinder repo=bokehbinder/pendulum ref=main >>>\n"

// newRepository makes a repository that works on Binder and is a Hugo site, too,
// with a card for its post.
func newRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, from := range []string{"repositories/pendulum", "assets/bokehbinder"} {
		to := dir
		if filepath.Dir(from) == "assets" {
			to = filepath.Join(dir, filepath.FromSlash(from))
		}
		if err := os.CopyFS(to, os.DirFS("../../exampleSite/"+from)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "hugo.toml", "title = 'Swing'\n")
	write(t, dir, "content/swing.md", post)
	git(t, dir, "init", "--quiet")
	git(t, dir, "add", ".")
	git(t, dir, "commit", "--quiet", "--message", "Swing")
	return dir
}

// spoil has the repository fail on Binder, and adds a post without a card.
func spoil(t *testing.T, dir string) {
	t.Helper()
	write(t, dir, ".binder/environment.yml", "dependencies:\n- python>=3.12\n- bokeh\n")
	write(t, dir, "content/other.md", strings.ReplaceAll(post, "main", "other"))
	git(t, dir, "add", "--all")
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	args = append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=n@example.org"}, args...)
	if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
		t.Fatalf("git %v: %s", args, out)
	}
}
