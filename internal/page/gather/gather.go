// Package gather reads the cards that a document or a site asks for: several
// at a time, and each repository at each ref only once, however many tags name
// it. It trusts no source.
package gather

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
)

// defaultLimit is how many repositories are read at the same time when the caller
// does not say. Reading waits for servers more than it computes, yet one post
// should not open dozens of connections to one forge.
const defaultLimit = 4

// Result is the answer to one request: a card or an error.
type Result struct {
	Card *card.Card
	Err  error
}

// Cards answers each request, in the requests' order, by asking src at most
// limit times at once (0 is [defaultLimit]). Requests for one repository and ref
// are joined to one that asks for all their files; its card answers all of them.
// Each draws on the context's budget.
// When ctx ends, the requests that have not begun get its error, and so do those
// whose source does not end soon after.
func Cards(ctx context.Context, src card.Source, requests []card.Request, limit int) []Result {
	joined, index := join(requests)
	if limit <= 0 {
		limit = defaultLimit
	}
	got := make([]Result, len(joined))
	slots := make(chan struct{}, limit)
	var wg sync.WaitGroup
	for i, req := range joined {
		if err := budget.Draw(ctx, budget.Repositories, 1); err != nil {
			got[i].Err = overLimit(req, err)
			continue
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			got[i].Err = canceled(ctx, req)
			continue
		}
		wg.Go(func() {
			defer func() { <-slots }()
			got[i].Card, got[i].Err = Ask(ctx, src, req)
		})
	}
	wg.Wait()
	results := make([]Result, len(requests))
	for i := range requests {
		results[i] = got[index[i]]
	}
	return results
}

func overLimit(req card.Request, err error) error {
	e := &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonLimit, Message: err.Error(), Err: err}
	var spent *budget.Spent
	if errors.As(err, &spent) {
		e.Hint = spent.Hint()
	}
	return e
}

// join merges the requests of one key, and says which merged request answers
// each of the given ones.
func join(requests []card.Request) (joined []card.Request, index []int) {
	seen := make(map[string]int)
	index = make([]int, len(requests))
	for i, req := range requests {
		key := req.Place()
		at, ok := seen[key]
		if !ok {
			at = len(joined)
			seen[key] = at
			one := req
			one.Files = nil
			joined = append(joined, one)
		}
		index[i] = at
		for _, glob := range req.Files {
			if !slices.Contains(joined[at].Files, glob) {
				joined[at].Files = append(joined[at].Files, glob)
			}
		}
	}
	return joined, index
}
