package hugo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	sites "github.com/bokehbinder/bokehbinder/internal/site"
)

// dropped are configurations of sites that use the tag and drop it: a file as
// it is, and as it is once the lines that are said to belong there, PASTE, are
// in it.
var dropped = []struct {
	name, file, before, after string
	others                    map[string]string
	hint                      string
}{
	{
		name: "toml", file: "hugo.toml",
		before: "title = 'x'\n", after: "title = 'x'\nPASTE\n",
		hint: "put this into hugo.toml:",
	},
	{
		name: "toml with delimiters", file: "config.toml",
		before: "[markup.goldmark.extensions.passthrough]\nenable = true\n[markup.goldmark.extensions.passthrough.delimiters]\nblock = [['\\[', '\\]'], ['$$', '$$']]\ninline = [['\\(', '\\)']]\n",
		after:  "PASTE\n",
		hint:   "put this into config.toml, in place of its markup.goldmark.extensions.passthrough:",
	},
	{
		name: "toml with a quote as delimiter", file: "hugo.toml",
		before: "[markup.goldmark.extensions.passthrough]\nenable = true\ndelimiters.block = [[\"'''\", \"'''\"], ['$$', '$$']]\n",
		after:  "PASTE\n",
		hint:   "put this into hugo.toml, in place of its markup.goldmark.extensions.passthrough:",
	},
	{
		name: "yaml", file: "hugo.yaml",
		before: "title: x\n", after: "title: x\nPASTE\n",
		hint: "put this into hugo.yaml:",
	},
	{
		name: "yaml with other markup", file: "config.yml",
		before: "markup:\n  goldmark:\n    renderer:\n      unsafe: true\ntitle: x\n",
		after:  "markup:\n  goldmark:\n    renderer:\n      unsafe: true\nPASTE\ntitle: x\n",
		hint:   "put this into config.yml, under markup.goldmark:",
	},
	{
		name: "yaml with delimiters", file: "hugo.yml",
		before: "markup:\n  goldmark:\n    extensions:\n      passthrough:\n        enable: true\n        delimiters:\n          block: [[\"$$\", \"$$\"], [\"it's\", \"so\"]]\n      table: true\n",
		after:  "markup:\n  goldmark:\n    extensions:\nPASTE\n      table: true\n",
		hint:   "put this into hugo.yml, in place of its markup.goldmark.extensions.passthrough:",
	},
	{
		name: "json", file: "hugo.json",
		before: `{"title": "x"}`, after: `{"title": "x", PASTE}`,
		hint: "put this into hugo.json:",
	},
	{
		name: "json with delimiters", file: "config.json",
		before: `{"markup": {"goldmark": {"extensions": {"passthrough": {"enable": true, "delimiters": {"block": [["$$", "$$"], ["<", "\""]]}}}}}}`,
		after:  `{"markup": {"goldmark": {"extensions": {PASTE}}}}`,
		hint:   "put this into config.json, in place of its markup.goldmark.extensions.passthrough:",
	},
	{
		name: "folder", file: "config/_default/hugo.toml",
		before: "title = 'x'\n", after: "title = 'x'\nPASTE\n",
		hint: "put this into config/_default/hugo.toml:",
	},
	{
		name: "folder with markup", file: "config/_default/markup.toml",
		before: "[goldmark.renderer]\nunsafe = true\n", after: "[goldmark.renderer]\nunsafe = true\nPASTE\n",
		others: map[string]string{"config/_default/config.toml": "title = 'x'\n"},
		hint:   "put this into config/_default/markup.toml:",
	},
	{
		name: "folder with markup in yaml", file: "config/_default/markup.yaml",
		before: "goldmark:\n  extensions:\n    passthrough:\n      enable: true\n      delimiters: {block: [['$$', '$$']]}\n", after: "goldmark:\n  extensions:\nPASTE\n",
		others: map[string]string{"config/_default/hugo.yaml": "title: x\n"},
		hint:   "put this into config/_default/markup.yaml, in place of its goldmark.extensions.passthrough:",
	},
	{
		name: "delimiters of a theme", file: "hugo.toml",
		before: "markup._merge = 'deep'\n", after: "markup._merge = 'deep'\nPASTE\n",
		others: map[string]string{"config/_default/module.toml": "[[imports]]\npath = 'mine'\n[[imports]]\npath = 'THEME'\n[[imports]]\npath = 'TAGGED'\n", "themes/mine/hugo.toml": "[markup.goldmark.extensions.passthrough]\nenable = true\ndelimiters.block = [['$$', '$$']]\n"},
		hint:   "put this into hugo.toml:",
	},
}

// linkTheme puts the module into the site's themes folder.
func (s *site) linkTheme() {
	s.tb.Helper()
	theme := s.path("themes/" + filepath.Base(root()))
	if err := os.MkdirAll(filepath.Dir(theme), 0o755); err != nil {
		s.tb.Fatal(err)
	}
	if err := os.Symlink(root(), theme); err != nil {
		s.tb.Fatal(err)
	}
}

// TestLinesToPasteLetTheTagThrough puts what is said to belong into a site's
// configuration there: then the tag is shown, and the site's other delimiters
// still mean what they meant.
func TestLinesToPasteLetTheTagThrough(t *testing.T) {
	for _, c := range dropped {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, "")
			s.write("config/_default/module.toml", "imports = [{path = 'THEME'}, {path = '"+tagged()+"'}]\n")
			for name, text := range c.others {
				s.write(name, text)
			}
			s.write("config/_default/module.toml", strings.NewReplacer("THEME", filepath.Base(root()), "TAGGED", tagged()).Replace(s.read("config/_default/module.toml")))
			s.linkTheme()
			configure := func(text string) *sites.Site {
				s.write(c.file, text)
				opened, err := sites.Open(t.Context(), s.dir, sites.Options{Hugo: s.hugo})
				if err != nil || opened.Guessed != "" {
					t.Fatalf("%v, guessed: %s\n%s", err, opened.Guessed, text)
				}
				return opened
			}
			s.write("content/a.md", "<<< bokehbinder repo=o/a >>>\n\n$$\na_1 * b *\n$$\n")
			s.write("layouts/all.html", "{{ .Content }}")
			opened := configure(c.before)
			uses, _, err := opened.Uses()
			if err != nil || len(uses) != 1 {
				t.Fatalf("%v, %v", uses, err)
			}
			problems, err := opened.Setup(uses)
			if err != nil || len(problems) != 1 {
				t.Fatalf("problems %+v, %v", problems, err)
			}
			if !strings.HasSuffix(problems[0].Hint, c.hint) {
				t.Errorf("hint %q, want %q", problems[0].Hint, c.hint)
			}
			opened = configure(strings.Replace(c.after, "PASTE", problems[0].Paste, 1))
			if problems, err := opened.Setup(uses); err != nil || len(problems) > 0 {
				t.Errorf("with\n%s\nproblems %v, %v", s.read(c.file), problems, err)
			}
			s.sync(s.wants()...)
			if log, err := s.command(); err != nil {
				t.Fatal(err, log)
			}
			page := s.read("public/a/index.html")
			if !strings.Contains(page, "<bokeh-binder") {
				t.Errorf("with\n%s\nthe page shows\n%s", s.read(c.file), page)
			}
			if strings.Contains(c.before, "$$") && !strings.Contains(page, "\\[\na_1 * b *\n\\]") {
				t.Errorf("with\n%s\nmathematics is\n%s", s.read(c.file), page)
			}
		})
	}
}
