package hugo_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/lock"
	"github.com/bokehbinder/bokehbinder/internal/visible"
)

// goldenCards are the cards by which the views are tested, by canonical address,
// each under an address and with a commit that a site can have.
func goldenCards(t *testing.T) map[string]*card.Card {
	t.Helper()
	files, err := filepath.Glob("../../internal/view/testdata/cards/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("only %d cards: %v", len(files), err)
	}
	cards := make(map[string]*card.Card)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		c, err := sampleCard(name)
		if err != nil {
			t.Fatal(err)
		}
		if c.Commit == "" {
			continue // a local folder, which no site shows
		}
		if a, err := forge.Parse(c.Repo); err != nil || a.URL != c.Repo || cards[c.Repo] != nil {
			c.Repo = "https://github.com/golden/" + name
		}
		if _, err := lock.CardPath(c.Repo, c.Commit); err != nil {
			c.Commit = strings.Repeat("a", 40)
		}
		for i := range c.Files { // as package inspect writes them
			c.Files[i].Path, c.Files[i].Text = inspect.DisplayPath(c.Files[i].Path), visible.Text(c.Files[i].Text)
		}
		cards[c.Repo] = c
	}
	return cards
}

// doorArguments are what tags say beside the repository.
var doorArguments = []string{
	"", "show=launch", "show=app,launch", "show=files", "ref=main height=333", `title="A <b> & \"c\""`, "hub=https://hub.example/x/ urlpath=/proxy/1/a?b=c", "files=**/*.csv",
}

// TestGoldenCardsInHugoAndGo shows every golden card in Hugo, by the tag, and in
// Go, by the extension: what stands in the tag's place is the same, byte by byte.
func TestGoldenCardsInHugoAndGo(t *testing.T) {
	golden := goldenCards(t)
	source := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		a, err := forge.Parse(req.Repo)
		if err != nil {
			return nil, err
		}
		return golden[a.URL], nil
	})
	s := newSite(t, plainSite)
	documents := make(map[string]string)
	var wants []lock.Want
	for repo, c := range golden {
		arguments := doorArguments
		for _, app := range c.Apps {
			if strings.Contains(app.Name, "{{<") {
				continue // that begins a shortcode for Hugo, wherever it stands
			}
			arguments = append(arguments[:len(arguments):len(arguments)], fmt.Sprintf("app=%q", app.Name))
		}
		for _, args := range arguments {
			name := fmt.Sprintf("d%d", len(documents))
			text := fmt.Sprintf("Text <<< bokehbinder repo=%s %s >>> here.\n\n## In a heading <<< bokehbinder repo=%s %s >>>\n", repo, args, repo, args)
			documents[name] = text
			s.write("content/"+name+".md", "---\ntitle: x\n---\n"+text)
		}
		wants = append(wants, lock.Want{Repo: repo, Files: []string{"**/*.csv"}}, lock.Want{Repo: repo, Ref: "main"})
	}
	if _, err := lock.Sync(t.Context(), lock.Store{Dir: s.path("assets/" + lock.Folder)}, source, wants, lock.Options{}); err != nil {
		t.Fatal(err)
	}
	log, _ := s.run() // what a card does not have is an error, here as there
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: source}))
	shown := 0
	for name, text := range documents {
		var b bytes.Buffer
		if err := md.Convert([]byte(text), &b); err != nil {
			t.Fatal(err)
		}
		got, want := inPlace(s.read("public/"+name+"/index.html")), inPlace(b.String())
		if got != want {
			t.Errorf("%s: first difference: %s\nlog\n%s", text, firstDifference(got, want), log)
		}
		if strings.Contains(want, "<bokeh-binder") {
			shown++
		}
	}
	if shown < len(golden)*3 {
		t.Errorf("%d of %d documents show an app", shown, len(documents))
	}
}

// inPlace is what stands in the place of the first tag and of the second, with
// the ids of the embeds as the same word.
func inPlace(html string) string {
	html = identifier.ReplaceAllString(html, "ID")
	_, html, _ = strings.Cut(html, "<p>Text ")
	if rest, ok := strings.CutPrefix(html, "</p>\n<div>\n"); ok { // Hugo's doors put it around
		html = "</p>\n" + strings.Replace(rest, "</div>\n<p> here.", "<p> here.", 1)
	}
	html = strings.Replace(html, "\n\n<p> here.", "\n<p> here.", 1)
	before, after, _ := strings.Cut(html, "<h2")
	_, after, _ = strings.Cut(after, "In a heading ")
	return strings.TrimSpace(before) + "\n" + strings.TrimSpace(after)
}

// firstDifference shows the first line that differs.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("Hugo %q, Go %q", g[i], w[i])
		}
	}
	return "one is longer"
}
