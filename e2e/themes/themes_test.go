// Package themes builds a site with the module and each of several popular
// themes as they are, and looks at it in a browser, light and dark.
package themes

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
)

var pictures = flag.String("pictures", "", "write screenshots into this `folder`")

// folders is the environment variable that names a folder with themes, each in a
// folder of its name below. They come before those of the module proxy.
const folders = "BOKEHBINDER_THEMES"

// theme is one theme, and what a site needs to have it at all.
type theme struct {
	name string
	// module and version, where it can be had as a Go module.
	module, version string
	// config is what a site with the theme needs here, without a network, and so
	// that the theme has a dark mode.
	config string
	// dark says that the theme has a dark mode, and chosen is what it keeps in
	// the browser when a reader has chosen that: a key and a value.
	dark   bool
	chosen [2]string
	// sass says that the theme needs the sass command.
	sass bool
}

var themes = []theme{
	{name: "ananke", module: "github.com/gohugo-ananke/ananke/v2", version: "v2.17.0"},
	{name: "book", module: "github.com/alex-shpak/hugo-book", version: "v0.14.1-0.20260808194626-162c806e991b", config: "[params]\nBookTheme = 'auto'\n", dark: true},
	// Its own dependencies come from npm, and its style needs Sass.
	{name: "docsy", sass: true, config: "[params.ui]\nshowLightDarkModeMenu = true\n", dark: true, chosen: [2]string{"td-color-theme", "dark"}},
	// Its search loads a script from elsewhere while it builds.
	{name: "hextra", module: "github.com/imfing/hextra", version: "v0.9.7", config: "[params.search]\nenable = false\n", dark: true, chosen: [2]string{"color-theme", "dark"}},
	{name: "papermod", module: "github.com/adityatelange/hugo-PaperMod", version: "v0.0.0-20260802175912-d3768854d00a", dark: true, chosen: [2]string{"pref-theme", "dark"}},
}

const config = `
title = "A site"
disableKinds = ["taxonomy", "term", "rss"]
ignoreLogs = ["bokehbinder-start-race"]
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
			theme.look(t, public)
		})
	}
}

// dir returns where the theme lies. The test is skipped where it is not to be
// had.
func (th theme) dir(t *testing.T) string {
	t.Helper()
	if base := os.Getenv(folders); base != "" {
		dir := filepath.Join(base, th.name)
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
	}
	if th.module == "" {
		t.Skipf("skipped: %s names no folder with %s in it", folders, th.name)
	}
	out, err := exec.Command("go", "mod", "download", "-json", th.module+"@"+th.version).Output()
	var module struct{ Dir string }
	if json.Unmarshal(out, &module) != nil || module.Dir == "" {
		t.Skipf("skipped: %s@%s cannot be had here (%v), and %s names no folder with it", th.module, th.version, err, folders)
	}
	return module.Dir
}

// hugo returns the hugo command.
func (th theme) hugo(t *testing.T) string {
	t.Helper()
	if th.sass {
		need.Program(t, "sass", "sass")
	}
	out, err := exec.Command("go", "tool", "-n", "hugo").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// build builds the site and returns its public folder.
func (th theme) build(t *testing.T) string {
	t.Helper()
	dir := th.dir(t)
	hugo := th.hugo(t)
	site := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{th.name: dir, "bokehbinder": root} {
		if err := os.MkdirAll(filepath.Join(site, "themes"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(site, "themes", name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(site, "hugo.toml"), "theme = ['bokehbinder', '"+th.name+"']\n"+config+th.config)
	write(t, filepath.Join(site, "content", "docs", "_index.md"), "---\ntitle: Docs\n---\n")
	write(t, filepath.Join(site, "content", "docs", "tides.md"), page)
	if err := os.CopyFS(filepath.Join(site, "assets", "bokehbinder"), os.DirFS("../../exampleSite/assets/bokehbinder")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(hugo, "--baseURL", "/", "--cacheDir", t.TempDir())
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

// modes are the ways in which a page is light or dark.
var modes = []struct {
	name, system string
	chosen       bool
}{
	{name: "light", system: "light"},
	{name: "dark", system: "dark"},
	{name: "chosen", system: "light", chosen: true},
}

// look opens the page, light and dark, wide and narrow, and checks what a theme
// could break.
func (th theme) look(t *testing.T, public string) {
	t.Helper()
	server := httptest.NewServer(http.FileServer(http.Dir(public)))
	t.Cleanup(server.Close)
	p := browser.Start(t, "chromium").Open(t, browser.Options{})
	for _, mode := range modes {
		if mode.chosen {
			if th.chosen[0] == "" {
				continue
			}
			p.Is(fmt.Sprintf("localStorage.setItem(%q, %q) === undefined", th.chosen[0], th.chosen[1]))
		}
		for _, width := range []int{1280, 390} {
			p.Media(map[string]string{"prefers-color-scheme": mode.system})
			p.Resize(width, 900)
			p.GoTo(server.URL + "/docs/tides/")
			p.Wait(`customElements.get("bokeh-binder") !== undefined`)
			if want := th.dark && mode.name != "light"; p.Is(pageIsDark) != want {
				t.Errorf("%s, %s: the theme's page is not as the test takes it to be, dark %v", th.name, mode.name, want)
			}
			for _, check := range checks {
				if !p.Is(check.holds) {
					t.Errorf("%s, %s, %d wide: %s", th.name, mode.name, width, check.what)
				}
			}
			if *pictures != "" {
				file := filepath.Join(*pictures, th.name+"-"+mode.name+map[int]string{1280: "", 390: "-narrow"}[width]+".png")
				write(t, file, string(p.Screenshot(true)))
			}
		}
	}
}

// checks are conditions on the page.
var checks = []struct{ what, holds string }{
	{"the stage has not its height", `document.querySelector(".bb-stage").clientHeight === 360`},
	{"the embed is wider than its column", `[...document.querySelectorAll(".bb")].every(e => e.getBoundingClientRect().right <= e.parentElement.getBoundingClientRect().right + 1)`},
	{"the launch link is not 44 pixels high", `document.querySelector(".bb-launch").getBoundingClientRect().height >= 44`},
	{"list items of the tree have markers", `[...document.querySelectorAll(".bb-tree li")].every(e => getComputedStyle(e).listStyleType === "none")`},
	{"the name is not there to see", `document.querySelector(".bb-name").getBoundingClientRect().height > 10`},
	{"folded files look unfolded", `[...document.querySelectorAll(".bb details:not([open]) > summary")].every(e => getComputedStyle(e, "::before").transform === "none")`},
	{"text has not enough contrast", contrast},
}

// pageIsDark tells by the page's text.
const pageIsDark = `(() => {
  const [r, g, b] = getComputedStyle(document.querySelector(".bb").parentElement).color.match(/[\d.]+/g).map(Number);
  return r + g + b > 384;
})()`

// contrast computes the contrast of the embed's text with what is behind it.
const contrast = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const paint = (layers) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of layers) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  return [...document.querySelectorAll(".bb-name bdi, .bb-meta, .bb-note, .bb-launch, .bb-run, .bb-status, .bb-files > summary, .bb-role")].every(e => {
    if (!e.checkVisibility()) return true;
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    const dark = scheme.includes("dark") && (!scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
    const layers = [dark ? "black" : "white"];
    const above = [];
    for (let n = e; n; n = n.parentElement) above.unshift(getComputedStyle(n).backgroundColor);
    layers.push(...above);
    const back = luminance(paint(layers)), front = luminance(paint([...layers, getComputedStyle(e).color]));
    return (Math.max(back, front) + .05) / (Math.min(back, front) + .05) >= 4.5;
  });
})()`
