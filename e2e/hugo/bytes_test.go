package hugo_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/visible"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// goldenCards are the cards by which the views are tested, by canonical address,
// each under an address and with a commit that a site can have.
func goldenCards(t *testing.T) map[string]*card.Card {
	t.Helper()
	files, err := filepath.Glob("../../internal/page/view/testdata/cards/*.json")
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
		for i := range c.Files { // as package repository writes them
			c.Files[i].Path, c.Files[i].Text = repository.DisplayPath(c.Files[i].Path), visible.Text(c.Files[i].Text)
		}
		for i := range c.Pieces {
			c.Pieces[i].Path, c.Pieces[i].Name = repository.DisplayPath(c.Pieces[i].Path), repository.DisplayPath(c.Pieces[i].Name)
		}
		fit(t, c)
		cards[c.Repo] = c
	}
	return cards
}

// fit makes of a golden card one that a source may answer with: its texts stay as
// they are, but it launches what it shows, and its paths, links and words in a
// card's own language are such.
func fit(t *testing.T, c *card.Card) {
	t.Helper()
	a, err := forge.Parse(c.Repo)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hex.DecodeString(c.Commit); err != nil || len(c.Commit) != 40 {
		c.Commit = strings.Repeat("0", 40)
	}
	c.Provider, c.Spec = binder.LaunchSpec(a, c.Commit)
	link := func(url string) string {
		if !strings.HasPrefix(url, "https://") {
			return ""
		}
		return url
	}
	c.URL = link(c.URL)
	for i := range c.Apps {
		c.Apps[i].URLPath = strings.Replace(c.Apps[i].URLPath, "//", "/", 1)
	}
	for i := range c.Files {
		f := &c.Files[i]
		f.Path, f.URL = cmp.Or(path.Clean("/" + f.Path)[1:], "empty"), link(f.URL)
		if strings.ContainsAny(string(f.Role+card.Role(f.Omitted)), `"<>'`) {
			f.Role, f.Omitted = "", ""
		}
	}
	for i := range c.Pieces {
		p := &c.Pieces[i]
		p.Path, p.URL = cmp.Or(path.Clean("/" + p.Path)[1:], "empty"), link(p.URL)
	}
	for i := range c.Findings {
		c.Findings[i].Level = card.LevelNote
	}
}

// doorArguments are what tags say beside the repository.
var doorArguments = []string{
	"", "show=launch", "show=app,launch", "show=files", "ref=main height=333", `title="A <b> & \"c\""`, `hub="https://hub.example/x/, https://mybinder.org" urlpath=/proxy/1/a?b=c`, "files=**/*.csv",
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
		asked := []string{"**/*.csv"}
		for _, p := range c.Pieces {
			asked = append(asked, p.Of)
			arguments = append(arguments[:len(arguments):len(arguments)], fmt.Sprintf("files=%q", p.Of))
		}
		if len(asked) > 3 {
			arguments = append(arguments, fmt.Sprintf("files=%q", asked[2]+","+asked[1]))
		}
		for _, args := range arguments {
			name := fmt.Sprintf("d%d", len(documents))
			text := fmt.Sprintf("Text <<< bokehbinder repo=%s %s >>> here.\n\n## In a heading <<< bokehbinder repo=%s %s >>>\n", repo, args, repo, args)
			documents[name] = text
			s.write("content/"+name+".md", "---\ntitle: x\n---\n"+text)
		}
		wants = append(wants, lock.Want{Repo: repo, Files: asked}, lock.Want{Repo: repo, Ref: "main"})
	}
	if _, err := lock.Sync(t.Context(), lockfile.Folder{Dir: s.path("assets/" + lock.Folder)}, source, wants, lock.Options{}); err != nil {
		t.Fatal(err)
	}
	log, _ := s.run() // what a card does not have is an error, here as there
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: source, IDPrefix: "bb"}))
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

// spoken names the file of the script's words, in Hugo with a hash.
var spoken = regexp.MustCompile(`data-words="en\.[0-9a-f]+"`)

// inPlace is what stands in the place of the first tag and of the second, with
// the ids of the embeds as the same word, and without a hash.
func inPlace(html string) string {
	html = identifier.ReplaceAllString(html, "ID")
	html = spoken.ReplaceAllString(html, `data-words="en"`)
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
