package extension_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/page/tryout"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

const commit = "9579c85e4307151a54c3f81d0e756040b58b0252"

// sineCard is a card that a source of a test answers with.
func sineCard() *card.Card {
	return &card.Card{
		Repo: "https://github.com/demo/sine", Commit: commit, Date: "2026-01-02T03:04:05Z",
		URL: "https://github.com/demo/sine/tree/" + commit, Provider: "gh", Spec: "demo/sine/" + commit,
		Buildpack: "conda",
		Apps: []card.App{
			{Name: "sine", Path: "sine", Entry: "sine/main.py", URLPath: "/proxy/5006/sine"},
			{Name: "cosine", Path: "cosine.py", Entry: "cosine.py", URLPath: "/proxy/5006/cosine"},
		},
		Files: []card.File{{Path: "environment.yml", Role: card.RoleEnvironment, Language: "yaml", Size: 16, Mode: "100644",
			URL: "https://github.com/demo/sine/blob/" + commit + "/environment.yml", Text: "dependencies: []\n"}},
	}
}

// sources answers for demo/sine, and has an error for everything else.
var sources = card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
	switch req.Repo {
	case "demo/sine":
		return sineCard(), nil
	case "demo/empty":
		return &card.Card{Repo: "https://github.com/demo/empty", Commit: commit, Provider: "gh", Spec: "demo/empty/" + commit}, nil
	}
	return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonNotFound, Message: "there is no such repository", Hint: "it may be private"}
})

func show(t *testing.T, x *extension.Extender, source string) string {
	t.Helper()
	html, err := tryShow(x, source)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func tryShow(x *extension.Extender, source string) (string, error) {
	pc := parser.NewContext()
	extension.SetOrigin(pc, extension.Origin{File: "post.md", Line: 5})
	extension.SetIDPrefix(pc, "bb")
	var buf bytes.Buffer
	err := goldmark.New(goldmark.WithExtensions(x)).Convert([]byte(source), &buf, parser.WithContext(pc))
	return buf.String(), err
}

func contains(t *testing.T, html string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(html, w) {
			t.Errorf("the page has no %q:\n%s", w, html)
		}
	}
}

// TestForeignCardsAreMadeVisible shows the card of a program's own source, which
// has a character that turns the direction of writing.
func TestForeignCardsAreMadeVisible(t *testing.T) {
	source := card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) {
		return &card.Card{
			Repo: "https://github.com/o/n", Commit: commit, Provider: "gh", Spec: "o/n/" + commit, Apps: []card.App{{Name: "a\u202eb", URLPath: "/a"}},
			Files: []card.File{{Path: "a\u202e.py", Text: "# \u202e\n"}},
		}, nil
	})
	var b strings.Builder
	if err := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: source})).Convert([]byte("<<< bokehbinder repo=o/n >>>\n"), &b); err != nil {
		t.Fatal(err)
	}
	contains(t, strings.ReplaceAll(b.String(), "&#43;", "+"), "a⟨U+202E⟩b", "a⟨U+202E⟩.py", "# ⟨U+202E⟩")
	if strings.Contains(b.String(), "\u202e") {
		t.Errorf("it is still there:\n%s", b.String())
	}
}

// TestZeroValue converts a document with the zero value: its repository is read
// with git over HTTP.
func TestZeroValue(t *testing.T) {
	site := gittest.Serve(t, gitserve.Options{})
	files, err := gitserve.ReadFiles("../exampleSite/repositories/tides")
	if err != nil {
		t.Fatal(err)
	}
	repo := site.Repo("github.com/bokehbinder/tides", files)
	site.Setenv()
	html := show(t, &extension.Extender{}, "<<< bokehbinder repo=bokehbinder/tides >>>\n")
	contains(t, html,
		"https://mybinder.org/v2/gh/bokehbinder/tides/"+repo.Head+"?urlpath=%2Fproxy%2F5006%2Ftide-table",
		".binder/environment.yml", "tide-table/main.py", "<iframe", `loading="lazy"`)
	if strings.Contains(html, "<iframe") && strings.Contains(html, " src=") {
		t.Error("something in the page has a src, so it would be fetched before the reader asks")
	}
}

// TestEmbedAndLink shows which tags become the embed and which a link, and
// that each embed of a page has an id of its own.
func TestEmbedAndLink(t *testing.T) {
	html := show(t, &extension.Extender{Source: sources},
		"# Run <<< bokehbinder repo=demo/sine >>>\n\nText <<< bokehbinder repo=demo/sine app=cosine >>> text.\n\n<<< bokehbinder repo=demo/sine show=files >>>\n\n`<<< bokehbinder repo=demo/sine >>>`\n")
	contains(t, html, `<h1>Run <a href="https://mybinder.org/v2/gh/demo/sine/`+commit+`?urlpath=%2Fproxy%2F5006%2Fsine"`,
		"<p>Text </p>", `id="bb-2"`, "urlpath=%2Fproxy%2F5006%2Fcosine", "<p> text.</p>", `id="bb-3"`,
		"<code>&lt;&lt;&lt; bokehbinder repo=demo/sine &gt;&gt;&gt;</code>")
	if n := strings.Count(html, "<iframe"); n != 1 {
		t.Errorf("the page has %d frames, want 1", n)
	}
}

// TestPreviewHub shows that the hub of a preview wins over a tag's own.
func TestPreviewHub(t *testing.T) {
	pc := parser.NewContext()
	tryout.Set(pc, tryout.As{Hub: "http://127.0.0.1:8600/secret/"})
	var b strings.Builder
	source := "<<< bokehbinder repo=demo/sine hub=https://hub.example >>>\n\n# <<< bokehbinder repo=demo/sine hub=https://hub.example >>>\n"
	if err := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources})).Convert([]byte(source), &b, parser.WithContext(pc)); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	contains(t, html, `data-hub="http://127.0.0.1:8600/secret"`, `<h1><a href="http://127.0.0.1:8600/secret/v2/gh/demo/sine/`)
	if strings.Contains(html, "hub.example") {
		t.Error("the page knows the tag's hub")
	}
}

// TestLinkText shows that a tag in a link's text is the app's name, since a link
// cannot hold another.
func TestLinkText(t *testing.T) {
	html := show(t, &extension.Extender{Source: sources}, "[the *<<< bokehbinder repo=demo/sine >>>* app](/x)\n")
	if want := "<p><a href=\"/x\">the <em><bdi>sine</bdi></em> app</a></p>\n"; html != want {
		t.Errorf("got %s, want %s", html, want)
	}
}

// TestErrors shows that all that is wrong is reported, in order and with its
// place in the file, and that the page says so where the tags stand.
func TestErrors(t *testing.T) {
	var got []string
	x := &extension.Extender{Source: sources, OnError: func(e *extension.Error) { got = append(got, e.Error()+" | "+e.Hint) }}
	html := show(t, x, "<<< bokehbinder repo=demo/gone >>>\n\nfine: <<< bokehbinder repo=demo/sine >>>\n\n"+
		"<<< bokehbinder repo=demo/sine\n    height=tall\n    show=apps >>>\n\n<<< bokehbinder repo=demo/sine app=tan >>>\n\n<<< bokehbinder repo=demo/empty show=app >>>\n")
	want := []string{
		"post.md:5:1: demo/gone: there is no such repository | it may be private",
		"post.md:10:5: height: ",
		"post.md:11:5: show: ",
		`post.md:13:32: app: "tan" is not an app of the repository | valid: sine, cosine`,
		"post.md:15:33: show: asks for the app, but no app in the repository can be opened | ",
	}
	if len(got) != len(want) {
		t.Fatalf("got %d errors, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("error %d is %q, want %q", i, got[i], want[i])
		}
	}
	contains(t, html, "there is no such repository", "it may be private", "sine, cosine", `id="bb-2"`)
}

// TestStrict shows that a strict extender writes nothing when a tag is wrong
// and everything when none is.
func TestStrict(t *testing.T) {
	x := &extension.Extender{Source: sources, Strict: true}
	html, err := tryShow(x, strings.Repeat("Much text. ", 2000)+"\n\n<<< bokehbinder repo=demo/gone >>>\n\n<<< bokehbinder >>>\n")
	var one *extension.Error
	var cause *card.Error
	if !errors.As(err, &one) || !errors.As(err, &cause) || cause.Reason != card.ReasonNotFound {
		t.Errorf("the error is %v, want one that wraps the source's", err)
	}
	if err != nil && !strings.Contains(err.Error(), "post.md:9:1: repo: is missing") {
		t.Errorf("the error does not say all that is wrong: %v", err)
	}
	if html != "" {
		t.Errorf("%d bytes were written", len(html))
	}
	if html := show(t, x, "<<< bokehbinder repo=demo/sine >>>\n"); !strings.Contains(html, "<iframe") {
		t.Error("a right tag is not shown")
	}
}

// TestReadOnce shows that a document asks once for each repository and ref.
func TestReadOnce(t *testing.T) {
	asked := make(chan string, 10)
	x := &extension.Extender{Source: card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		asked <- fmt.Sprint(req.Repo, " ", req.Ref, " ", req.Files)
		return sineCard(), nil
	})}
	show(t, x, "<<< bokehbinder repo=demo/sine files=a.csv >>>\n\n<<< bokehbinder repo=https://github.com/demo/sine ref=HEAD files=b.csv >>>\n")
	close(asked)
	var all []string
	for a := range asked {
		all = append(all, a)
	}
	if len(all) != 1 || all[0] != "demo/sine  [a.csv b.csv]" {
		t.Errorf("asked for %q, want one request for both files", all)
	}
}

func reader(source string) text.Reader { return text.NewReader([]byte(source)) }

// TestForMarkdown writes what a Markdown processor or a template language may read: no
// embed has an empty line, or a mark of theirs, and each is what a browser gets anyway.
func TestForMarkdown(t *testing.T) {
	const doc = "a\n\n<<< bokehbinder repo=demo/sine >>>\n\nb <<< bokehbinder repo=demo/sine show=launch >>>\n"
	plain := convert(t, goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources, IDPrefix: "p"})), doc)
	again := convert(t, goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources, IDPrefix: "p", ForMarkdown: true})), doc)
	embed := regexp.MustCompile(`(?s)<bokeh-binder.*</bokeh-binder>`).FindString(again)
	if embed == "" || strings.ContainsAny(embed, "\n{}`*_[]\\") {
		t.Errorf("the embed is %q", embed)
	}
	text := func(s string) string { return strings.Join(strings.Fields(html.UnescapeString(s)), " ") }
	if got, want := text(embed), text(regexp.MustCompile(`(?s)<bokeh-binder.*</bokeh-binder>`).FindString(plain)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
