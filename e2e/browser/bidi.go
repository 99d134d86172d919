package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/coder/websocket"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// bidi is a connection that speaks WebDriver BiDi: commands with answers, and
// events.
type bidi struct {
	conn *websocket.Conn
	stop context.CancelFunc

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	events  []func(method string, params json.RawMessage)
	err     error
}

// message is anything that the browser sends.
type message struct {
	ID      *int            `json:"id"`
	Type    string          `json:"type"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// dialBiDi connects to the address that the browser printed.
func dialBiDi(address string) (*bidi, error) {
	ctx, stop := context.WithCancel(context.Background())
	conn, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		stop()
		return nil, err
	}
	conn.SetReadLimit(-1)
	b := &bidi{conn: conn, stop: stop, waiting: map[int]chan message{}}
	go b.read(ctx)
	return b, nil
}

// read hands out what comes until the connection ends.
func (b *bidi) read(ctx context.Context) {
	for {
		_, text, err := b.conn.Read(ctx)
		var m message
		if err == nil {
			err = json.Unmarshal(text, &m)
		}
		if err != nil {
			b.fail(err)
			return
		}
		b.mu.Lock()
		if m.ID != nil {
			if answer := b.waiting[*m.ID]; answer != nil {
				answer <- m
				delete(b.waiting, *m.ID)
			}
			b.mu.Unlock()
			continue
		}
		events := b.events[:len(b.events):len(b.events)]
		b.mu.Unlock()
		for _, f := range events {
			f(m.Method, m.Params)
		}
	}
}

// fail ends all commands that still wait.
func (b *bidi) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
	for id, answer := range b.waiting {
		close(answer)
		delete(b.waiting, id)
	}
}

// listen has f called for every event. It must be quick.
func (b *bidi) listen(f func(method string, params json.RawMessage)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = append(b.events, f)
}

// call sends a command and decodes its answer into out unless that is nil. It
// waits no longer than a test has patience.
func (b *bidi) call(ctx context.Context, method string, params map[string]any, out any) error {
	ctx, cancel := context.WithTimeout(ctx, patience.Limit)
	defer cancel()
	answer := make(chan message, 1)
	b.mu.Lock()
	if b.err != nil {
		b.mu.Unlock()
		return b.err
	}
	b.last++
	id := b.last
	b.waiting[id] = answer
	b.mu.Unlock()
	if params == nil {
		params = map[string]any{}
	}
	text, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		return err
	}
	if err := b.conn.Write(ctx, websocket.MessageText, text); err != nil {
		return err
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return fmt.Errorf("%s: the connection ended: %w", method, b.err)
		case m.Type == "error":
			return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		case out == nil:
			return nil
		}
		return json.Unmarshal(m.Result, out)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}
