package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

// grace is how long a command may take to clean up after a signal, unless it
// says otherwise in [Program.patience].
const grace = 2 * time.Second

// softMemory is how much memory, in bytes, a process takes before it collects its
// garbage sooner, unless GOMEMLIMIT says otherwise. It bounds nothing that is in use.
const softMemory = 192 << 20

// Main is [Program.Run] for a process: an interrupt, the end of the terminal
// and a request to terminate stop the command with code 130. A command that
// waits for what no context ends, such as its standard input, is left waiting
// after a moment; a second signal ends the process at once. When the one who reads
// what it prints has left, it stops, too, with the code of a broken pipe.
func (p *Program) Main(args []string) int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	// Once it is listened for, the signal does not end the process, and the write
	// that it is for fails. Those to connections are signalled as well.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	p.Stdout, p.Stderr = p.piped(p.Stdout, leave), p.piped(p.Stderr, leave)
	done := make(chan int, 1)
	go func() { done <- p.Run(ctx, args) }()
	select {
	case code := <-done:
		return code
	case <-ctx.Done():
	}
	stop()
	select {
	case code := <-done:
		return code
	case <-time.After(max(grace, time.Duration(p.patience.Load()))):
		printLine(p.Stderr, "error", "", "interrupted")
		return ExitInterrupted
	}
}

// piped returns a writer that calls leave once nobody reads what w is written to. A
// terminal stays one.
func (p *Program) piped(w io.Writer, leave func()) io.Writer {
	if isTerminal(w) {
		return w
	}
	return writerFunc(func(text []byte) (int, error) {
		n, err := w.Write(text)
		if errors.Is(err, syscall.EPIPE) {
			p.unread.Store(true)
			leave()
		}
		return n, err
	})
}

type writerFunc func([]byte) (int, error)

// Write implements [io.Writer].
func (f writerFunc) Write(text []byte) (int, error) { return f(text) }
