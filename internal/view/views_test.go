package view

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"

	bokehbinder "github.com/bokehbinder/bokehbinder"
)

// allowed are the functions of which Hugo's and Go's do the same.
var allowed = []string{"and", "or", "not", "eq", "print", "printf", "urlquery", "partial", "partialCached", "dict", "transform"}

// sources returns the text of each view by its file's name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	files, err := fs.Glob(bokehbinder.FS, folder+"/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no views: %v", err)
	}
	texts := make(map[string]string)
	for _, file := range files {
		text, err := fs.ReadFile(bokehbinder.FS, file)
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

var (
	usedWord = regexp.MustCompile(`[.$]words\.([a-z_]+)`)
	bareWord = regexp.MustCompile(`\{\{ \.([a-z_]+) \}\}`)
)

// TestWords sees that views and messages know the same words, in every
// language.
func TestWords(t *testing.T) {
	used := make(map[string]bool)
	for name, text := range sources(t) {
		for _, m := range usedWord.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
		if name == "words.html" {
			for _, m := range bareWord.FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
			}
		}
	}
	english := messages()[DefaultLanguage]
	for word := range used {
		if english[keyPrefix+word] == "" {
			t.Errorf("a view uses the word %q, which en.yaml does not have", word)
		}
	}
	for key := range english {
		if !used[strings.TrimPrefix(key, keyPrefix)] {
			t.Errorf("no view uses %s", key)
		}
	}
	for language, m := range messages() {
		if len(m) == 0 {
			t.Errorf("%s.yaml is empty or cannot be read", language)
		}
		for key, text := range m {
			if english[key] == "" {
				t.Errorf("%s.yaml has %s, which en.yaml has not", language, key)
			}
			if strings.Contains(strings.ReplaceAll(text, "{{ .hub }}", ""), "{{") {
				t.Errorf("%s.yaml: %s holds another parameter than {{ .hub }}: %s", language, key, text)
			}
		}
	}
}

// TestWordsAreNotFiltered sees that the attributes in which the script finds
// its words have names that html/template takes for plain text.
func TestWordsAreNotFiltered(t *testing.T) {
	for _, m := range regexp.MustCompile(`data-([a-z-]+)=`).FindAllStringSubmatch(sources(t)["words.html"], -1) {
		name := m[1]
		if strings.HasPrefix(name, "on") || strings.Contains(name, "src") || strings.Contains(name, "uri") || strings.Contains(name, "url") {
			t.Errorf("html/template filters data-%s", name)
		}
	}
}
