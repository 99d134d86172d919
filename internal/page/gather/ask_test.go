package gather_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
)

const commit = "9579c85e4307151a54c3f81d0e756040b58b0252"

// whole is a card that is right for o/n.
func whole() *card.Card {
	return &card.Card{
		Repo: "https://github.com/o/n", Commit: commit, URL: "https://github.com/o/n/tree/" + commit, Provider: "gh", Spec: "o/n/" + commit,
		Apps: []card.App{{Name: "a", Path: "a", Entry: "a/main.py", URLPath: "/a"}, {Name: "b", URLPath: "/b"}},
		Files: []card.File{
			{Path: "a/main.py", Role: card.RoleApp, Language: "python", Mode: "100644", Size: 3, Text: "x\n"},
			{Path: "data/x.bin", Role: card.RoleData, Mode: "100644", Size: -1, Omitted: card.OmittedListed},
		},
		Pieces: []card.Piece{
			{Of: "a/main.py#L1", Path: "a/main.py", Name: "L1", First: 1, Last: 1, Text: "x\n"},
			{Of: "a/main.py#f", Path: "a/main.py", Name: "f", Problem: "is not there", Valid: "g"},
		},
		Findings: []card.Finding{{ID: "x", Level: card.LevelNote, Line: 1}},
	}
}

// mutations make something of a right card that fits no request for o/n.
var mutations = map[string]func(c *card.Card){
	"version":                 func(c *card.Card) { c.Version = 99 },
	"no repository":           func(c *card.Card) { c.Repo = "" },
	"another repository":      func(c *card.Card) { c.Repo = "https://github.com/o/m" },
	"another host":            func(c *card.Card) { c.Repo = "https://gitlab.com/o/n" },
	"short name":              func(c *card.Card) { c.Repo = "o/n" },
	"script as repository":    func(c *card.Card) { c.Repo = "javascript:alert(1)" },
	"short commit":            func(c *card.Card) { c.Commit = commit[:7] },
	"capitals in the commit":  func(c *card.Card) { c.Commit = strings.ToUpper(commit) },
	"a branch as commit":      func(c *card.Card) { c.Commit = "main" },
	"another commit launched": func(c *card.Card) { c.Spec = "o/n/" + strings.Repeat("0", 40) },
	"a branch launched":       func(c *card.Card) { c.Spec = "o/n/main" },
	"another one launched":    func(c *card.Card) { c.Spec = "o/m/" + commit },
	"out of the hub's path":   func(c *card.Card) { c.Spec = "../../x/" + commit },
	"query in the spec":       func(c *card.Card) { c.Spec += "?urlpath=x" },
	"no provider":             func(c *card.Card) { c.Provider = "" },
	"no spec":                 func(c *card.Card) { c.Spec = "" },
	"nothing to launch":       func(c *card.Card) { c.Provider, c.Spec = "", "" },
	"another provider":        func(c *card.Card) { c.Provider = "gl" },
	"no commit":               func(c *card.Card) { c.Commit = "" },
	"script as address":       func(c *card.Card) { c.URL = "javascript:alert(1)" },
	"data as address":         func(c *card.Card) { c.URL = "data:text/html,x" },
	"path as address":         func(c *card.Card) { c.URL = "/x" },
	"app without a name":      func(c *card.Card) { c.Apps[0].Name = "" },
	"apps of one name":        func(c *card.Card) { c.Apps[1].Name = "a" },
	"app without a path":      func(c *card.Card) { c.Apps[0].URLPath = "" },
	"app at a relative path":  func(c *card.Card) { c.Apps[0].URLPath = "a" },
	"app on another site":     func(c *card.Card) { c.Apps[0].URLPath = "//evil.example/" },
	"app behind a backslash":  func(c *card.Card) { c.Apps[1].URLPath = `/\evil.example/` },
	"app at an address":       func(c *card.Card) { c.Apps[1].URLPath = "https://evil.example/" },
	"zero app":                func(c *card.Card) { c.Apps = append(c.Apps, card.App{}) },
	"file without a path":     func(c *card.Card) { c.Files[0].Path = "" },
	"file at the root":        func(c *card.Card) { c.Files[0].Path = "/etc/passwd" },
	"file outside":            func(c *card.Card) { c.Files[0].Path = "../x" },
	"file around":             func(c *card.Card) { c.Files[0].Path = "a/../../x" },
	"file with a slash":       func(c *card.Card) { c.Files[0].Path = "a//b" },
	"file that is a folder":   func(c *card.Card) { c.Files[0].Path = "." },
	"file twice":              func(c *card.Card) { c.Files[1].Path = "a/main.py" },
	"zero file":               func(c *card.Card) { c.Files = append(c.Files, card.File{}) },
	"unknown role":            func(c *card.Card) { c.Files[0].Role = `"><script>` },
	"unknown mode":            func(c *card.Card) { c.Files[0].Mode = "777" },
	"unknown omission":        func(c *card.Card) { c.Files[1].Omitted = "lost" },
	"negative size":           func(c *card.Card) { c.Files[0].Size = -2 },
	"script as file":          func(c *card.Card) { c.Files[0].URL = "javascript:alert(1)" },
	"text that is none":       func(c *card.Card) { c.Files[0].Text = "\xff\xfe" },
	"NUL in a text":           func(c *card.Card) { c.Files[0].Text = "a\x00b" },
	"text of what is left out": func(c *card.Card) {
		c.Files[1].Text = "x"
	},
	"a file that is too large": func(c *card.Card) { c.Files[0].Text = strings.Repeat("x", 2<<20) },
	"too much text": func(c *card.Card) {
		for i := range 20 {
			c.Files = append(c.Files, card.File{Path: fmt.Sprint(i), Text: strings.Repeat("x", 1<<19)})
		}
	},
	"piece outside":          func(c *card.Card) { c.Pieces[0].Path = "../x" },
	"piece twice":            func(c *card.Card) { c.Pieces[1].Of = c.Pieces[0].Of },
	"script as piece":        func(c *card.Card) { c.Pieces[0].URL = "javascript:alert(1)" },
	"piece of no lines":      func(c *card.Card) { c.Pieces[0].First, c.Pieces[0].Last = 0, 0 },
	"piece that ends before": func(c *card.Card) { c.Pieces[0].First = 2 },
	"piece and a problem":    func(c *card.Card) { c.Pieces[1].Text = "x" },
	"NUL in a piece":         func(c *card.Card) { c.Pieces[0].Text = "a\x00b" },
	"a piece that is too large": func(c *card.Card) {
		c.Pieces[0].Text = strings.Repeat("x", 2<<20)
	},
	"unknown level": func(c *card.Card) { c.Findings[0].Level = "fatal" },
	"finding above the file": func(c *card.Card) {
		c.Findings[0].Line = -1
	},
}

// TestMisfits has a source return each of 58 cards that are wrong: none is taken.
func TestMisfits(t *testing.T) {
	if len(mutations) != 58 {
		t.Errorf("%d mutations, want 58", len(mutations))
	}
	for name, mutate := range mutations {
		c := whole()
		mutate(c)
		src := gather.Checked(card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return c, nil }))
		for _, r := range gather.Cards(t.Context(), src, []card.Request{{Repo: "o/n"}, {Repo: "https://github.com/o/n", Ref: "v1"}}, 0) {
			var e *card.Error
			if r.Card != nil || !errors.As(r.Err, &e) || e.Reason != card.ReasonSource || !strings.HasPrefix(e.Message, "the source's card ") {
				t.Errorf("%s: got %v, %v", name, r.Card, r.Err)
			}
		}
	}
}

// TestFits has cards that are right: those by which the views are tested, which
// are of real repositories, a work tree's, and one for a commit that was asked for.
func TestFits(t *testing.T) {
	ask := func(req card.Request, c *card.Card) {
		t.Helper()
		src := gather.Checked(card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return c, nil }))
		if got, err := gather.Ask(t.Context(), src, req); err != nil || got != c {
			t.Errorf("%v: %v", req, err)
		}
	}
	ask(card.Request{Repo: "o/n", Ref: strings.ToUpper(commit)}, whole())
	tree := whole()
	tree.Commit, tree.URL, tree.Spec = "", "", "o/n/v1"
	ask(card.Request{Repo: "o/n", Ref: "v1"}, tree)
	names, err := filepath.Glob("../view/testdata/cards/*.json")
	if err != nil || len(names) < 5 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := card.Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (card.Request{Repo: c.Repo}).URL(); err == nil && c.Commit != "" {
			ask(card.Request{Repo: c.Repo, Ref: "HEAD"}, c)
		}
	}
}

// TestHostileToHighlighters has a source's card with a file that a highlighter takes
// minutes for: it is plain text in what is taken, and the source's is as it was.
func TestHostileToHighlighters(t *testing.T) {
	c := whole()
	c.Files[0].Language, c.Files[0].Text, c.Files[0].Omitted = "yaml", strings.Repeat("'", card.MaxFileText), ""
	src := gather.Checked(card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return c, nil }))
	c.Pieces[0].Language, c.Pieces[0].Text = "yaml", c.Files[0].Text
	got, err := gather.Ask(t.Context(), src, card.Request{Repo: "o/n"})
	if err != nil || got.Pieces[0].Language != "" || c.Pieces[0].Language != "yaml" || got.Files[0].Language != "" || got.Files[0].Text != c.Files[0].Text || c.Files[0].Language != "yaml" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestWrongSources has sources that break their contract: of each there is an
// error that says so, and the others of the document are answered.
func TestWrongSources(t *testing.T) {
	src := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		switch req.Repo {
		case "o/nothing":
			return nil, nil
		case "o/panic":
			panic("nil map")
		case "o/exit":
			runtime.Goexit()
		case "o/nil-error":
			var e *card.Error
			return nil, e
		}
		return whole(), nil
	})
	var requests []card.Request
	for _, name := range []string{"nothing", "panic", "exit", "nil-error", "n"} {
		requests = append(requests, card.Request{Repo: "o/" + name})
	}
	results := gather.Cards(t.Context(), src, requests, 2)
	for i, want := range []string{"o/nothing: the source has no card", "o/panic: the source of cards failed", "o/exit: the source has no card", "o/nil-error: the source of cards failed"} {
		if err := results[i].Err; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if cause := errors.Unwrap(results[1].Err); cause == nil || !strings.Contains(cause.Error(), "nil map") || !strings.Contains(cause.Error(), "ask_test.go") {
		t.Errorf("the cause does not say where it was: %v", cause)
	}
	if results[4].Card == nil {
		t.Errorf("the others have no answer: %v", results[4].Err)
	}
}

// TestEnded has sources whose context ends and that say so in words of their own.
func TestEnded(t *testing.T) {
	own := errors.New("something else")
	src := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		<-ctx.Done()
		return nil, own
	})
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	for name, ctx := range map[string]context.Context{"deadline": ctx, "cause": func() context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(own)
		return ctx
	}()} {
		_, err := gather.Ask(ctx, src, card.Request{Repo: "o/n"})
		<-ctx.Done()
		if !errors.Is(err, ctx.Err()) {
			t.Errorf("%s: %v is not %v", name, err, ctx.Err())
		}
	}
}

// TestBudget has more repositories than the document may name.
func TestBudget(t *testing.T) {
	ctx := budget.With(t.Context(), budget.New(map[budget.Kind]int{budget.Repositories: 2}))
	src := card.SourceFunc(func(context.Context, card.Request) (*card.Card, error) { return whole(), nil })
	results := gather.Cards(ctx, src, []card.Request{{Repo: "o/a"}, {Repo: "o/b"}, {Repo: "o/c"}, {Repo: "https://github.com/o/a"}}, 0)
	var e *card.Error
	if results[0].Err != nil || results[1].Err != nil || results[3].Err != nil || !errors.As(results[2].Err, &e) || e.Reason != card.ReasonLimit || e.Hint == "" {
		t.Errorf("got %+v", results)
	}
}

// TestSourceThatDoesNotEnd has a source that looks at no context: the document has
// its answers soon after its time is up, and the others are there.
func TestSourceThatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		src := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
			if req.Repo == "o/slow" {
				<-never
			}
			return whole(), nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		start := time.Now() // of the bubble's clock, which goes on only when all wait
		results := gather.Cards(ctx, src, []card.Request{{Repo: "o/slow"}, {Repo: "o/n"}}, 2)
		if took := time.Since(start); took < 30*time.Second || took > 40*time.Second {
			t.Errorf("the answers came after %v", took)
		}
		var e *card.Error
		if err := results[0].Err; !errors.As(err, &e) || e.Reason != card.ReasonTimeout || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if results[1].Card == nil {
			t.Errorf("the other has no answer: %v", results[1].Err)
		}
		close(never)
	})
}
