package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// grace is how long a command may take to clean up after a signal, unless it
// says otherwise in [Program.patience].
const grace = 2 * time.Second

// Main is [Program.Run] for a process: an interrupt, the end of the terminal
// and a request to terminate stop the command with code 130. A command that
// waits for what no context ends, such as its standard input, is left waiting
// after a moment; a second signal ends the process at once.
func (p *Program) Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
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
