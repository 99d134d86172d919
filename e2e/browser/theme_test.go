package browser_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
)

// themePictures are what Hugo's list of themes shows: its names and sizes, and
// how much larger than usual the documentation's first page is drawn.
var themePictures = []struct {
	name          string
	width, height int
	zoom          float64
}{
	{"screenshot", 1500, 1000, 1.25},
	{"tn", 900, 600, .75},
}

// TestThemePictures draws the first page of the documentation for Hugo's list
// of themes. Without -update it only sees that the pictures are there; package
// consumer has what the list asks of them.
func TestThemePictures(t *testing.T) {
	const folder = "../../images"
	if !*update {
		for _, p := range themePictures {
			if _, err := os.Stat(filepath.Join(folder, p.name+".png")); err != nil {
				t.Errorf("%v; draw it with make pictures", err)
			}
		}
		return
	}
	b := browser.Start(t, "chromium")
	public := t.TempDir()
	build := exec.Command(project.Hugo(t), "build", "--quiet", "--noBuildLock", "--destination", public, "--cacheDir", t.TempDir())
	build.Dir = "../../exampleSite"
	if log, err := build.CombinedOutput(); err != nil {
		t.Fatalf("hugo: %v\n%s", err, log)
	}
	server := httptest.NewServer(http.StripPrefix("/bokehbinder/", http.FileServer(http.Dir(public))))
	t.Cleanup(server.Close)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range themePictures {
		page := b.Open(t, browser.Options{Width: p.width, Height: p.height, Media: map[string]string{
			"prefers-color-scheme": "light",
		}})
		page.GoTo(server.URL + "/bokehbinder/")
		page.Wait("customElements.get('bokeh-binder')")
		page.Eval(fmt.Sprintf("document.documentElement.style.zoom = %v", p.zoom), nil)
		if err := os.WriteFile(filepath.Join(folder, p.name+".png"), smallest(t, page.Screenshot(false)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// smallest is a picture packed as well as PNG can: users of the module download
// it.
func smallest(t *testing.T, data []byte) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	if out.Len() > len(data) {
		return data
	}
	return out.Bytes()
}
