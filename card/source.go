package card

import (
	"context"
	"fmt"
)

// Request names what a card is wanted of.
type Request struct {
	// Repo is the repository's address as its author wrote it: an https URL,
	// or owner/name for GitHub.
	Repo string
	// Ref is a branch, a tag or a full commit; empty or "HEAD" is the default
	// branch.
	Ref string
	// Files are globs of further files whose text is wanted. A star matches
	// within a path element, two stars match any number of elements.
	Files []string
}

// Source turns requests into cards. It is called from several goroutines at
// once. The card it returns is not changed afterwards, by either side.
//
// A failure to read the repository is an *[Error].
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
