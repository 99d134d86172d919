package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// What a command takes that is given no folder, as git does: from the current
// folder upwards the nearest one that is meant to be taken as a whole, so that a
// subfolder is as good a place to be. What is named is taken as it is.

// folderHere is the nearest folder that has files for Binder or is a Hugo site,
// else the top of the git repository, else the current folder.
func folderHere(ctx context.Context) string {
	h := lookAround(ctx)
	return h.or(h.above(func(dir string) bool { return site.Is(dir) || h.config(dir) }))
}

// repositoryHere is the same but for sites, which are nothing that Binder runs.
func repositoryHere(ctx context.Context) string {
	h := lookAround(ctx)
	return h.or(h.above(h.config))
}

// siteHere is the nearest Hugo site, else the current folder.
func siteHere(ctx context.Context) string {
	if dir := lookAround(ctx).above(site.Is); dir != "" {
		return dir
	}
	return "."
}

// here is where the command was started.
type here struct {
	// top is the top of the git repository, within one.
	top    string
	within bool
}

func lookAround(ctx context.Context) here {
	top, ok := repo.Top(ctx, ".")
	return here{top, ok}
}

// or returns the folder that was found, or what there is without one.
func (h here) or(found string) string {
	switch {
	case found != "":
		return found
	case h.within:
		return h.top
	}
	return "."
}

// above looks for a folder from the current one upwards, not beyond the top of
// a repository. It returns "" where there is none.
func (h here) above(is func(dir string) bool) string {
	for dir := "."; ; dir = filepath.Join(dir, "..") {
		if is(dir) {
			return dir
		}
		last := filepath.Join(dir, "..")
		if h.within {
			last = h.top
		}
		if _, err := os.Stat(dir); err != nil || paths.Same(dir, last) {
			return ""
		}
	}
}

// config says whether a folder has a config folder of Binder's. Above a folder
// that is in no repository, anything may be called so.
func (h here) config(dir string) bool {
	return (h.within || dir == ".") && slices.ContainsFunc([]string{".binder", "binder"}, func(name string) bool {
		return slices.ContainsFunc(binderFiles, func(file string) bool {
			info, err := os.Stat(filepath.Join(dir, name, file))
			return err == nil && info.Mode().IsRegular()
		})
	})
}
