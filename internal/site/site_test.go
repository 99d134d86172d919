package site_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/site"
)

// open makes a site of files and reads it without a hugo command.
func open(t *testing.T, files map[string]string) *site.Site {
	t.Helper()
	dir := write(t, files)
	s, err := site.Open(t.Context(), dir, site.Options{Hugo: "no-such-hugo"})
	if err != nil {
		t.Fatal(err)
	}
	if s.Guessed == "" {
		t.Error("the site does not say that Hugo was not asked")
	}
	return s
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// found returns what the site's content uses and what is wrong with it, each as
// a line of text.
func found(t *testing.T, s *site.Site) (uses, problems []string) {
	t.Helper()
	u, p, err := s.Uses()
	if err != nil {
		t.Fatal(err)
	}
	for _, use := range u {
		uses = append(uses, strings.Join(strings.Fields(fmt.Sprint(
			filepath.ToSlash(use.Pos.String()), " ", use.Shortcode, " ", use.Repo, " ", use.Ref, " ", strings.Join(use.Files, ","))), " "))
	}
	for _, problem := range p {
		if problem.Harmless {
			continue
		}
		problems = append(problems, filepath.ToSlash(problem.Where)+": "+problem.Message)
	}
	return uses, problems
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got\n%s\n want\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFindsTagsAndShortcodes(t *testing.T) {
	s := open(t, map[string]string{
		"hugo.toml": "title = 'x'",
		"content/post.md": `---
title: <<< bokehbinder repo=in/frontmatter >>>
---

Text {{< bokehbinder/launch repo="o/inline" >}} and {{< bokehbinder repo=https://github.com/o/block ref="v1" files="a.csv, b/**" >}}

<<< bokehbinder repo=o/tag ref=main >>>

- item <<< bokehbinder
  repo=o/lines >>>

> {{< bokehbinder/app repo="o/quoted" >}}

{{< bokehbinder/files repo=o/selfclosed />}}
`,
		"content/code.md": "```\n<<< bokehbinder repo=o/fenced >>>\n{{< bokehbinder repo=o/executed >}}\n{{</* bokehbinder repo=o/commented */>}}\n```\n\n" +
			"`<<< bokehbinder repo=o/span >>>`\n\n    <<< bokehbinder repo=o/indented >>>\n\n<!-- <<< bokehbinder repo=o/comment >>> -->\n\n" +
			"{{< highlight text >}}\n<<< bokehbinder repo=o/highlighted >>>\n{{< /highlight >}}\n\n<<<bokehbinder repo=o/close>>>\n",
		"content/inner.md":        "{{% details %}}\n<<< bokehbinder repo=o/inner >>>\n{{% /details %}}\n\n{{< tabs >}}\n    <<< bokehbinder repo=o/indented >>>\n{{< bokehbinder repo=o/nested >}}\n{{< /tabs >}}\n",
		"content/page.adoc":       "= Title\n\n{{< bokehbinder repo=o/adoc >}}\n\n<<< bokehbinder repo=o/no-markdown >>>\n",
		"content/page.org":        "#+title: x\n#+date: y\n{{< bokehbinder repo=o/org >}}\n",
		"content/toml.md":         "+++\ntitle = '{{< bokehbinder repo=in/frontmatter >}}'\n+++\n{{< bokehbinder repo=o/toml >}}\n",
		"content/json.md":         "{\n\"title\": \"} {{< bokehbinder repo=in/frontmatter >}}\"\n}\n{{< bokehbinder repo=o/json >}}\n",
		"content/windows.md":      "---\r\ntitle: x\r\n---\r\n\r\n{{< bokehbinder repo=o/windows >}}\r\n\r\n<<< bokehbinder repo=o/crlf >>>\r\n",
		"content/.hidden.md":      "{{< bokehbinder repo=o/hidden >}}",
		"content/note.txt":        "{{< bokehbinder repo=o/text >}}",
		"content/_content.gotmpl": "{{ .AddPage (dict \"content\" (dict \"value\" `{{< bokehbinder repo=o/made >}}`)) }}",
		"archetypes/default.md":   "{{< bokehbinder repo=o/archetype >}}",
	})
	uses, problems := found(t, s)
	equal(t, "problems", problems, nil)
	equal(t, "uses", uses, []string{
		"content/_content.gotmpl:1:44 bokehbinder o/made",
		"content/code.md:3:1 bokehbinder o/executed",
		"content/inner.md:2:1 o/inner",
		"content/inner.md:6:5 o/indented",
		"content/inner.md:7:1 bokehbinder o/nested",
		"content/json.md:4:1 bokehbinder o/json",
		"content/page.adoc:3:1 bokehbinder o/adoc",
		"content/page.org:3:1 bokehbinder o/org",
		"content/post.md:5:6 bokehbinder/launch o/inline",
		"content/post.md:5:53 bokehbinder https://github.com/o/block v1 a.csv,b/**",
		"content/post.md:7:1 o/tag main",
		"content/post.md:9:8 o/lines",
		"content/post.md:12:3 bokehbinder/app o/quoted",
		"content/post.md:14:1 bokehbinder/files o/selfclosed",
		"content/toml.md:4:1 bokehbinder o/toml",
		"content/windows.md:5:1 bokehbinder o/windows",
		"content/windows.md:7:1 o/crlf",
	})
}

// TestLinkedContent reads a content folder that is a symbolic link, and follows
// none in it, as Hugo does.
func TestLinkedContent(t *testing.T) {
	dir := write(t, map[string]string{
		"hugo.toml":  "",
		"notes/a.md": `{{< bokehbinder repo="demo/a" >}}`,
		"other/b.md": `{{< bokehbinder repo="demo/b" >}}`,
	})
	for name, target := range map[string]string{"content": "notes", "notes/folder": "../other", "notes/file.md": "../other/b.md", "link": "."} {
		if err := os.Symlink(target, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Skip(err)
		}
	}
	for _, root := range []string{dir, filepath.Join(dir, "link")} {
		s, err := site.Open(t.Context(), root, site.Options{Hugo: "no-such-hugo"})
		if err != nil {
			t.Fatal(err)
		}
		uses, problems := found(t, s)
		equal(t, "uses", uses, []string{"content/a.md:1:1 bokehbinder demo/a"})
		equal(t, "problems", problems, nil)
		if name := s.Name(filepath.Join(dir, "assets", "x")); filepath.ToSlash(name) != "assets/x" {
			t.Errorf("below %s, a file is called %s", root, name)
		}
	}
}

func TestReportsAllThatIsWrong(t *testing.T) {
	s := open(t, map[string]string{
		"hugo.yaml": "title: x",
		"content/bad.md": `{{< other bad="x >}}

{{< bokehbinder repo="o/n"
  ref=1.10 height=3 >}}
{{< bokehbinder "o/n" >}}
{{% bokehbinder repo="o/n" %}}
{{< bokehbinder/app repo="o/n" show="files" >}}
{{< bokehbinder repo="o/n >}}
{{< bokehbinder reop="o/n" >}}

Text <<< bokehbinder repo=o/n branch=main >>>
`,
	})
	uses, problems := found(t, s)
	equal(t, "uses", uses, nil)
	var short []string
	for _, p := range problems {
		short = append(short, strings.SplitN(p, "; valid", 2)[0])
	}
	equal(t, "problems", short, []string{
		"content/bad.md:4:3: ref: 1.10 is taken for a number: write it in quotes",
		`content/bad.md:4:12: height: "3" is out of range`,
		`content/bad.md:5:17: "o/n" is not a key=value pair`,
		"content/bad.md:5:1: repo: is missing",
		"content/bad.md:6:1: {{% bokehbinder %}} puts HTML into the page's Markdown, which drops or damages it",
		"content/bad.md:7:32: show: this shortcode is one part alone: the shortcode bokehbinder has it",
		"content/bad.md:8:1: a value in quotes is not closed on its line",
		"content/bad.md:9:1: repo: is missing",
		"content/bad.md:9:17: reop: is not an argument of the tag (did you mean repo?)",
		"content/bad.md:11:31: branch: is not an argument of the tag (did you mean ref?)",
	})
}

func TestReadsConfigurations(t *testing.T) {
	page := "{{< bokehbinder repo=o/n >}}"
	for name, c := range map[string]struct {
		files  map[string]string
		uses   []string
		assets string
	}{
		"toml": {
			files: map[string]string{
				"hugo.toml":        "contentDir = 'text'\nassetDir = 'stuff'\n[params.bokehbinder]\nhub = 'https://hub.example'",
				"text/a.md":        page,
				"content/wrong.md": page,
			},
			uses: []string{"text/a.md:1:1 bokehbinder o/n"}, assets: "stuff",
		},
		"languages in yaml": {
			files: map[string]string{
				"config.yaml":      "languages:\n  en:\n    contentDir: content/en\n  de:\n    ContentDir: inhalt\nparams:\n  bokehBinder:\n    hub: https://hub.example\n",
				"content/en/a.md":  page,
				"inhalt/b.md":      page,
				"content/other.md": page,
			},
			uses:   []string{"content/en/a.md:1:1 bokehbinder o/n", "content/other.md:1:1 bokehbinder o/n", "inhalt/b.md:1:1 bokehbinder o/n"},
			assets: "assets",
		},
		"folder": {
			files: map[string]string{
				"config/_default/hugo.toml":         "title = 'x'",
				"config/_default/params.yaml":       "bokehbinder: {hub: 'https://other.example'}",
				"config/production/params.toml":     "[bokehbinder]\nhub = 'https://hub.example'",
				"config/development/hugo.toml":      "contentDir = 'wrong'",
				"config/_default/languages.de.toml": "contentDir = 'inhalt'",
				"config/_default/languages.toml":    "[fr]\ncontentDir = 'contenu'",
				"content/a.md":                      page,
				"contenu/c.md":                      page,
				"config/_default/note.txt":          "not a configuration",
				"config/_default/menus/x.toml":      "nor this",
				"content/node_modules/.bin/hid.md~": page,
			},
			uses: []string{"content/a.md:1:1 bokehbinder o/n", "contenu/c.md:1:1 bokehbinder o/n"}, assets: "assets",
		},
		"mounts in json": {
			files: map[string]string{
				"hugo.json":         `{"params": {"bokehbinder": {"hub": "https://hub.example"}}, "module": {"mounts": [{"source": "docs", "target": "content/docs"}, {"source": "README.md", "target": "content/_index.md"}, {"source": "res", "target": "assets"}]}}`,
				"docs/a.md":         page,
				"README.md":         page,
				"content/unused.md": page,
			},
			uses: []string{"docs/a.md:1:1 bokehbinder o/n", "README.md:1:1 bokehbinder o/n"}, assets: "res",
		},
		"theme": {
			files: map[string]string{
				"hugo.toml":                "theme = ['mine']\nparams.bokehbinder.hub = 'https://hub.example'",
				"themes/mine/content/a.md": page,
			},
			uses: []string{"themes/mine/content/a.md:1:1 bokehbinder o/n"}, assets: "assets",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.files)
			uses, problems := found(t, s)
			equal(t, "problems", problems, nil)
			equal(t, "uses", uses, c.uses)
			if got := filepath.ToSlash(s.Name(s.Assets)); got != c.assets {
				t.Errorf("assets %q", got)
			}
			if !slices.Equal(s.Params.Hubs, []string{"https://hub.example"}) {
				t.Errorf("hub %q", s.Params.Hubs)
			}
		})
	}
}

// TestMistakesInConfigurationsHavePlaces breaks each format on its third line.
func TestMistakesInConfigurationsHavePlaces(t *testing.T) {
	for file, want := range map[string]string{
		"hugo.toml": ":3:7: ", "hugo.yaml": ":3: ", "hugo.json": ":3:7: ",
	} {
		text := map[string]string{
			"hugo.toml": "a = 1\nb = 1\nc  =  !\n", "hugo.yaml": "a: 1\nb: 1\nc: d: e\n", "hugo.json": "{\"a\": 1,\n\"b\": 1,\n\"c\":  !}\n",
		}[file]
		_, err := site.Open(t.Context(), write(t, map[string]string{file: text}), site.Options{})
		if err == nil || !strings.Contains(err.Error(), file+want) || strings.Count(err.Error(), "line") > 0 {
			t.Errorf("%s: %v, want the place %s", file, err, want)
		}
	}
}

func TestRefusesWhatIsNoSite(t *testing.T) {
	if _, err := site.Open(t.Context(), write(t, map[string]string{"content/a.md": ""}), site.Options{}); !errors.Is(err, site.ErrNoSite) {
		t.Errorf("no configuration: %v", err)
	}
	if _, err := site.Open(t.Context(), filepath.Join(t.TempDir(), "none"), site.Options{}); err == nil {
		t.Error("a folder that is not there is a site")
	}
	_, err := site.Open(t.Context(), write(t, map[string]string{"hugo.toml": "a = 1\nb = " + strings.Repeat("[", 100_000)}), site.Options{})
	if err == nil || !strings.HasSuffix(err.Error(), "hugo.toml:2:37: it nests more than 32 deep") {
		t.Errorf("a configuration that nests too deep: %v", err)
	}
	_, err = site.Open(t.Context(), write(t, map[string]string{"hugo.toml": "title = "}), site.Options{})
	if err == nil || !strings.Contains(err.Error(), "hugo.toml") {
		t.Errorf("malformed configuration: %v", err)
	}
}

func TestSetup(t *testing.T) {
	const (
		tagged = "Text\n\n<<< bokehbinder repo=o/n >>>\n"
		ours   = "[markup.goldmark.extensions.passthrough]\nenable = true\ndelimiters.block = [['$$', '$$'], ['<<< bokehbinder', '>>>']]\n"
		theirs = "[markup.goldmark.extensions.passthrough]\nenable = true\ndelimiters.block = [['$$', '$$']]\ndelimiters.inline = [['\\(', '\\)']]\n"
	)
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		paste string
	}{
		"shortcodes need nothing": {files: map[string]string{"hugo.toml": theirs, "content/a.md": "{{< bokehbinder repo=o/n >}}"}},
		"right":                   {files: map[string]string{"hugo.toml": ours, "content/a.md": tagged}},
		"merged":                  {files: map[string]string{"hugo.toml": "markup._merge = 'deep'", "content/a.md": tagged}},
		"nothing": {
			files: map[string]string{"hugo.toml": "title = 'x'", "content/a.md": tagged},
			want:  []string{`content/a.md:3:1: the site's configuration does not let the tag through, so the page shows "<<< bokehbinder" as text`},
			paste: "    block = [['<<< bokehbinder', '>>>']]",
		},
		"delimiters of others": {
			files: map[string]string{"hugo.toml": theirs + "[markup]\n_merge = 'deep'\n", "content/a.md": tagged},
			want:  []string{`content/a.md:3:1: the site's configuration does not let the tag through, so the page shows "<<< bokehbinder" as text`},
			paste: "    block = [['<<< bokehbinder', '>>>'], ['$$', '$$']]\n    inline = [['\\(', '\\)']]",
		},
		"disabled": {
			files: map[string]string{"hugo.toml": strings.Replace(ours, "true", "false", 1), "content/a.md": tagged},
			want:  []string{`content/a.md:3:1: the site's configuration does not let the tag through, so the page shows "<<< bokehbinder" as text`},
		},
		"hook of the site": {
			files: map[string]string{"hugo.toml": ours, "content/a.md": tagged, "layouts/_markup/render-passthrough.html": "{{ .Inner }}"},
			want:  []string{"layouts/_markup/render-passthrough.html: this render hook takes the tag, and does not show it"},
			paste: `{{- if partial "bokehbinder/is-tag.html" . -}}`,
		},
		"hook for blocks in a theme": {
			files: map[string]string{"hugo.toml": "theme = 'mine'\n" + ours, "content/a.md": tagged, "themes/mine/layouts/_default/_markup/render-passthrough-block.html": "{{ .Inner }}"},
			want:  []string{"themes/mine/layouts/_default/_markup/render-passthrough-block.html: this render hook takes the tag, and does not show it"},
		},
		"hook that shows tags": {
			files: map[string]string{
				"hugo.toml": "theme = 'mine'\n" + ours, "content/a.md": tagged,
				"layouts/_markup/render-passthrough.html":                      `{{ partial "bokehbinder/passthrough.html" (dict "context" .) }}`,
				"themes/mine/layouts/_default/_markup/render-passthrough.html": "{{ .Inner }}",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.files)
			uses, _, err := s.Uses()
			if err != nil {
				t.Fatal(err)
			}
			problems, err := s.Setup(uses)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, filepath.ToSlash(p.Where)+": "+p.Message)
				if !strings.Contains(p.Paste, c.paste) {
					t.Errorf("to paste:\n%s", p.Paste)
				}
			}
			equal(t, "problems", got, c.want)
		})
	}
}

// TestListedRepositories reads what a site lists because no content file spells
// it out.
func TestListedRepositories(t *testing.T) {
	s := open(t, map[string]string{"hugo.toml": `[[params.bokehbinder.repositories]]
repository = "o/n"
ref = "main"
files = ["*.csv", "data/*"]
[[params.bokehbinder.repositories]]
repository = "https://gitlab.com/o/m"
[[params.bokehbinder.repositories]]
ref = "main"
`})
	uses, problems, err := s.Uses()
	if err != nil || len(uses) != 2 || len(problems) != 1 {
		t.Fatalf("%+v, %+v, %v", uses, problems, err)
	}
	if u := uses[0]; u.Address.URL != "https://github.com/o/n" || u.Ref != "main" || !slices.Equal(u.Files, []string{"*.csv", "data/*"}) {
		t.Errorf("%+v", u)
	}
	if u := uses[1]; u.Address.URL != "https://gitlab.com/o/m" || u.Ref != "" {
		t.Errorf("%+v", u)
	}
	if p := problems[0]; p.Where != "params.bokehbinder.repositories[2]" || p.Hint == "" {
		t.Errorf("%+v", p)
	}
	if setup, err := s.Setup(uses); err != nil || len(setup) > 0 {
		t.Errorf("setup: %+v, %v", setup, err)
	}
	s = open(t, map[string]string{"hugo.toml": "params.bokehbinder.repositories = 'o/n'"})
	if _, problems, _ := s.Uses(); len(problems) != 1 {
		t.Errorf("a text: %+v", problems)
	}
}
