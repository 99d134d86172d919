package lint

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
)

var staticCookie = &Rule{
	ID:       "static-cookie",
	Level:    card.LevelWarning,
	Title:    "An app's own files that need a cookie in an iframe",
	When:     "A template of an app that Bokeh or Panel serves, or text or an image's address in its Python, names a file in the folder static beside it or in one of --static-dirs, and no configuration sets a partitioned cookie. It is a note where it cannot be told whether the page asks for what the Python names.",
	Why:      "The page asks for its own files without the token. In a tab the login cookie helps; in another site's iframe it is not sent, and images, styles, scripts and data of the app's own are missing.",
	Evidence: "Measured in November 2026 behind jupyter-server-proxy: 302 to the login page without the token, 200 with it.",
	Fix:      "write what is small into the page itself, or " + setPartitioned,
	Check:    checkStaticCookie,
}

// statics are the files that an app's server hands out: the last part of their address
// without their names, the folder that they are in, and what names one of them in HTML, a
// style or a script: it stands in quotes, in brackets or behind an equals sign.
type statics struct {
	at, dir string
	address *regexp.Regexp
}

func newStatics(at, dir string) statics {
	const open, end = "[\"'`(=]", "\"'`\\s<>()?#,\\\\"
	return statics{at, dir, regexp.MustCompile(open + `\s*(?:[^` + end + `:=]*/)?` + regexp.QuoteMeta(at) + `/([^` + end + `]+)`)}
}

// staticsOf lists those of an app.
func staticsOf(app *repository.App) []statics {
	var out []statics
	if address, known := app.Address(); known && app.Entry != app.Path && app.Entry != "" {
		out = append(out, newStatics(path.Base(address)+"/static", path.Join(app.Path, "static")))
	}
	for _, pair := range app.Start.Serve.Options[staticDirs] {
		if name, dir, ok := strings.Cut(pair, "="); ok && name != "" {
			out = append(out, newStatics(name, path.Clean(shell.RepoPath(app.Start.Dir, dir))))
		}
	}
	return out
}

// staticDirs is the option that has a server hand out more folders.
const staticDirs = "--static-dirs"

// checkStaticCookie looks at what the pages of apps ask for: in their templates, and in
// what their Python writes.
func checkStaticCookie(c *checker) {
	for i := range c.facts.Apps {
		app := &c.facts.Apps[i]
		if app.Start == nil || app.Start.Serve == nil || c.partitioned() {
			continue
		}
		for _, own := range staticsOf(app) {
			for _, template := range c.templates(app) {
				for i, line := range strings.Split(c.facts.Text(template), "\n") {
					for _, p := range own.named(c, line) {
						c.asks(template, i+1, p, true)
					}
				}
			}
			for _, p := range c.facts.Programs(app) {
				own.inPython(c, p, c.facts.Program(app, p))
			}
		}
	}
}

// templates lists the pages that an app's folder has: its template, and those beside it
// that one of them or the app's Python names.
func (c *checker) templates(app *repository.App) []string {
	if app.Entry == app.Path || app.Entry == "" {
		return nil
	}
	out := []string{path.Join(app.Path, app.Start.Serve.Framework.OfFolders[0])}
	texts := c.facts.Text(out[0])
	for _, p := range c.facts.Programs(app) {
		texts += c.facts.Text(p)
	}
	for _, f := range c.facts.Snapshot.Below(path.Dir(out[0])) {
		if name := path.Base(f.Path); f.Path != out[0] && path.Ext(name) == ".html" && strings.Contains(texts, name) {
			out = append(out, f.Path)
		}
	}
	return out
}

// asks reports of a line that a page asks for a file or for those of a folder, or may.
func (c *checker) asks(file string, line int, p string, sure bool) {
	what := repository.DisplayPath(p)
	if c.facts.Snapshot.IsDir(p) {
		what = "files of " + what
	}
	if sure {
		c.report(file, line, "the page asks for %s without the token, and no iframe on another site sends the cookie that it needs instead", what)
		return
	}
	f := c.report(file, line, "if the page asks for %s, it does so without the token, and no iframe on another site sends the cookie that it needs instead", what)
	f.Level = card.LevelNote
}

// named lists the files that a text names.
func (s statics) named(c *checker, text string) []string {
	if !strings.Contains(text, s.at+"/") {
		return nil
	}
	var out []string
	for _, m := range s.address.FindAllStringSubmatch(text, -1) {
		p := path.Join(s.dir, m[1])
		if known, _, unknown := strings.Cut(m[1], "{"); unknown { // one of a folder
			p = path.Dir(path.Join(s.dir, known+"x"))
		}
		if c.facts.Snapshot.Exists(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// inPython looks at the texts that calls of Python are given, and that are set.
func (s statics) inPython(c *checker, p string, m *python.Module) {
	if m == nil || !strings.Contains(c.facts.Text(p), s.at+"/") {
		return
	}
	for _, call := range m.Calls {
		for _, text := range append(textsIn(call.Args), textsOf(call.Named)...) {
			s.inText(c, p, call.Line, call.Name, text)
		}
	}
	for _, set := range m.Sets {
		for _, text := range textsIn([]any{set.Value}) {
			s.inText(c, p, set.Line, "", text)
		}
	}
}

// addressed are functions whose argument is an address that the page asks for, and
// reading the beginnings of those that read the file itself, as Panel's panes do.
var (
	addressed = []string{"ImageURL", "image_url"}
	reading   = regexp.MustCompile(`(?i)(^|[._])(read|open|load|im|path|join|exists|is_?file|is_?dir|glob|list|abs|copy|save|to_|from_|file|savefig|Popen|run|system|print|info|debug|pane\.)`)
	// ofPages are the kinds of files that pages ask for.
	ofPages = setOf(".png .jpg .jpeg .gif .svg .webp .ico .css .js .mjs .woff .woff2 .ttf .otf .mp4 .webm .mp3 .glb .gltf")
)

// inText reports the files that a text names which a call is given. One that is an
// address alone is known to be asked for by what it is given to.
func (s statics) inText(c *checker, file string, line int, call, text string) {
	alone := !strings.ContainsAny(text, "<>()\"'`= \n")
	for _, p := range s.named(c, `"`+text+`"`) {
		last := call[strings.LastIndexByte(call, '.')+1:]
		switch {
		case !alone, slices.Contains(addressed, last):
			c.asks(file, line, p, true)
		case ofPages[strings.ToLower(path.Ext(p))] && !reading.MatchString(call):
			c.asks(file, line, p, false)
		}
	}
}

// maxNested bounds how deep lists and dicts are looked into.
const maxNested = 4

// textsIn lists the texts in values.
func textsIn(values []any) []string {
	var out []string
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		switch v := v.(type) {
		case string:
			out = append(out, v)
		case *python.List:
			for i := 0; i < len(v.Items) && depth < maxNested; i++ {
				walk(v.Items[i], depth+1)
			}
		case *python.Dict:
			for i := 0; i < len(v.Items) && depth < maxNested; i++ {
				walk(v.Items[i].Value, depth+1)
			}
		}
	}
	for _, v := range values {
		walk(v, 0)
	}
	return out
}

// textsOf lists the texts in arguments that have names.
func textsOf(named map[string]any) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(named)) {
		out = append(out, textsIn([]any{named[name]})...)
	}
	return out
}
