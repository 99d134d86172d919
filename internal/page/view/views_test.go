package view

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/bokehbinder/bokehbinder/internal/base/module"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
)

// allowed are the functions of which Hugo's and Go's do the same.
var allowed = []string{"and", "or", "not", "eq", "print", "printf", "partial", "partialCached", "dict", "transform"}

// sources returns the text of each view by its file's name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	files, err := fs.Glob(module.Files(), folder+"/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no views: %v", err)
	}
	texts := make(map[string]string)
	for _, file := range files {
		text, err := fs.ReadFile(module.Files(), file)
		if err != nil {
			t.Fatal(err)
		}
		texts[path.Base(file)] = string(text)
	}
	return texts
}

func TestViewsAreSimple(t *testing.T) {
	for name, text := range sources(t) {
		if !strings.HasPrefix(text, "{{- /*\n") {
			t.Errorf("%s does not begin with what it is for", name)
		}
		for _, problem := range check(t, text) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// TestViewsAreSimpleCanFail sees that the test before finds what it looks for.
func TestViewsAreSimpleCanFail(t *testing.T) {
	for _, text := range []string{
		`{{ len .x }}`, `{{ if lt .a 1 }}{{ end }}`, `{{ .x | html }}`, `{{ with index .a 0 }}{{ end }}`,
		`{{ range slice .a }}{{ end }}`, `{{ partial "x.html" (js .a) }}`, `{{ transform.Plainify .a }}`,
		`{{ i18n "a" }}`, `{{ eq .a 1 }}`, `{{ template "x" }}`, `{{ $x := site.Params }}`, `{{ break }}`,
	} {
		if problems := check(t, text); len(problems) != 1 {
			t.Errorf("%s: %q", text, problems)
		}
	}
}

// check lists what a view does that it must not.
func check(t *testing.T, text string) []string {
	t.Helper()
	tree := parse.New("view")
	tree.Mode = parse.SkipFuncCheck
	set := make(map[string]*parse.Tree)
	if strings.Contains(text, "{{ break }}") {
		text = "{{ range .x }}" + text + "{{ end }}"
	}
	if _, err := tree.Parse(text, "", "", set); err != nil {
		t.Fatal(err)
	}
	c := &checker{}
	c.walk(tree.Root)
	return c.problems
}

// checker walks a view.
type checker struct{ problems []string }

func (c *checker) refuse(n parse.Node) {
	c.problems = append(c.problems, "not to be used: "+n.String())
}

func (c *checker) walk(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				c.walk(child)
			}
		}
	case *parse.ActionNode:
		c.walk(n.Pipe)
	case *parse.IfNode:
		c.branch(&n.BranchNode)
	case *parse.WithNode:
		c.branch(&n.BranchNode)
	case *parse.RangeNode:
		c.branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			c.command(command)
		}
	case *parse.TextNode, *parse.CommentNode, *parse.FieldNode, *parse.VariableNode, *parse.DotNode,
		*parse.StringNode, *parse.NumberNode, *parse.BoolNode:
	case *parse.IdentifierNode:
		if !slices.Contains(allowed, n.Ident) {
			c.refuse(n)
		}
	case *parse.ChainNode:
		if n.String() != "transform.Highlight" {
			c.refuse(n)
		}
	default:
		c.refuse(n)
	}
}

func (c *checker) branch(n *parse.BranchNode) {
	c.walk(n.Pipe)
	c.walk(n.List)
	c.walk(n.ElseList)
}

// command walks a call. Numbers are compared differently by Hugo and Go, so eq
// must not have any.
func (c *checker) command(n *parse.CommandNode) {
	called, isFunction := n.Args[0].(*parse.IdentifierNode)
	for _, arg := range n.Args {
		if _, isNumber := arg.(*parse.NumberNode); isNumber && isFunction && called.Ident == "eq" {
			c.refuse(n)
		}
		c.walk(arg)
	}
}

var usedWord = regexp.MustCompile(`[.$]words\.([a-z_]+)`)

// TestWords sees that the views, the script's list and the messages know the same
// words, in every language.
func TestWords(t *testing.T) {
	used := make(map[string]bool)
	for _, text := range sources(t) {
		for _, m := range usedWord.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
	}
	for _, word := range doors.Script() {
		used[word] = true
	}
	used["language"], used["direction"] = true, true // which say what words they are
	english := messages()[defaultLanguage]
	for word := range used {
		if english[keyPrefix+word] == "" {
			t.Errorf("the word %q is used, which en.yaml does not have", word)
		}
	}
	for key := range english {
		if !used[strings.TrimPrefix(key, keyPrefix)] {
			t.Errorf("nothing uses %s", key)
		}
	}
	for language, m := range messages() {
		for key, text := range m {
			if english[key] == "" {
				t.Errorf("%s.yaml has %s, which en.yaml has not", language, key)
			}
			if strings.Contains(strings.NewReplacer("{{ .hub }}", "", "{{ .time }}", "").Replace(text), "{{") {
				t.Errorf("%s.yaml: %s holds another parameter than {{ .hub }} and {{ .time }}: %s", language, key, text)
			}
		}
		for key, said := range english {
			if m[key] == "" {
				t.Errorf("%s.yaml lacks %s", language, key)
			}
			// What is named has the very name that it is called by.
			for _, part := range []string{"{{ .hub }}", "{{ .time }}", english[launchKey]} {
				translated := part
				if part == english[launchKey] {
					translated = m[launchKey]
				}
				if strings.Count(said, part) != strings.Count(m[key], translated) {
					t.Errorf("%s.yaml: %s does not have %q as often as in English: %s", language, key, translated, m[key])
				}
			}
		}
		if m[keyPrefix+"language"] != language {
			t.Errorf("%s.yaml says that it is %q", language, m[keyPrefix+"language"])
		}
		if direction := m[keyPrefix+"direction"]; direction != "ltr" && direction != "rtl" {
			t.Errorf("%s.yaml is written %q", language, direction)
		}
	}
}

const launchKey = keyPrefix + "launch"

// TestTranslationsAreSigned sees that each translation says who has read it, or
// that nobody has.
func TestTranslationsAreSigned(t *testing.T) {
	signed := regexp.MustCompile(`^# [A-Z][a-z]+( \([a-z]+\))?\. (Made by a machine; no reader has signed it\.|Read by \S.*\.)\n`)
	for _, language := range Languages() {
		text, err := fs.ReadFile(module.Files(), "i18n/"+language+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if language != defaultLanguage && !signed.Match(text) {
			t.Errorf("%s.yaml does not say in its first line whether a reader has signed it", language)
		}
	}
}

// TestLanguages looks up the words for pages in languages that have none under
// their own name.
func TestLanguages(t *testing.T) {
	if got := Languages(); !slices.Equal(got, []string{"ar", "de", "en", "es", "fr", "ja", "nl", "pt", "zh"}) {
		t.Errorf("languages: %q", got)
	}
	for page, want := range map[string]string{
		"": "en", "de": "de", "pt-br": "pt", "pt_BR": "pt", "pt-PT": "pt", "zh-hans": "zh", "zh-CN": "zh", "zh-Hans-HK": "zh", "zh": "zh",
		"zh-hant": "en", "zh-Hant-CN": "en", "zh-tw": "en", "zh-HK": "en", "fi": "en", "de-1996": "de", "den": "en", "-": "en", "-de": "en",
	} {
		if got := WordsLanguage(page); got != want {
			t.Errorf("a page in %q has its words in %q, not %q", page, got, want)
		}
	}
}

// TestForeignWords has words say their language where it is not the page's.
func TestForeignWords(t *testing.T) {
	for page, want := range map[string]string{
		"": "", "en": "", "EN-us": "", "de-AT": "", "ar": "", "zh-cn": "", "fi": ` lang="en" dir="ltr"`, "zh-TW": ` lang="en" dir="ltr"`, "enm": ` lang="en" dir="ltr"`,
	} {
		at := addressed(&tag.Tag{Repo: tides})
		s := Settings{Language: page}
		html := embedOf(t, at, s)
		root, _, _ := strings.Cut(html, ">")
		if strings.Contains(root, " lang=") != (want != "") || !strings.HasSuffix(root, want) {
			t.Errorf("%q: %s", page, root)
		}
		var link, feed, problem strings.Builder
		c := readCard(t, "tides")
		for err := range slices.Values([]error{Launch(&link, c, at, s), Feed(&feed, c, at, s), Problem(&problem, at, s, "m", "h", true)}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, html := range []string{link.String(), feed.String(), problem.String()} {
			if strings.Contains(html, " dir=") != (want != "") || !strings.Contains(html, want+">") {
				t.Errorf("%q: %s", page, html)
			}
		}
	}
}

// TestScriptsWords compares the files of the script's words with the messages.
func TestScriptsWords(t *testing.T) {
	for _, language := range Languages() {
		name, text := Spoken(Settings{Language: language})
		compare(t, "../../../../assets/bokehbinder/"+name, text)
	}
}

// TestFewWords counts what a summary, a feed or a search index sees of an embed
// without its files, and its bytes: what only a running script says is not in it.
func TestFewWords(t *testing.T) {
	at := addressed(&tag.Tag{Repo: tides, Ref: "main", Title: "Tides", Show: []string{"launch", "app"}})
	html := embedOf(t, at, Settings{})
	sizes := map[string]Settings{}
	for _, language := range Languages() {
		sizes[language] = Settings{Language: language}
		text := strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(embedOf(t, at, sizes[language]), " "))
		if len(text) > 40 {
			t.Errorf("%s: %d words are more than 40: %s", language, len(text), strings.Join(text, " "))
		}
	}
	said := words(Settings{}, "mybinder.org")
	for _, word := range doors.Script() {
		text := said[word].(string)
		if word != "launch" && strings.Contains(html, ">"+text+"<") {
			t.Errorf("the page says %q, which only the script does", text)
		}
	}
	sizes["foreign"] = Settings{Language: "fi"}
	for name, settings := range sizes {
		if n := len(embedOf(t, at, settings)); n > 5_000 {
			t.Errorf("%s: %d bytes are more than 5,000", name, n)
		}
	}
}

// embedOf is the block of a tag of the tides.
func embedOf(t *testing.T, at *tag.Tag, s Settings) string {
	t.Helper()
	var b strings.Builder
	if err := Embed(&b, readCard(t, "tides"), at, s, "bb-1"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
