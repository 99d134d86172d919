package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bokehbinder/bokehbinder/internal/site"
)

// recipeFiles are what a repository has that runs on Binder. A folder with any
// of them is checked as such, whatever else it is.
var recipeFiles = []string{".binder", "binder", "environment.yml", "requirements.txt", "Pipfile", "Dockerfile", "postBuild", "start"}

// isSite reports whether check means a Hugo site by a folder.
func isSite(dir string) bool {
	for _, name := range recipeFiles {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return false
		}
	}
	return site.Is(dir)
}

// checkSite checks a Hugo site: its tags and shortcodes, whether its
// configuration lets the tags through, and its cards.
func (p *Program) checkSite(ctx context.Context, dir string, o *checkOptions) error {
	c, err := p.readContent(ctx, &syncOptions{readingFlags: o.readingFlags, dir: dir})
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "a Hugo site; its content shows repositories at %d places, and their cards are there\n", len(c.uses))
	return nil
}
