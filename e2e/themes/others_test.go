package themes

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

// mark is the paragraph of a page in whose place the embeds come.
const mark = "EMBEDS"

// other is a theme of another generator than Hugo: its site's files, and the
// command that builds it.
type other struct {
	name    string
	files   map[string]string
	command func(t *testing.T) *exec.Cmd
	// public is the folder that is built, page the page's address in it, and file
	// what holds it.
	public, page, file string
	night
}

var others = []other{
	{
		name: "minima",
		files: map[string]string{
			"_config.yml": "title: A site\ntheme: minima\n",
			"tides.md":    "---\nlayout: page\ntitle: Tides\n---\nText.\n\n" + mark + "\n\nThe end.\n",
		},
		command: func(t *testing.T) *exec.Cmd {
			return exec.Command(need.Program(t, "jekyll", "jekyll"), "build", "--quiet", "--disable-disk-cache")
		},
		public: "_site", page: "/tides.html", file: "tides.html",
	},
	{
		name: "furo",
		files: map[string]string{
			"conf.py":   "project = 'A site'\nhtml_theme = 'furo'\n",
			"index.rst": "Tides\n=====\n\nText.\n\n" + mark + "\n\nThe end.\n",
		},
		command: func(t *testing.T) *exec.Cmd {
			return exec.Command(venv.Python(t, "furo", "sphinx==9.0.4", "furo==2025.12.19"), "-m", "sphinx", "-q", ".", "site")
		},
		public: "site", page: "/", file: "index.html",
		night: night{dark: true, chosen: [2]string{"theme", "dark"}},
	},
	material("material", "default", night{}),
	material("material-slate", "slate", night{always: true}),
}

// material is Material for MkDocs in one of its colour schemes.
func material(name, scheme string, n night) other {
	return other{
		name: name,
		files: map[string]string{
			"mkdocs.yml":    "site_name: A site\nplugins: []\ntheme:\n  name: material\n  font: false\n  palette:\n    scheme: " + scheme + "\n",
			"docs/index.md": "# Tides\n\nText.\n\n" + mark + "\n\nThe end.\n",
		},
		command: func(t *testing.T) *exec.Cmd {
			return exec.Command(venv.Python(t, "material", "mkdocs==1.6.1", "mkdocs-material==9.8.2"), "-m", "mkdocs", "build", "--quiet")
		},
		public: "site", page: "/", file: "index.html",
		night: n,
	}
}

// TestOthers puts embeds into pages of other generators' popular themes.
func TestOthers(t *testing.T) {
	for _, o := range others {
		t.Run(o.name, func(t *testing.T) { o.look(t, o.name, o.build(t), o.page) })
	}
}

// build builds the site and returns its public folder.
func (o other) build(t *testing.T) string {
	t.Helper()
	cmd := o.command(t)
	cmd.Dir = t.TempDir()
	for name, text := range o.files {
		write(t, filepath.Join(cmd.Dir, name), text)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	public := filepath.Join(cmd.Dir, o.public)
	file := filepath.Join(public, o.file)
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	paragraph := "<p>" + mark + "</p>"
	if !strings.Contains(string(page), paragraph) {
		t.Fatalf("no %s in the page", paragraph)
	}
	write(t, file, strings.Replace(string(page), paragraph, embeds(t), 1))
	write(t, filepath.Join(public, bokehbinder.StyleName), string(bokehbinder.Style()))
	write(t, filepath.Join(public, bokehbinder.ScriptName), string(bokehbinder.Script()))
	return public
}

// embeds are those of the page that Hugo's themes get.
func embeds(t *testing.T) string {
	t.Helper()
	f, err := os.Open("../../internal/page/view/testdata/cards/tides.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := card.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for i, show := range [][]string{{"launch", "app", "files"}, {"files"}} {
		tg := tag.Tag{Repo: c.Repo, Ref: "main", Title: "Tides", Height: 360, Show: show}
		if err := view.Embed(&b, c, &tg, view.Settings{AssetsURL: "/"}, fmt.Sprintf("bb-%d", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
