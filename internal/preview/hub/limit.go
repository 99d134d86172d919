package hub

import (
	"sync"
	"time"
)

// Limiter counts requests by client. BinderHub's default is 10 requests an hour
// and address. The count starts again at the end of a window; it does not
// slide.
type Limiter struct {
	// Requests that are allowed in a Window. 0 is no limit.
	Requests int
	Window   time.Duration

	mu      sync.Mutex
	clients map[string]*count
}

type count struct {
	left  int
	reset time.Time
}

// take counts one request and says how many are left and when the window
// ends; ok is false when there were none left.
func (l *Limiter) take(client string, now time.Time) (left int, reset time.Time, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clients == nil {
		l.clients = map[string]*count{}
	}
	for name, c := range l.clients {
		if c.reset.Before(now) {
			delete(l.clients, name)
		}
	}
	c := l.clients[client]
	if c == nil {
		c = &count{left: l.Requests, reset: now.Add(l.Window)}
		l.clients[client] = c
	}
	if c.left == 0 {
		return 0, c.reset, false
	}
	c.left--
	return c.left, c.reset, true
}
