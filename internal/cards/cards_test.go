package cards_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/cards"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
	"github.com/bokehbinder/bokehbinder/internal/testing/linttest"
)

// TestLiveOverHTTP makes a card of a real repository with a large file of data
// beside main.py, which must not come with it.
func TestLiveOverHTTP(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/owner/dashboard", gitserve.Files{
		"start":            "bokeh serve app &\nexec \"$@\"\n",
		"requirements.txt": "bokeh\njupyter-server-proxy\n",
		"app/main.py":      "x = 1\n",
		"app/data.csv":     strings.Repeat("a,b,c\n", 1<<20),
	})
	source := &cards.Live{Reader: &repo.Reader{}}
	c, err := source.Card(context.Background(), card.Request{Repo: "owner/dashboard", Ref: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Commit != r.Head || c.Date == "" || c.Spec != "owner/dashboard/"+r.Head || c.Buildpack != "python" {
		t.Errorf("got %+v", c)
	}
	if len(c.Apps) != 1 || c.Apps[0] != (card.App{Name: "app", Path: "app", Entry: "app/main.py", URLPath: "/proxy/5006/app", From: card.FromStart}) {
		t.Errorf("got the apps %+v", c.Apps)
	}
	var files []string
	for _, f := range c.Files {
		files = append(files, strings.TrimSpace(string(f.Role)+" "+f.Path+" "+string(f.Omitted)))
	}
	if want := []string{"environment requirements.txt", "start start", "app app/main.py", "data app/data.csv listed"}; !slices.Equal(files, want) {
		t.Errorf("got the files %q, want %q", files, want)
	}
	if n := len(site.Requests()); n > 6 {
		t.Errorf("%d requests: %v", n, site.Requests())
	}
	if sent, _ := site.Bytes(); sent > 20_000 {
		t.Errorf("%d bytes came", sent)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type opener func(address, ref string) (repo.Tree, error)

func (o opener) Open(_ context.Context, req card.Request) (repo.Tree, error) {
	return o(req.Repo, req.Ref)
}

// closing says whether a tree was closed.
type closing struct {
	linttest.Memory
	closed *bool
}

func (c closing) Close() error { *c.closed = true; return nil }

func TestLive(t *testing.T) {
	closed := false
	var source card.Source = &cards.Live{Reader: opener(func(address, ref string) (repo.Tree, error) {
		if address != "owner/name" || ref != "main" {
			t.Errorf("opened %s at %s", address, ref)
		}
		return closing{linttest.Memory{"lib/a.py": "", "README.md": ""}, &closed}, nil
	})}
	c, err := source.Card(context.Background(), card.Request{Repo: "owner/name", Ref: "main", Files: []string{"lib/*"}})
	if err != nil || !closed {
		t.Fatalf("error %v, closed %v", err, closed)
	}
	if !slices.ContainsFunc(c.Files, func(f card.File) bool { return f.Path == "lib/a.py" }) {
		t.Errorf("got %+v", c.Files)
	}
	fail := &card.Error{Reason: card.ReasonRef}
	source = &cards.Live{Reader: opener(func(string, string) (repo.Tree, error) { return nil, fail })}
	if _, err := source.Card(context.Background(), card.Request{}); !errors.Is(err, fail) {
		t.Errorf("got %v", err)
	}
}
