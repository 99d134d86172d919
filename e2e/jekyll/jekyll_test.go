package jekyll_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/post"
)

var update = flag.Bool("update", false, "update golden files")

// jekyllCase is a document, and what Jekyll makes of it. Where the difference
// to what we make of it is meant, reason says why.
type jekyllCase struct{ name, text, html, reason string }

// readCases reads a file of cases:
//
//	=== name
//	the document
//	--- jekyll
//	the HTML
//	--- differs: the reason, where it does
func readCases(t *testing.T, file string) (cases []jekyllCase) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(content), "\n=== ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		text, rest, _ := strings.Cut(rest, "\n--- jekyll\n")
		html, reason, _ := strings.Cut(rest, "\n--- differs: ")
		cases = append(cases, jekyllCase{name, text + "\n", html, strings.TrimSpace(reason)})
	}
	return cases
}

func writeCases(t *testing.T, file string, cases []jekyllCase) {
	t.Helper()
	var b strings.Builder
	for _, c := range cases {
		b.WriteString("=== " + c.name + "\n" + c.text + "--- jekyll\n" + strings.TrimRight(c.html, "\n") + "\n")
		if c.reason != "" {
			b.WriteString("--- differs: " + c.reason + "\n")
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// runJekyll renders texts with the Jekyll that is installed. Without it, only what
// it made earlier is compared.
func runJekyll(t *testing.T, texts []string) (documents []string) {
	t.Helper()
	if err := exec.Command("ruby", "-e", `require "jekyll"`).Run(); err != nil {
		need.Missing(t, "jekyll", "it is not installed (Debian: apt-get install jekyll)")
	}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ruby", "testdata/jekyll.rb")
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &documents); err != nil {
		t.Fatal(err)
	}
	return documents
}

func render(t *testing.T, text string) (html string) {
	t.Helper()
	p, err := post.Parse("post.md", []byte("---\ntitle: My post\nrating: 5\n---\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if _, err := p.Render(&b, post.Markdown()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLikeJekyll compares with what Jekyll made of each document.
func TestLikeJekyll(t *testing.T) {
	for _, file := range caseFiles(t) {
		for _, c := range readCases(t, file) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+c.name, func(t *testing.T) {
				html := render(t, c.text)
				got, want := normalize(html), normalize(c.html)
				if same := got == want; same != (c.reason == "") {
					t.Errorf("same: %v\n%s\ngot\n%s\nJekyll\n%s", same, c.text, html, c.html)
				}
			})
		}
	}
}

// TestJekyllStillSo checks the recorded HTML against Jekyll itself.
func TestJekyllStillSo(t *testing.T) {
	files := map[string][]jekyllCase{}
	var texts []string
	for _, file := range caseFiles(t) {
		files[file] = readCases(t, file)
		for _, c := range files[file] {
			texts = append(texts, c.text)
		}
	}
	documents := runJekyll(t, texts)
	for _, file := range caseFiles(t) {
		cases := files[file]
		for i := range cases {
			if *update {
				cases[i].html = documents[i]
			} else if normalize(documents[i]) != normalize(cases[i].html) {
				t.Errorf("%s: %s: Jekyll now gives\n%s", file, cases[i].name, documents[i])
			}
		}
		documents = documents[len(cases):]
		if *update {
			writeCases(t, file, cases)
		}
	}
}

func caseFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/jekyll/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return files
}
