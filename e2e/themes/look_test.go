package themes

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

var pictures = flag.String("pictures", "", "write screenshots into this `folder`")

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
			p.Is(openFile)
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

// openFile unfolds a file with code in it.
const openFile = `(() => {
  const file = [...document.querySelectorAll(".bb-files[open] .bb-file")].find(e => e.textContent.includes(".py"));
  return file.open = true;
})()`

// checks are conditions on the page.
var checks = []struct{ what, holds string }{
	{"the stage has not its height", `document.querySelector(".bb-stage").clientHeight === 360`},
	{"the embed is wider than its column", `[...document.querySelectorAll(".bb")].every(e => e.getBoundingClientRect().right <= e.parentElement.getBoundingClientRect().right + 1)`},
	{"the launch link is not 44 pixels high", `document.querySelector(".bb-launch").getBoundingClientRect().height >= 44`},
	{"list items of the tree have markers", `[...document.querySelectorAll(".bb-tree li")].every(e => getComputedStyle(e).listStyleType === "none")`},
	{"the name is not there to see", `document.querySelector(".bb-name").getBoundingClientRect().height > 10`},
	{"folded files look unfolded", `[...document.querySelectorAll(".bb details:not([open]) > summary")].every(e => getComputedStyle(e, "::before").transform === "none")`},
	{"code is wider than the embed", `[...document.querySelectorAll(".bb pre")].every(e => !e.checkVisibility() || e.getBoundingClientRect().right <= e.closest(".bb").getBoundingClientRect().right)`},
	{"code has a background of the theme's", `[...document.querySelectorAll(".bb code, .bb code span")].every(e => getComputedStyle(e).backgroundColor === "rgba(0, 0, 0, 0)")`},
	{"operators in code have a colour of the theme's", `[...document.querySelectorAll(".bb code .o")].every(e => getComputedStyle(e).color === getComputedStyle(e.closest("code")).color)`},
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
  return [...document.querySelectorAll(".bb-name bdi, .bb-meta, .bb-note, .bb-launch, .bb-run, .bb-status, .bb-files > summary, .bb-role, .bb-code span")].every(e => {
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
