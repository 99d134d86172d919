package browse

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// errEnded means that the browser is no more.
var errEnded = errors.New("the browser has ended")

// event is one that the browser tells of. An empty session is the browser's own.
type event struct {
	session, method string
	params          json.RawMessage
}

// message is what goes over the pipes in both directions, each ended by a zero
// byte: https://chromedevtools.github.io/devtools-protocol/.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// conn is a connection with a browser.
type conn struct {
	out io.Writer
	// handle is told of each event, one after the other. It may call.
	handle func(event)
	// ended is closed when the browser hears and says no more.
	ended chan struct{}

	writing sync.Mutex

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	queue   []event
	queued  chan struct{} // has room for one
}

// newConn speaks with a browser through what it reads and writes.
func newConn(in io.Reader, out io.Writer, handle func(event)) *conn {
	c := &conn{
		out: out, handle: handle, ended: make(chan struct{}),
		waiting: map[int]chan message{}, queued: make(chan struct{}, 1),
	}
	go c.read(in)
	go c.deliver()
	return c
}

// read takes what the browser says, until it ends. It never waits for a handler
// of events, which may itself wait for an answer.
func (c *conn) read(in io.Reader) {
	defer close(c.ended)
	r := bufio.NewReader(in)
	for {
		text, err := r.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			return
		}
		c.mu.Lock()
		if m.ID == 0 {
			c.queue = append(c.queue, event{m.Session, m.Method, m.Params})
			select {
			case c.queued <- struct{}{}:
			default: // it is known that there is something
			}
		} else if answer := c.waiting[m.ID]; answer != nil {
			delete(c.waiting, m.ID)
			answer <- m
		}
		c.mu.Unlock()
	}
}

// deliver hands on events in their order.
func (c *conn) deliver() {
	for {
		select {
		case <-c.ended:
			return
		case <-c.queued:
		}
		c.mu.Lock()
		events := c.queue
		c.queue = nil
		c.mu.Unlock()
		for _, e := range events {
			c.handle(e)
		}
	}
}

// call calls a method and decodes what it returns into result, unless that is
// nil. Params may be nil.
func (c *conn) call(ctx context.Context, session, method string, params, result any) error {
	m := message{Session: session, Method: method}
	if params != nil {
		var err error
		if m.Params, err = json.Marshal(params); err != nil {
			return err
		}
	}
	answer := make(chan message, 1)
	c.mu.Lock()
	c.last++
	m.ID = c.last
	c.waiting[m.ID] = answer
	c.mu.Unlock()
	if err := c.write(m); err != nil {
		return errEnded
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.ended:
		return errEnded
	case m = <-answer:
	}
	if m.Error != nil {
		return fmt.Errorf("%s: %s", method, m.Error.Message)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(m.Result, result)
}

func (c *conn) write(m message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_, err = c.out.Write(append(text, 0))
	return err
}
