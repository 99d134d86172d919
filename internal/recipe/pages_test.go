package recipe_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/recipe"
)

// TestPages compares the documentation with the catalogue. With -update it is
// written anew.
func TestPages(t *testing.T) {
	const dir = "../../docs/findings"
	pages := recipe.Pages()
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range pages {
		file := filepath.Join(dir, name)
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s is not what the catalogue says; run the tests with -update", file)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if pages[e.Name()] == "" {
			if *update {
				_ = os.Remove(filepath.Join(dir, e.Name())) // seen again below
			} else {
				t.Errorf("%s is of no finding", e.Name())
			}
		}
	}
}
