package repository

import "github.com/bokehbinder/bokehbinder/internal/repository/shell"

// StepsDrawn is how many of the repository's steps its scripts have taken.
func StepsDrawn(f *Facts) int { return shell.DefaultSteps - f.budget.Steps }

// Looks is how many steps comparing paths with globs has taken.
func Looks(f *Facts) int { return f.Snapshot.looks }

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
