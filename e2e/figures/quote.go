package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// Page is the page's path.
const Page = "docs/figures.md"

// documents may quote figures of the page.
var documents = []string{"README.md", "CONTRIBUTING.md", "docs/*.md", "exampleSite/content/*/*.md"}

// quotation is a link to the page, or to a part of it, whose title is the name of a
// figure and whose text is the figure.
var quotation = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]*figures\.md(?:#[\w-]*)?) "([^"]+)"\)`)

// Quote brings the figures that other pages quote up to date.
func Quote(root string, quoted map[string]string) error {
	var problems []error
	for _, pattern := range documents {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			problems = append(problems, quoteIn(name, quoted))
		}
	}
	return errors.Join(problems...)
}

// quoteIn does so in one file.
func quoteIn(name string, quoted map[string]string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var unknown []error
	now := quotation.ReplaceAllFunc(text, func(link []byte) []byte {
		m := quotation.FindSubmatch(link)
		figure, ok := quoted[string(m[3])]
		if !ok {
			unknown = append(unknown, fmt.Errorf("%s quotes %s, which is no figure", name, m[3]))
			return link
		}
		return fmt.Appendf(nil, `[%s](%s "%s")`, figure, m[2], m[3])
	})
	if string(now) == string(text) {
		return errors.Join(unknown...)
	}
	return errors.Join(append(unknown, os.WriteFile(name, now, 0o644))...)
}
