// Package budget bounds what one document may cost. A budget travels in the
// context; whoever spends draws on it, and stops where it is spent.
package budget

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Kind is one thing that is counted.
type Kind int

// What is counted of a document.
const (
	Tags         Kind = iota // tags
	Repositories             // distinct repositories and refs that are read
	Processes                // processes of git
	HTML                     // bytes of HTML that its tags become
	kinds
)

// spent are the forms of what is said of each kind, with its limit.
var spent = [kinds]string{
	Tags:         "the document has more than %d of these tags",
	Repositories: "the document names more than %d repositories",
	Processes:    "reading what the document names takes more than %d processes of git",
	HTML:         "what the document's tags show is more than %d bytes of HTML",
}

// Spent is the error of a budget that is used up.
type Spent struct {
	Kind  Kind
	Limit int
}

// Error says what there is too much of.
func (e *Spent) Error() string { return fmt.Sprintf(spent[e.Kind], e.Limit) }

// Hint says what its author can do.
func (e *Spent) Hint() string { return "show less in one document" }

// Budget is what is left of each kind. Several goroutines may draw on it; nil is
// one without end.
type Budget struct {
	mu          sync.Mutex
	limit, left [kinds]int
}

// New returns a budget with these limits. What has none is not allowed at all.
func New(limits map[Kind]int) *Budget {
	b := new(Budget)
	for kind, n := range limits {
		b.limit[kind], b.left[kind] = n, n
	}
	return b
}

// Draw takes n of a kind. The error is a *[Spent]; nothing is taken then.
func (b *Budget) Draw(kind Kind, n int) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.left[kind] {
		return &Spent{Kind: kind, Limit: b.limit[kind]}
	}
	b.left[kind] -= n
	return nil
}

// Has returns whether n of a kind are left.
func (b *Budget) Has(kind Kind, n int) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return n <= b.left[kind]
}

type key struct{}

// With returns a context that carries the budget.
func With(ctx context.Context, b *Budget) context.Context { return context.WithValue(ctx, key{}, b) }

// Draw takes n of a kind from the context's budget, if it carries one.
func Draw(ctx context.Context, kind Kind, n int) error {
	b, _ := ctx.Value(key{}).(*Budget)
	return b.Draw(kind, n)
}

// Clock is the time that a document may take, in several pieces: what passes
// between them is not its own. Several goroutines may use it.
type Clock struct {
	mu   sync.Mutex
	left time.Duration
}

// NewClock returns a clock with this much time.
func NewClock(limit time.Duration) *Clock { return &Clock{left: limit} }

// Left is the time that is left.
func (c *Clock) Left() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left
}

// Run begins a piece. What it returns ends it.
func (c *Clock) Run() func() {
	start := time.Now()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.left -= time.Since(start)
	}
}
