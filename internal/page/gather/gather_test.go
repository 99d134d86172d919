package gather_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
)

// TestCards shows that requests of one repository and ref, however they are
// written, are read once and that the answers keep the requests' order.
func TestCards(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	src := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, fmt.Sprint(req.Repo, " ", req.Ref, " ", req.Files))
		if strings.HasSuffix(req.Repo, "bad") {
			return nil, errors.New("cannot read")
		}
		return &card.Card{Repo: req.Repo, Commit: req.Ref}, nil
	})
	results := gather.Cards(context.Background(), src, []card.Request{
		{Repo: "o/a", Files: []string{"*.csv"}},
		{Repo: "o/bad"},
		{Repo: "https://github.com/o/a", Ref: "HEAD", Files: []string{"*.csv", "*.txt"}},
		{Repo: "o/a", Ref: "v1"},
	}, 2)
	slices.Sort(asked)
	want := []string{"o/a  [*.csv *.txt]", "o/a v1 []", "o/bad  []"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	if results[0].Card == nil || results[0].Card != results[2].Card {
		t.Error("two tags of one repository do not share its card")
	}
	if results[1].Err == nil || results[3].Card.Commit != "v1" {
		t.Errorf("results are out of order: %+v", results)
	}
}

// TestCardsLimit shows that no more than the limit are asked at once, and that
// a cancelled context ends the waiting.
func TestCardsLimit(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	started := make(chan string, 100)
	src := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		started <- req.Repo
		<-ctx.Done()
		return nil, ctx.Err()
	})
	var requests []card.Request
	for i := range 10 {
		requests = append(requests, card.Request{Repo: fmt.Sprintf("o/r%d", i)})
	}
	done := make(chan []gather.Result)
	go func() { done <- gather.Cards(ctx, src, requests, 3) }()
	for range 3 {
		<-started
	}
	cancel()
	for i, r := range <-done {
		if r.Err == nil {
			t.Errorf("request %d succeeded after the cancellation", i)
		}
	}
	if n := len(started); n != 0 {
		t.Errorf("%d more repositories were asked for than the limit allows", n)
	}
	var e *card.Error
	last := gather.Cards(ctx, src, requests[:1], 0)[0].Err
	if !errors.As(last, &e) || e.Reason != card.ReasonCanceled {
		t.Errorf("a request that never began gives %v, want reason %q", last, card.ReasonCanceled)
	}
}
