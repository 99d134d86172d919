package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

// Problem is one way in which a folder does not match what is wanted.
type Problem struct {
	// Where the content asks for what is not there, or the file of a card that
	// is not asked for.
	Where   []string
	Message string
	Hint    string
	// Note says that nothing is wrong on the page.
	Note bool
}

const (
	hintSync  = "run bokehbinder sync and commit what it writes"
	hintPrune = "bokehbinder sync --prune removes it"
)

// Check compares the folder with what is wanted, and changes nothing.
func Check(f lockfile.Folder, wants []Want) ([]Problem, error) {
	old, err := f.Old()
	if err != nil {
		return nil, err
	}
	list, failures := uses(wants)
	var problems []Problem
	for _, failure := range failures {
		problems = append(problems, Problem{Where: failure.Where, Message: failure.Err.Error()})
	}
	for _, u := range list {
		e, err := f.Read(u.repo, u.ref)
		if message := mismatch(u, e, err); message != "" {
			hint := hintSync
			if errors.Is(err, lockfile.ErrNewer) {
				hint = hintNewer(u)
			}
			problems = append(problems, Problem{Where: u.where, Message: message, Hint: hint})
			continue
		}
		problems = append(problems, missingApps(u, e.Card)...)
		problems = append(problems, missingPieces(u, e.Card)...)
	}
	if old != nil {
		problems = append(problems, Problem{
			Message: "the cards are those of an older version, with an index", Hint: "bokehbinder sync moves them over",
		})
	}
	all, err := f.Names()
	used := names(list)
	for _, name := range all {
		if !slices.Contains(used, name) && f.Has(name) {
			problems = append(problems, Problem{Where: []string{f.File(name)}, Message: "nothing shows this card", Hint: hintPrune, Note: true})
		}
	}
	return problems, err
}

// mismatch says why an entry does not serve the use, or nothing.
func mismatch(u use, e *lockfile.Entry, err error) string {
	say := doors.Say()
	var damaged *lockfile.Damaged
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf(say.NoCard, u.repo, u.ref)
	case errors.Is(err, lockfile.ErrChanged):
		return fmt.Sprintf(say.ChangedCard, u.repo, u.ref, lockfile.Name(u.repo, u.ref))
	case errors.Is(err, lockfile.ErrNewer):
		return fmt.Sprintf(say.NewerCard, u.repo, u.ref)
	case errors.As(err, &damaged):
		return fmt.Sprintf(say.BrokenCard, u.repo, u.ref, lockfile.Name(u.repo, u.ref))
	case err != nil:
		return err.Error()
	}
	if lacking := e.Lacking(u.files); len(lacking) > 0 {
		return fmt.Sprintf(say.NoFiles, u.repo, u.ref, strings.Join(lacking, ", "))
	}
	return ""
}

// missingPieces says which of the pieces that are asked for the card does not have.
func missingPieces(u use, c *card.Card) []Problem {
	var problems []Problem
	for _, item := range u.files {
		if p := piece.Of(c, item); p != nil && p.Problem != "" {
			problems = append(problems, Problem{
				Where:   u.where,
				Message: fmt.Sprintf("files of %s at %s: %s", u.repo, u.ref, p.Problem),
				Hint:    fmt.Sprintf(doors.Say().Valid, p.Valid) + "; or run bokehbinder sync --update if it is new there",
			})
		}
	}
	return problems
}

// missingApps says which of the apps that are asked for the card does not have.
func missingApps(u use, c *card.Card) []Problem {
	var problems []Problem
	for _, name := range u.apps {
		if c.App(name) == nil {
			problems = append(problems, Problem{
				Where:   u.where,
				Message: fmt.Sprintf("%s has no app %q at %s", u.repo, name, u.ref),
				Hint:    "write app= as the repository has it, or run bokehbinder sync --update if it is new there",
			})
		}
	}
	return problems
}
