package hugo_test

import (
	"maps"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
)

type place struct {
	text   string
	embeds int
}

// places are pages with embeds where other text surrounds them, or where the
// content's format puts every shortcode into a paragraph, and how many embeds a
// browser must find there.
var places = map[string]place{
	"alone.md":     {"Text.\n\n{{< bokehbinder repo=\"ada/waves\" >}}\n", 1},
	"paragraph.md": {"Text {{< bokehbinder repo=\"ada/waves\" >}} and more.\n", 1},
	"together.md":  {"---\ntitle: x\n---\n{{< bokehbinder/app repo=\"ada/waves\" >}}\n{{< bokehbinder/files repo=\"ada/waves\" >}}\n{{< bokehbinder/app repo=\"ada/waves\" >}}\n", 2},
	"list.md":      {"Text\n\n- {{< bokehbinder repo=\"ada/waves\" >}}\n- Text {{< bokehbinder repo=\"ada/waves\" >}}\n\n  <<< bokehbinder repo=ada/waves >>>\n", 3},
	"quote.md":     {"> Text\n> {{< bokehbinder repo=\"ada/waves\" >}}\n", 1},
	"table.md":     {"| a |\n|---|\n| {{< bokehbinder repo=\"ada/waves\" >}} |\n", 1},
	"tag.md":       {"Text <<< bokehbinder repo=ada/waves >>> and more.\n", 1},
	"org.org":      {"#+title: Org\n\n{{< bokehbinder repo=\"ada/waves\" >}}\n\nText {{< bokehbinder repo=\"ada/waves\" >}} here.\n\n- item {{< bokehbinder repo=\"ada/waves\" >}}\n", 3},
	"html.html":    {"<p>Text</p>\n{{< bokehbinder repo=\"ada/waves\" >}}\n", 1},
	"adoc.adoc":    {"= Title\n\n{{< bokehbinder repo=\"ada/waves\" >}}\n\nText {{< bokehbinder repo=\"ada/waves\" >}} here, with a {{< bokehbinder/launch repo=\"ada/waves\" >}}.\n\n* item {{< bokehbinder repo=\"ada/waves\" >}}\n", 3},
}

// TestEmbedsStayWhole reads the pages as a browser does: each embed still holds
// its own parts.
func TestEmbedsStayWhole(t *testing.T) { checkWholeEmbeds(t, false) }

func TestEmbedsStayWholeInAsciiDoc(t *testing.T) {
	need.Program(t, "asciidoctor", "asciidoctor")
	checkWholeEmbeds(t, true)
}

func checkWholeEmbeds(t *testing.T, asciidoc bool) {
	t.Helper()
	s := newSite(t, plainSite)
	s.write("hugo.toml", s.read("hugo.toml")+"[security]\nallowContent = ['.*']\nexec.allow = ['^asciidoctor$']\n")
	pages := maps.Clone(places)
	maps.DeleteFunc(pages, func(name string, _ place) bool { return strings.HasSuffix(name, ".adoc") != asciidoc })
	for name, p := range pages {
		s.write("content/"+name, p.text)
	}
	s.sync(lock.Want{Repo: "ada/waves"})
	s.build()
	for name, p := range pages {
		base, _, _ := strings.Cut(name, ".")
		page := s.read("public/" + base + "/index.html")
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for n := range root.Descendants() {
			if n.Data == "bokeh-binder" && hasClass(n, "bb-head") && hasClass(n, "bb-stage") {
				whole++
			}
		}
		if whole != p.embeds {
			t.Errorf("%s: %d embeds hold their parts, want %d:\n%s", name, whole, p.embeds, short(page))
		}
	}
}

// hasClass reports whether the class is somewhere below n.
func hasClass(n *html.Node, class string) bool {
	for below := range n.Descendants() {
		for _, a := range below.Attr {
			if a.Key == "class" && strings.Contains(" "+a.Val+" ", " "+class+" ") {
				return true
			}
		}
	}
	return false
}
