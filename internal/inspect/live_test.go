package inspect_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/gittest"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// TestLiveOverHTTP makes a card of a real repository with a large file of data
// beside main.py, which must not come with it.
func TestLiveOverHTTP(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/owner/dashboard", gitserve.Files{
		"start":            "bokeh serve app &\nexec \"$@\"\n",
		"requirements.txt": "bokeh\n",
		"app/main.py":      "x = 1\n",
		"app/data.csv":     strings.Repeat("a,b,c\n", 1<<20),
	})
	source := &inspect.Live{Reader: &repo.Reader{}}
	c, err := source.Card(context.Background(), card.Request{Repo: "owner/dashboard", Ref: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Commit != r.Head || c.Date == "" || c.Spec != "owner/dashboard/"+r.Head || c.Buildpack != "python" {
		t.Errorf("got %+v", c)
	}
	if got, want := summary(c), "app path=app entry=app/main.py /proxy/5006/app\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := roles(c), "environment requirements.txt\nstart start\napp app/main.py\ndata app/data.csv listed\n"; got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
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
