// Command doclinks checks the links of Markdown files: every relative link
// must name a file of the repository, and every fragment a heading of it.
// Links to other sites must be well-formed https URLs; they are not requested.
package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

func main() {
	bad := 0
	for _, file := range os.Args[1:] {
		for _, message := range check(file) {
			fmt.Fprintf(os.Stderr, "%s: %s\n", file, message)
			bad++
		}
	}
	if bad > 0 {
		os.Exit(1)
	}
}

// check returns what is wrong with the links of one file.
func check(file string) (messages []string) {
	doc, err := parse(file)
	if err != nil {
		return []string{err.Error()}
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		var target string
		switch n := n.(type) {
		case *ast.Link:
			target = string(n.Destination)
		case *ast.Image:
			target = string(n.Destination)
		default:
			return ast.WalkContinue, nil
		}
		if err := checkTarget(file, target); err != nil {
			messages = append(messages, err.Error())
		}
		return ast.WalkContinue, nil
	})
	return messages
}

func parse(file string) (ast.Node, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	return md.Parser().Parse(text.NewReader(source)), nil
}

func checkTarget(file, target string) error {
	u, err := url.Parse(target)
	if err != nil {
		return err
	}
	switch {
	case u.Scheme == "https" && strings.Contains(u.Host, "."):
		return nil
	case u.Scheme != "" || u.Host != "":
		return fmt.Errorf("link %q is neither relative nor https", target)
	}
	path := file
	if u.Path != "" {
		path = filepath.Join(filepath.Dir(file), filepath.FromSlash(u.Path))
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("link %q: there is no %s", target, path)
		}
	}
	if u.Fragment == "" || filepath.Ext(path) != ".md" {
		return nil
	}
	return checkFragment(path, target, u.Fragment)
}

func checkFragment(path, target, fragment string) error {
	doc, err := parse(path)
	if err != nil {
		return err
	}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if id, ok := n.AttributeString("id"); ok && n.Kind() == ast.KindHeading && string(id.([]byte)) == fragment {
			return nil
		}
	}
	return fmt.Errorf("link %q: %s has no heading #%s", target, path, fragment)
}
