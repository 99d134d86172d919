package browser_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	bokehbinder "github.com/bokehbinder/bokehbinder"
	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/testing/hubtest"
)

const commit = "9579c85e4307151a54c3f81d0e756040b58b0252"

// spec is what the sample card launches.
const spec = "gh/demo/sine/" + commit

// sample is a card of a small repository.
func sample() *card.Card {
	return &card.Card{
		Repo:      "https://github.com/demo/sine",
		Commit:    commit,
		URL:       "https://github.com/demo/sine/tree/" + commit,
		Provider:  "gh",
		Spec:      "demo/sine/" + commit,
		Buildpack: "conda",
		Apps:      []card.App{{Name: "sine", Path: "bokeh-app", Entry: "bokeh-app/main.py", URLPath: "/proxy/5006/bokeh-app"}},
		Files: []card.File{
			{Path: "bokeh-app/main.py", Role: card.RoleApp, Language: "python", Size: 38, Mode: "100644", Text: "from bokeh.io import curdoc\n\nx = 1 + 2\n"},
			{Path: "environment.yml", Role: card.RoleEnvironment, Language: "yaml", Size: 30, Mode: "100644", Text: "dependencies:\n  - bokeh=3.9\n"},
		},
	}
}

// site is a blog on localhost whose posts embed repositories, under the policy
// that the documentation asks for, with trusted types enforced.
type site struct {
	// URL of the site, without a final slash.
	URL string
	// Policy is its Content-Security-Policy.
	Policy string
	pages  map[string]string
	// foreign has the script speak in brackets.
	foreign bool
	// wordless takes its words away.
	wordless bool
}

// newSite starts a site that may use a hub.
func newSite(t *testing.T, h *hubtest.Hub) *site {
	t.Helper()
	hosts := origin(t, h.URL) + " " + origin(t, h.ServersURL)
	s := &site{pages: map[string]string{}, Policy: policy(hosts)}
	s.URL = "http://localhost:" + s.listen(t, nil)
	return s
}

// policy is what the documentation asks for, and trusted types.
func policy(hosts string) string {
	return "default-src 'self'; connect-src " + hosts + "; frame-src " + hosts +
		"; require-trusted-types-for 'script'; trusted-types 'none'"
}

// secure moves the site to https and to a name.
func (s *site) secure(t *testing.T, config *tls.Config) {
	t.Helper()
	s.URL = "https://blog.example:" + s.listen(t, config)
}

// listen serves the site on a new port.
func (s *site) listen(t *testing.T, config *tls.Config) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	server := &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

func origin(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Scheme + "://" + u.Host
}

// ServeHTTP serves the posts, the style sheet and the script.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", s.Policy)
	switch r.URL.Path {
	case "/" + bokehbinder.StyleName:
		w.Header().Set("Content-Type", "text/css")
		_, _ = w.Write(bokehbinder.Style())
	case "/" + bokehbinder.ScriptName:
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(bokehbinder.Script())
	case "/pure.js": // what no page needs from outside
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(append(bokehbinder.Script(), "\nexport { below, lines };\n"...))
	case "/" + bokehbinder.WordsName("en"):
		if s.wordless {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(s.words())
	case "/favicon.ico":
		w.WriteHeader(http.StatusNoContent)
	case "/poster.svg":
		w.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(w, poster)
	case "/page.css":
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, pageStyle)
	default:
		text, ok := s.pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if kind := mime.TypeByExtension(path.Ext(r.URL.Path)); kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		fmt.Fprint(w, text)
	}
}

// words are what the script says.
func (s *site) words() []byte {
	if s.foreign {
		return regexp.MustCompile(`"([^"]*)"([],}])`).ReplaceAll(bokehbinder.Words("en"), []byte(`"⟦$1⟧"$2`))
	}
	return bokehbinder.Words("en")
}

// poster is a picture of an app.
const poster = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 600" font-family="DejaVu Sans, sans-serif" fill="#222">
<path fill="#fff" d="M0 0h720v600H0z"/>
<text x="24" y="56" font-size="30" font-weight="700">A sine</text>
<text x="24" y="98" font-size="16">Frequency</text>
<path d="M120 92h180" stroke="#bbb" stroke-width="4"/><circle cx="160" cy="92" r="9" fill="#1f6f9f"/><text x="316" y="98" font-size="16">2</text>
<path d="M64 130v410h632" fill="none" stroke="#999"/>
<path d="M64 335C111 120 175 120 222 335s111 215 158 0 111-215 158 0 111 215 158 0" fill="none" stroke="#1f6f9f" stroke-width="3"/>
</svg>`

// pageStyle is the site's own, light and dark.
const pageStyle = `
:root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 16px/1.5 "DejaVu Sans", sans-serif; }
main { max-width: 720px; margin: 0 auto; padding: 0 16px; }
a { color: LinkText; }
`

// embed is one tag of a post.
type embed struct {
	card *card.Card // default sample()
	tag  tag.Tag
	hubs []string // default the page's
	// translate puts the words in brackets.
	translate bool
}

// post writes a page with the given embeds and returns its address.
func (s *site) post(t *testing.T, h *hubtest.Hub, path string, embeds ...embed) string {
	t.Helper()
	var b bytes.Buffer
	for i, e := range embeds {
		if e.card == nil {
			e.card = sample()
		}
		e.tag.Repo = e.card.Repo
		if e.hubs == nil {
			e.hubs = []string{h.URL}
		}
		settings := view.Settings{Hubs: e.hubs, AssetsURL: "/"}
		b.WriteString("<p>Some text before it, and a <a href=\"#end\">link</a>.</p>\n")
		var one bytes.Buffer
		if err := view.Embed(&one, e.card, &e.tag, settings, fmt.Sprintf("bb-%d", i+1)); err != nil {
			t.Fatal(err)
		}
		text := one.String()
		if e.translate {
			text = foreign(t, text, strings.TrimPrefix(origin(t, h.URL), "http://"))
			s.foreign = true
		}
		b.WriteString(text)
	}
	s.pages[path] = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>A post</title>
<link rel="stylesheet" href="/page.css">
</head>
<body>
<main>
<h1>A post</h1>
` + b.String() + `
<p id="end">Text after it, and a <a href="/other">link elsewhere</a>.</p>
</main>
</body>
</html>
`
	return s.URL + path
}

// story is the usual set-up: a hub, a site with one embed, and a page that
// shows it.
type story struct {
	*browser.Page
	hub  *hubtest.Hub
	site *site
	url  string
}

// tell opens a post with one embed.
func tell(t *testing.T, b *browser.Browser, o browser.Options, scripts ...hubtest.Script) *story {
	t.Helper()
	return tellOf(t, b, o, embed{}, scripts...)
}

// tellOf opens a post with the given embed.
func tellOf(t *testing.T, b *browser.Browser, o browser.Options, e embed, scripts ...hubtest.Script) *story {
	t.Helper()
	h := hubtest.New(t, hubtest.Options{})
	if scripts != nil {
		h.Script("", scripts...)
	}
	s := newSite(t, h)
	st := &story{Page: b.Open(t, o), hub: h, site: s, url: s.post(t, h, "/post", e)}
	st.GoTo(st.url)
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		var shown string
		_ = st.Try("(({ dataset, innerText }) => dataset.state + '\\n' + innerText)(document.querySelector('bokeh-binder'))", &shown)
		t.Logf("the embed is %s", shown)
	})
	return st
}

// run clicks 'Run here'.
func (s *story) run() { s.Click(part("run")) }

// part selects a part of the embed.
func part(name string) string { return "[data-bb=" + name + "]" }

// inState is the condition that an embed is in a state.
func inState(state string) string {
	return fmt.Sprintf("document.querySelector('bokeh-binder').dataset.state === %q", state)
}

// text is what a part shows.
func (s *story) text(name string) string {
	return s.Text(fmt.Sprintf("document.querySelector(%q).innerText.trim()", part(name)))
}
