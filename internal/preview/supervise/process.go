package supervise

import (
	"bytes"
	"io"
	"net/netip"
	"sync"
)

// Command is what a supervisor runs.
type Command struct {
	// Args are the program's path and its arguments.
	Args []string
	// Dir it runs in.
	Dir string
	// Env are all its variables, "NAME=value".
	Env []string
	// Output gets what it prints, also on standard error; nil is for nowhere.
	Output io.Writer
	// Errors gets what it prints on standard error, where Output is nil.
	Errors io.Writer
}

// Process is a running command and all that descends from it.
type Process struct {
	pid  int // the supervisor's
	done chan struct{}
	code int
	stop func()
}

// Done is closed when all has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Code is the command's exit code once all has ended: 128 and the signal's
// number where one ended it.
func (p *Process) Code() int { return p.code }

// Listening lists the addresses of this machine on which it, or what it has started,
// accepts connections by TCP. Where the system does not tell, there are none.
func (p *Process) Listening() []netip.AddrPort { return listening(descendants(p.pid)) }

// Stop ends it all, and returns when that is done. It may be called several
// times.
func (p *Process) Stop() { p.stop() }

// Tail keeps the end of what is written to it, and hands it on.
type Tail struct {
	// Next is to whom it is handed on; it may be nil.
	Next io.Writer

	mu  sync.Mutex
	buf []byte
}

const tailSize = 8 << 10

// Write implements [io.Writer]. What cannot be handed on is no error: the
// command goes on.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	t.mu.Unlock()
	if t.Next != nil {
		_, _ = t.Next.Write(p)
	}
	return len(p), nil
}

// Lines returns the last lines, at most n.
func (t *Tail) Lines(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := bytes.Split(bytes.TrimSpace(t.buf), []byte("\n"))
	return string(bytes.Join(list[max(0, len(list)-n):], []byte("\n")))
}
