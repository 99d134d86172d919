package card_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/bokehbinder/bokehbinder/card"
)

func TestRequestURL(t *testing.T) {
	for repo, want := range map[string]string{
		"owner/name":                      "https://github.com/owner/name",
		"https://www.github.com/o/n.git/": "https://github.com/o/n",
		"https://git.example.org/a/b.git": "https://git.example.org/a/b.git",
	} {
		if got, err := (card.Request{Repo: repo}).URL(); got != want || err != nil {
			t.Errorf("%s: got %s, %v", repo, got, err)
		}
	}
	var e *card.Error
	_, err := card.Request{Repo: "https://github.com/o", Ref: "main"}.URL()
	if !errors.As(err, &e) || e.Reason != card.ReasonAddress || e.Hint == "" || e.Ref != "main" {
		t.Errorf("got %#v", err)
	}
}

// TestRequestKey shows which requests have one key, and which one place.
func TestRequestKey(t *testing.T) {
	first := card.Request{Repo: "o/n", Files: []string{"b", "a"}}
	for _, tt := range []struct {
		same, place bool
		req         card.Request
	}{
		{true, true, card.Request{Repo: "https://github.com/o/n", Ref: "HEAD", Files: []string{"a", "b", "a"}}},
		{true, true, card.Request{Repo: "https://github.com/o/n.git", Files: []string{"a", "b"}}},
		{false, true, card.Request{Repo: "o/n", Files: []string{"a b"}}},
		{false, true, card.Request{Repo: "o/n"}},
		{false, false, card.Request{Repo: "o/n", Ref: "main", Files: []string{"a", "b"}}},
		{false, false, card.Request{Repo: "o/m", Files: []string{"a", "b"}}},
		{false, false, card.Request{Repo: "no address", Files: []string{"a", "b"}}},
	} {
		if got := tt.req.Key() == first.Key(); got != tt.same {
			t.Errorf("%+v: %s", tt.req, tt.req.Key())
		}
		if got := tt.req.Place() == first.Place(); got != tt.place {
			t.Errorf("%+v: %s", tt.req, tt.req.Place())
		}
	}
}

// TestErrorIs shows which of the context's errors a failure is.
func TestErrorIs(t *testing.T) {
	for reason, want := range map[card.Reason]error{
		card.ReasonTimeout: context.DeadlineExceeded, card.ReasonCanceled: context.Canceled, card.ReasonRef: nil,
	} {
		err := fmt.Errorf("read: %w", &card.Error{Reason: reason, Err: errors.New("git took too long")})
		for _, is := range []error{context.DeadlineExceeded, context.Canceled} {
			if got := errors.Is(err, is); got != (is == want) {
				t.Errorf("%s: is %v: %v", reason, is, got)
			}
		}
	}
}
