package cli

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// row is a command in the comment of the package internal/cli, with its stories.
var row = regexp.MustCompile(`(?m)^//\t[a-z]+ +(.+)$`)

// TestStoriesAreNamed compares the stories with those that the command's package
// names, so that whoever reads a command finds what is told of it.
func TestStoriesAreNamed(t *testing.T) {
	text, err := os.ReadFile("../../internal/cli/cli.go")
	if err != nil {
		t.Fatal(err)
	}
	comment, _, _ := strings.Cut(string(text), "\npackage ")
	named := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(comment, -1) {
		for story := range strings.SplitSeq(m[1], ", ") {
			named[story+".txt"] = true
		}
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	if got := slices.Sorted(maps.Keys(named)); !slices.Equal(got, files) {
		t.Errorf("internal/cli names %q, but there are %q", got, files)
	}
}
