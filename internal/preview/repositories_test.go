package preview_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
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
