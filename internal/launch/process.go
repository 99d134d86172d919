package launch

import (
	"bytes"
	"io"
	"sync"
)

// command is what a supervisor runs.
type command struct {
	args   []string // the program's path and its arguments
	dir    string
	env    []string
	output io.Writer // gets what it prints, also on standard error; nil for nowhere
	errors io.Writer // gets what it prints on standard error, where output is nil
}

// process is a running command and all that descends from it.
type process struct {
	// done is closed when all has ended; code is then the command's exit code.
	done chan struct{}
	code int
	// stop ends it all, and returns when that is done.
	stop func()
}

// tail keeps the end of what is written to it, and hands it on.
type tail struct {
	mu   sync.Mutex
	buf  []byte
	next io.Writer // may be nil
}

const tailSize = 8 << 10

// Write implements [io.Writer]. What cannot be handed on is no error: the
// command goes on.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	t.mu.Unlock()
	if t.next != nil {
		_, _ = t.next.Write(p)
	}
	return len(p), nil
}

// lines returns the last lines, at most n.
func (t *tail) lines(n int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := bytes.Split(bytes.TrimSpace(t.buf), []byte("\n"))
	return string(bytes.Join(list[max(0, len(list)-n):], []byte("\n")))
}
