package hubtest

import (
	"context"
	"net/http"
	"sync"

	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
)

// Script is what one build request gets: its steps, in order, until the last
// one or until the client leaves.
type Script []Step

// Step is one thing that the hub does while it answers a build request.
type Step func(*Play) error

// Play is a script being played to one client.
type Play struct {
	// Context ends when the client leaves.
	Context context.Context
	// Request that is answered.
	Request hub.BuildRequest
	// Stream to the client.
	Stream *hub.Stream
	// Hub that plays.
	Hub *Hub
}

// Then returns the script with more steps after it.
func (s Script) Then(steps ...Step) Script {
	return append(s[:len(s):len(s)], steps...)
}

// Send sends events in one write.
func Send(events ...hub.Event) Step {
	return func(p *Play) error { return p.Stream.Send(events...) }
}

// Raw writes text that need not be an event stream.
func Raw(text string) Step {
	return func(p *Play) error { return p.Stream.Write(text) }
}

// Gate holds scripts back until a test lets them go on.
type Gate struct {
	once sync.Once
	open chan struct{}
}

// NewGate returns a closed gate.
func NewGate() *Gate { return &Gate{open: make(chan struct{})} }

// Open lets all scripts through, now and later.
func (g *Gate) Open() { g.once.Do(func() { close(g.open) }) }

// Wait waits until the gate is open.
func Wait(g *Gate) Step {
	return func(p *Play) error {
		select {
		case <-g.open:
			return nil
		case <-p.Context.Done():
			return p.Context.Err()
		}
	}
}

// Hold keeps the stream open, silent, until the client leaves.
func Hold() Step {
	return func(p *Play) error {
		<-p.Context.Done()
		return p.Context.Err()
	}
}

// Drop breaks the connection without ending the response.
func Drop() Step {
	return func(*Play) error { panic(http.ErrAbortHandler) }
}

// Launch starts a server, as [Hub.StartServer] does, and sends the two events
// that tell of it.
func Launch() Step {
	return func(p *Play) error {
		s := p.Hub.StartServer(p.Request)
		return p.Stream.Send(
			hub.Launching("Server ready at "+p.Hub.servers.Path(s.Name)+"\n"),
			hub.Ready(p.Request, s.Server),
		)
	}
}

// play runs a script to its end.
func play(p *Play, s Script) {
	for _, step := range s {
		if step(p) != nil {
			return
		}
	}
}
