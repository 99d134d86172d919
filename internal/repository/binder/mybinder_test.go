package binder_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

const pages = "../../../exampleSite/content"

// markdown reads files of Markdown, by a pattern of their paths.
func markdown(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[file] = string(text)
		}
	}
	return texts
}

var (
	fact   = regexp.MustCompile(`{{< mybinder (\w+)[^>]*>}}`)
	number = regexp.MustCompile(`(?i)\b(two|three|four|six|ten|hundred|thousand|half|[1-9][0-9]*)\b`)
)

// TestPagesReadTheTable has the pages say all that the table knows, and by the
// table alone: no address of a member, no variable and, beside the name of
// mybinder.org, no number of their own.
func TestPagesReadTheTable(t *testing.T) {
	var table map[string]any
	if err := json.Unmarshal(assets.MyBinder(), &table); err != nil {
		t.Fatal(err)
	}
	said := make(map[string]bool)
	for file, text := range markdown(t, pages+"/guide/*.md", pages+"/start/*.md", pages+"/troubleshooting/*.md") {
		for _, m := range fact.FindAllStringSubmatch(text, -1) {
			said[m[1]] = true
			if table[m[1]] == nil {
				t.Errorf("%s: there is no fact %s", file, m[1])
			}
		}
		for _, line := range byHand(text) {
			t.Errorf("%s has it from elsewhere: %s", file, line)
		}
	}
	for name := range table {
		if !said[name] {
			t.Errorf("no page says %s", name)
		}
	}
}

// byHand lists the paragraphs that say of mybinder.org what the table has to.
func byHand(text string) []string {
	var found []string
	known := binder.MyBinder()
	for _, paragraph := range regexp.MustCompile(`\n\n|\n- |\n\| `).Split(fact.ReplaceAllString(text, ""), -1) {
		own := strings.Contains(paragraph, known.Origins[1]) || strings.Contains(paragraph, known.AddressVariable)
		for _, member := range known.Members {
			own = own || strings.Contains(paragraph, member)
		}
		prose := !strings.HasPrefix(paragraph, "```") && !strings.HasPrefix(paragraph, "---")
		if own || prose && strings.Contains(paragraph, "mybinder.org") && number.MatchString(paragraph) {
			found = append(found, paragraph)
		}
	}
	return found
}

// TestByHandIsFound sees that the test before finds what it looks for.
func TestByHandIsFound(t *testing.T) {
	for _, text := range []string{
		"A server of mybinder.org ends after\nten minutes.", "On mybinder.org 100 of them.", "- see gesis.mybinder.org",
		"connect-src https://*.mybinder.org", "as `BINDER_CLIENT_IP`",
	} {
		if len(byHand("First.\n\n"+text)) != 1 {
			t.Errorf("nothing is found in %q", text)
		}
	}
	if found := byHand("mybinder.org takes {{< mybinder repositoryServers >}}.\n\nTen of them."); found != nil {
		t.Errorf("found %q", found)
	}
}

// TestDocumentsAgree compares what no template fills in.
func TestDocumentsAgree(t *testing.T) {
	const docs = "../../../docs/"
	known := binder.MyBinder()
	for file, text := range map[string]string{
		docs + "browser.md":                known.Policy(),
		docs + "findings/origin-narrow.md": strings.Join(known.Members, ", "),
	} {
		if got := markdown(t, file)[file]; !strings.Contains(got, text) {
			t.Errorf("%s does not say %s", file, text)
		}
	}
	for page, want := range map[string]string{"policy": "origins", "privacy": "addressVariable", "hub": "ports"} {
		file := pages + "/guide/" + page + ".md"
		if !strings.Contains(markdown(t, file)[file], "{{< mybinder "+want) {
			t.Errorf("%s does not say %s", file, want)
		}
	}
}
