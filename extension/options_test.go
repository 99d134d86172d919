package extension_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/page/tryout"
)

// TestOptionsAreChecked has one mistake in each field: the error says so, by Check
// and at the first tag, and nothing is written.
func TestOptionsAreChecked(t *testing.T) {
	for _, tt := range []struct {
		name string
		x    extension.Extender
		want string
	}{
		{"hub without https", extension.Extender{Hubs: []string{"http://hub.example"}}, `Extender.Hubs: "http://hub.example" is not the https address of a BinderHub; valid: the https address`},
		{"hub with a query", extension.Extender{Hubs: []string{"https://hub.example?x=1"}}, "Extender.Hubs: "},
		{"two hubs in one", extension.Extender{Hubs: []string{"https://a.example,https://b.example"}}, "one address for each item"},
		{"empty hub", extension.Extender{Hubs: []string{""}}, "Extender.Hubs: is empty"},
		{"hub on the own machine", extension.Extender{Hubs: []string{"http://127.0.0.1:8585"}}, "the reader's own machine; valid: "},
		{"hub on localhost", extension.Extender{AllowedHubs: []string{"https://localhost/x"}}, "the reader's own machine; valid: "},
		{"allowed hub", extension.Extender{AllowedHubs: []string{"*.example.org"}}, "Extender.AllowedHubs: "},
		{"height", extension.Extender{Height: 99}, `Extender.Height: "99" is out of range; valid: a whole number from 100 to 4000`},
		{"negative height", extension.Extender{Height: -1}, "Extender.Height: "},
		{"show", extension.Extender{Show: []string{"launch", "graph"}}, `Extender.Show: "graph" is not a part; valid: any of launch, app, files`},
		{"show twice", extension.Extender{Show: []string{"app", "app"}}, "listed twice"},
		{"mode", extension.Extender{Mode: "rss"}, `Extender.Mode: "rss" is unknown; valid: simple, feed, "" for all`},
		{"language", extension.Extender{Language: "de!"}, `Extender.Language: "de!" is no language; valid: a name such as de or pt-BR`},
		{"words", extension.Extender{Words: map[string]string{"lanch": "x"}}, `Extender.Words: "lanch" is no key; valid: `},
		{"assets with a query", extension.Extender{AssetsURL: "/assets?v=1"}, `Extender.AssetsURL: "/assets?v=1" is not the address of a folder; valid: `},
		{"assets with a script", extension.Extender{AssetsURL: "javascript:x"}, "Extender.AssetsURL: "},
		{"prefix", extension.Extender{IDPrefix: "1"}, `Extender.IDPrefix: "1" cannot begin an id; valid: `},
		{"limits", extension.Extender{Limits: extension.Limits{Tags: -1}}, "Extender.Limits: "},
		{"concurrency", extension.Extender{Concurrency: -1}, "Extender.Concurrency: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.x.Source = sources
			if err := tt.x.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			md := goldmark.New(goldmark.WithExtensions(&tt.x))
			for range 2 {
				var b bytes.Buffer
				if err := md.Convert([]byte("Text.\n\n"+twoTags), &b); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
					t.Errorf("converted: %v, %d bytes", err, b.Len())
				}
			}
		})
	}
	for _, x := range []extension.Extender{{}, {Comments: true, Mode: extension.ModeFeed}, {AssetsURL: "https://cdn.example/x/", Words: map[string]string{"launch": "Go"}}} {
		if err := x.Check(); err != nil {
			t.Error(err)
		}
	}
	var all *extension.Extender = &extension.Extender{Height: 1, Language: "x"}
	if err := all.Check(); err == nil || !strings.Contains(err.Error(), "Height") || !strings.Contains(err.Error(), "Language") {
		t.Errorf("not all is said: %v", err)
	}
}

// TestGitOptionsAreChecked has hosts that are none, and limits below 0.
func TestGitOptionsAreChecked(t *testing.T) {
	for _, host := range []string{"https://git.example.org", "*.example.org", "git.example.org/x", "git.example.org:", "", "a b", "user@git.example.org"} {
		if _, err := extension.NewGit(extension.GitOptions{AllowedHosts: []string{host}}); err == nil || !strings.Contains(err.Error(), "valid: a name such as git.example.org") {
			t.Errorf("%q: %v", host, err)
		}
	}
	if _, err := extension.NewGit(extension.GitOptions{Timeout: -time.Second}); err == nil {
		t.Error("a time below 0 is taken")
	}
	if _, err := extension.NewGit(extension.GitOptions{AllowedHosts: []string{"Git.Example.org:8443", "github.com"}}); err != nil {
		t.Error(err)
	}
}

// TestHubsOfTags shows which hubs a tag may name.
func TestHubsOfTags(t *testing.T) {
	mine := []string{"https://hub.example/base"}
	for _, tt := range []struct {
		name string
		x    extension.Extender
		hub  string
		want string // the error's text, "" for none
	}{
		{"any", extension.Extender{}, "https://other.example", ""},
		{"the reader's machine", extension.Extender{}, "http://localhost:8585", `hub: "http://localhost:8585" is on the reader's own machine | valid: the https address of a BinderHub`},
		{"the reader's machine by its number", extension.Extender{}, "http://127.9.9.9", "reader's own machine"},
		{"not listed", extension.Extender{AllowedHubs: mine}, "https://other.example", `hub: "https://other.example" may not be used here | valid: https://hub.example/base, https://mybinder.org`},
		{"one of two is not listed", extension.Extender{AllowedHubs: mine}, `"https://hub.example/base/,https://other.example"`, "may not be used here"},
		{"listed", extension.Extender{AllowedHubs: mine}, "https://HUB.example/base/", ""},
		{"the default one", extension.Extender{AllowedHubs: mine}, "https://mybinder.org", ""},
		{"the site's own", extension.Extender{AllowedHubs: []string{}, Hubs: mine}, "https://hub.example/base", ""},
		{"none but the site's own", extension.Extender{AllowedHubs: []string{}, Hubs: mine}, "https://mybinder.org", "valid: https://hub.example/base"},
		{"a comment", extension.Extender{Comments: true}, "https://other.example", "valid: https://mybinder.org"},
		{"a comment at the default one", extension.Extender{Comments: true}, "https://mybinder.org", ""},
		{"a comment at an allowed one", extension.Extender{Comments: true, AllowedHubs: mine}, "https://hub.example/base", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			tt.x.Source, tt.x.OnError = sources, func(e *extension.Error) { got = append(got, e.Message+" | "+e.Hint) }
			html := show(t, &tt.x, "<<< bokehbinder repo=demo/sine hub="+tt.hub+" >>>\n")
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if shown := strings.Contains(html, "<iframe"); shown != (tt.want == "") {
				t.Errorf("it is shown: %v", shown)
			}
		})
	}
	pc := parser.NewContext()
	tryout.Set(pc, tryout.As{Loopback: true})
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources, Hubs: []string{"http://localhost:8585"}}))
	var b bytes.Buffer
	if err := md.Convert([]byte(twoTags), &b, parser.WithContext(pc)); err != nil || !strings.Contains(b.String(), `data-hub="http://localhost:8585"`) {
		t.Errorf("a trial may not use a hub of the own machine: %v", err)
	}
}

// TestInstalledTwice installs one Extender twice, which is harmless, and two, which
// is said.
func TestInstalledTwice(t *testing.T) {
	x := &extension.Extender{Source: sources, IDPrefix: "bb"}
	want := show(t, x, twoTags)
	if got := convertWith(t, goldmark.New(goldmark.WithExtensions(x, x)), twoTags, nil); got != want {
		t.Errorf("twice, it comes out as\n%s", got)
	}
	var b bytes.Buffer
	two := goldmark.New(goldmark.WithExtensions(x, &extension.Extender{Source: sources}))
	if err := two.Convert([]byte(twoTags), &b); err == nil || !strings.Contains(err.Error(), "two Extenders are installed") || b.Len() > 0 {
		t.Errorf("got %v, %d bytes", err, b.Len())
	}
	if err := two.Convert([]byte("Text.\n"), &b); err != nil {
		t.Errorf("a document without tags: %v", err)
	}
	pc := parser.NewContext()
	md := goldmark.New(goldmark.WithExtensions(x))
	for _, source := range []string{twoTags, "Text.\n", twoTags} { // one context for several documents
		b.Reset()
		if err := md.Convert([]byte(source), &b, parser.WithContext(pc)); err != nil || strings.Count(b.String(), "<iframe")+strings.Count(source, "Text") == 0 {
			t.Errorf("%q: %v\n%s", source, err, b.String())
		}
		if n := len(extension.Tags(pc)); n != strings.Count(source, "<<<") {
			t.Errorf("%q: %d tags", source, n)
		}
	}
}

// TestEndedContext converts with contexts that end while a source reads, one that
// has words of its own for it: the conversion fails with the context's error, and
// nothing is written.
func TestEndedContext(t *testing.T) {
	own := errors.New("own words")
	for name, start := range map[string]func() (context.Context, context.CancelFunc){
		"canceled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			return ctx, cancel
		},
		"deadline": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(t.Context(), time.Millisecond)
		},
		"cause": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(own)
			return ctx, func() { cancel(nil) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := start()
			defer cancel()
			var failed error
			x := &extension.Extender{OnError: func(e *extension.Error) { failed = e }, Source: card.SourceFunc(func(ctx context.Context, _ card.Request) (*card.Card, error) {
				<-ctx.Done()
				return nil, own
			})}
			pc := parser.NewContext()
			extension.SetContext(ctx, pc)
			var b bytes.Buffer
			err := goldmark.New(goldmark.WithExtensions(x)).Convert([]byte(strings.Repeat("Much text. ", 2000)+"\n\n"+twoTags), &b, parser.WithContext(pc))
			if !errors.Is(err, ctx.Err()) || b.Len() > 0 {
				t.Errorf("got %v, %d bytes", err, b.Len())
			}
			if name == "cause" && !errors.Is(err, own) {
				t.Errorf("%v does not say why", err)
			}
			if failed != nil {
				t.Errorf("the tag is blamed: %v", failed)
			}
			for _, tag := range extension.Tags(pc) {
				if err := tag.Err(); !errors.Is(err, ctx.Err()) {
					t.Errorf("the tag's error is %v", err)
				}
			}
		})
	}
}

// TestOwnClock lets the document's own time end: that is the deadline's error, and a
// box, since the caller still wants the document.
func TestOwnClock(t *testing.T) {
	var failed error
	x := &extension.Extender{Limits: extension.Limits{Time: time.Millisecond}, OnError: func(e *extension.Error) { failed = e },
		Source: card.SourceFunc(func(ctx context.Context, _ card.Request) (*card.Card, error) {
			<-ctx.Done()
			return nil, errors.New("own words")
		})}
	html := show(t, x, "<<< bokehbinder repo=demo/sine >>>\n")
	if !errors.Is(failed, context.DeadlineExceeded) || !strings.Contains(html, "bb-problem") {
		t.Errorf("got %v\n%s", failed, html)
	}
}

// TestModes shows what is left of a tag in a page without frames, and in a feed.
func TestModes(t *testing.T) {
	const source = "# <<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/sine >>>\n\n<<< bokehbinder repo=demo/sine show=app >>>\n\n<<< bokehbinder repo=demo/gone >>>\n"
	simple := show(t, &extension.Extender{Source: sources, Mode: extension.ModeSimple, AssetsURL: "/"}, source)
	contains(t, simple, "bb-launch", "<details", "environment.yml", `<link rel="stylesheet"`)
	feed := show(t, &extension.Extender{Source: sources, Mode: extension.ModeFeed, AssetsURL: "/"}, source)
	contains(t, feed, `<h1><a href="https://mybinder.org/v2/gh/demo/sine/`, `<p><a href="https://mybinder.org/v2/gh/demo/sine/`, "there is no such repository")
	for _, absent := range []string{"<iframe", "<script", "<bokeh-binder"} {
		if strings.Contains(simple, absent) || strings.Contains(feed, absent) {
			t.Errorf("there is %s", absent)
		}
	}
	for _, absent := range []string{"<link", "<details", "class=\"bb\""} {
		if strings.Contains(feed, absent) {
			t.Errorf("the feed has %s", absent)
		}
	}
}

// TestWords shows own words.
func TestWords(t *testing.T) {
	html := show(t, &extension.Extender{Source: sources, Words: map[string]string{"run": "Los <geht's>", "note_server": "Bei {{ .hub }}"}}, twoTags)
	contains(t, html, "Los &lt;geht&#39;s&gt;", "Bei mybinder.org", "Launch on Binder")
	html = show(t, &extension.Extender{Source: sources, Language: "de-AT", Words: map[string]string{"run": "Los"}}, twoTags)
	contains(t, html, "Los", "Startet einen Server auf Zeit bei mybinder.org", "In Binder starten")
}

// TestTagsAreWhole shows what a walk of the document can know of its tags.
func TestTagsAreWhole(t *testing.T) {
	pc := parser.NewContext()
	extension.SetIDPrefix(pc, "x")
	md := goldmark.New(goldmark.WithExtensions(&extension.Extender{Source: sources}))
	if err := md.Convert([]byte("<<< bokehbinder repo=demo/sine app=cosine >>>\n\n<<< bokehbinder repo=demo/gone >>>\n\n<<< bokehbinder >>>\n"), new(bytes.Buffer), parser.WithContext(pc)); err != nil {
		t.Fatal(err)
	}
	tags := extension.Tags(pc)
	right, gone, wrong := tags[0], tags[1], tags[2]
	if right.Err() != nil || right.Card() == nil || right.ID() != "x-1" || right.Title() != "cosine" || right.Request().Repo != "demo/sine" ||
		right.LaunchURL() != "https://mybinder.org/v2/gh/demo/sine/"+commit+"?urlpath=%2Fproxy%2F5006%2Fcosine" {
		t.Errorf("got %v %s %s %s", right.Err(), right.ID(), right.Title(), right.LaunchURL())
	}
	var cause *card.Error
	if !errors.As(gone.Err(), &cause) || gone.Card() != nil || gone.LaunchURL() != "" || gone.Title() != "" {
		t.Errorf("got %v", gone.Err())
	}
	if wrong.Err() == nil || fmt.Sprint(wrong.Request()) != fmt.Sprint(card.Request{}) {
		t.Errorf("got %v %v", wrong.Err(), wrong.Request())
	}
}
