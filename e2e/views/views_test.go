// Package views looks at the views with real browsers.
package views

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

func TestMain(m *testing.M) { browser.Main(m) }

// golden returns what the views wrote for a use of theirs.
func golden(t *testing.T, name string) string {
	t.Helper()
	return string(read(t, name+".html"))
}

// read returns a file of the views' tests.
func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../internal/page/view/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// site serves one page, at /page under a strict policy and at /open without
// one, with the style sheet and without the script.
func site(t *testing.T, html, body string) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="en" %s><head><meta name="viewport" content="width=device-width"><title>A post</title>
<link rel="stylesheet" href="/page.css"><link rel="stylesheet" href="/bokehbinder.css"></head>
<body><main><h1>A post</h1><p id="before">Before.</p>%s<p id="after">After.</p></main></body></html>`, html, body)
	}
	mux.HandleFunc("/open", page)
	mux.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-src http://hub.test:*")
		page(w, r)
	})
	mux.HandleFunc("/bokehbinder.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		_, _ = w.Write(bokehbinder.Style())
	})
	mux.HandleFunc("/page.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, `body { margin: 0; font: 16px/1.5 sans-serif; background: #fff; color: #1b1d21; } main { padding: 16px; max-width: 46rem; margin: auto; }
.dark body { background: #121418; color: #dfe2e7; }`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "blog.example", 1) + "/page"
}

// hub counts what is asked of it, and answers each request with a page.
type hub struct {
	address string
	mu      sync.Mutex
	asked   []string
}

func newHub(t *testing.T) *hub {
	h := &hub{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.asked = append(h.asked, r.URL.RequestURI())
		h.mu.Unlock()
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><title>Hub</title><h1>Building</h1><img src=/last.png alt>")
	}))
	t.Cleanup(server.Close)
	h.address = strings.Replace(server.URL, "127.0.0.1", "hub.test", 1)
	return h
}

func (h *hub) requests() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string{}, h.asked...)
}

// TestWithoutScript sees that the link opens the hub's page in a tab, that no place
// is kept for a frame that does not come, and that nothing is asked of the hub
// before. It looks at pictures, since without scripts a page cannot be asked.
func TestWithoutScript(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		for name, start := range map[string]func(p *browser.Page, link image.Rectangle){
			"click": func(p *browser.Page, link image.Rectangle) {
				p.ClickAt(float64(link.Min.X+link.Dx()/2), float64(link.Min.Y+link.Dy()/4))
			},
			"key": func(p *browser.Page, _ image.Rectangle) {
				for range 4 { // the repository, the commit, the launch link, ours
					p.Press("Tab")
				}
				p.Press("Enter")
			},
		} {
			t.Run(name, func(t *testing.T) {
				h := newHub(t)
				p := b.Open(t, browser.Options{NoScript: true, Width: 1000, Height: 900})
				p.GoTo(site(t, "", strings.ReplaceAll(golden(t, "tides"), "https://mybinder.org", h.address)))
				var link image.Rectangle
				patience.Eventually(t, "the link shows", func() bool {
					link = find(t, p, accent)
					return !link.Empty()
				})
				save(t, p, "noscript-"+b.Name)
				if link.Max.Y > 400 {
					t.Errorf("the link is at %v, as if a frame were to come", link)
				}
				if asked := h.requests(); len(asked) != 0 {
					t.Errorf("asked before the reader did: %v", asked)
				}
				start(p, link)
				patience.Eventually(t, "the hub's page is there", func() bool { return slices.Contains(h.requests(), "/last.png") })
				if tabs := p.Tabs(); len(tabs) != 2 {
					t.Errorf("there are the tabs %v", tabs)
				}
				if got := h.requests(); !strings.HasPrefix(got[0], "/v2/gh/bokehbinder/tides/16eebda4779dd6dc52fcdc4c2181b291fbb5a270?urlpath=%2Fproxy%2F5006%2Ftide-table") {
					t.Errorf("asked for %v", got)
				}
			})
		}
	})
}

// accent is the colour of the link 'Run here', to look for in pictures.
var accent = color.RGBA{0x0f, 0x55, 0xa5, 0xff}

// find returns the box around what has a colour in the window.
func find(t *testing.T, p *browser.Page, c color.RGBA) image.Rectangle {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(p.Screenshot(false)))
	if err != nil {
		t.Fatal(err)
	}
	var box image.Rectangle
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			if color.RGBAModel.Convert(picture.At(x, y)) == c {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// save keeps a picture where BOKEHBINDER_PICTURES says, for who wants to look.
func save(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if dir := os.Getenv("BOKEHBINDER_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), p.Screenshot(true), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// TestBlockedScript sees that where scripts run but ours did not come, the stage
// keeps its place and the link opens the hub's page in a tab.
func TestBlockedScript(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		h := newHub(t)
		p := b.Open(t, browser.Options{})
		p.GoTo(site(t, "", strings.ReplaceAll(golden(t, "tides"), "https://mybinder.org", h.address)))
		if p.Shows("iframe") || !p.Shows(".bb-note") {
			t.Error("the stage does not wait for its reader")
		}
		p.Click(".bb-run")
		patience.Eventually(t, "the hub's page is there", func() bool {
			return slices.Contains(h.requests(), "/last.png") && len(p.Tabs()) == 2
		})
		if p.Shows("iframe") || !p.Shows(".bb-run") {
			t.Error("the stage has changed")
		}
	})
}
