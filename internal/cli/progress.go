package cli

import (
	"context"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/bokehbinder/bokehbinder/card"
)

// progressDelay is how long reading may take before anything is said about it.
const progressDelay = 500 * time.Millisecond

// withProgress returns a source that shows on a terminal what is being read,
// once that takes longer than a moment, and a function that removes what it
// shows. On anything but a terminal it returns src itself.
func (p *Program) withProgress(src card.Source, quiet bool) (shown card.Source, done func()) {
	if quiet || !isTerminal(p.Stderr) {
		return src, func() {}
	}
	var current atomic.Value
	current.Store("")
	stop := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		spin(p.Stderr, &current, stop)
	}()
	shown = card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		current.Store("reading " + req.Repo)
		return src.Card(ctx, req)
	})
	return shown, func() { close(stop); <-finished }
}

// spin draws a spinner with the current text, after the first moment, until
// stop is closed.
func spin(w io.Writer, current *atomic.Value, stop <-chan struct{}) {
	select {
	case <-stop:
		return
	case <-time.After(progressDelay):
	}
	bar := progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionClearOnFinish(),
	)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			_ = bar.Finish()
			return
		case <-tick.C:
			bar.Describe(current.Load().(string))
			_ = bar.Add(1)
		}
	}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
