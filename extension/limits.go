package extension

import (
	"fmt"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/base/budget"
)

// Limits are what one document may cost. Where one is reached, a box says so in
// place of the first tag that is over it. A field that is 0 has its default: that of
// [DefaultLimits], or with [Extender.Comments] that of [CommentLimits].
type Limits struct {
	// Tags is how many tags it may have. In place of those that follow nothing is
	// shown.
	Tags int
	// Repositories is how many it may name, each ref of one by itself.
	Repositories int
	// Processes is how many processes of git may be started to read them. One
	// repository takes seven to a dozen.
	Processes int
	// HTML is how many bytes its tags may become, without the boxes that say what
	// is wrong. In place of tags that follow nothing is shown.
	HTML int
	// Time is how long reading and showing may take, for the whole document. A
	// source that does not end with its context goes on by itself; the document does
	// not wait for it.
	Time time.Duration
}

// DefaultLimits are those for documents whose authors are known: what no post
// needs, and a mistake should not cost.
func DefaultLimits() Limits {
	return Limits{Tags: 1000, Repositories: 200, Processes: 2000, HTML: 64 << 20, Time: 10 * time.Minute}
}

// CommentLimits are those for documents that strangers write, such as comments.
func CommentLimits() Limits {
	return Limits{Tags: 5, Repositories: 3, Processes: 40, HTML: 256 << 10, Time: 30 * time.Second}
}

// or fills in what is not said.
func (l Limits) or(def Limits) Limits {
	return Limits{
		Tags: or(l.Tags, def.Tags), Repositories: or(l.Repositories, def.Repositories), Processes: or(l.Processes, def.Processes),
		HTML: or(l.HTML, def.HTML), Time: or(l.Time, def.Time),
	}
}

func or[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

func (l Limits) check() error {
	if l.Tags < 0 || l.Repositories < 0 || l.Processes < 0 || l.HTML < 0 || l.Time < 0 {
		return fmt.Errorf("%+v has a number below 0; valid: 1 or more, or 0 for the default", l)
	}
	return nil
}

// budget returns the limits as a budget to draw on.
func (l Limits) budget() *budget.Budget {
	return budget.New(map[budget.Kind]int{
		budget.Tags: l.Tags, budget.Repositories: l.Repositories, budget.Processes: l.Processes, budget.HTML: l.HTML,
	})
}
