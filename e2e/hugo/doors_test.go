package hugo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/view"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// cards answers every request with the card of a sample repository, under the
// name that was asked for, with a file for each glob and a piece for what has a #,
// but for a name that is gone. Only that of a repository called remarkable has
// findings, and that of one called early knows no pieces.
var cards = card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
	c, err := sampleCard("tides")
	if err != nil {
		return nil, err
	}
	a, err := forge.Parse(req.Repo)
	if err != nil {
		return nil, err
	}
	c.Repo = a.URL
	if strings.HasSuffix(a.URL, "/remarkable") {
		c.Findings = []card.Finding{
			{ID: "bokeh-missing", Level: card.LevelError, Path: ".binder/environment.yml", Line: 3, Column: 5, Message: "bokeh is not installed", Fix: "add bokeh"},
			{ID: "moving-branch", Level: card.LevelNote, Message: "the branch moves"},
		}
	}
	for _, glob := range req.Files {
		if p, name, ok := piece.Split(glob); ok && p != "data/x" {
			if !strings.HasSuffix(a.URL, "/early") {
				c.Pieces = append(c.Pieces, samplePiece(glob, p, name))
			}
			continue
		}
		path := strings.ReplaceAll(glob, "*", "x")
		c.Files = append(c.Files, card.File{Path: path, Role: card.RoleExtra, Mode: "100644", Text: "1,2\n", Size: 4})
	}
	return c, nil
})

// samplePiece is a piece that says what it is of.
func samplePiece(of, path, name string) card.Piece {
	if name == "gone" {
		return card.Piece{Of: of, Path: path, Name: name, Problem: fmt.Sprintf("%q is no function of the file", of), Valid: "draw, load"}
	}
	return card.Piece{Of: of, Path: path, Name: name, First: 7, Last: 7, Text: "of " + of + "\n"}
}

// sampleCard is one of the cards by which the views are tested.
func sampleCard(name string) (*card.Card, error) {
	data, err := os.ReadFile(filepath.Join("../../internal/page/view/testdata/cards", name+".json"))
	if err != nil {
		return nil, err
	}
	return card.Read(bytes.NewReader(data))
}

// sync writes the cards of the repositories into the site.
func (s *site) sync(wants ...lock.Want) {
	s.tb.Helper()
	report, err := lock.Sync(context.Background(), lockfile.Folder{Dir: s.path("assets/" + lock.Folder)}, cards, wants, lock.Options{})
	if err != nil || len(report.Failures) > 0 {
		s.tb.Fatal(err, report)
	}
}

// plainSite is a site whose pages are their content and nothing else, without
// style sheet and script.
const plainSite = `
-- hugo.toml --
baseURL = "https://example.org/"
disableKinds = ["taxonomy", "term", "sitemap", "rss", "home", "section", "404"]
params.bokehbinder.assets = false
markup._merge = "deep"
markup.goldmark.renderer.unsafe = false
markup.goldmark.extensions.typographer.disable = true
-- layouts/page.html --
{{- .Content -}}
`

var identifier = regexp.MustCompile(`\bbb-[0-9a-f]{1,8}\b`)

// TestTagsAreWhereTheExtensionSeesThem runs the conformance table through the
// render hook: each tag is a block or inline as the table says, and what stands
// in its place is what the goldmark extension writes.
func TestTagsAreWhereTheExtensionSeesThem(t *testing.T) {
	archive, err := txtar.ParseFile("../passthrough/testdata/conformance.txtar")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, plainSite)
	files := make(map[string]string)
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	var wants []lock.Want
	documents := 0
	for name, text := range files {
		doc, ok := strings.CutSuffix(name, ".md")
		if !ok {
			continue
		}
		documents++
		if strings.HasPrefix(doc, "windows-") {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		s.write("content/"+name, "---\ntitle: x\n---\n"+text)
		for _, e := range expectations(t, files[doc+".want"]) {
			if e.tag != nil {
				wants = append(wants, lock.Want{Repo: e.tag.Repo, Ref: e.tag.Ref, Files: e.tag.Files})
			}
		}
	}
	if documents < 40 {
		t.Errorf("only %d documents", documents)
	}
	s.sync(wants...)
	log, _ := s.run() // tags that are wrong fail the build, and are shown all the same
	for name := range files {
		doc, ok := strings.CutSuffix(name, ".md")
		if !ok {
			continue
		}
		t.Run(doc, func(t *testing.T) {
			html := spoken.ReplaceAllString(s.read("public/"+strings.ToLower(doc)+"/index.html"), `data-words="en"`)
			rest := html
			for i, e := range expectations(t, files[doc+".want"]) {
				want := e.html(t, rest)
				before, after, ok := strings.Cut(twice.ReplaceAllString(rest, ""), want)
				if !ok {
					t.Fatalf("tag %d, %s, is not in\n%s\nwant\n%s\nlog\n%s", i, e.inner, rest, want, log)
				}
				if shown := class.FindString(before); shown != "" {
					t.Errorf("before tag %d there is another: %s", i, shown)
				}
				rest = after
			}
			if shown := class.FindString(rest); shown != "" {
				t.Errorf("there is a tag too many: %s in\n%s", shown, html)
			}
		})
	}
}

// twice is the part of a message that says where in the file something is.
var twice = regexp.MustCompile(`, first at line \d+, column \d+`)

// class begins whatever a view writes as a block.
var class = regexp.MustCompile(`class="?bb[" ]`)

// expectation is a line of the conformance table.
type expectation struct {
	inline bool
	inner  string
	tag    *tag.Tag
	errs   tag.Errors
}

func expectations(t *testing.T, want string) []expectation {
	t.Helper()
	var list []expectation
	for line := range strings.Lines(want) {
		form, quoted, _ := strings.Cut(strings.TrimSpace(line), " ")
		inner, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		e := expectation{inline: form == "inline", inner: inner}
		e.tag, err = tag.Parse(inner, position.Position{})
		if err != nil && !errors.As(err, &e.errs) {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// html returns what Go writes for the tag, with the id that comes next in the
// page.
func (e expectation) html(t *testing.T, page string) string {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch {
	case e.tag == nil && e.errs[0].Arg == "repo" && e.errs[0].Message != "is missing":
		return `<div class="bb bb-problem"` // the messages about addresses are package forge's
	case e.tag == nil:
		err = view.Problem(&b, nil, view.Settings{}, joined(e.errs, message), joined(e.errs, hint), e.inline)
	case e.inline:
		err = view.Launch(&b, mustCard(t, e.tag), e.tag, view.Settings{})
	default:
		err = view.Embed(&b, mustCard(t, e.tag), e.tag, view.Settings{}, identifier.FindString(page))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func mustCard(t *testing.T, asked *tag.Tag) *card.Card {
	t.Helper()
	c, err := cards(t.Context(), card.Request{Repo: asked.Repo, Files: asked.Files})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func message(e *tag.Error) string {
	if e.Arg == "" {
		return e.Message
	}
	return e.Arg + ": " + e.Message
}

func hint(e *tag.Error) string {
	if e.Valid == "" {
		return ""
	}
	return "valid: " + e.Valid
}

func joined(errs tag.Errors, text func(*tag.Error) string) string {
	var list []string
	for _, e := range errs {
		if s := text(e); s != "" {
			list = append(list, s)
		}
	}
	return strings.Join(list, "; ")
}

// argumentSets are arguments for both doors.
var argumentSets = []string{
	`repo=ada/waves`,
	`repo="https://github.com/ada/waves" ref="main"`,
	`repo="https://gitlab.com/ada/group/waves" ref="v1.0" title="A \"quoted\" title & more"`,
	`repo=ada/waves height=480 show=app`,
	`repo=ada/waves show="files, launch"`,
	`repo="ada/waves" hub="https://hub.example/base/, https://mybinder.org/" urlpath="/proxy/5006/other?a=b"`,
	`repo="ada/waves" files="data/*.csv, docs/**"`,
	`repo="ada/waves" app="tide-table" height=700 poster="/tides.png"`,
}

// TestArgumentSetsAreComplete looks for every argument in the sets, and in what
// the shortcode's file says of its parameters.
func TestArgumentSetsAreComplete(t *testing.T) {
	data, err := os.ReadFile("../../assets/bokehbinder/tag.json")
	if err != nil {
		t.Fatal(err)
	}
	var grammar struct{ Arguments []struct{ Name string } }
	if err := json.Unmarshal(data, &grammar); err != nil || len(grammar.Arguments) < 9 {
		t.Fatal(err, grammar)
	}
	header, err := os.ReadFile("../../shortcodes/bokehbinder.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range grammar.Arguments {
		if !strings.Contains(strings.Join(argumentSets, " "), " "+a.Name+"=") && a.Name != "repo" {
			t.Errorf("no set has %s", a.Name)
		}
		if !regexp.MustCompile(`(?m)^@param \{\w+\} \[?` + a.Name + `\b`).Match(header) {
			t.Errorf("the shortcode's header comment does not tell of %s", a.Name)
		}
	}
}

// TestShortcodeAndTagShowTheSame builds one site with tags and then with
// shortcodes in their places.
func TestShortcodeAndTagShowTheSame(t *testing.T) {
	pages := func(open, close string) map[string]string {
		s := newSite(t, strings.Replace(plainSite, "params.bokehbinder.assets = false\n", "", 1))
		var wants []lock.Want
		for i, args := range argumentSets {
			door := open + " " + args + " " + close
			s.write(fmt.Sprintf("content/own-%d.md", i), "---\ntitle: x\n---\nText.\n\n"+door+"\n\nMore.\n")
			s.write(fmt.Sprintf("content/two-%d.md", i), "---\ntitle: x\n---\n"+door+"\n\n"+door+"\n")
			parsed, err := tag.Parse(" "+args+" ", position.Position{})
			if err != nil {
				t.Fatal(err)
			}
			wants = append(wants, lock.Want{Repo: parsed.Repo, Ref: parsed.Ref, Files: parsed.Files})
		}
		s.sync(wants...)
		s.build()
		out := make(map[string]string)
		for i := range argumentSets {
			for _, name := range []string{"own", "two"} {
				page := fmt.Sprintf("%s-%d", name, i)
				out[page] = s.read("public/" + page + "/index.html")
			}
		}
		return out
	}
	tags, codes := pages("<<< bokehbinder", ">>>"), pages("{{< bokehbinder", ">}}")
	for page, want := range tags {
		if codes[page] != want {
			t.Errorf("%s: the shortcode writes\n%s\nthe tag\n%s", page, codes[page], want)
		}
		if strings.Count(want, "<bokeh-binder")+strings.Count(want, `<div class="bb"`) == 0 {
			t.Errorf("%s shows nothing:\n%s", page, want)
		}
	}
}

// TestSiteSettingsChangeNoEmbed builds a page on sites that set how their own
// code is shown.
func TestSiteSettingsChangeNoEmbed(t *testing.T) {
	build := func(settings string) string {
		s := newSite(t, plainSite)
		s.write("hugo.toml", s.read("hugo.toml")+settings)
		s.write("content/a.md", "Text.\n\n{{< bokehbinder repo=\"ada/waves\" >}}\n\n<<< bokehbinder repo=ada/waves show=files >>>\n")
		s.sync(lock.Want{Repo: "ada/waves"})
		s.build()
		return s.read("public/a/index.html")
	}
	plain := build("")
	if !strings.Contains(plain, `class="k`) {
		t.Errorf("nothing is highlighted:\n%s", plain)
	}
	for _, settings := range []string{
		"lineNos = true", "lineNos = true\nlineNumbersInTable = false", "anchorLineNos = true", "guessSyntax = true", "noClasses = false", "noClasses = true",
		"style = 'dracula'", "tabWidth = 8", "lineNoStart = 5\nlineNos = true", "hl_Lines = '1-3'", "codeFences = false", "wrapperClass = 'mine'",
	} {
		if got := build("[markup.highlight]\n" + settings + "\n"); got != plain {
			t.Errorf("with %s the page is another:\n%s", settings, got)
		}
	}
}
