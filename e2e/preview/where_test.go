package preview_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// TestWhere previews a folder, a post and a site from where people are: by name,
// with '.', without an argument, from a subfolder, with a path upwards, and
// through a symbolic link. It is the same page each time.
func TestWhere(t *testing.T) {
	path, err := command()
	if err != nil {
		t.Fatal(err)
	}
	hugo := project.Hugo(t)
	work := t.TempDir()
	for name, dir := range map[string]string{"pendulum": dashboard(t, "pendulum"), "site": newSite(t, configured["one file"].archive)} {
		if err := os.Rename(dir, filepath.Join(work, name)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("git", "init", "-q", filepath.Join(work, "pendulum")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	post := "---\ntitle: A post about waves\n---\n\n![A picture](picture.svg)\n"
	for name, text := range map[string]string{"posts/post.md": post, "posts/picture.svg": "<svg/>", "posts/drafts/other.md": "Other.\n", "elsewhere/README": ""} {
		full := filepath.Join(work, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"pendulum", "site", "posts/post.md"} {
		if err := os.Symlink(filepath.Join("..", name), filepath.Join(work, "elsewhere", filepath.Base(name))); err != nil {
			t.Fatal(err)
		}
	}
	const app, text = "A schoolbook&#39;s pendulum", "A post about waves"
	for name, tt := range map[string]struct{ from, target, want string }{
		"folder by name":            {"", "pendulum", app},
		"folder here":               {"pendulum", ".", app},
		"folder without argument":   {"pendulum", "", app},
		"folder from a subfolder":   {"pendulum/pendulum", "", app},
		"folder upwards":            {"pendulum/pendulum", "..", app},
		"folder through a link":     {"elsewhere", "pendulum", app},
		"folder in a link":          {"elsewhere/pendulum/pendulum", "", app},
		"post by name":              {"", "posts/post.md", text},
		"post here":                 {"posts", "post.md", text},
		"post upwards":              {"posts/drafts", "../post.md", text},
		"post through a link":       {"elsewhere", "post.md", text},
		"post in a linked folder":   {"elsewhere", "../posts/post.md", text},
		"site by name":              {"", "site", app},
		"site here":                 {"site", ".", app},
		"site without an argument":  {"site", "", app},
		"site from a subfolder":     {"site/content", "", app},
		"site upwards":              {"site/content", "..", app},
		"site through a link":       {"elsewhere", "site", app},
		"site in a link, subfolder": {"elsewhere/site/content", "", app},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"preview", "--offline", "--hugo", hugo}
			if strings.HasPrefix(name, "site") {
				args = append(args, "-w", "bokehbinder/pendulum="+filepath.Join(work, "pendulum"))
			}
			if tt.target != "" {
				args = append(args, tt.target)
			}
			cmd := exec.Command(path, args...)
			cmd.Dir = filepath.Join(work, filepath.FromSlash(tt.from))
			cmd.Env = append(os.Environ(), "PWD="+cmd.Dir)
			page := visitor(t, begin(t, cmd))("/")
			if !strings.Contains(page, tt.want) {
				t.Errorf("the page has no %q:\n%s", tt.want, page)
			}
		})
	}
}
