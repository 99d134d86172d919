package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestQuotations compares the figures that pages quote with the page of figures, and
// looks for such pages. A page that has a figure of its own is not found so.
func TestQuotations(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("../..", Page))
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(page), "\n## Quoted elsewhere\n")
	quoted, used := map[string]string{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+) \| (.*) \|$`).FindAllStringSubmatch(list, -1) {
		quoted[m[1]] = m[2]
	}
	for _, pattern := range documents {
		names, _ := filepath.Glob(filepath.Join("../..", pattern))
		if len(names) == 0 {
			t.Errorf("there is no %s", pattern)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range quotation.FindAllStringSubmatch(string(text), -1) {
				used[m[3]] = true
				if quoted[m[3]] != m[1] {
					t.Errorf("%s says %q, and the page of figures has %s as %q; make bench puts it right", name, m[1], m[3], quoted[m[3]])
				}
			}
		}
	}
	for name := range quoted {
		if name != "name" && name != "---" && !used[name] {
			t.Errorf("nobody quotes %s", name)
		}
	}
}
