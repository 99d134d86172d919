package lint

import (
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
)

var runRules = []*Rule{
	runFailed,
}

var runFailed = &Rule{
	ID:       "run-failed",
	Level:    card.LevelError,
	Title:    "The app was run, and does not work",
	When:     "check --run has launched the repository on this machine and opened its app in another site's frame, and a step of that failed.",
	Why:      "A reader would not see the app either, unless it is this machine that lacks something: check --run says what.",
	Evidence: "It happened. A run here is not a run on Binder: what differs is said before it.",
	Fix:      "see which step failed, and what was printed",
}

// RunFailed adds the finding that a run has failed: what happened, and of the
// findings the one that explains it; nil where none does.
func (r *Report) RunFailed(message string, why *Finding) {
	f := Finding{Rule: runFailed, Level: runFailed.Level, Message: message, Fix: runFailed.Fix}
	if why != nil {
		f.At, f.Fix = why.At, why.Fix
	}
	r.Findings = slices.Insert(r.Findings, 0, f)
}

// Explains returns the first finding with one of the ids; nil where there is
// none. The ids that come first are looked for first.
func (r *Report) Explains(ids []string) *Finding {
	for _, id := range ids {
		for i := range r.Findings {
			if r.Findings[i].Rule.ID == id {
				return &r.Findings[i]
			}
		}
	}
	return nil
}
