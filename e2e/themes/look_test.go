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

// look opens a page of a site, light and dark, wide and narrow, and checks what a
// theme could break.
func (n night) look(t *testing.T, name, public, path string) {
	t.Helper()
	server := httptest.NewServer(http.FileServer(http.Dir(public)))
	t.Cleanup(server.Close)
	p := browser.Start(t, "chromium").Open(t, browser.Options{})
	for _, mode := range modes {
		if mode.chosen {
			if n.chosen[0] == "" {
				continue
			}
			p.Is(fmt.Sprintf("localStorage.setItem(%q, %q) === undefined", n.chosen[0], n.chosen[1]))
		}
		want := n.always || mode.chosen || n.dark && mode.system == "dark"
		p.Media(map[string]string{"prefers-color-scheme": mode.system})
		for _, width := range []int{390, 1280} {
			p.Resize(width, 900)
			p.GoTo(server.URL + path)
			p.Wait(`customElements.get("bokeh-binder") !== undefined`)
			p.Is(openFile)
			if p.Is(pageIsDark) != want {
				t.Errorf("%s: the page is not as the test takes it to be, dark %v", mode.name, want)
			}
			for _, check := range checks {
				if !p.Is(check.holds) {
					t.Errorf("%s, %d wide: %s", mode.name, width, check.what)
				}
			}
			if *pictures != "" {
				file := filepath.Join(*pictures, name+"-"+mode.name+map[int]string{1280: "", 390: "-narrow"}[width]+".png")
				write(t, file, string(p.Screenshot(true)))
			}
		}
		readable(t, p, mode.name)
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
}

// pageIsDark tells by the page's text.
const pageIsDark = `(() => {
  const [r, g, b] = getComputedStyle(document.querySelector(".bb")).color.match(/[\d.]+/g).map(Number);
  return r + g + b > 384;
})()`
