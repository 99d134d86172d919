// Package gather reads the cards that a document or a site asks for: several
// at a time, and each repository at each ref only once, however many tags name
// it.
package gather

import (
	"context"
	"slices"
	"sync"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/forge"
)

// Limit is how many repositories are read at the same time when the caller
// does not say. Reading waits for servers more than it computes, yet one post
// should not open dozens of connections to one forge.
const Limit = 4

// Result is the answer to one request: a card or an error.
type Result struct {
	Card *card.Card
	Err  error
}

// Cards answers each request, in the requests' order, by asking src at most
// limit times at once (0 is [Limit]). Requests for one repository and ref are
// joined to one that asks for all their files; its card answers all of them.
// When ctx ends, the requests that have not begun get its error.
func Cards(ctx context.Context, src card.Source, requests []card.Request, limit int) []Result {
	joined, index := join(requests)
	answers := make([]Result, len(joined))
	if limit <= 0 {
		limit = Limit
	}
	slots := make(chan struct{}, limit)
	var wg sync.WaitGroup
	for i, req := range joined {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			answers[i].Err = canceled(ctx, req)
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			answers[i] = ask(ctx, src, req)
		}()
	}
	wg.Wait()
	results := make([]Result, len(requests))
	for i := range requests {
		results[i] = answers[index[i]]
	}
	return results
}

func ask(ctx context.Context, src card.Source, req card.Request) Result {
	if ctx.Err() != nil {
		return Result{Err: canceled(ctx, req)}
	}
	c, err := src.Card(ctx, req)
	if err != nil {
		return Result{Err: err}
	}
	return Result{Card: c}
}

func canceled(ctx context.Context, req card.Request) error {
	reason, message := card.ReasonCanceled, "was not read, because reading was cancelled"
	if context.Cause(ctx) == context.DeadlineExceeded {
		reason, message = card.ReasonTimeout, "was not read, because the time was used up before its turn came"
	}
	return &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: reason, Message: message, Hint: "try again, with more time", Err: context.Cause(ctx)}
}

// Key names what a request reads, apart from its files: two requests with one
// key are answered by one card.
func Key(req card.Request) [2]string {
	repo, ref := req.Repo, req.Ref
	if a, err := forge.Parse(repo); err == nil {
		repo = a.URL
	}
	if ref == "" {
		ref = "HEAD"
	}
	return [2]string{repo, ref}
}

// join merges the requests of one key, and says which merged request answers
// each of the given ones.
func join(requests []card.Request) (joined []card.Request, index []int) {
	seen := make(map[[2]string]int)
	index = make([]int, len(requests))
	for i, req := range requests {
		key := Key(req)
		at, ok := seen[key]
		if !ok {
			at = len(joined)
			seen[key] = at
			joined = append(joined, card.Request{Repo: req.Repo, Ref: req.Ref})
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
