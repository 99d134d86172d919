package card_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bokehbinder/bokehbinder/card"
)

// Cards are kept as JSON, and read back.
func ExampleRead() {
	f, err := os.Open("testdata/card.json")
	if err != nil {
		panic(err)
	}
	defer f.Close()
	c, err := card.Read(f)
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Repo, c.Commit[:7], c.AppNames(), c.App("two").URLPath)
	// Output: https://github.com/owner/dashboard 16eebda [one two] /two/two
}

// A source that counts what is asked, before another one.
func ExampleSourceFunc() {
	empty := card.SourceFunc(func(_ context.Context, req card.Request) (*card.Card, error) {
		return nil, &card.Error{Repo: req.Repo, Ref: req.Ref, Reason: card.ReasonNotFound, Message: "there is no such repository"}
	})
	asked := make(map[string]int)
	counting := card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		asked[req.Key()]++
		return empty.Card(ctx, req)
	})
	for _, repo := range []string{"owner/name", "https://github.com/owner/name.git"} {
		_, err := counting.Card(context.Background(), card.Request{Repo: repo})
		fmt.Println(err)
	}
	fmt.Println(asked)
	// Output:
	// owner/name: there is no such repository
	// https://github.com/owner/name.git: there is no such repository
	// map[https://github.com/owner/name "HEAD" []:2]
}

// Errors say what kind they are, also to errors.Is.
func ExampleError() {
	err := fmt.Errorf("post 17: %w", &card.Error{Repo: "owner/name", Reason: card.ReasonTimeout, Message: "github.com did not answer within 1m0s", Hint: "try again"})
	var e *card.Error
	fmt.Println(errors.As(err, &e), e.Reason, e.Hint, errors.Is(err, context.DeadlineExceeded))
	// Output: true timeout try again true
}
