package views

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
)

const cards = "../../internal/page/view/testdata/cards"

// TestHostileMarkup sees that a card of attacks gives the elements and
// attributes that a card of plain letters gives, and no other.
func TestHostileMarkup(t *testing.T) {
	f, err := os.Open(filepath.Join(cards, "hostile.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := card.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	twin := harmless(t, c)
	for _, show := range [][]string{{"launch", "app", "files"}, {"launch"}, {"files"}} {
		attack := skeleton(t, c, tag.Tag{Repo: "o/n", Title: c.Files[0].Path, Ref: c.Files[0].Path, Show: show})
		plain := skeleton(t, twin, tag.Tag{Repo: "o/n", Title: "title", Ref: "ref", Show: show})
		for i := range max(len(attack), len(plain)) {
			if i >= len(attack) || i >= len(plain) || attack[i] != plain[i] {
				t.Errorf("show=%v: element %d differs: with the attacks %v, without %v", show, i, attack[min(i, len(attack)):], plain[min(i, len(plain)):])
				break
			}
		}
	}
}

// skeleton lists the elements of an embed, with the names of their attributes.
// Code counts as one element, once it is sure that it holds nothing but spans
// with classes.
func skeleton(t *testing.T, c *card.Card, tg tag.Tag) []string {
	t.Helper()
	var b strings.Builder
	if err := view.Embed(&b, c, &tg, view.Settings{}, "bb-1"); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for n := range root.Descendants() {
		if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
			t.Errorf("a comment: %s", n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		var attributes []string
		for _, a := range n.Attr {
			attributes = append(attributes, a.Key)
			if (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "//") && a.Val != "#ZgotmplZ" && a.Val != "#" {
				t.Errorf("a link to %s", a.Val)
			}
		}
		if n.Data == "span" && n.Parent != nil && inCode(n) {
			if !slices.Equal(attributes, []string{"class"}) {
				t.Errorf("code has a span with %v", attributes)
			}
			continue
		}
		list = append(list, n.Data+fmt.Sprint(attributes))
	}
	return list
}

func inCode(n *html.Node) bool {
	for a := range n.Ancestors() {
		if a.Data == "code" {
			return true
		}
	}
	return false
}

// harmless returns a card of the same shape whose texts are letters. What
// decides about the shape stays: roles, reasons, folders.
func harmless(t *testing.T, c *card.Card) *card.Card {
	t.Helper()
	twin := *c
	twin.Repo, twin.Commit, twin.URL, twin.Provider, twin.Spec = "https://github.com/o/n", "16eebda4779dd6dc52fcdc4c2181b291fbb5a270", "https://github.com/o/n", "gh", "o/n/x"
	twin.Apps = []card.App{{Name: "app", URLPath: "/app"}}
	twin.Files = slices.Clone(c.Files)
	for i := range twin.Files {
		f := &twin.Files[i]
		if f.Path != "" {
			f.Path = letters(filepath.Dir(f.Path)) + fmt.Sprintf("file%d", i)
		}
		f.URL = "https://github.com/o/n"
		if f.Text != "" {
			f.Text = "letters\n"
		}
		if f.Role != "app" && !slices.Contains([]card.Role{"data", "docs", "start"}, f.Role) {
			f.Role = ""
		}
	}
	if reflect.DeepEqual(twin, *c) {
		t.Fatal("the twin is the card")
	}
	return &twin
}

// letters names a folder by letters, the same for the same folder.
func letters(dir string) string {
	if dir == "." {
		return ""
	}
	return fmt.Sprintf("folder%d/", len(dir))
}

// TestHostileRuns sees that nothing of the attacks runs or loads in a browser,
// on a page without any policy.
func TestHostileRuns(t *testing.T) {
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		p := b.Open(t, browser.Options{Preload: `window.alert = (what) => { window.ran = String(what); };`})
		address := site(t, "", golden(t, "hostile")+golden(t, "hostile-feed")+golden(t, "hostile-inline")+golden(t, "problem-hostile")+golden(t, "problem-hostile-inline"))
		p.GoTo(strings.Replace(address, "/page", "/open", 1))
		p.Eval(unfold, nil)
		p.Eval(`document.querySelectorAll("*").forEach((e) => { e.focus?.(); e.dispatchEvent(new MouseEvent("mouseover", { bubbles: true })); })`, nil)
		// What an attack would start asynchronously has started by then.
		p.Eval(`new Promise((done) => setTimeout(done, 100))`, nil)
		if ran := p.Text(`window.ran ?? ""`); ran != "" {
			t.Errorf("alert(%s) ran", ran)
		}
		for _, r := range p.Requests() {
			// Firefox names its own font for missing signs by its data.
			if !strings.HasPrefix(r, "data:font/") && !strings.HasPrefix(r, strings.TrimSuffix(address, "/page")) {
				t.Errorf("the page asked for %s", r)
			}
		}
		if n := p.Number(`document.querySelectorAll("script, object, embed, base, meta[http-equiv], iframe:not([data-bb=frame]), img").length`); n != 0 {
			t.Errorf("%v elements that no view writes", n)
		}
		for _, seen := range []string{"</script></details></template><script>alert(1)</script>", "⟨U+202E⟩yp.niam", "{{ .Site }}{{< x >}}"} {
			if !p.Is(fmt.Sprintf(`document.body.innerText.includes(%q)`, seen)) {
				t.Errorf("the page does not show %s", seen)
			}
		}
	})
}
