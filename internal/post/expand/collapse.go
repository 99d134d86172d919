package expand

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/post"
)

// keep writes a tag so that it can stand in a comment: whatever might end that, or mean
// something to those who read it, as a character reference.
func keep(inner string) string {
	var b strings.Builder
	last := ' '
	for _, r := range inner {
		if r > 0x7e || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' ||
			strings.ContainsRune(` =:/.,"?`, r) || r == '-' && last != '-' {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
		last = r
	}
	return b.String()
}

var reference = regexp.MustCompile(`&#([0-9]{1,7});`)

// kept reads what keep writes.
func kept(text string) string {
	return reference.ReplaceAllStringFunc(text, func(r string) string {
		n, _ := strconv.Atoi(r[2 : len(r)-1])
		return string(rune(n))
	})
}

var (
	region = regexp.MustCompile(`<(?:div|span)>` + opening + `([0-9a-f]{12})-([0-9]{1,4})-([0-9]{1,4})([^<>\n]*)-->((?s:.*?))` + closing + `</(?:div|span)>`)
	mark   = regexp.MustCompile(opening + `|` + closing)
)

// Problem is an embed that cannot be taken out without losing what was changed in it.
type Problem struct {
	Pos     position.Position
	Message string
}

const (
	edited = "this embed was edited by hand, and that would be lost"
	broken = "this embed has lost its beginning or its end"
)

// Collapse puts the tags back in the place of their embeds. The text before the first
// [Expand] comes back, byte for byte, and with it changes that were made around the
// embeds, or to the tags in their comments. Problems are embeds that were changed;
// with force these are lost.
func Collapse(file string, src []byte, force bool) ([]byte, []Problem, error) {
	if !bytes.Contains(src, []byte(opening)) && !bytes.Contains(src, []byte(closing)) {
		return src, nil, nil
	}
	code, err := codeOf(file, src)
	if err != nil {
		return nil, nil, err
	}
	places := position.Count(position.Position{File: file, Line: 1, Column: 1}, src)
	var problems []Problem
	var out []byte
	at := 0
	stray := func(from, to int) {
		for _, m := range mark.FindAllIndex(src[from:to], -1) {
			if !within(code, from+m[0]) {
				problems = append(problems, Problem{places.At(from + m[0]), broken})
			}
		}
	}
	for _, m := range region.FindAllSubmatchIndex(src, -1) {
		if within(code, m[0]) {
			continue
		}
		body := string(src[m[10]:m[11]])
		before, _ := strconv.Atoi(string(src[m[4]:m[5]]))
		after, _ := strconv.Atoi(string(src[m[6]:m[7]]))
		lead, trail := before, after
		if m[0]-before < at || !isBlank(src[m[0]-before:m[0]]) {
			lead = 0
		}
		if m[1]+after > len(src) || !isBlank(src[m[1]:m[1]+after]) {
			trail = 0
		}
		whole := hash(body) == string(src[m[2]:m[3]]) && lead == before && trail == after
		if !whole && !force {
			problems = append(problems, Problem{places.At(m[0]), edited})
		}
		if strings.Contains(body, opening) {
			problems = append(problems, Problem{places.At(m[0]), broken})
		}
		stray(at, m[0])
		out = append(out, src[at:m[0]-lead]...)
		out = append(out, tag.Open+kept(string(src[m[8]:m[9]]))+tag.Close...)
		at = m[1] + trail
	}
	stray(at, len(src))
	return append(out, src[at:]...), problems, nil
}

// codeOf returns where a post has code, in which nothing is an embed.
func codeOf(file string, src []byte) (ranges [][]int, err error) {
	entry, err := post.Parse(file, src)
	if err != nil {
		return nil, err
	}
	begin := len(src) - len(entry.Body)
	root, _ := entry.Tree(post.Markdown())
	err = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			for i := range n.Lines().Len() {
				s := n.Lines().At(i)
				ranges = append(ranges, []int{begin + s.Start, begin + s.Stop})
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
	return ranges, err
}
