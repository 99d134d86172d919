package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/site"
)

// binderFiles are what a repository has that runs on Binder. A folder with any
// of them is checked as such, whatever else it is.
var binderFiles = []string{".binder", "binder", "environment.yml", "requirements.txt", "Pipfile", "Dockerfile", "postBuild", "start"}

// isSite reports whether check means a Hugo site by a folder.
func isSite(dir string) bool { return !isRepository(dir) && site.Is(dir) }

func isRepository(dir string) bool {
	return slices.ContainsFunc(binderFiles, func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	})
}

// checkSite checks a Hugo site: its tags and shortcodes, whether its
// configuration lets the tags through, and its cards.
func (p *Program) checkSite(ctx context.Context, dir string, o *checkOptions) error {
	c, err := p.readContent(ctx, &syncOptions{readingFlags: o.readingFlags, dir: dir})
	if err != nil {
		return err
	}
	if err := p.check(c, o.quiet); err != nil {
		return err
	}
	places := fmt.Sprintf("%d places", len(c.uses))
	if len(c.uses) == 1 {
		places = "1 place"
	}
	fmt.Fprintf(p.Stdout, "a Hugo site; its content shows repositories in %s, and the site has all of their cards\n", places)
	return nil
}
