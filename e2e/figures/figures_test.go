package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/internal/testing/figures"
)

// TestWrite writes a page of sections, and none where one is missing; what others
// quote of it is brought up to date.
func TestWrite(t *testing.T) {
	from, root := t.TempDir(), t.TempDir()
	for _, dir := range []string{"docs", "exampleSite/content/guide"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	readme := filepath.Join(root, "README.md")
	if err := os.WriteFile(readme, []byte("It reads [1 kB](docs/figures.md#reading \"n\") of 2 kB.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv(figures.Folder, from)
	for i, part := range sections {
		if err := run(from, root); err == nil || !strings.Contains(err.Error(), part.benchmark) {
			t.Errorf("without %s: %v", part.name, err)
		}
		s := figures.Section{Title: "About " + part.name, Text: "What it is.", Quoted: map[string]string{"n": "3 kB"}}
		s.Tables = []figures.Table{{Columns: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}}}
		figures.Record(t, part.name, s)
		if _, err := os.Stat(filepath.Join(root, Page)); err == nil {
			t.Errorf("there is a page of %d sections", i)
		}
	}
	if err := run(from, root); err != nil {
		t.Fatal(err)
	}
	page, _ := os.ReadFile(filepath.Join(root, Page))
	for _, want := range []string{"\n## About reading\n\nWhat it is.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n", "\n| n | 3 kB |\n", " cores with "} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if text, _ := os.ReadFile(readme); string(text) != "It reads [3 kB](docs/figures.md#reading \"n\") of 2 kB.\n" {
		t.Errorf("the readme says %s", text)
	}
	if err := os.WriteFile(readme, []byte("[1 s](docs/figures.md \"other\")"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(from, root); err == nil || !strings.Contains(err.Error(), "quotes other, which is no figure") {
		t.Errorf("a figure that is none: %v", err)
	}
}
