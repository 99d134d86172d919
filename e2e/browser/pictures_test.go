package browser_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	imagedraw "image/draw"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
)

var update = flag.Bool("update", false, "draw the pictures of the documentation anew")

// pictures is where the documentation has them.
const pictures = "../../docs/pictures"

// sheet is one picture of the documentation: scenes side by side.
type sheet struct {
	name          string
	width, height int
	scenes        []string // default all
	themes        []string
	// styles are what a site says of its embeds, each for a picture of its own.
	// By default nothing.
	styles []string
}

var sheets = []sheet{
	{"states-desktop", 752, 1300, nil, []string{"light", "dark"}, nil},
	{"states-phone", 390, 1500, nil, []string{"light", "dark"}, nil},
	{"launch", 752, 1300, []string{"idle-poster", "building", "ready"}, []string{"light"}, nil},
	{"look", 752, 1300, []string{"idle"}, []string{"light"}, []string{
		"", ".bb { --bb-accent: #7a1fa2; --bb-radius: 0; }", ".bb { --bb-text: #e8e6e3; --bb-ground: #1d2a33; }",
	}},
}

// TestPictures draws every scene, at the width of a desktop and of a phone, in
// a light and a dark page, on sheets for the documentation, and a few for the
// README. Without -update it only sees that they are there.
func TestPictures(t *testing.T) {
	b := browser.Start(t, "chromium")
	for _, sheet := range sheets {
		path := filepath.Join(pictures, sheet.name+".png")
		if !*update {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%v; draw it with make pictures", err)
			}
			continue
		}
		var cells strings.Builder
		for _, scene := range scenes() {
			if sheet.scenes != nil && !slices.Contains(sheet.scenes, scene.name) {
				continue
			}
			for _, theme := range sheet.themes {
				for i := range max(1, len(sheet.styles)) {
					name, style := scene.name, ""
					if sheet.styles != nil {
						style = sheet.styles[i]
						name = cmp.Or(style, "as it comes")
					}
					picture := draw(t, b, scene, sheet.width, sheet.height, theme, style)
					fmt.Fprintf(&cells, `<figure><img src="data:image/png;base64,%s" width=%d alt=""><figcaption>%s</figcaption></figure>`,
						base64.StdEncoding.EncodeToString(picture), sheet.width, name)
				}
			}
		}
		columns := 4
		if sheet.scenes != nil {
			columns = max(len(sheet.scenes), len(sheet.styles))
		}
		if err := os.MkdirAll(pictures, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, contactSheet(t, b, cells.String(), sheet.width, columns), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// draw takes a picture of one scene's embed.
func draw(t *testing.T, b *browser.Browser, c scene, width, height int, theme, style string) []byte {
	t.Helper()
	s := c.enter(t, b, browser.Options{Width: width, Height: height, Media: map[string]string{
		"prefers-color-scheme":   theme,
		"prefers-reduced-motion": "reduce",
	}})
	s.Eval("scrollTo({ top: 0, behavior: 'instant' })", nil)
	s.Eval("(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync("+quote(style)+"); document.adoptedStyleSheets = [sheet]; })()", nil)
	s.ClickAt(1, 1) // the pointer is on no button
	var box struct{ X, Y, Width, Height float64 }
	s.Eval(`(() => {
		const e = document.querySelector("bokeh-binder");
		// The hub of the tests is at an address that differs from run to run.
		for (const node of [...e.querySelectorAll("*")].flatMap((e) => [...e.childNodes])) {
			if (node.nodeType === 3) node.data = node.data.replace(/127\.0\.0\.1:\d+/, "mybinder.org");
		}
		for (let clock = 1; clock < 1000; clock++) clearInterval(clock);
		e.querySelector("[data-bb=elapsed]").textContent = "1:07";
		return e.getBoundingClientRect();
	})()`, &box)
	whole, err := png.Decode(bytes.NewReader(s.Screenshot(false)))
	if err != nil {
		t.Fatal(err)
	}
	const margin = 12
	at := image.Rect(int(box.X), int(box.Y), int(box.X+box.Width), int(box.Y+box.Height)).Inset(-margin)
	part := image.NewRGBA(image.Rect(0, 0, at.Dx(), at.Dy()))
	imagedraw.Draw(part, part.Bounds(), whole, at.Min, imagedraw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, part); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// contactSheet puts pictures side by side, at half their size.
func contactSheet(t *testing.T, b *browser.Browser, cells string, width, columns int) []byte {
	t.Helper()
	page := fmt.Sprintf(`<!doctype html><title>Sheet</title><style>
		body { margin: 0; padding: 16px; background: #8a8f98; font: 20px "DejaVu Sans", sans-serif; color: #fff; }
		main { display: grid; grid-template-columns: repeat(%d, %dpx); gap: 16px; }
		figure { margin: 0; } img { display: block; width: 100%%; height: auto; } figcaption { padding: 4px; }
	</style><main>%s</main>`, columns, width/2, cells)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	p := b.Open(t, browser.Options{Width: columns*(width/2+16) + 16, Height: 100})
	p.GoTo(server.URL)
	p.Wait("[...document.images].every((i) => i.complete && i.naturalWidth)")
	return p.Screenshot(true)
}
