package hub

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// keepAlive is how often BinderHub sends a comment so that proxies between it
// and the reader do not end a silent stream.
const keepAlive = 25 * time.Second

// Stream is the answer to one build request. Its methods may be called from
// several goroutines.
type Stream struct {
	mu    sync.Mutex
	w     http.ResponseWriter
	flush func() error
}

func newStream(w http.ResponseWriter) *Stream {
	return &Stream{w: w, flush: http.NewResponseController(w).Flush}
}

// Send sends events, together in one write. An error means that the client
// has gone.
func (s *Stream) Send(events ...Event) error {
	text := make([]byte, 0, 256*len(events))
	for _, e := range events {
		text = append(text, "data: "...)
		text = append(text, e...)
		text = append(text, "\n\n"...)
	}
	return s.Write(string(text))
}

// Write sends text as it is. It is for what is not an event: comments, and in
// tests what no hub should send.
func (s *Stream) Write(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.flush()
}

// keepAlive sends comments until ctx ends. The returned function waits for the
// last one to be written: nothing may be written after the handler returns.
func (s *Stream) keepAlive(ctx context.Context, every time.Duration) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if s.Write(":keepalive\n\n") != nil {
					return
				}
			}
		}
	}()
	return func() { <-done }
}
