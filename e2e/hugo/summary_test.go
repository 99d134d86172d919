package hugo_test

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	siteread "github.com/bokehbinder/bokehbinder/internal/site"
)

// TestSummariesAreHugos compares what is noted of automatic summaries with what
// Hugo makes them of, on pages whose embeds come after all kinds of text.
func TestSummariesAreHugos(t *testing.T) {
	s := newSite(t, `
-- hugo.toml --
baseURL = "https://example.org/"
summaryLength = 30
hasCJKLanguage = true
markup._merge = "deep"
params.bokehbinder.missing = "warn"
-- layouts/page.html --
{{ .Summary }}
-- layouts/home.html --
`)
	random := rand.New(rand.NewPCG(16, 9))
	for i := range 150 {
		s.write(fmt.Sprintf("content/p%d.md", i), frontMatters[i%len(frontMatters)]+before(random)+embeds[i%len(embeds)]+"\n\nThe end.\n")
	}
	if log, err := s.run(); err != nil {
		t.Fatalf("hugo: %v\n%s", err, log)
	}
	read, err := siteread.Open(t.Context(), s.dir, siteread.Options{Hugo: "no-such-hugo"})
	if err != nil {
		t.Fatal(err)
	}
	uses, _, err := read.Uses()
	if err != nil || len(uses) < 150 {
		t.Fatalf("%d uses, %v", len(uses), err)
	}
	problems, err := read.InSummaries(uses)
	if err != nil {
		t.Fatal(err)
	}
	noted := make(map[string]bool)
	for _, p := range problems {
		file, _, _ := strings.Cut(p.Where, ":")
		noted[strings.TrimSuffix(path.Base(file), ".md")] = true
	}
	in := 0
	for i := range 150 {
		name := fmt.Sprintf("p%d", i)
		held := strings.Contains(s.read("public/"+name+"/index.html"), "bokehbinder")
		if held {
			in++
		}
		if noted[name] != held {
			t.Errorf("noted: %v, and Hugo's summary holds the embed: %v, of\n%s", noted[name], held, s.read("content/"+name+".md"))
		}
	}
	if in < 40 || in > 110 {
		t.Errorf("%d of 150 summaries hold an embed, which tries one side only", in)
	}
}

var frontMatters = []string{
	"---\ntitle: Title\n---\n", "+++\ntitle = 'Title'\n+++\n", "{\"title\": \"Title\"}\n", "---\ntitle: Title\nisCJKLanguage: false\n---\n",
	"---\ntitle: Title\nsummary: One of its own.\n---\n", "+++\ntitle = 'Title'\nSummary = 'One of its own.'\n+++\n",
}

var embeds = []string{
	`{{< bokehbinder repo="demo/sine" >}}`, "<<< bokehbinder repo=demo/sine >>>", `Look: {{< bokehbinder/app repo="demo/sine" >}}`,
	"Look: <<< bokehbinder repo=demo/sine >>> there.", "> A quotation with <<< bokehbinder repo=demo/sine >>>.",
}

// before is what a page has before its embed.
func before(random *rand.Rand) string {
	var b strings.Builder
	for range random.IntN(5) {
		words := strings.TrimSpace(strings.Repeat("some <em>words</em> of it ", 1+random.IntN(4)))
		switch random.IntN(8) {
		case 0:
			b.WriteString("## " + words + "\n\n")
		case 1:
			b.WriteString("- " + words + "\n- " + words + "\n\n")
		case 2:
			b.WriteString("```\n" + words + "\n```\n\n")
		case 3:
			b.WriteString("一些文字在这里，没有空格。再来一些文字。\n\n")
		case 4:
			b.WriteString("> " + words + "\n\n")
		default:
			b.WriteString(strings.NewReplacer("<em>", "*", "</em>", "*").Replace(words) + ".\n\n")
		}
	}
	return b.String()
}
