package browser_test

import (
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

var update = flag.Bool("update", false, "draw the pictures of the documentation anew")

// pictures is where the documentation has them.
const pictures = "../../docs/pictures"

// TestPictures draws every scene, at the width of a desktop and of a phone, in
// a light and a dark page, on two sheets for the documentation. Without -update
// it only sees that they are there and that every scene can be drawn.
func TestPictures(t *testing.T) {
	b := browser.Start(t, "chromium")
	for _, sheet := range []struct {
		name          string
		width, height int
	}{{"desktop", 800, 900}, {"phone", 390, 1000}} {
		var cells strings.Builder
		for _, scene := range scenes() {
			for _, theme := range []string{"light", "dark"} {
				picture := draw(t, b, scene, sheet.width, sheet.height, theme)
				fmt.Fprintf(&cells, `<figure><img src="data:image/png;base64,%s" width=%d alt=""><figcaption>%s</figcaption></figure>`,
					base64.StdEncoding.EncodeToString(picture), sheet.width, scene.name)
			}
		}
		path := filepath.Join(pictures, "states-"+sheet.name+".png")
		if !*update {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%v; draw it with -update", err)
			}
			continue
		}
		if err := os.MkdirAll(pictures, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, contactSheet(t, b, cells.String(), sheet.width), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// draw takes a picture of one scene's embed.
func draw(t *testing.T, b *browser.Browser, c scene, width, height int, theme string) []byte {
	t.Helper()
	s := c.enter(t, b, browser.Options{Width: width, Height: height, Media: map[string]string{
		"prefers-color-scheme":   theme,
		"prefers-reduced-motion": "reduce",
	}})
	s.Eval(`(() => {
		const e = document.querySelector("bokeh-binder");
		scrollTo({ top: e.getBoundingClientRect().top + scrollY - 12, behavior: "instant" });
		// The hub of the tests is at an address that differs from run to run.
		for (const node of [...e.querySelectorAll("*")].flatMap((e) => [...e.childNodes])) {
			if (node.nodeType === 3) node.data = node.data.replace(/127\.0\.0\.1:\d+/, "mybinder.org");
		}
		e.querySelector("[data-bb=elapsed]").textContent = "1:07";
	})()`, nil)
	return s.Screenshot(false)
}

// contactSheet puts pictures side by side, light and dark, at half their size.
func contactSheet(t *testing.T, b *browser.Browser, cells string, width int) []byte {
	t.Helper()
	page := fmt.Sprintf(`<!doctype html><title>Sheet</title><style>
		body { margin: 0; padding: 16px; background: #8a8f98; font: 20px "DejaVu Sans", sans-serif; color: #fff; }
		main { display: grid; grid-template-columns: repeat(4, %dpx); gap: 16px; }
		figure { margin: 0; } img { display: block; width: 100%%; height: auto; } figcaption { padding: 4px; }
	</style><main>%s</main>`, width/2, cells)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	p := b.Open(t, browser.Options{Width: 4*width/2 + 80, Height: 800})
	p.GoTo(server.URL)
	p.Wait("[...document.images].every((i) => i.complete && i.naturalWidth)")
	return p.Screenshot(true)
}
