package lock

import (
	"cmp"
	"slices"
)

// write puts the cards into the store, then the index, and removes what is not
// wanted any more. Stopped after any of its steps, it leaves an index whose
// cards are all there.
func (r *run) write() error {
	for _, at := range sortedPlaces(r.cards) {
		c := r.cards[at].card
		changed, err := r.store.writeCard(c)
		if err != nil {
			return err
		}
		if changed {
			r.report.Written = append(r.report.Written, c)
		}
	}
	for _, p := range r.sortedPins() {
		e, err := r.entry(p)
		if err != nil {
			return err
		}
		r.next.pin(p.use, p.commit, e)
		r.notePin(p)
	}
	if r.options.Keep {
		r.next.adopt(r.old)
	}
	if len(r.old.Repos)+len(r.next.Repos) > 0 {
		if _, err := r.store.writeIndex(r.next); err != nil {
			return err
		}
	}
	removed, err := r.store.prune(r.next)
	r.report.Removed = removed
	return err
}

func (r *run) entry(p pin) (Entry, error) {
	if known := r.cards[p.place()]; known != nil {
		path, err := CardPath(p.use.repo, p.commit)
		return Entry{Path: path, Files: known.files}, err
	}
	e, _ := r.old.Entry(p.use.repo, p.commit)
	return e, nil
}

// notePin reports a ref that has moved or is new.
func (r *run) notePin(p pin) {
	old := r.old.Commit(p.use.repo, p.use.ref)
	if old == p.commit {
		return
	}
	note := Pin{Repo: p.use.repo, Ref: p.use.ref, Old: old, New: p.commit}
	if known := r.cards[p.place()]; known != nil {
		note.Card = known.card
	} else if c, err := r.store.Card(p.use.repo, p.commit); err == nil {
		note.Card = c
	}
	r.report.Pins = append(r.report.Pins, note)
}

func (r *run) sortedPins() []pin {
	list := make([]pin, 0, len(r.pins))
	for _, p := range r.pins {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b pin) int {
		return cmp.Or(cmp.Compare(a.use.repo, b.use.repo), cmp.Compare(a.use.ref, b.use.ref))
	})
	return list
}

func sortedPlaces(cards map[place]*read) []place {
	list := make([]place, 0, len(cards))
	for at := range cards {
		list = append(list, at)
	}
	slices.SortFunc(list, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.repo, b.repo), cmp.Compare(a.commit, b.commit))
	})
	return list
}
