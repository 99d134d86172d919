package card

import (
	"context"
	"fmt"
)

// Source turns requests into cards. It is called from several goroutines at
// once, and returns soon after the context has ended. The card that it returns
// is not changed afterwards, by either side.
//
// A failure to read the repository is an *[Error]; that there is no card is never
// a nil card with a nil error. Whoever asks a source for a page checks its
// answer: a card of another repository or commit, or half of one, is not shown.
type Source interface {
	Card(ctx context.Context, req Request) (*Card, error)
}

// SourceFunc makes a function a [Source].
type SourceFunc func(ctx context.Context, req Request) (*Card, error)

// Card calls f.
func (f SourceFunc) Card(ctx context.Context, req Request) (*Card, error) { return f(ctx, req) }

// Reason classifies why there is no card.
type Reason string

// The reasons for an [Error].
const (
	ReasonAddress     Reason = "address"     // not the address of a repository
	ReasonHost        Reason = "host"        // the host may not be read
	ReasonNotFound    Reason = "not-found"   // no such repository, or a private one
	ReasonRef         Reason = "ref"         // no such branch, tag or commit
	ReasonEmpty       Reason = "empty"       // the repository has no commit
	ReasonUnreachable Reason = "unreachable" // DNS, connection, TLS
	ReasonTimeout     Reason = "timeout"     // the server did not answer in time
	ReasonServer      Reason = "server"      // the server's answer is an error, or not git's
	ReasonTooLarge    Reason = "too-large"   // over the limits
	ReasonGit         Reason = "git"         // no git, or one that does not work
	ReasonCanceled    Reason = "canceled"    // the caller gave up
	ReasonLimit       Reason = "limit"       // the document asks for more than one may
	ReasonSource      Reason = "source"      // the source has no card, or one that is not right
)

// Error says why a repository could not be turned into a card, and what its
// author can do about it.
type Error struct {
	Repo, Ref string
	Reason    Reason
	// Message is one sentence in lower case without a full stop.
	Message string
	// Hint says what to do; it may be empty.
	Hint string
	// Err is the cause; it may be nil.
	Err error
}

// Error returns the repository and the message.
func (e *Error) Error() string {
	if e.Repo == "" {
		return e.Message
	}
	return fmt.Sprintf("%s: %s", e.Repo, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes [errors.Is] find [context.DeadlineExceeded] where time was used up,
// and [context.Canceled] where the caller gave up, whichever clock ended it: the
// caller's, a source's own, or a server's.
func (e *Error) Is(target error) bool {
	switch e.Reason {
	case ReasonTimeout:
		return target == context.DeadlineExceeded
	case ReasonCanceled:
		return target == context.Canceled
	}
	return false
}
