package post

import (
	"net/url"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/bokehbinder/bokehbinder/internal/post/kramdown"
	"github.com/bokehbinder/bokehbinder/internal/post/remark"
)

// Alone adds a warning for what does not show in a page of one file: images that are
// files of the site, and formulas, for which a site has a script.
var Alone goldmark.Extender = telling(tellAlone)

// tellAlone says each image once, and of the formulas the first.
func tellAlone(doc *ast.Document, _ text.Reader, pc parser.Context) {
	told := make(map[string]bool)
	tell := func(n ast.Node, about, format string, args ...any) {
		if !told[about] {
			told[about] = true
			remark.Add(pc, placeOf(n), format, args...)
		}
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n.Kind() {
		case ast.KindImage:
			if path := string(n.(*ast.Image).Destination); isOfSite(path) {
				tell(n, path, "the page does not hold the image %s; publish it where the page looks for it", path)
			}
		case kramdown.KindMath, kramdown.KindMathBlock:
			tell(n, "$$", "formulas show as TeX: a page of one file has no MathJax; put the post into a site that has it")
		}
		return ast.WalkContinue, nil
	})
}

// isOfSite reports whether an address names a file of the page's own site.
func isOfSite(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "" && u.Host == "" && u.Path != ""
}

// placeOf returns where a node stands, or else what it is in.
func placeOf(n ast.Node) int {
	for ; n != nil; n = n.Parent() {
		if at := n.Pos(); at >= 0 {
			return at
		}
	}
	return 0
}
