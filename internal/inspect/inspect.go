package inspect

import (
	"context"
	"fmt"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/glob"
	"github.com/bokehbinder/bokehbinder/internal/python"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// Inspect makes the card of a tree, without findings. The files are globs of further files whose
// text is wanted. The error is that of reading the tree, or of a glob.
func Inspect(ctx context.Context, t repo.Tree, files []string) (*card.Card, error) {
	f, err := Read(ctx, t, files)
	if err != nil {
		return nil, err
	}
	return f.Card(), nil
}

// Facts is what was read of a repository and understood of it.
type Facts struct {
	Address forge.Address
	Name    string
	Commit  string
	Date    time.Time
	// Snapshot has the files.
	Snapshot *Snapshot
	// Build is what repo2docker makes of them.
	Build binder.Build
	// Starts are the commands that start something beside Jupyter, in the
	// order in which their apps are listed.
	Starts []Start
	// Apps are the apps that they start.
	Apps []App
	// Problems are what keeps starts from being apps.
	Problems []Problem

	globs   []*glob.Pattern
	modules map[string]*python.Module
	scripts map[string]parsedScript
	shells  int
}

// parsedScript is what ParseShell returned.
type parsedScript struct {
	commands []Command
	err      error
}

// Read reads a tree, with one request for the content of its files, and
// understands it.
func Read(ctx context.Context, t repo.Tree, files []string) (*Facts, error) {
	f := &Facts{
		Address: t.Address(), Name: t.Name(), Commit: t.Commit(), Date: t.Date(),
		modules: map[string]*python.Module{}, scripts: map[string]parsedScript{},
	}
	for _, pattern := range files {
		p, err := glob.CompileStars(pattern)
		if err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		f.globs = append(f.globs, p)
	}
	f.Snapshot = newSnapshot(t)
	if err := f.Snapshot.load(ctx, t, f.Snapshot.wanted(f.globs)); err != nil {
		return nil, err
	}
	if err := f.Snapshot.follow(ctx, t); err != nil {
		return nil, err
	}
	f.Build = binder.Buildpack(f.Snapshot)
	f.findStarts()
	f.findApps()
	return f, nil
}

// Card makes the card of the facts, without findings.
func (f *Facts) Card() *card.Card {
	c := &card.Card{
		Version: card.Version, Repo: f.Address.URL, Commit: f.Commit,
		ConfigDir: f.Build.Dir, Buildpack: f.Build.Pack,
		Apps: []card.App{}, Findings: []card.Finding{},
	}
	if c.Repo == "" {
		c.Repo = f.Name
	}
	if f.Commit != "" {
		c.URL = f.Address.CommitURL(f.Commit)
		c.Provider, c.Spec = binder.LaunchSpec(f.Address, f.Commit)
		if !f.Date.IsZero() {
			c.Date = f.Date.UTC().Format(time.RFC3339)
		}
	}
	for _, a := range f.Apps {
		c.Apps = append(c.Apps, card.App{
			Name: DisplayPath(a.Name), Path: DisplayPath(a.Path), Entry: DisplayPath(a.Entry), URLPath: a.URLPath,
		})
	}
	c.Files = f.List()
	return c
}
