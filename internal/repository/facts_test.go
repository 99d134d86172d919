package repository_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/chroma/v2/lexers"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/strain"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

var update = flag.Bool("update", false, "update golden files")

const tutorial = "https://github.com/arturomoncadatorres/favorite-pokemon-interactive"

// inspectTree makes the card of a tree, and checks what holds for every card.
func inspectTree(t *testing.T, tr *tree, files ...string) *card.Card {
	t.Helper()
	facts, err := repository.Read(context.Background(), tr, files)
	if err != nil {
		t.Fatal(err)
	}
	c := facts.Card(nil)
	if len(tr.read) != 1 {
		t.Errorf("the tree was read %d times", len(tr.read))
	}
	var first, second bytes.Buffer
	if err := c.Write(&first); err != nil {
		t.Fatal(err)
	}
	again, err := card.Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Write(&second); err != nil || first.String() != second.String() {
		t.Errorf("the card changes when it is read again: %v", err)
	}
	for _, f := range c.Files {
		if f.Language != "" && (lexers.Get(f.Language) == nil || f.Language != strings.ToLower(f.Language)) {
			t.Errorf("%s: chroma does not know the language %q", f.Path, f.Language)
		}
		if f.Omitted != "" && f.Omitted != card.OmittedLarge && f.Text != "" {
			t.Errorf("%s: has text, though omitted as %q", f.Path, f.Omitted)
		}
	}
	return c
}

// golden compares a card with testdata/NAME.json.
func golden(t *testing.T, name string, c *card.Card) {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the card is not that of %s; go test -update writes it\n%s", file, b.String())
	}
}

func TestTutorial(t *testing.T) {
	tr := newTree(t, tutorial, archive(t, "tutorial.txt"))
	c := inspectTree(t, tr)
	golden(t, "tutorial", c)
	const want = "https://mybinder.org/v2/gh/arturomoncadatorres/favorite-pokemon-interactive/16eebda4779dd6dc52fcdc4c2181b291fbb5a270?urlpath=%2Fproxy%2F5006%2Fbokeh-app"
	if got := binder.LaunchURL("https://mybinder.org", c.Provider, c.Spec, c.App("").URLPath); got != want {
		t.Errorf("launch link\n%s, want\n%s", got, want)
	}
	for _, p := range tr.read[0] {
		if ext := filepath.Ext(p); ext == ".csv" || ext == ".png" || ext == ".ipynb" {
			t.Errorf("%s was asked for", p)
		}
	}
}

func TestLocalFolder(t *testing.T) {
	c := inspectTree(t, newTree(t, "", archive(t, "tutorial.txt")))
	if c.Repo != "folder" || c.Commit+c.Date+c.URL+c.Provider+c.Spec != "" {
		t.Errorf("a folder has %+v", c)
	}
	if len(c.Apps) != 1 || c.Files[0].URL != "" {
		t.Errorf("got apps %v, the first file at %q", c.Apps, c.Files[0].URL)
	}
}

// summary writes a card's apps as lines.
func summary(c *card.Card) string {
	var b strings.Builder
	for _, a := range c.Apps {
		fmt.Fprintf(&b, "%s path=%s entry=%s %s\n", a.Name, a.Path, a.Entry, a.URLPath)
	}
	return b.String()
}

// understood writes the apps of a tree and what keeps starts from being apps.
func understood(t *testing.T, tr *tree) string {
	t.Helper()
	f, err := repository.Read(context.Background(), tr, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(summary(f.Card(nil)))
	for _, p := range f.Problems {
		fmt.Fprintf(&b, "%s %s:%d: %s\n", p.Kind, p.Start.Path, p.Start.Line, p.Text)
	}
	return b.String()
}

// TestApps reads each repository of testdata/apps.txt: a line "== name", then
// what is expected, then the files.
func TestApps(t *testing.T) {
	text, err := os.ReadFile("testdata/apps.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split("\n"+string(text), "\n== ")[1:]
	for _, c := range cases {
		name, rest, _ := strings.Cut(c, "\n")
		want, files, _ := strings.Cut(rest, "\n-- ")
		t.Run(name, func(t *testing.T) {
			tr := newTree(t, "https://github.com/owner/dashboard", parseArchive("-- "+files+"\n"))
			got := understood(t, tr)
			if strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// roles writes the files of a card as "role path", with the reason why a text
// is left out.
func roles(c *card.Card) string {
	var b strings.Builder
	for _, f := range c.Files {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Role, f.Path, f.Omitted)))
	}
	return b.String()
}

func TestFiles(t *testing.T) {
	serve := "def load_jupyter_server_extension(a):\n  import subprocess\n  subprocess.Popen(['bokeh', 'serve', 'app'])\n"
	tests := []struct {
		name  string
		files map[string]string
		globs []string
		want  string
	}{
		{
			"at the root without a config folder",
			map[string]string{"ext.py": serve, "environment.yml": "", "requirements.txt": "", "runtime.txt": "python-3.11", "postBuild": "", "start": "", "app/main.py": "", "pyproject.toml": "", "other.py": "", "LICENSE": "", "readme.rst": ""},
			nil,
			"environment environment.yml|environment requirements.txt|environment runtime.txt|environment pyproject.toml|server ext.py|build postBuild|start start|app app/main.py|docs readme.rst",
		},
		{
			"config folder as a link, files as links",
			map[string]string{".binder -> conf": "", "conf/environment.yml -> ../environment.yml": "", "environment.yml": "a", "conf/ext.py": serve, "app -> apps/one": "", "apps/one/main.py": ""},
			nil,
			"environment environment.yml|server conf/ext.py|build .binder symlink|build conf/environment.yml symlink|app app symlink|app apps/one/main.py",
		},
		{
			"app in a submodule",
			map[string]string{"ext.py": serve, "app @": ""},
			nil,
			"server ext.py|app app submodule",
		},
		{
			"config folder's other files",
			map[string]string{"binder/ext.py": serve, "binder/README.md": "", "binder/helper.sh": "", "binder/logo.png": "", "binder/some.json": "{}", "binder/any.json": `{"ServerApp": {}}`, "binder/environment.yml": "", "app/main.py": ""},
			nil,
			"environment binder/environment.yml|server binder/ext.py|server binder/any.json|build binder/helper.sh|build binder/some.json|app app/main.py|data binder/logo.png listed|docs binder/README.md",
		},
		{
			"data, docs and source of an app",
			map[string]string{"ext.py": serve, "app/main.py": "import pandas as pd\npd.read_csv('shared/x.csv')\nopen('environment.yml')", "app/helper.py": "", "app/pkg/a.py": "", "app/data/a.csv": "", "app/static/a.css": "", "app/notes.md": "", "app/report.html": "", "app/static/x.min.js": "", "app/old.ipynb": "", "app/templates/a.html": "", "app/data/deep/b.parquet": "", "shared/x.csv": "", "shared/y.csv": "", "app/__pycache__/main.pyc": ""},
			nil,
			"server ext.py|app app/main.py|app app/helper.py|app app/old.ipynb listed|app app/pkg/a.py|app app/report.html listed|app app/static/a.css|app app/static/x.min.js listed|app app/templates/a.html|data app/data/a.csv listed|data app/data/deep/b.parquet listed|data shared/x.csv listed|docs app/notes.md",
		},
		{
			"extra files",
			map[string]string{"lib/a.py": "", "lib/b/c.py": "", "data/x.csv": "a", "data/y.csv": "b", "doc/a.md": "", "img.png": "x"},
			[]string{"lib/**", "data/x.csv", "data/*", "doc/*.md", "img.png", "none/*"},
			"extra lib/a.py|extra lib/b/c.py|extra data/x.csv|extra data/y.csv|extra doc/a.md|extra img.png listed",
		},
		{
			"Git LFS by its attributes",
			map[string]string{"ext.py": serve, "app/main.py": "", ".gitattributes": "*.csv filter=lfs diff=lfs\n/app/small.csv !filter\n# c\nraw/ filter=lfs", "app/a.csv": "", "app/small.csv": "", "app/raw/x.bin": ""},
			nil,
			"server ext.py|app app/main.py|data app/a.csv lfs|data app/raw/x.bin listed|data app/small.csv listed",
		},
		{
			"app at the root",
			map[string]string{"main.py": "", "start": "bokeh serve . &\nexec \"$@\"", "a.csv": "", ".gitignore": "", "templates/index.html": "", "docs/a.py": "", "docs/b.csv": "", "README": ""},
			nil,
			"start start|app main.py|app .gitignore|app templates/index.html|data a.csv listed|docs README",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := roles(inspectTree(t, newTree(t, "owner/name", tt.files), tt.globs...))
			if want := strings.ReplaceAll(tt.want, "|", "\n") + "\n"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestTexts looks at how content becomes text.
func TestTexts(t *testing.T) {
	pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
	long := strings.Repeat("0123456789abcde\n", 10_000)
	tests := []struct {
		name, content string
		text          string
		omitted       card.Omitted
		size          int64
	}{
		{"plain", "a\nb", "a\nb", "", 3},
		{"line ends", "a\r\nb\rc\n", "a\nb\nc\n", "", 7},
		{"mark", "\ufeffa\ufeff", "a⟨U+FEFF⟩", "", 7},
		{"latin", "gr\xfc\xdfe an alle Welt, nah und fern\n", "gr\ufffde an alle Welt, nah und fern\n", "", 33},
		{"nul", "a\x00b", "", card.OmittedBinary, 3},
		{"mostly not text", "\xff\xfe\xfda", "", card.OmittedBinary, 4},
		{"lfs", pointer, "", card.OmittedLFS, 12345},
		{"long", long, long[:card.MaxFileText], card.OmittedLarge, 160_000},
		{"long without lines", strings.Repeat("x", card.MaxFileText+1), "", card.OmittedLarge, card.MaxFileText + 1},
		{"very long", strings.Repeat("xy\n", 1<<20), strings.Repeat("xy\n", card.MaxFileText/3), card.OmittedLarge, 3 << 20},
		{"just fits", strings.Repeat("x", card.MaxFileText), strings.Repeat("x", card.MaxFileText), "", card.MaxFileText},
		{"empty", "", "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := inspectTree(t, newTree(t, "owner/name", map[string]string{"README.md": tt.content}))
			f := c.Files[0]
			if f.Text != tt.text || f.Omitted != tt.omitted || f.Size != tt.size {
				t.Errorf("got %.60q (%d bytes), omitted %q, size %d", f.Text, len(f.Text), f.Omitted, f.Size)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	files := map[string]string{
		"postBuild": "echo", "start": "#!/usr/bin/env python3\n", "Pipfile": "", "Pipfile.lock": "{}", "install.R": "", "Dockerfile": "",
		"apt.txt": "", "lib/a": "#!/bin/sh\n", "lib/b": "#!/usr/bin/env Rscript", "lib/c": "#!/usr/bin/env julia", "lib/d": "#!/opt/x",
		"lib/e.JS": "", "lib/f.unknown": "", "Project.toml": "", "setup.cfg": "", "README.rst": "",
	}
	want := map[string]string{
		"postBuild": "bash", "start": "python", "Pipfile": "toml", "Pipfile.lock": "json", "install.R": "r", "Dockerfile": "docker",
		"lib/a": "bash", "lib/b": "r", "lib/c": "julia", "lib/e.JS": "javascript", "Project.toml": "toml", "setup.cfg": "ini", "README.rst": "restructuredtext",
	}
	c := inspectTree(t, newTree(t, "owner/name", files), "lib/a", "lib/b", "lib/c", "lib/d", "lib/e.JS", "lib/f.unknown")
	if len(c.Files) != len(files) {
		t.Errorf("got %s", roles(c))
	}
	for _, f := range c.Files {
		if f.Language != want[f.Path] {
			t.Errorf("%s: language %q, want %q", f.Path, f.Language, want[f.Path])
		}
	}
}

func TestCardBudget(t *testing.T) {
	files := map[string]string{}
	for i := range 12 {
		files[fmt.Sprintf("lib/%02d.py", i)] = strings.Repeat("# 345678\n", 7000)
	}
	c := inspectTree(t, newTree(t, "owner/name", files), "lib/*")
	total := 0
	for _, f := range c.Files {
		total += len(f.Text)
	}
	last := c.Files[len(c.Files)-1]
	if total > card.MaxCardText || total < card.MaxCardText-9 || last.Text != "" || last.Omitted != card.OmittedLarge {
		t.Errorf("%d bytes of text; the last file has %d, omitted %q", total, len(last.Text), last.Omitted)
	}
}

// TestHostileToHighlighters has files that a highlighter takes minutes for, in
// every language: they are plain text, and what an author writes is not.
func TestHostileToHighlighters(t *testing.T) {
	files := map[string]string{"requirements.txt": "bokeh\n"}
	for _, ext := range []string{"py", "json", "toml", "yaml", "sh", "html", "j2", "css", "scss", "js", "ts", "vue", "md", "rst", "org", "ini", "r", "jl", "sql", "glsl", "nix", "xml"} {
		files["lib/plain."+ext] = strings.Repeat("word = 'a value' # of all\n", 200)
		for i, mark := range []string{"'", "[", ":", "-", "*", "`a", "&a", "$", "(", " \n"} {
			files[fmt.Sprintf("lib/%d.%s", i, ext)] = strings.Repeat(mark, card.MaxFileText/len(mark)-1)
		}
	}
	for name := range files {
		c := inspectTree(t, newTree(t, "owner/name", map[string]string{name: files[name]}), "lib/*")
		for _, f := range c.Files {
			if plain := strings.Contains(f.Path, "/plain."); strings.HasPrefix(f.Path, "lib/") && f.Text != "" && (f.Language != "") != plain {
				t.Errorf("%s has the language %q", f.Path, f.Language)
			}
		}
	}
}

// TestHighlightedAreBounded has more code than a card's steps are enough for.
func TestHighlightedAreBounded(t *testing.T) {
	files := map[string]string{}
	for i := range 8 {
		files[fmt.Sprintf("lib/%02d.yaml", i)] = strings.Repeat(strings.Repeat("a: [b]", 30)+"\n", 300)
	}
	c := inspectTree(t, newTree(t, "owner/name", files), "lib/*")
	steps, coloured := 0, 0
	for _, f := range c.Files {
		if f.Language != "" {
			steps += strain.Steps(f.Text)
			coloured++
		}
	}
	if steps > strain.MaxCard || coloured == 0 || coloured == len(c.Files) {
		t.Errorf("%d of %d files are highlighted, with %d steps", coloured, len(c.Files), steps)
	}
}

func TestPaths(t *testing.T) {
	c := inspectTree(t, newTree(t, "owner/name", map[string]string{
		"a\xff pp/main.py": "", "start": "# f\xfcr\nbokeh serve 'a'*/ &",
	}))
	if len(c.Apps) != 1 {
		t.Fatalf("got %s", summary(c))
	}
	if a := c.Apps[0]; a.Path != `a\xff pp` || a.Entry != `a\xff pp/main.py` || a.URLPath != "/proxy/5006/a%FF%20pp" {
		t.Errorf("got %+v", a)
	}
	f := c.Files[1]
	if f.Path != `a\xff pp/main.py` || f.URL != "https://github.com/owner/name/blob/"+commit+"/a%FF%20pp/main.py" {
		t.Errorf("got %+v", f)
	}
}

// TestHidden shows that no card holds characters that look like nothing and
// change how the text around them reads.
func TestHidden(t *testing.T) {
	c := inspectTree(t, newTree(t, "owner/name", map[string]string{
		"ap\u202ep/main.py": "a = 1 # \u2066x\u2069\nb = '\x1b[31m'\n", "start": "bokeh serve ap*/ &",
	}))
	if len(c.Apps) != 1 || c.Apps[0].Name != "ap⟨U+202E⟩p" {
		t.Errorf("got %s", summary(c))
	}
	for _, f := range c.Files {
		if f.Role == card.RoleApp && (f.Path != "ap⟨U+202E⟩p/main.py" || f.Text != "a = 1 # ⟨U+2066⟩x⟨U+2069⟩\nb = '␛[31m'\n") {
			t.Errorf("got %+q", f)
		}
	}
}

func TestErrors(t *testing.T) {
	tr := newTree(t, "owner/name", map[string]string{"a": ""})
	tr.err = &card.Error{Reason: card.ReasonTimeout}
	if _, err := repository.Read(context.Background(), tr, nil); !errors.Is(err, tr.err) {
		t.Errorf("got %v", err)
	}
	if _, err := repository.Read(context.Background(), tr, []string{"a", "b//c"}); err == nil || err.Error() != `files: pattern "b//c" has an element "", which no path in a repository has` {
		t.Errorf("got %v", err)
	}
}

// TestLarge reads a tree of 100,000 files with everything that is wanted many
// times: what is asked for stays small.
func TestLarge(t *testing.T) {
	files := map[string]string{"start": "bokeh serve d007/e7 &"}
	for i := range 25_000 {
		dir := fmt.Sprintf("d%03d/e%d/", i/100, i%100)
		files[dir+"main.py"] = "x"
		files[dir+"setup.py"] = "jupyter_serverproxy_servers"
		files[dir+"data.csv"] = ""
		files[fmt.Sprintf("m%05d.py", i)] = "x"
	}
	tr := newTree(t, "owner/name", files)
	c := inspectTree(t, tr, "**/*.py")
	if n := len(tr.read[0]); n > 500 {
		t.Errorf("%d files were asked for", n)
	}
	if len(c.Apps) != 1 || c.Apps[0].Entry != "d007/e7/main.py" || len(c.Files) > 300 {
		t.Errorf("apps %v, %d files", c.Apps, len(c.Files))
	}
}
