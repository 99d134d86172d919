package hugoviews

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	bokehbinder "github.com/bokehbinder/bokehbinder"
)

// The style sheet's two parts, and how large each may be, minified by Hugo and
// compressed.
const (
	paletteBegins = "/* Highlighting:"
	lookLimit     = 2900
	paletteLimit  = 400
)

func TestStyleIsSmall(t *testing.T) {
	look, palette, found := bytes.Cut(bokehbinder.Style(), []byte(paletteBegins))
	if !found {
		t.Fatalf("the style sheet has no part that begins with %q", paletteBegins)
	}
	palette = append([]byte(paletteBegins), palette...)
	site := t.TempDir()
	write(t, filepath.Join(site, "assets", "look.css"), look)
	write(t, filepath.Join(site, "assets", "palette.css"), palette)
	write(t, filepath.Join(site, "hugo.toml"), []byte(`disableKinds = ["taxonomy", "term", "rss", "sitemap", "404"]`))
	write(t, filepath.Join(site, "layouts", "home.html"), []byte(`{{ range slice "look" "palette" }}{{ (resources.Get (print . ".css") | minify).RelPermalink }}{{ end }}`))
	run(t, "--source", site)
	for name, limit := range map[string]int{"look": lookLimit, "palette": paletteLimit} {
		minified, err := os.ReadFile(filepath.Join(site, "public", name+".min.css"))
		if err != nil {
			t.Fatal(err)
		}
		size := compressed(t, minified)
		t.Logf("%s: %d bytes minified, %d compressed", name, len(minified), size)
		if size > limit {
			t.Errorf("%s: %d bytes, more than %d", name, size, limit)
		}
	}
}

func compressed(t *testing.T, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}
