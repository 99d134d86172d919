package consumer

import (
	"encoding/json"
	"errors"
	"image/png"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
)

// TestThemeList reads the module as Hugo's list of themes does: a site that
// imports all themes without their configuration and their mounts, asked where
// it has them. The folder has what the list shows, and its example site builds
// as it is and as the example of any theme, the folder being the theme.
func TestThemeList(t *testing.T) {
	dir := listedTheme(t)
	var meta struct {
		Name, License, Description, Homepage, Demosite string
		Tags                                           []string
		Author                                         struct{ Name string }
	}
	if _, err := toml.DecodeFile(filepath.Join(dir, "theme.toml"), &meta); err != nil {
		t.Fatal(err)
	}
	if meta.Name == "" || meta.License == "" || meta.Description == "" || meta.Author.Name == "" || len(meta.Tags) == 0 ||
		!strings.HasPrefix(meta.Homepage, "https://") {
		t.Errorf("theme.toml lacks what the list shows: %+v", meta)
	}
	var site struct{ BaseURL string }
	if _, err := toml.DecodeFile(filepath.Join(dir, "exampleSite/hugo.toml"), &site); err != nil {
		t.Fatal(err)
	}
	if meta.Demosite == "" || meta.Demosite != site.BaseURL {
		t.Errorf("demosite is %q, but the example site is published at %q", meta.Demosite, site.BaseURL)
	}
	checkThemePictures(t, dir)
	checkReadmeImages(t, dir)

	// The folder of a theme has its name, and one of the module cache is not
	// written to.
	theme := filepath.Join(t.TempDir(), "bokehbinder")
	if err := os.CopyFS(theme, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	want := buildThemeExample(t, theme)
	got := buildThemeExample(t, theme, "--themesDir", "../..", "--theme", "bokehbinder")
	if !strings.Contains(want["index.html"], "<bokeh-binder ") {
		t.Errorf("the example site shows no dashboard: %q", slices.Sorted(maps.Keys(want)))
	}
	if !maps.Equal(got, want) {
		t.Error("the example site differs when the theme is named on the command line")
	}
}

// listedTheme returns the folder that Hugo has the module in, for a site that
// imports it as Hugo's list of themes does.
func listedTheme(t *testing.T) string {
	t.Helper()
	site := t.TempDir()
	write(t, site, "config.json", `{"module": {"imports": [{"path": "`+modulePath+`", "ignoreImports": true, "ignoreConfig": true, "noMounts": true}]}}`)
	write(t, site, "go.mod", "module example.org/themes\n\ngo 1.25.0\n\nrequire "+modulePath+" "+version+" // indirect\n")
	cmd := exec.Command(project.Hugo(t), "config", "mounts", "--config", "config.json", "--quiet")
	cmd.Dir = site
	cmd.Env = moduleVariables(t, newProxy(t).URL)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("hugo: %v\n%s%s", err, out, stderr.String())
	}
	for list := json.NewDecoder(strings.NewReader(string(out))); ; {
		var m struct{ Path, Version, Dir string }
		switch err := list.Decode(&m); {
		case errors.Is(err, io.EOF):
			t.Fatalf("hugo does not list the module:\n%s", out)
		case err != nil:
			t.Fatalf("%v in\n%s", err, out)
		}
		if m.Path == modulePath {
			if m.Version != version {
				t.Fatalf("hugo has version %q", m.Version)
			}
			return m.Dir
		}
	}
}

// checkThemePictures compares the theme's pictures with what Hugo's list of
// themes asks for, and their size with what users of the module shall download.
func checkThemePictures(t *testing.T, dir string) {
	t.Helper()
	var bytes int64
	for name, width := range map[string]int{"images/screenshot.png": 1500, "images/tn.png": 900} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; draw it with make pictures", err)
			continue
		}
		defer f.Close()
		picture, err := png.DecodeConfig(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if picture.Width < width || picture.Width*2 != picture.Height*3 {
			t.Errorf("%s has %d×%d pixels, want 3:2 and a width of %d or more", name, picture.Width, picture.Height, width)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		bytes += info.Size()
	}
	if bytes > 300_000 {
		t.Errorf("the pictures have %d bytes, want at most 300000", bytes)
	}
}

// readmeImage finds the images of Markdown and of HTML.
var readmeImage = regexp.MustCompile(`!\[[^\]]*\]\(([^)\s]+)|<img\b[^>]*\bsrc="([^"]+)"`)

// checkReadmeImages looks for images by an address that a page elsewhere can
// show, and for their files in the project.
func checkReadmeImages(t *testing.T, dir string) {
	t.Helper()
	const raw = "https://raw.githubusercontent.com/bokehbinder/bokehbinder/main/"
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	images := readmeImage.FindAllStringSubmatch(string(readme), -1)
	if len(images) == 0 {
		t.Error("README.md has no image")
	}
	for _, image := range images {
		address := image[1] + image[2]
		name, ok := strings.CutPrefix(address, raw)
		if !ok {
			t.Errorf("README.md has the image %s, which is not below %s", address, raw)
		} else if _, err := os.Stat(filepath.Join(project.Root(t), filepath.FromSlash(name))); err != nil {
			t.Errorf("README.md: %v", err)
		}
	}
}

// buildThemeExample builds the example site of a theme's folder with options of
// Hugo and returns what is published.
func buildThemeExample(t *testing.T, theme string, options ...string) map[string]string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "public")
	cmd := exec.Command(project.Hugo(t), append([]string{"build", "--quiet", "--source", "exampleSite", "--destination", out, "--cacheDir", t.TempDir()}, options...)...)
	cmd.Dir = theme
	if log, err := cmd.CombinedOutput(); err != nil || len(log) > 0 {
		t.Fatalf("hugo %q: %v\n%s", options, err, log)
	}
	files, err := gitserve.ReadFiles(out)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string, len(files))
	for name, data := range files {
		all[name] = string(data)
	}
	return all
}
