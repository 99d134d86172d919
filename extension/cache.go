package extension

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/page/gather"
)

// CacheOptions say how long [Cache] keeps what, and how much. Each field that is
// zero has its default.
type CacheOptions struct {
	// Lifetime is how long a card is given out without reading anew. The default is
	// ten minutes. The card of a full commit has no end: it cannot change.
	Lifetime time.Duration

	// Stale is for how long after that the old card is given out while a new one is
	// read, and where reading fails. The default is a day.
	Stale time.Duration

	// Failure is how long a failure is given out, or an old card after one, before
	// it is tried again. The default is a minute.
	Failure time.Duration

	// Reading bounds one reading. Who waits for it may give up before. The default
	// is two minutes.
	Reading time.Duration

	// Cards bounds how many answers are kept, Bytes how large they are together.
	// Those that were asked for longest ago go first. The defaults are 500 and 64
	// MiB.
	Cards int
	Bytes int64
}

func (o CacheOptions) withDefaults() CacheOptions {
	return CacheOptions{
		Lifetime: or(o.Lifetime, 10*time.Minute), Stale: or(o.Stale, 24*time.Hour), Failure: or(o.Failure, time.Minute),
		Reading: or(o.Reading, 2*time.Minute), Cards: or(o.Cards, 500), Bytes: or(o.Bytes, 64<<20),
	}
}

// Cache is a source that remembers the answers of another one. What many ask for at
// the same time is read once. Any number of Extenders may have it as their Source.
type Cache struct {
	source card.Source
	o      CacheOptions

	mu      sync.Mutex
	entries map[string]*list.Element // of *entry, by the request's key
	used    *list.List               // the entries, that which was used last first
	bytes   int64
	flights map[string]*flight
}

var _ card.Source = (*Cache)(nil)

// NewCache returns a cache before a source. The error says which of the options is
// wrong.
func NewCache(source card.Source, o CacheOptions) (*Cache, error) {
	if source == nil {
		return nil, errors.New("bokehbinder: NewCache: there is no source; valid: any card.Source, such as that of NewGit")
	}
	if o.Lifetime < 0 || o.Stale < 0 || o.Failure < 0 || o.Reading < 0 || o.Cards < 0 || o.Bytes < 0 {
		return nil, fmt.Errorf("bokehbinder: CacheOptions: %+v has a number below 0; valid: more than 0, or 0 for the default", o)
	}
	return &Cache{
		source: gather.Checked(source), o: o.withDefaults(),
		entries: make(map[string]*list.Element), used: list.New(), flights: make(map[string]*flight),
	}, nil
}

// entry is an answer that is kept: a card, or an error.
type entry struct {
	key   string
	card  *card.Card
	err   error
	bytes int64
	// fresh is until when it is given out without reading anew, and until until
	// when at all. Zero has no end.
	fresh, until time.Time
}

// flight is a reading under way.
type flight struct {
	cancel  context.CancelFunc
	waiting int           // how many want its answer; where nobody does any more, it ends
	kept    bool          // an old card is given out meanwhile, so it goes on alone
	done    chan struct{} // closed when there is the answer
	card    *card.Card
	err     error
}

// Card implements [card.Source].
func (c *Cache) Card(ctx context.Context, req card.Request) (*card.Card, error) {
	key := req.Key()
	for {
		f, first, e := c.look(ctx, key, req)
		if f == nil {
			return e.card, e.err
		}
		select {
		case <-ctx.Done():
			c.leave(key, f)
			return nil, ctx.Err()
		case <-f.done:
		}
		// What ended somebody else's document is no answer to this one.
		if first || !isOfDocument(f.err) || ctx.Err() != nil {
			return f.card, f.err
		}
	}
}

// look returns the answer that is kept, or a flight to wait for, and whether it
// begins with this request.
func (c *Cache) look(ctx context.Context, key string, req card.Request) (f *flight, first bool, e *entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	e = c.find(key, now)
	if e != nil && isBefore(now, e.fresh) {
		return nil, false, e
	}
	f, known := c.flights[key]
	if !known {
		f = c.begin(ctx, key, req)
	}
	if e != nil && e.card != nil {
		f.kept = true
		return nil, false, e
	}
	f.waiting++
	return f, !known, nil
}

// find returns the entry of a key, if it may be given out at all.
func (c *Cache) find(key string, now time.Time) *entry {
	at, ok := c.entries[key]
	if !ok {
		return nil
	}
	e := at.Value.(*entry)
	if !isBefore(now, e.until) {
		c.remove(at)
		return nil
	}
	c.used.MoveToFront(at)
	return e
}

// begin reads, on its own: the document that asks first may give up while others
// wait.
func (c *Cache) begin(ctx context.Context, key string, req card.Request) *flight {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.o.Reading)
	f := &flight{cancel: cancel, done: make(chan struct{})}
	c.flights[key] = f
	go func() {
		defer cancel()
		defer c.land(key, req, f)
		f.card, f.err = gather.Ask(ctx, c.source, req)
	}()
	return f
}

// leave stops waiting for a flight. It ends where nobody else waits.
func (c *Cache) leave(key string, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	if f.waiting > 0 || f.kept {
		return
	}
	f.cancel()
	if c.flights[key] == f {
		delete(c.flights, key)
	}
}

// land keeps a flight's answer and gives it to those who wait.
func (c *Cache) land(key string, req card.Request, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	now := time.Now()
	switch old := c.find(key, now); {
	case f.err == nil:
		c.keep(c.entryOf(key, req, f.card, now))
	case isOfDocument(f.err):
	case old != nil && old.card != nil:
		old.fresh = now.Add(c.o.Failure)
	default:
		end := now.Add(c.o.Failure)
		c.keep(&entry{key: key, err: f.err, bytes: overhead, fresh: end, until: end})
	}
}

// isOfDocument says whether an error is about who asked, not about what was asked.
func isOfDocument(err error) bool {
	var e *card.Error
	return errors.Is(err, context.Canceled) || errors.As(err, &e) && e.Reason == card.ReasonLimit
}

// overhead is what an entry and a file of a card take beside their texts, about.
const overhead = 500

// entryOf returns the entry of a card that was read now.
func (c *Cache) entryOf(key string, req card.Request, read *card.Card, now time.Time) *entry {
	e := &entry{key: key, card: read, bytes: overhead}
	for _, f := range read.Files {
		e.bytes += overhead + int64(len(f.Text))
	}
	for _, p := range read.Pieces {
		e.bytes += overhead + int64(len(p.Text))
	}
	if !strings.EqualFold(req.Ref, read.Commit) || read.Commit == "" {
		e.fresh = now.Add(c.o.Lifetime)
		e.until = e.fresh.Add(c.o.Stale)
	}
	return e
}

// keep takes an entry in, in place of the one of its key, and lets the oldest go
// until there is room.
func (c *Cache) keep(e *entry) {
	if at, ok := c.entries[e.key]; ok {
		c.remove(at)
	}
	c.entries[e.key] = c.used.PushFront(e)
	c.bytes += e.bytes
	for c.used.Len() > c.o.Cards || c.bytes > c.o.Bytes {
		c.remove(c.used.Back())
	}
}

func (c *Cache) remove(at *list.Element) {
	e := c.used.Remove(at).(*entry)
	delete(c.entries, e.key)
	c.bytes -= e.bytes
}

// isBefore says whether a time has not come yet. The zero time never comes.
func isBefore(now, end time.Time) bool { return end.IsZero() || now.Before(end) }
