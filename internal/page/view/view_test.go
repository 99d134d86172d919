package view_test

import (
	"bytes"
	"errors"
	"html"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

const commit = "16eebda4779dd6dc52fcdc4c2181b291fbb5a270"

func tutorial() *card.Card {
	return &card.Card{
		Repo: "https://github.com/arturomoncadatorres/favorite-pokemon-interactive", Commit: commit,
		Provider: "gh", Spec: "arturomoncadatorres/favorite-pokemon-interactive/" + commit,
		Apps: []card.App{{Name: "bokeh-app", Path: "bokeh-app", Entry: "bokeh-app/main.py", URLPath: "/proxy/5006/bokeh-app"}},
	}
}

var href = regexp.MustCompile(` href="([^"]*/v2/[^"]*)"`)

// TestLaunchLink sees that every link to the hub is the one that package binder
// makes, byte for byte.
func TestLaunchLink(t *testing.T) {
	for _, test := range []struct {
		name    string
		card    *card.Card
		tag     tag.Tag
		hub     string
		urlpath string
		links   int
	}{
		{"tutorial", tutorial(), tag.Tag{}, tag.Default("hub"), "/proxy/5006/bokeh-app", 2},
		{"urlpath of the tag", tutorial(), tag.Tag{URLPath: "a b/é?x=1&y=%20+#z"}, tag.Default("hub"), "a b/é?x=1&y=%20+#z", 2},
		{"hub of the tag", tutorial(), tag.Tag{Hubs: []string{"https://hub.example/base//"}}, "https://hub.example/base", "/proxy/5006/bokeh-app", 2},
		{"no app", &card.Card{Repo: "https://github.com/o/n", Commit: commit, Provider: "gh", Spec: "o/n/" + commit}, tag.Tag{}, tag.Default("hub"), "", 1},
		{"escaped spec", &card.Card{Repo: "https://git.example/o/n", Commit: commit, Provider: "git", Spec: "https%3A%2F%2Fgit.example%2Fo%2Fn/" + commit}, tag.Tag{}, tag.Default("hub"), "", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			if err := view.Embed(&b, test.card, &test.tag, view.Settings{}, "bb-1"); err != nil {
				t.Fatal(err)
			}
			want := binder.LaunchURL(test.hub, test.card.Provider, test.card.Spec, test.urlpath)
			found := href.FindAllStringSubmatch(b.String(), -1)
			if len(found) != test.links {
				t.Errorf("%d links to the hub, want %d", len(found), test.links)
			}
			for _, m := range found {
				if got := html.UnescapeString(m[1]); got != want {
					t.Errorf("link %s, want %s", got, want)
				}
			}
		})
	}
}

func TestTutorialLink(t *testing.T) {
	var b strings.Builder
	if err := view.Launch(&b, tutorial(), &tag.Tag{}, view.Settings{}); err != nil {
		t.Fatal(err)
	}
	const want = `<a href="https://mybinder.org/v2/gh/arturomoncadatorres/favorite-pokemon-interactive/16eebda4779dd6dc52fcdc4c2181b291fbb5a270?urlpath=%2Fproxy%2F5006%2Fbokeh-app" `
	if !strings.HasPrefix(b.String(), want) || strings.Contains(b.String(), "\n") {
		t.Errorf("got %s", b.String())
	}
}

// TestNothingIsAskedBeforeTheReaderDoes sees that no element loads anything.
func TestNothingIsAskedBeforeTheReaderDoes(t *testing.T) {
	var b strings.Builder
	if err := view.Embed(&b, tutorial(), &tag.Tag{}, view.Settings{}, "bb-1"); err != nil {
		t.Fatal(err)
	}
	for _, loads := range []string{" src=", " srcset=", " srcdoc=", " style=", " data=", "<link", "<script", "<style", "<img", "data:"} {
		if strings.Contains(b.String(), loads) {
			t.Errorf("the embed has %s", loads)
		}
	}
}

func TestLanguage(t *testing.T) {
	for page, want := range map[string]string{"tlh": ">Run here<", "": ">Run here<", "de": ">Hier starten<", "pt-BR": ">Executar aqui<"} {
		var html strings.Builder
		if err := view.Embed(&html, tutorial(), &tag.Tag{}, view.Settings{Language: page}, "bb-1"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(html.String(), want) {
			t.Errorf("a page in %q does not say %q", page, want)
		}
	}
}

// TestCardIsNotChanged sees that a source's card, which several pages may share,
// stays as it is.
func TestCardIsNotChanged(t *testing.T) {
	c := &card.Card{Repo: "o\u202e", Apps: []card.App{{Name: "\u202e", URLPath: "/x"}}, Files: []card.File{{Path: "a\u202e", Text: "\u202e"}}}
	if err := view.Embed(&bytes.Buffer{}, c, &tag.Tag{}, view.Settings{}, "bb-1"); err != nil {
		t.Fatal(err)
	}
	if c.Repo != "o\u202e" || c.Apps[0].Name != "\u202e" || c.Files[0].Path != "a\u202e" || c.Files[0].Text != "\u202e" {
		t.Errorf("the card became %+v", c)
	}
}

func TestAtTheSameTime(t *testing.T) {
	c := tutorial()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if err := view.Embed(&bytes.Buffer{}, c, &tag.Tag{}, view.Settings{}, "bb-1"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteError(t *testing.T) {
	if err := view.Embed(broken{}, tutorial(), &tag.Tag{}, view.Settings{}, "bb-1"); err == nil {
		t.Error("no error")
	}
}
