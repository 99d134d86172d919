package lock

import (
	"context"
	"slices"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/gather"
)

// Options say how [Sync] goes about it.
type Options struct {
	// Update reads refs again that have a card already. Without it nothing
	// changes for what is there.
	Update bool
	// Only limits Update to these repositories, as their addresses are
	// written in content or canonically. Empty means all.
	Only []string
	// Keep leaves cards that nothing wants in place. It is for callers that
	// could not read all of the content.
	Keep bool
	// Limit is how many repositories are read at the same time; 0 is
	// [gather.Limit].
	Limit int
	// Reading is called, if set, when it is known how many repositories will
	// be read, and for more of them when cards have to be read again.
	Reading func(n int)
}

// Failure is a repository that could not be read.
type Failure struct {
	Repo, Ref string
	Where     []string
	Err       error
}

// Pin is a ref that is now at another commit than before.
type Pin struct {
	Repo, Ref string
	// Old is empty when the ref is new.
	Old, New string
	Card     *card.Card
}

// Report says what [Sync] did.
type Report struct {
	Pins     []Pin
	Written  []*card.Card
	Removed  []string
	Failures []Failure
}

// Sync makes the store hold the cards that are wanted: it reads what is missing
// from src, writes the cards and then the index, and at last removes the cards
// that nothing wants any more. A repository that cannot be read does not keep
// the others from being written, and leaves its own old card as it was; the
// report says so. The error is about the store itself.
func Sync(ctx context.Context, s Store, src card.Source, wants []Want, o Options) (*Report, error) {
	old, err := s.Index()
	if err != nil {
		return nil, err
	}
	list, failures := uses(wants)
	r := &run{
		store: s, src: src, options: o,
		old: old, next: &Index{}, report: &Report{Failures: failures},
		pins: make(map[[2]string]pin), cards: make(map[place]*read), onDisk: make(map[place]bool),
	}
	r.settle(list)
	r.read(ctx)
	r.readAgain(ctx)
	r.keepUnread()
	return r.report, r.write()
}

// run is one call of [Sync].
type run struct {
	store   Store
	src     card.Source
	options Options
	old     *Index
	next    *Index
	report  *Report

	todo   []use             // to be read, at their refs or pins
	pins   map[[2]string]pin // what is settled, by the use's key
	cards  map[place]*read   // what was read
	onDisk map[place]bool    // which old cards were found whole
	unread []use             // what could not be read
}

// place names a card.
type place struct{ repo, commit string }

// pin is a use and the commit that it is at.
type pin struct {
	use    use
	commit string
}

func (p pin) place() place { return place{p.use.repo, p.commit} }

// read is a card that was read, and the globs it was read with.
type read struct {
	card  *card.Card
	files []string
}

func (r *read) covers(globs []string) bool { return Entry{Files: r.files}.Covers(globs) }

// settle divides the uses into those whose cards are there and those to read.
func (r *run) settle(list []use) {
	for _, u := range list {
		if commit := r.pinned(u); commit != "" {
			r.pins[u.key()] = pin{u, commit}
		} else {
			r.todo = append(r.todo, u)
		}
	}
	wanted := r.wanted()
	for _, u := range list {
		p, ok := r.pins[u.key()]
		if ok && !r.whole(p.place(), wanted[p.place()]) {
			r.todo = append(r.todo, u)
		}
	}
	for _, u := range r.todo {
		delete(r.pins, u.key())
	}
}

// pinned returns the commit that a use is at already, or "" if it is to be
// found out. A commit that has a card needs no finding out.
func (r *run) pinned(u use) string {
	if _, ok := r.old.Entry(u.repo, u.ref); ok {
		return u.ref
	}
	commit := r.old.Commit(u.repo, u.ref)
	if r.options.Update && commit != u.ref && r.selected(u) {
		return ""
	}
	return commit
}

func (r *run) selected(u use) bool {
	if len(r.options.Only) == 0 {
		return true
	}
	return slices.ContainsFunc(r.options.Only, func(name string) bool {
		repo, err := canonical(name)
		return err == nil && repo == u.repo
	})
}

// wanted returns the globs that are wanted of each card of the pins.
func (r *run) wanted() map[place][]string {
	globs := make(map[place][]string)
	for _, p := range r.pins {
		globs[p.place()] = sortedSet(append(globs[p.place()], p.use.files...))
	}
	return globs
}

// whole reports whether the store has the card with all these globs.
func (r *run) whole(at place, globs []string) bool {
	e, ok := r.old.Entry(at.repo, at.commit)
	if !ok || !e.Covers(globs) {
		return false
	}
	whole, known := r.onDisk[at]
	if !known {
		_, err := r.store.Card(at.repo, at.commit)
		whole = err == nil
		r.onDisk[at] = whole
	}
	return whole
}

// read reads what is to be read: new refs where they are, known ones at their
// pins, so that a card which lacks a file does not move its ref.
func (r *run) read(ctx context.Context) {
	requests := make([]card.Request, len(r.todo))
	asked := make(map[[2]string][]string)
	for i, u := range r.todo {
		ref := u.ref
		if commit := r.pinned(u); commit != "" {
			ref = commit
		}
		requests[i] = card.Request{Repo: u.repo, Ref: ref}
		key := gather.Key(requests[i])
		asked[key] = sortedSet(append(asked[key], u.files...))
	}
	for i := range requests {
		requests[i].Files = asked[gather.Key(requests[i])]
	}
	for i, answer := range r.gather(ctx, requests) {
		u := r.todo[i]
		if answer.Err != nil {
			r.fail(u, answer.Err)
			continue
		}
		p := pin{u, answer.Card.Commit}
		r.pins[u.key()] = p
		if known := r.cards[p.place()]; known == nil || len(known.files) < len(requests[i].Files) {
			r.cards[p.place()] = &read{answer.Card, requests[i].Files}
		}
	}
}

// gather says how many requests there are and has them answered.
func (r *run) gather(ctx context.Context, requests []card.Request) []gather.Result {
	distinct := make(map[[2]string]bool)
	for _, req := range requests {
		distinct[gather.Key(req)] = true
	}
	if r.options.Reading != nil && len(distinct) > 0 {
		r.options.Reading(len(distinct))
	}
	return gather.Cards(ctx, r.src, requests, r.options.Limit)
}

// readAgain reads those cards once more that turned out to be shared by refs
// with different globs.
func (r *run) readAgain(ctx context.Context) {
	wanted := r.wanted()
	var places []place
	var requests []card.Request
	for _, at := range sortedPlaces(r.cards) {
		switch {
		case r.cards[at].covers(wanted[at]):
		case r.whole(at, wanted[at]):
			delete(r.cards, at)
		default:
			places = append(places, at)
			requests = append(requests, card.Request{Repo: at.repo, Ref: at.commit, Files: wanted[at]})
		}
	}
	for i, answer := range r.gather(ctx, requests) {
		if answer.Err == nil {
			r.cards[places[i]] = &read{answer.Card, requests[i].Files}
		} else {
			r.failPlace(places[i], answer.Err)
		}
	}
}

// failPlace notes that a card could not be read again. Of what there is of it,
// the old card goes before the new one; who needs more than that has failed.
func (r *run) failPlace(at place, err error) {
	have := r.cards[at].files
	if r.whole(at, nil) {
		delete(r.cards, at)
		e, _ := r.old.Entry(at.repo, at.commit)
		have = e.Files
	}
	for _, p := range r.sortedPins() {
		if p.place() == at && !(Entry{Files: have}).Covers(p.use.files) {
			delete(r.pins, p.use.key())
			r.fail(p.use, err)
		}
	}
}

func (r *run) fail(u use, err error) {
	r.unread = append(r.unread, u)
	r.report.Failures = append(r.report.Failures, Failure{Repo: u.repo, Ref: u.ref, Where: u.where, Err: err})
}

// keepUnread leaves what could not be read as it was, if it was there.
func (r *run) keepUnread() {
	for _, u := range r.unread {
		p := pin{u, r.old.Commit(u.repo, u.ref)}
		if p.commit != "" && r.whole(p.place(), nil) {
			r.pins[u.key()] = p
		}
	}
}
