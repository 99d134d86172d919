package repository

import "github.com/bokehbinder/bokehbinder/internal/repository/shell"

// StepsDrawn is how many of the repository's steps its scripts have taken.
func StepsDrawn(f *Facts) int { return shell.DefaultSteps - f.budget.Steps }

// Looks is how many steps comparing paths with globs has taken.
func Looks(f *Facts) int { return f.Snapshot.looks }

// Expanded is how many steps comparing paths with the repository's own patterns has taken.
func Expanded(f *Facts) int { return f.Snapshot.expanded }

// MaxLooks is how many each of the two may take.
const MaxLooks = maxLooks

// ModulesRun is how many Python modules were run, each within its own limit.
func ModulesRun(f *Facts) int {
	n := 0
	for _, m := range f.modules {
		if m != nil {
			n++
		}
	}
	return n
}
