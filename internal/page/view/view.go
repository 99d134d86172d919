package view

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/module"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// defaultLanguage is that of the words where there are none in the page's.
const defaultLanguage = "en"

// Settings are a site's. A tag's arguments win over them; the zero value works.
type Settings struct {
	// Hubs are addresses of BinderHubs, with their base paths if they have some:
	// the one that is used, and those that are offered where it cannot.
	Hubs []string // default that of the tag's argument
	// PreviewHub is the hub of all tags, whatever they say, while somebody tries
	// a page before it is published.
	PreviewHub string // default none
	// Height of the app in CSS pixels.
	Height int // default that of the tag's argument
	// Show names what is shown.
	Show []string // default that of the tag's argument
	// Language of the page. Its words are those of WordsLanguage.
	Language string // default unknown, with words in defaultLanguage
	// Words stand in for those of the language, by their keys in i18n without the
	// prefix.
	Words map[string]string
	// Simple leaves the app out, and with it frame and script.
	Simple bool
	// AssetsURL is where pages find the style sheet and the script, by the names
	// that the root package gives them. Each embed then refers to them; if it is
	// empty, the page must have them.
	AssetsURL string
}

// Embed writes the block form of t: head, app and files of c, whichever are to
// be shown. The id, such as "bb-1", names the embed and its frame.
func Embed(w io.Writer, c *card.Card, t *tag.Tag, s Settings, id string) error {
	return render(w, "main.html", argument("embed", c, t, s, id))
}

// Feed writes t as links in a paragraph, for where there is neither style nor
// script.
func Feed(w io.Writer, c *card.Card, t *tag.Tag, s Settings) error {
	return render(w, "main.html", argument("feed", c, t, s, ""))
}

// Launch writes the inline form of t: a launch link without style.
func Launch(w io.Writer, c *card.Card, t *tag.Tag, s Settings) error {
	return render(w, "main.html", argument("launch", c, t, s, ""))
}

// Name writes what Launch's link says of the app, as text: a link's text cannot
// hold another link.
func Name(w io.Writer, c *card.Card, t *tag.Tag, s Settings) error {
	return render(w, "main.html", argument("name", c, t, s, ""))
}

// Problem writes what stands in place of a tag that cannot be shown: a box, or
// inside a sentence a few words. The tag is nil when it could not be read; hint
// may be empty.
func Problem(w io.Writer, t *tag.Tag, s Settings, message, hint string, inline bool) error {
	return render(w, "problem.html", problem(t, s, message, hint, inline))
}

// Title is what readers call what t shows of c.
func Title(c *card.Card, t *tag.Tag) string {
	return first(t.Title, chosenApp(c, t.App).Name, repoName(c.Repo))
}

// Link is the launch link of t, or "" where there is nothing to launch.
func Link(c *card.Card, t *tag.Tag, s Settings) string {
	return binder.LaunchURL(hubsOf(t, s)[0], c.Provider, c.Spec, first(t.URLPath, chosenApp(c, t.App).URLPath))
}

// folder and prefix locate the views: their files, and what partial calls them.
const (
	folder = "layouts/_partials/bokehbinder/views"
	prefix = "bokehbinder/views/"
)

// templates reads the views, once.
var templates = sync.OnceValues(func() (*template.Template, error) {
	root := template.New("views")
	root.Funcs(template.FuncMap{
		"dict":      dict,
		"transform": func() transform { return transform{} },
		"partial":   partial(root),
		"partialCached": func(name string, data any, _ ...any) (template.HTML, error) {
			return partial(root)(name, data)
		},
	})
	files, err := fs.Glob(module.Files(), folder+"/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := fs.ReadFile(module.Files(), file)
		if err != nil {
			return nil, err
		}
		if _, err := root.New(prefix + path.Base(file)).Parse(string(text)); err != nil {
			return nil, err
		}
	}
	return root, nil
})

// partial runs another view. Hugo remembers the result of partialCached for the
// same name and variants; here that would save nothing.
func partial(root *template.Template) func(name string, data any) (template.HTML, error) {
	return func(name string, data any) (template.HTML, error) {
		var b bytes.Buffer
		err := root.ExecuteTemplate(&b, name, data)
		return template.HTML(b.String()), err
	}
}

// render runs one view. Nothing is written if it fails.
func render(w io.Writer, name string, data map[string]any) error {
	t, err := templates()
	if err != nil {
		return fmt.Errorf("read views: %w", err)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, prefix+name, data); err != nil {
		return fmt.Errorf("show %s: %w", strings.TrimSuffix(name, ".html"), err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// dict makes a map of keys and values in turn, as Hugo's function does.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: a key without a value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %v is not a string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}
