package preview_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/testing/gitserve"
	"github.com/bokehbinder/bokehbinder/internal/testing/gittest"
)

// TestWorkTreeIsTheRepository shows a folder that has another name than the
// repository that it stands for: the app in its root is named after the latter,
// as it will be on the published card.
func TestWorkTreeIsTheRepository(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"main.py": "", "start": "bokeh serve . &\nexec \"$@\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	address, err := forge.Parse("owner/dashboard")
	if err != nil {
		t.Fatal(err)
	}
	repositories := &preview.Repositories{}
	repositories.Use(address, dir)
	c, err := repositories.Card(t.Context(), card.Request{Repo: "owner/dashboard", Ref: "main"})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Apps) != 1 || c.Apps[0].Name != "dashboard" || c.Repo != address.URL || c.Spec != "owner/dashboard/main" || c.Commit != "" || c.URL != "" {
		t.Errorf("got %+v", c)
	}
}

// TestCheckoutIsBounded opens a repository in which one file of 64 MiB stands at as
// many paths as make twice what a checkout may have: it is refused before anything
// is written.
func TestCheckoutIsBounded(t *testing.T) {
	const size, most = 64 << 20, 2 << 30
	site := gittest.Serve(t, gitserve.Options{})
	site.Setenv()
	r := site.Repo("github.com/o/n", nil)
	blob, err := hex.DecodeString(r.Object("blob", strings.Repeat("\x00", size)))
	if err != nil {
		t.Fatal(err)
	}
	var tree strings.Builder
	for i := range 2 * most / size {
		fmt.Fprintf(&tree, "100644 %03d\x00%s", i, blob)
	}
	const who = "a <a@example.org> 0 +0000"
	r.Git("update-ref", "refs/heads/large", r.Object("commit", "tree "+r.Object("tree", tree.String())+"\nauthor "+who+"\ncommitter "+who+"\n\nlarge\n"))
	repositories := &preview.Repositories{Confirm: func(context.Context, string) error { return nil }}
	scratch := t.TempDir()
	if _, err := repositories.Open(t.Context(), "o/n", "large", scratch); err == nil || !strings.Contains(err.Error(), "more than 2048 MiB together") {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind (%v)", left, err)
	}
}
