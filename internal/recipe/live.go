package recipe

import (
	"context"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/inspect"
	"github.com/bokehbinder/bokehbinder/internal/repo"
)

var _ card.Source = (*Live)(nil)

// Live is the source that reads repositories where they are, and checks them.
type Live struct {
	// Reader opens them. It must be set.
	Reader inspect.Opener
}

// Card implements [card.Source]. The findings are on the card.
func (l *Live) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	t, err := l.Reader.Open(ctx, req.Repo, req.Ref)
	if err != nil {
		return nil, err
	}
	defer t.Close() // what it leaves behind does not make the card wrong
	r, err := Inspect(ctx, t, req.Files)
	if err != nil {
		return nil, err
	}
	return r.Card(), nil
}

// Inspect reads and checks a tree. The files are globs of further files whose
// text is wanted on the card.
func Inspect(ctx context.Context, t repo.Tree, files []string) (*Report, error) {
	f, err := inspect.Read(ctx, t, files)
	if err != nil {
		return nil, err
	}
	return Check(f), nil
}
