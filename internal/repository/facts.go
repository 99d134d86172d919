package repository

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/truth"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/repository/installed"
	"github.com/bokehbinder/bokehbinder/internal/repository/jupyter"
	"github.com/bokehbinder/bokehbinder/internal/repository/python"
	"github.com/bokehbinder/bokehbinder/internal/repository/rlang"
	"github.com/bokehbinder/bokehbinder/internal/repository/shell"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Facts is what was read of a repository and understood of it.
type Facts struct {
	Address forge.Address
	Name    string
	Commit  string
	Date    time.Time
	// Snapshot has the files.
	Snapshot *Snapshot
	// Plan is what repo2docker makes of them.
	Plan *binder.Plan
	// PostBuild and Start are the scripts that repo2docker runs; nil where it
	// runs none.
	PostBuild, Start *shell.Script
	// Image is what the Dockerfile does, nil where there is none that makes the
	// image.
	Image *shell.Dockerfile
	// imageServes says whether Jupyter's server is in that image.
	imageServes truth.Value
	// Installed is what the build installs.
	Installed *installed.Set
	// Jupyter is what Jupyter's server reads as its configuration.
	Jupyter *jupyter.Config
	// Starts are the commands that start something beside Jupyter, in the
	// order in which their apps are listed.
	Starts []Start
	// Apps are the apps that they start, that the author's links name, or that a
	// package would show, in this order.
	Apps []App
	// Candidates are what packages serve besides.
	Candidates []App
	// Links are the launch links of the documents.
	Links []Link
	// BrokenLinks are those that no hub takes.
	BrokenLinks []BrokenLink
	// Problems are what keeps starts from being apps.
	Problems []Problem

	asked   []repo.File // what globs ask for
	over    bool        // there is more of it
	pieces  []string    // what is asked for and no file is called
	modules map[string]*python.Module
	budget  *shell.Budget
	python  *python.Budget
	r       rlang.Reader
	brought []*brought
	again   []App // apps that are there already, at other addresses
	shells  int
	moves   []move
	listed  *lister
	helping map[string]bool // files whose functions others use
}

// Read reads a tree, with one request for the content of its files, and
// understands it. The files are those of a [card.Request].
// The error is that of reading the tree, or of a glob.
func Read(ctx context.Context, t repo.Tree, files []string) (*Facts, error) {
	f := &Facts{
		Address: t.Address(), Name: t.Name(), Commit: t.Commit(), Date: t.Date(),
		modules: map[string]*python.Module{}, budget: &shell.Budget{Steps: shell.DefaultSteps},
		python: &python.Budget{Steps: python.DefaultSteps},
	}
	f.Snapshot = newSnapshot(t)
	var globs []*glob.Pattern
	seen := map[string]bool{}
	for _, item := range files {
		p, err := glob.CompileStars(item)
		switch {
		case err != nil:
			return nil, fmt.Errorf("files: %w", err)
		case seen[item]:
		case f.Snapshot.isPiece(item, p):
			f.pieces = append(f.pieces, item)
		default:
			globs = append(globs, p)
		}
		seen[item] = true
	}
	f.asked, f.over = f.Snapshot.matching(globs)
	if err := f.Snapshot.load(ctx, t, f.Snapshot.wanted(f.asked, f.pieces)); err != nil {
		return nil, err
	}
	if err := f.Snapshot.follow(ctx, t); err != nil {
		return nil, err
	}
	f.Plan = binder.NewPlan(f.Snapshot)
	f.readScripts()
	f.Installed = installed.Read(f.Snapshot, f.Plan, f.installs(), f.python)
	f.readJupyter()
	f.findStarts()
	home := f.home(ctx, t)
	documents, _ := f.Snapshot.documents()
	f.findLinks(documents, home)
	f.findBrought()
	if err := f.readShown(ctx, t); err != nil {
		return nil, err
	}
	notebooks, _ := f.Snapshot.notebooks()
	f.findLinks(notebooks, home)
	f.findApps()
	return f, nil
}

// readScripts reads the scripts that repo2docker runs, or the Dockerfile.
func (f *Facts) readScripts() {
	if f.Docker() {
		f.Image, _ = shell.ReadDockerfile(f.Snapshot, f.Plan.Path("Dockerfile"), f.budget)
		f.imageServes = serves(f.Image)
		return
	}
	f.PostBuild, _ = shell.Read(f.Snapshot, f.Plan.Path(binder.PostBuild), f.budget)
	f.Start, _ = shell.Read(f.Snapshot, f.Plan.Path(binder.Start), f.budget, shell.WithArguments())
	f.findMoves()
}

// home returns what asks a tree, once, where it comes from.
func (f *Facts) home(ctx context.Context, t repo.Tree) func() repo.Home {
	return sync.OnceValue(func() repo.Home {
		h := t.Home(ctx)
		if f.Address.URL != "" {
			h.Address = f.Address
		}
		return h
	})
}

// ReadFolder reads a folder's work tree as that of a repository, whose address
// may be zero, and understands it.
func ReadFolder(ctx context.Context, dir string, a forge.Address, files []string) (*Facts, error) {
	t, err := repo.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	return Read(ctx, workTree{t, a}, files)
}

// workTree is a folder's tree that stands for a repository.
type workTree struct {
	repo.Tree
	address forge.Address
}

// Address implements [repo.Tree].
func (t workTree) Address() forge.Address { return t.address }

// Text returns a file's content, "" if it is not known.
func (f *Facts) Text(p string) string {
	data, _ := f.Snapshot.Read(p)
	return string(data)
}

// Docker says whether a Dockerfile makes the image, so that what is installed
// and what starts is its own affair.
func (f *Facts) Docker() bool { return f.Plan.Pack == binder.Docker }

// HasModule says whether the repository has a module of a name anywhere.
func (f *Facts) HasModule(name string) bool { return f.Snapshot.HasModule(name) }

// Card makes the card of the facts, with findings.
func (f *Facts) Card(findings []card.Finding) *card.Card {
	c := &card.Card{
		Version: card.Version, Repo: f.Address.URL, Commit: f.Commit,
		ConfigDir: f.Plan.Dir, Buildpack: f.Plan.Pack,
		Apps: []card.App{}, Findings: findings,
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
		if !f.Offered(&a) {
			continue
		}
		c.Apps = append(c.Apps, card.App{
			Name: DisplayPath(a.Name), Path: DisplayPath(a.Path), Entry: DisplayPath(a.Entry), URLPath: a.URLPath,
			From: a.from(), Cookie: a.Framework != nil && a.Framework.Cookie,
		})
	}
	c.Pieces, c.Files = f.piecesAndFiles()
	c.Unlisted = len(f.lister().left) > 0
	return c
}
