package view

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

var update = flag.Bool("update", false, "update golden files")

// golden is one use of a view: a card of testdata/cards ("" for none), what the
// tag says and the site's settings. Its files in testdata are NAME.json, the
// view's argument without the words, and NAME.html, what comes out. Tests of
// Hugo read both.
type golden struct {
	name     string
	form     string
	card     string
	tag      tag.Tag
	settings Settings
}

const tides = "https://github.com/bokehbinder/tides"

var goldens = []golden{
	{name: "tides", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "main", Title: "Tides"}},
	{name: "tides-plain", form: "embed", card: "tides", tag: tag.Tag{Repo: "bokehbinder/tides"}},
	{name: "tides-at-commit", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "16eebda4779dd6dc52fcdc4c2181b291fbb5a270", Show: []string{"app"}, Height: 420}},
	{name: "tides-launch", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "main", Show: []string{"launch"}}},
	{name: "tides-files", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "main", Show: []string{"files"}}},
	{name: "tides-assets", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "HEAD", Hubs: []string{"https://hub.example/services/binder/", "https://other.example//"}}, settings: Settings{AssetsURL: "/static/"}},
	{name: "tides-files-assets", form: "embed", card: "tides", tag: tag.Tag{Repo: tides}, settings: Settings{AssetsURL: "https://cdn.example/bb", Show: []string{"files"}}},
	{name: "tides-inline", form: "launch", card: "tides", tag: tag.Tag{Repo: tides, Ref: "main", Title: "Tides"}},
	{name: "tides-feed", form: "feed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "main", Title: "Tides"}},
	{name: "poster", form: "embed", card: "gitlab", tag: tag.Tag{Repo: "https://gitlab.com/group/sub-group/dash", Poster: "/posts/dash.png"}},
	{name: "poster-feed", form: "feed", card: "gitlab", tag: tag.Tag{Repo: "https://gitlab.com/group/sub-group/dash", Poster: "https://blog.example/posts/dash.png"}},
	{name: "poster-hostile", form: "embed", card: "gitlab", tag: tag.Tag{Repo: "https://gitlab.com/group/sub-group/dash", Poster: `my "plot" & 'all' (1).png?v=1+2`}},
	{name: "gallery", form: "embed", card: "gallery", tag: tag.Tag{Repo: "example/gallery", App: "heat map", Ref: "feature/new"}},
	{name: "gallery-unknown-app", form: "embed", card: "gallery", tag: tag.Tag{Repo: "example/gallery", App: "none"}},
	{name: "gallery-urlpath", form: "embed", card: "gallery", tag: tag.Tag{Repo: "example/gallery", App: "single", URLPath: "voila/render/a b.ipynb?x=1&y=%20#z"}, settings: Settings{Height: 300, Hubs: []string{"http://127.0.0.1:8585"}}},
	{name: "gallery-inline", form: "launch", card: "gallery", tag: tag.Tag{Repo: "example/gallery", App: "heat map"}},
	{name: "noapp", form: "embed", card: "noapp", tag: tag.Tag{Repo: "example/notes"}},
	{name: "noapp-urlpath", form: "embed", card: "noapp", tag: tag.Tag{Repo: "example/notes", URLPath: "/notes"}},
	{name: "cookie", form: "embed", card: "cookie", tag: tag.Tag{Repo: "example/notes", Show: []string{"app"}}},
	{name: "folder", form: "embed", card: "folder"},
	{name: "folder-inline", form: "launch", card: "folder"},
	{name: "folder-feed", form: "feed", card: "folder"},
	{name: "gitlab", form: "embed", card: "gitlab", tag: tag.Tag{Repo: "https://gitlab.com/group/sub-group/dash", Ref: "v1.0"}},
	{name: "other", form: "embed", card: "other", tag: tag.Tag{Repo: "https://git.example.org:8443/team/dash.git", Ref: "main"}},
	{name: "omitted", form: "embed", card: "omitted", tag: tag.Tag{Repo: "example/large"}},
	{name: "pieces", form: "embed", card: "pieces", tag: tag.Tag{Repo: tides, Ref: "main", Files: []string{`c#/notes.txt#my "region"`, "tide-table/main.py#Chart.draw", "tide-table/main.py#L1-L2"}}},
	{name: "pieces-of-others", form: "embed", card: "pieces", tag: tag.Tag{Repo: tides, Ref: "main", Show: []string{"files"}, Files: []string{"tide-table/*"}}},
	{name: "hostile", form: "embed", card: "hostile", tag: tag.Tag{Repo: "o/n", Title: hostileText, Ref: hostileText, Files: []string{"a#L1"}}},
	{name: "hostile-app", form: "embed", card: "hostile", tag: tag.Tag{Repo: "o/n", Hubs: []string{"javascript:alert(1)//"}, Show: []string{"app", "<b>"}}, settings: Settings{AssetsURL: "javascript:alert(2)//"}},
	{name: "hostile-inline", form: "launch", card: "hostile", tag: tag.Tag{Repo: "o/n"}},
	{name: "hostile-feed", form: "feed", card: "hostile", tag: tag.Tag{Repo: "o/n"}},
	{name: "missing", form: "embed", tag: tag.Tag{Repo: "example/large", Ref: "feature/a#b", URLPath: "/proxy/5006/app", Title: "Large"}},
	{name: "missing-app", form: "embed", tag: tag.Tag{Repo: "https://gitlab.com/group/sub/dash"}},
	{name: "missing-inline", form: "launch", tag: tag.Tag{Repo: "example/large", Ref: "main"}},
	{name: "tides-arabic", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Ref: "main"}, settings: Settings{Language: "ar"}},
	{name: "tides-finnish", form: "embed", card: "tides", tag: tag.Tag{Repo: tides, Title: "Vuorovedet"}, settings: Settings{Language: "fi"}},
	{name: "folder-finnish", form: "launch", card: "folder", settings: Settings{Language: "fi"}},
	{name: "missing-feed", form: "feed", tag: tag.Tag{Repo: "example/large", Ref: "main"}},
}

const hostileText = `"><script>alert('tag')</script>{{ .Site }}]]>`

// argument returns the argument of the golden's view.
func (g golden) argument(t *testing.T) map[string]any {
	t.Helper()
	at := addressed(&g.tag)
	if g.card == "" {
		return describe(g.form, missingCard(at), card.App{}, at, g.settings, "bb-1")
	}
	return argument(g.form, readCard(t, g.card), at, g.settings, "bb-1")
}

// missingCard returns what is known of the tag's repository without having read
// it, as Hugo shows it while there is no card.
func missingCard(t *tag.Tag) map[string]any {
	provider, spec := binder.LaunchSpec(t.Address, first(t.Ref, tag.Default("ref")))
	return map[string]any{"repo": t.Address.URL, "provider": provider, "spec": spec, "missing": true}
}

// addressed notes in a tag what its repo is the address of, as package tag does.
func addressed(t *tag.Tag) *tag.Tag {
	if t != nil {
		t.Address, _ = forge.Parse(t.Repo)
	}
	return t
}

func readCard(t *testing.T, name string) *card.Card {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "cards", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := card.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return Visible(c)
}

func TestGolden(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.name, func(t *testing.T) {
			arg := g.argument(t)
			var html bytes.Buffer
			if err := render(&html, "main.html", arg); err != nil {
				t.Fatal(err)
			}
			compareArgument(t, g.name, arg)
			compare(t, g.name+".html", html.Bytes())
		})
	}
}

var problems = []struct {
	name          string
	tag           *tag.Tag
	settings      Settings
	message, hint string
	inline        bool
}{
	{"problem", &tag.Tag{Repo: "example/gone"}, Settings{}, "the repository does not exist, or is not public", "check the address in a private window", false},
	{"problem-plain", nil, Settings{AssetsURL: "/static"}, "repo is missing", "", false},
	{"problem-inline", &tag.Tag{Repo: "example/gone"}, Settings{}, "no branch, tag or commit \"mian\"", "did you mean main", true},
	{"problem-hostile", &tag.Tag{Repo: hostileText}, Settings{}, "\u202e" + hostileText, hostileText, false},
	{"problem-hostile-inline", &tag.Tag{Repo: "javascript:alert(1)"}, Settings{}, "\x00" + hostileText, hostileText, true},
}

func TestGoldenProblem(t *testing.T) {
	for _, p := range problems {
		t.Run(p.name, func(t *testing.T) {
			var html bytes.Buffer
			if err := Problem(&html, addressed(p.tag), p.settings, p.message, p.hint, p.inline); err != nil {
				t.Fatal(err)
			}
			compareArgument(t, p.name, problem(addressed(p.tag), p.settings, p.message, p.hint, p.inline))
			compare(t, p.name+".html", html.Bytes())
		})
	}
}

// compareArgument compares the JSON of an argument, without its words, with its
// golden file.
func compareArgument(t *testing.T, name string, arg map[string]any) {
	t.Helper()
	rest := make(map[string]any)
	for k, v := range arg {
		if k != "words" {
			rest[k] = v
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(rest); err != nil {
		t.Fatal(err)
	}
	compare(t, name+".json", b.Bytes())
}

func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: run go test ./internal/page/view -update and look at the changes\n%s", file, firstDifference(got, want))
	}
}

// firstDifference shows the first line that differs.
func firstDifference(got, want []byte) string {
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			return "got  " + string(g[i]) + "\nwant " + string(w[i])
		}
	}
	return "one is longer"
}
