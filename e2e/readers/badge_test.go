package readers

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/niklasfasching/go-org/org"
	"github.com/yuin/goldmark"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"pgregory.net/rapid"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/e2e/internal/venv"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// launches are launch links of branches and addresses that hold what markups take
// for their own.
func launches(t *testing.T) (list []string) {
	t.Helper()
	odd := append([]string{
		"_a_", "*b*", "(c)", "c)", "(d", "it's", "'e'", "~f~", "!g", "h.", "$i$", "`j`", "{k}", "{{l}}", "[m]", "n&o", "p<q>", "\"r\"", "s__t__u",
		"v#w", "x,y", "z;", "ä", "日本", "+1", "=a=", "/b/", "link=c", "d_", "100%",
	}, pieces...)
	texts := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(odd), 1, 4).Draw(t, "odd"), rapid.SampledFrom([]string{"", "/", "-"}).Draw(t, "between"))
	})
	for _, address := range []string{"owner/n_a_m_e", "https://gitlab.com/group/sub/name", "https://git.example.org/~a/b_c"} {
		a, err := forge.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range odd {
			provider, spec := binder.LaunchSpec(a, text)
			list = append(list, binder.LaunchURL("https://hub.example.org/a_b_c", provider, spec, "/proxy/5006/"+texts.Example(i)))
			provider, spec = binder.LaunchSpec(a, texts.Example(100+i))
			list = append(list, binder.LaunchURL("https://mybinder.org", provider, spec, ""))
		}
	}
	return list
}

// TestBadges has each form of a badge read by what it is for: it is a picture that
// leads to the very launch link.
func TestBadges(t *testing.T) {
	list := launches(t)
	if len(list) < 100 {
		t.Fatalf("%d launch links", len(list))
	}
	badges := func(format string) (texts []string) {
		for _, launch := range list {
			hub, _, _ := strings.Cut(launch, "/v2/")
			texts = append(texts, binder.Badge(format, hub, launch))
		}
		return texts
	}
	compare := func(t *testing.T, reader string, i int, text, answer string) {
		t.Helper()
		hub, _, _ := strings.Cut(list[i], "/v2/")
		if link, image := linked(t, answer); link != list[i] || image != hub+"/badge_logo.svg" {
			t.Errorf("%s reads\n%s\nas a link to %q with the picture %q:\n%s", reader, text, link, image, answer)
		}
	}
	t.Run("html", func(t *testing.T) {
		for i, text := range badges("html") {
			compare(t, "a browser", i, text, text)
		}
	})
	t.Run("goldmark", func(t *testing.T) {
		for i, text := range badges("markdown") {
			var out strings.Builder
			if err := goldmark.Convert([]byte(text), &out); err != nil {
				t.Fatal(err)
			}
			compare(t, "goldmark", i, text, out.String())
		}
	})
	t.Run("org", func(t *testing.T) {
		for i, text := range badges("org") {
			answer, err := org.New().Parse(strings.NewReader(text), "a.org").Write(org.NewHTMLWriter())
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "go-org", i, text, answer)
		}
	})
	t.Run("asciidoctor", func(t *testing.T) {
		program := need.Program(t, "asciidoctor", "asciidoctor")
		texts := badges("asciidoc")
		cmd := exec.Command(program, "--embedded", "-o", "-", "-")
		cmd.Stdin = strings.NewReader(strings.Join(texts, "\n\n'''\n\n") + "\n")
		out, err := cmd.Output()
		answers := strings.Split(string(out), "<hr>")
		if err != nil || len(answers) != len(texts) {
			t.Fatalf("%d answers: %v", len(answers), err)
		}
		for i, answer := range answers {
			compare(t, "Asciidoctor", i, texts[i], answer)
		}
	})
	t.Run("jekyll", func(t *testing.T) {
		texts := badges("markdown")
		for i, answer := range jekyll(t, texts) {
			compare(t, "Jekyll", i, texts[i], answer)
		}
	})
	t.Run("python", func(t *testing.T) {
		python := venv.Python(t, "readers", pythonReaders...)
		markdown, myst, rst := badges("markdown"), badges("myst"), badges("rst")
		questions := make([]string, len(list))
		for i := range list {
			q, err := json.Marshal([]string{markdown[i], myst[i], rst[i]})
			if err != nil {
				t.Fatal(err)
			}
			questions[i] = string(q)
		}
		for i, answers := range venv.Answers[map[string]string](t, python, questions, "testdata/badge.py") {
			for reader, answer := range answers {
				compare(t, reader, i, markdown[i]+"\n"+myst[i]+"\n"+rst[i], answer)
			}
		}
	})
}

// linked is where the only link leads, and which picture it shows.
func linked(t *testing.T, text string) (link, image string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatal(err)
	}
	value := func(n *html.Node, name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	for _, root := range nodes {
		for n := range root.Descendants() {
			switch n.DataAtom {
			case atom.A:
				link += value(n, "href")
			case atom.Img:
				image += value(n, "src")
			}
		}
		if root.DataAtom == atom.A {
			link += value(root, "href")
		}
	}
	return link, image
}
