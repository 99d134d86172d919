// Package themes builds a site with the module and each of several popular
// themes as they are, and looks at it in a browser, light and dark.
package themes

import (
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

// night is how a theme's pages get dark.
type night struct {
	// always, or where the reader's system is dark.
	always, dark bool
	// chosen is what it keeps in the browser when a reader has chosen that: a key
	// and a value.
	chosen [2]string
}

// theme is one theme, and what a site needs to have it at all.
type theme struct {
	name string
	// module and version are those of the theme as a Go module.
	module, version string
	// sum is the module's hash as go.sum would have it. It stands in for the
	// checksum database, which lacks some of them. A theme without one is not in
	// every module proxy, and the test is skipped where it cannot be had.
	sum string
	// config is what a site with the theme needs here, without a network, and so
	// that the theme has a dark mode.
	config string
	night
	// style is what the site says of the embed where the theme makes it necessary.
	style string
	// extended says that the theme needs the extended Hugo, for Sass.
	extended bool
	// environment is Hugo's, production unless it says otherwise.
	environment string
	// imports are the npm packages that stand in for the theme's imports.
	imports map[string]string
	// head is the npm package's script that pages load in the theme's hook for it.
	head string
}

var themes = []theme{
	{name: "anatole", night: night{dark: true}, extended: true}, // and Dart Sass
	{name: "ananke", module: "github.com/gohugo-ananke/ananke/v2", version: "v2.17.0", extended: true},
	{name: "archie", config: "[params]\nmode = 'toggle'\n", night: night{chosen: [2]string{"theme-storage", "dark"}}},
	{name: "bearblog", night: night{dark: true}},
	{name: "beautifulhugo", night: night{dark: true, chosen: [2]string{"theme", "dark"}}},
	{
		name: "blowfish", module: "github.com/nunocoracao/blowfish/v2", version: "v2.97.0",
		sum:   "h1:ofFBkTQKFDnM5/XVLReuJ6KPzLQFwscEg0dYEebWXvw=",
		night: night{dark: true, chosen: [2]string{"appearance", "dark"}},
	},
	{
		name: "book", module: "github.com/alex-shpak/hugo-book", version: "v0.14.1-0.20260808194626-162c806e991b",
		config: "[params]\nBookTheme = 'auto'\n",
		night:  night{dark: true},
	},
	{name: "clarity", night: night{dark: true}, extended: true},
	{
		name: "coder", config: "[params]\ncolorScheme = 'auto'\n",
		night: night{dark: true, chosen: [2]string{"colorscheme", "dark"}}, extended: true,
	},
	{
		name: "docsy", module: "github.com/google/docsy", version: "v0.12.0",
		sum:      "h1:CddZKL39YyJzawr8GTVaakvcUTCJRAAYdz7W0qfZ2P4=",
		config:   "[params.ui]\nshowLightDarkModeMenu = true\n",
		night:    night{dark: true, chosen: [2]string{"td-color-theme", "dark"}},
		extended: true,
		// In production it wants PostCSS, which prefixes properties for old browsers.
		environment: "development",
		imports: map[string]string{
			"github.com/FortAwesome/Font-Awesome": "@fortawesome/fontawesome-free",
			"github.com/twbs/bootstrap":           "bootstrap",
		},
		// It loads jQuery from elsewhere, and has no dark mode without.
		head: "jquery/dist/jquery.min.js",
	},
	{
		// It colours paragraphs in the dark, and not what holds them.
		name: "diary", night: night{dark: true}, extended: true,
		style: ".night .bb { --bb-text: #e6e6e6; }",
	},
	{name: "doit", night: night{dark: true, chosen: [2]string{"theme", "dark"}}, extended: true},
	{name: "hello-friend-ng", night: night{dark: true}, extended: true},
	{
		name: "hextra", module: "github.com/imfing/hextra", version: "v0.9.7",
		sum: "h1:Zg5n24us36Bn/S/5mEUPkRW6uwE6vHHEqWSgN0bPXaM=",
		// Its search loads a script from elsewhere while it builds.
		config: "[params.search]\nenable = false\n",
		night:  night{dark: true, chosen: [2]string{"color-theme", "dark"}},
	},
	{name: "loveit", night: night{dark: true, chosen: [2]string{"theme", "dark"}}, extended: true},
	{name: "m10c", night: night{always: true}, extended: true},
	{name: "mainroad"},
	{
		name: "papermod", module: "github.com/adityatelange/hugo-PaperMod", version: "v0.0.0-20260802175912-d3768854d00a",
		night: night{dark: true, chosen: [2]string{"pref-theme", "dark"}},
	},
	{
		name: "stack", module: "github.com/CaiJimmy/hugo-theme-stack/v3", version: "v3.30.0",
		sum:      "h1:uITC7EKGyfPjyi3C5At++E0Uu1qQXtqiwMV4pd7LkLs=",
		night:    night{dark: true, chosen: [2]string{"StackColorScheme", "dark"}},
		extended: true,
	},
	{name: "terminal", night: night{always: true}},
}

const config = `
title = "A site"
disableKinds = ["taxonomy", "term", "rss"]
ignoreLogs = ["bokehbinder-start-race"]
[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.extensions.passthrough]
enable = true
[markup.goldmark.extensions.passthrough.delimiters]
block = [['<<< bokehbinder', '>>>']]
`

const page = `---
title: Tides
date: 2026-11-20
---
A post with an embed, and text around it, so that one sees how they stand to each
other.

{{< bokehbinder repo="https://github.com/bokehbinder/tides" ref="main" title="Tides" height=360 >}}

More text, with a {{< bokehbinder/launch repo="bokehbinder/pendulum" ref="main" >}} in a sentence.

<<< bokehbinder repo=https://github.com/bokehbinder/tides ref=main show=files >>>

And the end.
`

func TestMain(m *testing.M) { browser.Main(m) }

func TestThemes(t *testing.T) {
	for _, theme := range themes {
		t.Run(theme.name, func(t *testing.T) {
			public := theme.build(t)
			html, err := os.ReadFile(filepath.Join(public, "docs", "tides", "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(html), `class="bb"`); n != 2 {
				t.Errorf("%d embeds on the page, want 2", n)
			}
			theme.look(t, theme.name, public, "/docs/tides/")
		})
	}
}

// build builds the site and returns its public folder.
func (th theme) build(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	site := t.TempDir()
	targets := map[string]string{"bokehbinder": root, th.name: th.dir(t)}
	for name, pkg := range th.imports {
		targets[name] = npm(t, pkg)
	}
	for name, target := range targets {
		link := filepath.Join(site, "themes", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(site, "hugo.toml"), "theme = ['bokehbinder', '"+th.name+"']\n"+config+th.config)
	if th.head != "" {
		script, err := os.ReadFile(npm(t, th.head))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(site, "static", "head.js"), string(script))
		write(t, filepath.Join(site, "layouts", "_partials", "hooks", "head-end.html"), `<script src="/head.js"></script>`)
	}
	said := page
	if th.style != "" {
		said += "\n<style>" + th.style + "</style>\n"
	}
	write(t, filepath.Join(site, "content", "docs", "_index.md"), "---\ntitle: Docs\n---\n")
	write(t, filepath.Join(site, "content", "docs", "tides.md"), said)
	write(t, filepath.Join(site, "layouts", "_markup", "render-passthrough-block.html"), "{{ partial \"bokehbinder/tag.html\" (dict \"context\" .) }}\n")
	if err := os.CopyFS(filepath.Join(site, "assets", "bokehbinder"), os.DirFS("../../exampleSite/assets/bokehbinder")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(th.hugo(t), "--baseURL", "/", "--cacheDir", t.TempDir(), "--environment", cmp.Or(th.environment, "production"))
	cmd.Dir = site
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "bokehbinder:") {
		t.Fatalf("hugo: %v\n%s", err, out)
	}
	return filepath.Join(site, "public")
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
