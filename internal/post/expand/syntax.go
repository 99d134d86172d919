package expand

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"

	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/post"
	"github.com/bokehbinder/bokehbinder/internal/post/mdx"
	"github.com/bokehbinder/bokehbinder/internal/post/rst"
)

// syntax is how the posts of one form are read, and how embeds stand in them.
type syntax struct {
	parse    func(file string, src []byte) (*post.Post, error)
	markdown func(...goldmark.Extender) goldmark.Markdown
	// block and inline are what stands around an embed and a launch link.
	block, inline shell
	// opening and opened are around what is kept, closing ends the embed. They stand
	// within the shell.
	opening, opened, closing string
	// region is all of an embed: hash, bytes before and after, what is kept, and what
	// was put in. mark is what it begins and ends with.
	region, mark *regexp.Regexp
	// around returns what makes a block of a tag's place, and how its lines begin.
	around func(b *body, t *extension.Tag) (before, after, indent string)
	// filling is of what before and after are made, beside spaces and line ends.
	filling string
	// exact says that another indentation makes another block.
	exact bool
	// shown returns where embeds are only shown, as code is.
	shown func(s *syntax, file string, src []byte) (func(offset int) bool, error)
	// links says whether a tag within a line becomes a link.
	links bool
}

type shell struct{ begin, end string }

var syntaxes = map[form.Form]*syntax{
	form.Markdown: compile(syntax{
		parse: post.Parse, markdown: post.Markdown, links: true,
		block: shell{"<div>", "</div>"}, inline: shell{"<span>", "</span>"},
		opening: "<!--bokehbinder ", opened: "-->", closing: "<!--/bokehbinder-->",
		around: (*body).aroundMarkdown, filling: ">", shown: shownInMarkdown,
	}),
	form.MDX: compile(syntax{
		parse: post.Parse, markdown: mdx.Markdown, links: true,
		block: shellOf("div"), inline: shellOf("span"),
		opening: "/*bokehbinder ", opened: "*/", closing: "/*/bokehbinder*/",
		around: (*body).aroundMDX, filling: ">", shown: shownInMarkdown,
	}),
	form.RST: compile(syntax{
		parse: post.Plain, markdown: rst.Markdown,
		opening: ".. bokehbinder ", opened: "..\n\n", closing: "\n\n.. /bokehbinder",
		around: (*body).aroundRST, filling: ".", exact: true, shown: shownInRST,
	}),
}

// shellOf is what MDX's form has around an expression.
func shellOf(element string) shell {
	begin, end, _ := strings.Cut(form.Element(element, "\x00"), "\x00")
	return shell{begin, end}
}

// compile makes the expressions of a syntax.
func compile(s syntax) *syntax {
	quote := func(texts ...string) string {
		for i, t := range texts {
			texts[i] = strings.ReplaceAll(regexp.QuoteMeta(t), "\n", `[ \t]*\r?\n[ \t]*`)
		}
		return "(?:" + strings.Join(texts, "|") + ")"
	}
	s.region = regexp.MustCompile(quote(s.block.begin, s.inline.begin) + quote(s.opening) + `([0-9a-f]{12})-([0-9]{1,4})-([0-9]{1,4})([^<>\n]*?)` +
		quote(s.opened) + `((?s:.*?))` + quote(s.closing) + quote(s.block.end, s.inline.end))
	s.mark = regexp.MustCompile(quote(strings.TrimSpace(s.opening)) + `[ ]|` + quote(strings.TrimSpace(s.closing)))
	return &s
}

// shownInMarkdown are code blocks and code within text.
func shownInMarkdown(s *syntax, file string, src []byte) (func(int) bool, error) {
	entry, err := s.parse(file, src)
	if err != nil {
		return nil, err
	}
	var ranges [][]int
	begin := len(src) - len(entry.Body)
	root, _ := entry.Tree(s.markdown())
	err = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for i := range n.Lines().Len() {
				l := n.Lines().At(i)
				ranges = append(ranges, []int{begin + l.Start, begin + l.Stop})
			}
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					ranges = append(ranges, []int{begin + t.Segment.Start, begin + t.Segment.Stop})
				}
			}
		}
		return ast.WalkContinue, nil
	})
	return func(at int) bool { return within(ranges, at) }, err
}

// shownInRST is all but comments.
func shownInRST(_ *syntax, _ string, src []byte) (func(int) bool, error) {
	comments := rst.Comments(src)
	return func(at int) bool { return !comments[at] }, nil
}
