package inspect

import (
	"context"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

// Opener opens the tree of a repository at a ref. *[repo.Reader] is one.
type Opener interface {
	Open(ctx context.Context, address, ref string) (repo.Tree, error)
}

var (
	_ Opener      = (*repo.Reader)(nil)
	_ card.Source = (*Live)(nil)
)

// Live is the source that reads repositories where they are.
type Live struct {
	// Reader opens them. It must be set.
	Reader Opener
}

// Card implements [card.Source].
func (l *Live) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	t, err := l.Reader.Open(ctx, req.Repo, req.Ref)
	if err != nil {
		return nil, err
	}
	defer t.Close() // what it leaves behind does not make the card wrong
	return Inspect(ctx, t, req.Files)
}
