package htmlvalidate

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goldens = "../../internal/page/view/testdata"

// TestViews validates what the views write, each in a page of its own.
func TestViews(t *testing.T) {
	written, err := filepath.Glob(filepath.Join(goldens, "*.html"))
	if err != nil || len(written) < 20 {
		t.Fatalf("only %d goldens in %s: %v", len(written), goldens, err)
	}
	dir := t.TempDir()
	var pages []string
	for _, golden := range written {
		text, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		body := string(text)
		if strings.Contains(filepath.Base(golden), "inline") {
			body = "<p>In a sentence: " + body + "</p>\n"
		}
		pages = append(pages, page(t, filepath.Join(dir, filepath.Base(golden)), body))
	}
	Check(t, pages...)
}

// TestSeveral validates two embeds on a page, whose ids must differ.
func TestSeveral(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(goldens, "tides.html"))
	if err != nil {
		t.Fatal(err)
	}
	second := strings.ReplaceAll(string(text), "bb-1", "bb-2")
	Check(t, page(t, filepath.Join(t.TempDir(), "two.html"), string(text)+second))
}

// TestFindsErrors sees that what is wrong is found.
func TestFindsErrors(t *testing.T) {
	file := page(t, filepath.Join(t.TempDir(), "wrong.html"), `<p id="a"><div id="a"></p><img src="x">`)
	problems, err := run(t, []string{file})
	if err != nil || len(problems) < 3 {
		t.Errorf("found %q, error %v", problems, err)
	}
}

// page writes a page with the body and returns the file's name.
func page(t *testing.T, file, body string) string {
	t.Helper()
	html := "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>Page</title>\n</head>\n<body>\n" + body + "</body>\n</html>\n"
	if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
