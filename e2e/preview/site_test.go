package preview_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/project"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// pendulumPost is the page of the documentation that shows a pendulum.
const pendulumPost = "posts/pendulum"

// runnable selects the first embed of a page that can be run.
const runnable = "bokeh-binder:has([data-bb=run])"

// TestSite previews the documentation: an app runs on its page, and what
// changes is shown. The site's folder stays as it was.
func TestSite(t *testing.T) {
	b := browser.Start(t, "chromium")
	dir := filepath.Join(project.Copy(t, project.Module...), "exampleSite")
	tree := dashboard(t, "pendulum")
	before := filesOf(t, dir)
	p := start(t, dir, "--hugo", project.Hugo(t), "-w", "bokehbinder/pendulum="+tree)
	v := open(t, b, p)
	if path := v.Text("location.pathname"); path != "/bokehbinder/" {
		t.Errorf("the site's home page is at %s", path)
	}
	v.GoTo(v.Text("location.href") + pendulumPost + "/")
	v.run(runnable)
	v.shown(t, "1.0 m takes")
	v.move(t, "1.0 m takes")

	// A change of the app is shown by the page and by the app.
	edit(t, filepath.Join(tree, "pendulum", "main.py"), "A schoolbook's pendulum", "An ideal pendulum")
	v.shown(t, "An ideal pendulum")
	if !v.Is("document.body.textContent.includes('An ideal pendulum')") {
		t.Error("the page shows the old file")
	}
	// So is one that no card shows: the app runs anew.
	v.Eval("window.old = true", nil)
	if err := os.WriteFile(filepath.Join(tree, "data.bin"), []byte{0, 1, 2}, 0o644); err != nil {
		t.Fatal(err)
	}
	v.Wait("!window.old")
	v.shown(t, "An ideal pendulum")

	// Hugo's own live reload shows a change of the post.
	v.Eval("window.old = true", nil)
	page := filepath.Join(dir, "content", pendulumPost+".md")
	edit(t, page, "## The app", "## That app")
	v.Wait("!window.old && document.body.textContent.includes('That app')")
	v.shown(t, "An ideal pendulum")
	edit(t, page, "## That app", "## The app")
	v.Wait("document.body.textContent.includes('The app')")

	p.stop()
	same(t, dir, before)
	if warned := p.log(); strings.Contains(warned, "Content-Security-Policy") || strings.Contains(warned, "Web Server") {
		t.Errorf("the preview printed:\n%s", warned)
	}
}

// filesOf reads all files of a folder.
func filesOf(tb testing.TB, dir string) gitserve.Files {
	tb.Helper()
	files, err := gitserve.ReadFiles(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// same checks that a folder has the files that it had.
func same(tb testing.TB, dir string, before gitserve.Files) {
	tb.Helper()
	after := filesOf(tb, dir)
	for name := range after {
		if _, ok := before[name]; !ok {
			tb.Errorf("there is a new file %s", name)
		}
	}
	if !maps.Equal(before, after) {
		tb.Errorf("files of %s have changed", dir)
	}
}

// configured are sites in the forms that Hugo's users give them. THEMES is the
// folder that the module is in, THEME its name there.
var configured = map[string]struct {
	archive string
	// pages show the app's file.
	pages []string
}{
	"one file": {archive: `
-- hugo.toml --
baseURL = "https://blog.example/"
theme = "THEME"
themesDir = "THEMES"
-- content/_index.md --
Swing it: {{< bokehbinder repo="bokehbinder/pendulum" >}}
`, pages: []string{"/"}},
	"config folder, mounts of its own": {archive: `
-- config/_default/hugo.yaml --
baseURL: https://blog.example/my/blog
themesDir: THEMES
-- config/_default/module.toml --
[[imports]]
path = "THEME"
[[mounts]]
source = "text"
target = "content"
files = ["! **.txt"]
[[mounts]]
source = "layouts"
target = "layouts"
[[mounts]]
source = "pictures"
target = "assets/pictures"
-- config/_default/params.toml --
[bokehbinder]
hub = "https://hub.example"
-- pictures/PICTURE --
-- text/_index.md --
Swing it: {{< bokehbinder repo="bokehbinder/pendulum" >}}
-- text/note.txt --
`, pages: []string{"/my/blog/"}},
	"languages": {archive: `
-- hugo.toml --
theme = ["THEME"]
themesDir = "THEMES"
defaultContentLanguage = "de"
defaultContentLanguageInSubdir = true
[languages.de]
contentDir = "content/de"
params.bokehbinder.hub = "https://hub.example"
[languages.en]
contentDir = "content/en"
-- content/de/_index.md --
Swing it: {{< bokehbinder repo="bokehbinder/pendulum" >}}
-- content/en/_index.md --
Swing it: {{< bokehbinder repo="https://github.com/bokehbinder/pendulum" ref="main" hub="https://other.example" >}}
`, pages: []string{"/de/", "/en/"}},
}

// layout shows a page, and has Hugo make a picture if there is one.
const layout = `<!doctype html><html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; frame-src https:">
</head><body>{{ with resources.Get "pictures/dot.png" }}<img src="{{ (.Resize "2x2").RelPermalink }}">{{ end }}
{{ .Content }}</body></html>`

// TestSites previews sites of all kinds. A card that the site has not committed
// is there, and hubs are the preview's.
func TestSites(t *testing.T) {
	for name, c := range configured {
		t.Run(name, func(t *testing.T) {
			dir := newSite(t, c.archive)
			before := filesOf(t, dir)
			tree := dashboard(t, "pendulum")
			p := start(t, dir, "--hugo", project.Hugo(t), "-w", "bokehbinder/pendulum="+tree)
			get := visitor(t, p)
			for _, path := range c.pages {
				page := get(path)
				for _, want := range []string{"A schoolbook&#39;s pendulum", "data-hub=\"http://127.0.0.1:", "preview.js", "livereload.js"} {
					if !strings.Contains(page, want) {
						t.Errorf("%s has no %s:\n%s", path, want, page)
					}
				}
			}
			edit(t, filepath.Join(tree, "pendulum", "main.py"), "A schoolbook's pendulum", "An ideal pendulum")
			for _, path := range c.pages {
				patience.Eventually(t, path+" shows the change", func() bool { return strings.Contains(get(path), "An ideal pendulum") })
			}
			p.stop()
			same(t, dir, before)
			if log := p.log(); !strings.Contains(log, "keeps embeds from running: default-src has no https://") || strings.Contains(log, "frame-src has no") {
				t.Errorf("the preview does not say what the policy keeps from working:\n%s", log)
			}
		})
	}
}

// dot is a picture of a few pixels.
const dot = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

// newSite makes a site of the files of a txtar archive.
func newSite(tb testing.TB, archive string) string {
	tb.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		tb.Fatal(err)
	}
	archive = strings.NewReplacer("THEMES", filepath.Dir(root), "THEME", filepath.Base(root)).Replace(archive)
	dir := tb.TempDir()
	files := append(txtar.Parse([]byte(archive)).Files, txtar.File{Name: "layouts/all.html", Data: []byte(layout)})
	for _, f := range files {
		if strings.HasSuffix(f.Name, "PICTURE") {
			f.Name, f.Data = strings.Replace(f.Name, "PICTURE", "dot.png", 1), []byte(dot)
		}
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// visitor returns a function that gets pages of a preview, as somebody does who
// has opened its address.
func visitor(tb testing.TB, p *process) (get func(path string) string) {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	read := func(address string) string {
		res, err := client.Get(address)
		if err != nil {
			tb.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			tb.Fatal(err)
		}
		return string(body)
	}
	read(p.url)
	origin, _, _ := strings.Cut(p.url, "/?")
	return func(path string) string { return read(origin + path) }
}

// TestSiteKilled shows that Hugo ends with a preview that is killed, and the
// preview with a Hugo that is.
func TestSiteKilled(t *testing.T) {
	dir := newSite(t, configured["one file"].archive)
	arguments := []string{dir, "--hugo", project.Hugo(t), "-w", "bokehbinder/pendulum=" + dashboard(t, "pendulum")}
	p := killed(t, arguments, func(line string) bool {
		return strings.Contains(line, "server --bind") && !strings.Contains(line, "supervisor")
	})
	if log := p.log(); !strings.Contains(log, "error: hugo server has ended\n") {
		t.Errorf("the preview does not say that Hugo has ended:\n%s", log)
	}
}

// killed starts a preview and kills it, and sees that the site's server ends, too. Then it
// starts another one, ends the server by its command line, and waits for the preview's
// end.
func killed(t *testing.T, arguments []string, isServer func(line string) bool) *process {
	t.Helper()
	p := start(t, arguments...)
	if len(descendants(p.temp)) == 0 {
		t.Fatal("there is no server")
	}
	p.kill()
	p.gone()
	os.RemoveAll(p.temp)

	p = start(t, arguments...)
	for id, line := range processes(p.temp) {
		if isServer(line) {
			_ = syscall.Kill(id, syscall.SIGTERM)
		}
	}
	<-p.ended
	return p
}

// TestSiteErrors are sites that cannot be shown.
func TestSiteErrors(t *testing.T) {
	path, err := command()
	if err != nil {
		t.Fatal(err)
	}
	hugo := project.Hugo(t)
	for name, c := range map[string]struct {
		archive, hugo, want string
	}{
		"no Hugo":       {configured["one file"].archive, "no-such-hugo", "error: there is no no-such-hugo command\nhint: install Hugo, or name it with --hugo\n"},
		"many servers":  {"-- hugo.toml --\n[languages.de]\nbaseURL = 'https://de.example'\n[languages.en]\nbaseURL = 'https://en.example'\n", hugo, "error: each language of the site has a baseURL of its own, and a preview has one address for all\n"},
		"configuration": {"-- hugo.toml --\ntitle = \n", hugo, "hugo.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newSite(t, c.archive)
			before := filesOf(t, dir)
			cmd := exec.Command(path, "preview", dir, "--offline", "--hugo", c.hugo)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("it ends with %v", err)
			}
			if !strings.Contains(stderr.String(), c.want) {
				t.Errorf("it says %s", stderr.String())
			}
			same(t, dir, before)
		})
	}
}
