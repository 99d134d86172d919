// Package cards opens repositories and says what they hold: one way for
// whoever wants a card or the findings, of an address or of a folder.
//
//	address or folder ─► tree ─► facts ─► findings ─► card
package cards

import (
	"context"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/repository"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// Opener opens the tree of a repository at a ref. *[repo.Reader] is one.
type Opener interface {
	Open(ctx context.Context, req card.Request) (repo.Tree, error)
}

var (
	_ Opener      = (*repo.Reader)(nil)
	_ card.Source = (*Live)(nil)
)

// Live is the source that reads repositories where they are, and checks them.
type Live struct {
	// Reader opens them. It must be set.
	Reader Opener
}

// Card implements [card.Source]. The findings are on the card.
func (l *Live) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	r, err := l.Check(ctx, req)
	if err != nil {
		return nil, err
	}
	return r.Card(), nil
}

// Check reads and checks a repository.
func (l *Live) Check(ctx context.Context, req card.Request) (*lint.Report, error) {
	t, err := l.Reader.Open(ctx, req)
	if err != nil {
		return nil, err
	}
	defer t.Close() // what it leaves behind does not make the report wrong
	return lint.CheckTree(ctx, t, req.Files)
}

// CheckFolder reads and checks a folder's work tree as that of a repository,
// whose address may be zero.
func CheckFolder(ctx context.Context, dir string, a forge.Address, files []string) (*lint.Report, error) {
	f, err := repository.ReadFolder(ctx, dir, a, files)
	if err != nil {
		return nil, err
	}
	return lint.Check(f), nil
}
