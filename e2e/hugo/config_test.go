package hugo_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	sites "github.com/bokehbinder/bokehbinder/internal/site"
)

// configured are sites in all forms of configuration, with what is asked of
// their content. The theme is in the themes folder.
var configured = map[string]struct {
	archive string
	uses    []string
	hub     string
	setup   []string
	modules bool // only Hugo can tell what is in setup
}{
	"toml": {
		archive: `
-- hugo.toml --
contentDir = "text"
assetDir = "stuff"
params.bokehbinder.hub = "https://hub.example"
-- text/a.md --
Text {{< bokehbinder repo="o/a" >}}
-- content/wrong.md --
Text {{< bokehbinder repo="o/wrong" >}}
`,
		uses: []string{"text/a.md:1:6 o/a"}, hub: "https://hub.example",
	},
	"folder, languages, mounts": {
		archive: `
-- config/_default/hugo.yaml --
title: x
defaultContentLanguage: en
module:
  mounts:
  - {source: docs, target: content/docs}
  - {source: content/en, target: content, sites: {matrix: {languages: [en]}}}
  - {source: content/de, target: content, sites: {matrix: {languages: [de]}}}
-- config/_default/languages.toml --
[en]
weight = 1
[de]
weight = 2
-- config/production/params.toml --
[bokehbinder]
hub = ["https://hub.example", "https://mybinder.org"]
-- config/development/hugo.toml --
contentDir = "wrong"
-- docs/d.md --
Text {{< bokehbinder repo="o/d" >}}
-- content/en/a.md --
Text {{< bokehbinder repo="o/a" >}}
-- content/de/a.md --
Text {{< bokehbinder repo="o/b" >}}
`,
		uses: []string{"content/de/a.md:1:6 o/b", "content/en/a.md:1:6 o/a", "docs/d.md:1:6 o/d"}, hub: "https://hub.example,https://mybinder.org",
	},
	"json, tag let through": {
		archive: `
-- config.json --
{"theme": "THEME", "themesDir": "THEMES",
"markup": {"goldmark": {"extensions": {"passthrough": {"enable": true, "delimiters": {"block": [["<<< bokehbinder", ">>>"]]}}}}}}
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses: []string{"content/a.md:1:1 o/a"},
	},
	"tag let through to nobody": {
		archive: `
-- hugo.toml --
[markup.goldmark.extensions.passthrough]
enable = true
delimiters.block = [['<<< bokehbinder', '>>>']]
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses:  []string{"content/a.md:1:1 o/a"},
		setup: []string{"content/a.md:1:1"}, modules: true,
	},
	"hook that only speaks of ours": {
		archive: `
-- hugo.toml --
theme = "THEME"
themesDir = "THEMES"
markup._merge = "deep"
-- layouts/_markup/render-passthrough.html --
{{- /* Not {{ partial "bokehbinder/passthrough.html" }}. */ -}}
bokehbinder/{{ .Inner }}
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses:  []string{"content/a.md:1:1 o/a"},
		setup: []string{"layouts/_markup/render-passthrough.html"},
	},
	"hook of the site that calls ours": {
		archive: `
-- hugo.toml --
theme = "THEME"
themesDir = "THEMES"
markup._merge = "deep"
-- layouts/_markup/render-passthrough.html --
{{ partials.Include "bokehbinder/passthrough.html" (dict "context" .) }}
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses: []string{"content/a.md:1:1 o/a"},
	},
	"tag taken over from the module": {
		archive: `
-- hugo.toml --
theme = "THEME"
themesDir = "THEMES"
markup._merge = "deep"
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses: []string{"content/a.md:1:1 o/a"},
	},
	"tag not taken over": {
		archive: `
-- hugo.toml --
theme = "THEME"
themesDir = "THEMES"
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses:  []string{"content/a.md:1:1 o/a"},
		setup: []string{"content/a.md:1:1"},
	},
	"delimiters of the site in the way": {
		archive: `
-- hugo.toml --
theme = "THEME"
themesDir = "THEMES"
markup._merge = "deep"
[markup.goldmark.extensions.passthrough]
enable = true
delimiters.block = [['$$', '$$']]
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses:  []string{"content/a.md:1:1 o/a"},
		setup: []string{"content/a.md:1:1"},
	},
	"hook of another theme in the way": {
		archive: `
-- hugo.toml --
theme = ["mine", "THEME"]
markup._merge = "deep"
-- themes/mine/layouts/_default/_markup/render-passthrough.html --
{{ .Inner }}
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses:  []string{"content/a.md:1:1 o/a"},
		setup: []string{"themes/mine/layouts/_default/_markup/render-passthrough.html"},
	},
	"hook of another theme behind ours": {
		archive: `
-- hugo.toml --
theme = ["THEME", "mine"]
markup._merge = "deep"
-- themes/mine/layouts/_default/_markup/render-passthrough.html --
{{ .Inner }}
-- content/a.md --
<<< bokehbinder repo=o/a >>>
`,
		uses: []string{"content/a.md:1:1 o/a"},
	},
}

// TestSyncReadsConfigurationsAsHugoDoes finds content and settings with Hugo's
// help, and without it the same as far as the site's own files say it. What is
// said to drop a tag does drop it.
func TestSyncReadsConfigurationsAsHugoDoes(t *testing.T) {
	for name, c := range configured {
		t.Run(name, func(t *testing.T) {
			archive := strings.ReplaceAll(c.archive, "THEMES", filepath.Dir(root()))
			archive = strings.NewReplacer(`theme = "THEME"`, `theme = ["THEME", "TAGGED"]`, `"theme": "THEME"`, `"theme": ["THEME", "TAGGED"]`, `"THEME"]`, `"THEME", "TAGGED"]`, `["THEME",`, `["THEME", "TAGGED",`).Replace(archive)
			archive = strings.ReplaceAll(archive, "TAGGED", tagged())
			s := newSite(t, strings.ReplaceAll(archive, "THEME", filepath.Base(root())))
			if strings.Contains(archive, "themes/mine") {
				s.linkTheme()
			}
			for _, hugo := range []string{s.hugo, "no-such-hugo"} {
				opened, err := sites.Open(t.Context(), s.dir, sites.Options{Hugo: hugo})
				if err != nil {
					t.Fatal(err)
				}
				if (opened.Guessed == "") != (hugo == s.hugo) {
					t.Errorf("with %s: guessed %q", hugo, opened.Guessed)
				}
				setup := c.setup
				if c.modules && opened.Guessed != "" {
					setup = nil
				}
				checkOpened(t, opened, c.uses, setup)
				if hugo == s.hugo && strings.Join(opened.Params.Hubs, ",") != c.hub {
					t.Errorf("hub %q, want %q", opened.Params.Hubs, c.hub)
				}
			}
			if strings.Contains(archive, "<<< bokehbinder") && strings.Contains(archive, "THEME") {
				s.write("layouts/all.html", "{{ .Content }}")
				s.sync(s.wants()...)
				if log, err := s.command(); err != nil {
					t.Fatal(err, log)
				}
				shown := strings.Contains(s.read("public/a/index.html"), "<bokeh-binder")
				if shown != (len(c.setup) == 0) {
					t.Errorf("problems %q, but the page shows the embed: %v", c.setup, shown)
				}
				if strings.Contains(strings.Join(c.setup, ""), "render-passthrough") {
					s.mendHook()
				}
			}
		})
	}
}

// mendHook puts the hook where it is said to belong, and what it showed beside
// tags it still shows.
func (s *site) mendHook() {
	s.tb.Helper()
	opened, err := sites.Open(s.tb.Context(), s.dir, sites.Options{Hugo: s.hugo})
	if err != nil {
		s.tb.Fatal(err)
	}
	uses, _, _ := opened.Uses()
	problems, err := opened.Setup(uses)
	if err != nil || len(problems) != 1 {
		s.tb.Fatal(problems, err)
	}
	file := problems[0].Where
	if _, rest, ok := strings.Cut(problems[0].Hint, "put this into "); ok {
		file, _, _ = strings.Cut(rest, ",")
	}
	s.write(filepath.ToSlash(file), problems[0].Paste)
	s.write("hugo.toml", s.read("hugo.toml")+"\n[markup.goldmark.extensions.passthrough]\nenable = true\ndelimiters.block = [['<<< bokehbinder', '>>>'], ['$$', '$$']]\n")
	s.write("content/a.md", s.read("content/a.md")+"\n$$mathematics$$\n")
	if log, err := s.command(); err != nil {
		s.tb.Fatal(err, log)
	}
	page := s.read("public/a/index.html")
	if !strings.Contains(page, "<bokeh-binder") || !strings.Contains(page, "mathematics") || strings.Contains(page, `\[`) {
		s.tb.Errorf("with %s\n%s\nthe page shows\n%s", file, s.read(filepath.ToSlash(file)), page)
	}
}

func checkOpened(t *testing.T, s *sites.Site, wantUses, wantSetup []string) {
	t.Helper()
	uses, wrong, err := s.Uses()
	if err != nil || len(wrong) > 0 {
		t.Fatal(err, wrong)
	}
	var got []string
	for _, u := range uses {
		got = append(got, filepath.ToSlash(u.Pos.String())+" "+u.Repo)
	}
	slices.Sort(got)
	if !slices.Equal(got, wantUses) {
		t.Errorf("uses %q, want %q (guessed: %q)", got, wantUses, s.Guessed)
	}
	problems, err := s.Setup(uses)
	if err != nil {
		t.Fatal(err)
	}
	var where []string
	for _, p := range problems {
		where = append(where, filepath.ToSlash(p.Where))
	}
	if !slices.Equal(where, wantSetup) {
		t.Errorf("problems %q, want %q (guessed: %q)", where, wantSetup, s.Guessed)
	}
}

// decorator matches what Hugo takes for a partial decorator, which fails where a
// theme renders content within resources.ExecuteAsTemplate.
var decorator = regexp.MustCompile(`\{\{-?\s*(?:else )?with\s+(?:partial|partialCached|partials\.\w+)\b`)

func TestNoPartialDecorators(t *testing.T) {
	for _, folder := range []string{"layouts", "shortcodes"} {
		err := filepath.WalkDir(filepath.Join(root(), folder), func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(file)
			if decorator.Match(text) {
				t.Errorf("%s: assign what a partial returns before it is tested", file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
