package lock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// Options say how [Sync] goes about it.
type Options struct {
	// Update reads refs again that have a card already. Without it no ref
	// leaves the commit that it is pinned to.
	Update bool
	// Only limits Update to these repositories. Empty means all.
	Only []forge.Address
	// Prune removes the cards that nothing wants. Nothing is removed where a
	// repository could not be read.
	Prune bool
	// Limit is how many repositories are read at the same time; 0 is what
	// [gather.Cards] takes.
	Limit int
	// Reading is called, if set, when it is known how many repositories will
	// be read.
	Reading func(n int)
}

// Failure is a repository that could not be read.
type Failure struct {
	Repo, Ref string
	Where     []string
	Err       error
	Hint      string
}

// Pin is a ref whose card was written.
type Pin struct {
	Repo, Ref string
	// Old is the commit that it was at, empty when the ref is new.
	Old, New string
	Card     *card.Card
}

// Report says what [Sync] did.
type Report struct {
	// Pins are the refs that are new or were moved, Mended those whose card was
	// damaged or lost.
	Pins, Mended []Pin
	Written      []*card.Card
	// Moved counts the cards that were taken over from the layout of the first
	// version, and Left are those that could not be.
	Moved    int
	Left     []lockfile.Pin
	Removed  []string
	Failures []Failure
	// News are the pieces of files that are not there, and those that show
	// something else since a ref moved.
	News []Problem
}

// Sync makes the folder hold the cards that are wanted: it reads what is missing
// from src, at the commit where a ref is pinned, if it is. It removes nothing
// unless asked to. A repository that cannot be read does not keep the others
// from being written, and leaves its own old card as it was; the report says so.
// The error is about the folder itself.
func Sync(ctx context.Context, f lockfile.Folder, src card.Source, wants []Want, o Options) (*Report, error) {
	f.Sweep()
	list, failures := uses(wants)
	r := &run{folder: f, src: src, options: o, report: &Report{Failures: failures}}
	if err := r.takeOld(); err != nil {
		return nil, err
	}
	for _, u := range list {
		r.settle(u)
	}
	if err := r.read(ctx); err != nil {
		return r.report, err
	}
	if err := r.clear(list); err != nil {
		return r.report, err
	}
	if len(r.report.Written)+len(r.report.Removed)+r.report.Moved > 0 || f.Untold() {
		return r.report, f.Changed()
	}
	return r.report, nil
}

// run is one call of [Sync].
type run struct {
	folder  lockfile.Folder
	src     card.Source
	options Options
	old     *lockfile.Old
	report  *Report
	todo    []reading
}

// reading is a use that has to be read.
type reading struct {
	use
	at    string     // the ref or commit to read
	files []string   // with these globs
	was   string     // the commit that it was pinned to
	old   *card.Card // that it had, if it can be read
	// mends says that there was a card, and that it is lost.
	mends bool
}

// takeOld moves the cards over that lie in the layout of the first version.
func (r *run) takeOld() (err error) {
	if r.old, err = r.folder.Old(); err != nil || r.old == nil {
		return err
	}
	r.report.Moved, err = r.old.Move()
	return err
}

// settle finds out whether a use has to be read, and at what.
func (r *run) settle(u use) {
	e, err := r.folder.Read(u.repo, u.ref)
	var damaged *lockfile.Damaged
	switch {
	case err == nil:
		if r.updates(u) {
			r.todo = append(r.todo, reading{use: u, at: u.ref, files: u.files, was: e.Commit(), old: e.Card})
		} else if len(e.Lacking(u.files)) > 0 {
			r.todo = append(r.todo, reading{use: u, at: e.Commit(), files: sortedSet(append(u.files, e.Files...)), was: e.Commit(), old: e.Card})
		}
	case errors.Is(err, lockfile.ErrNewer) && !r.named(u):
		r.fail(u, err, hintNewer(u))
	case errors.As(err, &damaged):
		r.mend(u, damaged.Pins, err)
	case errors.Is(err, fs.ErrNotExist):
		if pins := r.old.Of(u.repo, u.ref); len(pins) > 0 {
			r.mend(u, pins, errors.New("the index of cards pins it to two commits"))
		} else {
			r.todo = append(r.todo, reading{use: u, at: u.ref, files: u.files})
		}
	default:
		r.fail(u, err, "")
	}
}

// hintNewer says what to do about a card of a newer version.
func hintNewer(u use) string {
	return "run: " + fmt.Sprintf(doors.Say().NewerHint, "bokehbinder sync", u.names[0])
}

// updates reports whether a use is to be read where its ref is now.
func (r *run) updates(u use) bool {
	return r.named(u) && !forge.IsHash(u.ref)
}

// named reports whether a use's repository is one to update.
func (r *run) named(u use) bool {
	return r.options.Update && (len(r.options.Only) == 0 || slices.Contains(r.options.Only, u.address))
}

// mend has a card read again of which only pins are left. Where they do not say
// one commit, it is for the author to say which.
func (r *run) mend(u use, pins []lockfile.Pin, err error) {
	var commits, files []string
	for _, p := range pins {
		commits, files = append(commits, p.Commit), append(files, p.Files...)
	}
	commits = sortedSet(commits)
	next := reading{use: u, at: u.ref, files: u.files, mends: true, was: strings.Join(commits, ", ")}
	switch {
	case r.updates(u):
	case len(commits) == 1:
		next.at, next.files = commits[0], sortedSet(append(files, u.files...))
	case len(commits) == 0:
		r.fail(u, fmt.Errorf("%w; which commit it showed cannot be read", err),
			"take the file back from git, or have its branch read anew: bokehbinder sync --update "+u.names[0])
		return
	default:
		r.fail(u, fmt.Errorf("%w; its sides are at %s", err, strings.Join(commits, " and ")),
			"take one side with git checkout --ours or --theirs, or have its branch read anew: bokehbinder sync --update "+u.names[0])
		return
	}
	r.todo = append(r.todo, next)
}

func (r *run) fail(u use, err error, hint string) {
	r.report.Failures = append(r.report.Failures, Failure{Repo: u.repo, Ref: u.ref, Where: u.where, Err: err, Hint: hint})
}

// read reads what is to be read, and writes each card that comes.
func (r *run) read(ctx context.Context) error {
	requests := make([]card.Request, len(r.todo))
	asked := make(map[string][]string)
	for i, next := range r.todo {
		requests[i] = card.Request{Repo: next.repo, Ref: next.at}
		key := requests[i].Place()
		asked[key] = sortedSet(append(asked[key], next.files...))
	}
	looked := make(map[string][]string)
	for i, next := range r.todo {
		if key := requests[i].Place(); next.old != nil && next.was != next.at {
			looked[key] = sortedSet(append(looked[key], linesOf(next.old)...))
		}
	}
	for i := range requests {
		// What is only looked at comes last, and takes no room of what is shown.
		key := requests[i].Place()
		requests[i].Files = slices.Concat(asked[key], looked[key])
	}
	if r.options.Reading != nil && len(asked) > 0 {
		r.options.Reading(len(asked))
	}
	for i, answer := range gather.Cards(ctx, r.src, requests, r.options.Limit) {
		next := r.todo[i]
		if answer.Err == nil && answer.Card.Repo != next.repo {
			answer.Err = fmt.Errorf("what was read is the card of %s", answer.Card.Repo)
		}
		if answer.Err != nil {
			r.fail(next.use, answer.Err, "")
			continue
		}
		key := requests[i].Place()
		e := &lockfile.Entry{Ref: next.ref, Files: asked[key], Card: without(answer.Card, looked[key], asked[key])}
		changed, err := r.folder.Write(e)
		if err != nil {
			return err
		}
		r.note(next, e, changed)
		if changed {
			r.report.News = append(r.report.News, news(next.use, next.old, answer.Card)...)
		}
	}
	return nil
}

// note reports an entry that was written.
func (r *run) note(next reading, e *lockfile.Entry, changed bool) {
	p := Pin{Repo: next.repo, Ref: next.ref, Old: next.was, New: e.Commit(), Card: e.Card}
	switch {
	case p.Old != p.New:
		r.report.Pins = append(r.report.Pins, p)
	case next.mends:
		r.report.Mended = append(r.report.Mended, p)
	}
	if changed {
		r.report.Written = append(r.report.Written, e.Card)
	}
}

// clear removes what is not needed any more: the layout of the first version
// when all of it is taken over, and, if asked to, what nothing wants.
func (r *run) clear(list []use) (err error) {
	prune := r.options.Prune && len(r.report.Failures) == 0
	if prune {
		r.report.Removed, err = r.folder.Prune(names(list))
	}
	if err != nil || r.old == nil {
		return err
	}
	if left := r.old.Left(); len(left) > 0 && !prune {
		r.report.Left = left
		return nil
	}
	return r.old.Remove()
}

// names are those of the uses' files.
func names(list []use) []string {
	names := make([]string, len(list))
	for i, u := range list {
		names[i] = lockfile.Name(u.repo, u.ref)
	}
	return names
}
