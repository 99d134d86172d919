package extension

import (
	"context"
	"fmt"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/cards"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// GitOptions say how [Git] reads. Each field that is zero has its default.
type GitOptions struct {
	// AllowedHosts may be read besides the well-known public forges: names without
	// a scheme or a wildcard, each with its port if it has one.
	AllowedHosts []string

	// Timeout bounds the work of git for one repository. The default is a minute.
	Timeout time.Duration

	// Concurrency bounds how many repositories are read at the same time, for all
	// documents together. Others wait for their turn. The default is 8.
	Concurrency int

	// Program is the git command. The default is "git", looked up in PATH.
	Program string

	// TempDir is the folder below which one is made for each repository while it
	// is read. The default is that of the system.
	TempDir string

	// MaxBytes is how much may come from a server for one repository. The default
	// is 64 MiB.
	MaxBytes int64

	// MaxFiles is how many files a repository may have. The default is 500,000.
	MaxFiles int

	// MaxFileBytes is how much of one file is read. The default is 1 MiB.
	MaxFileBytes int64
}

// defaultConcurrency is the default of [GitOptions.Concurrency].
const defaultConcurrency = 8

// Git is the source that reads repositories where they are, with the git that is
// installed. It remembers nothing; see [Cache]. [NewGit] makes one.
type Git struct {
	live  cards.Live
	slots chan struct{}
}

var _ card.Source = (*Git)(nil)

// NewGit returns a source that reads with git. The error says which of the options
// is wrong, and what is valid.
func NewGit(o GitOptions) (*Git, error) {
	hosts := make([]string, len(o.AllowedHosts))
	for i, host := range o.AllowedHosts {
		known, err := forge.ParseHost(host)
		if err != nil {
			return nil, fmt.Errorf("bokehbinder: GitOptions.AllowedHosts: %w", err)
		}
		hosts[i] = known
	}
	if o.Timeout < 0 || o.Concurrency < 0 || o.MaxBytes < 0 || o.MaxFiles < 0 || o.MaxFileBytes < 0 {
		return nil, fmt.Errorf("bokehbinder: GitOptions: a limit is below 0; valid: more than 0, or 0 for the default")
	}
	return &Git{
		live: cards.Live{Reader: &repo.Reader{
			Git: o.Program, TempDir: o.TempDir, AllowedHosts: hosts, Timeout: o.Timeout,
			MaxBytes: o.MaxBytes, MaxFiles: o.MaxFiles, MaxFileBytes: o.MaxFileBytes,
		}},
		slots: make(chan struct{}, or(o.Concurrency, defaultConcurrency)),
	}, nil
}

// Card implements [card.Source].
func (g *Git) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return g.live.Card(ctx, req)
}
