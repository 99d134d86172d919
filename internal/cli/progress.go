package cli

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/bokehbinder/bokehbinder/card"
)

// progressDelay is how long reading may take before anything is said about it.
const progressDelay = 500 * time.Millisecond

// progress shows on a terminal what is being read, once that takes longer than
// a moment. Its zero value shows nothing.
type progress struct {
	w     io.Writer
	later *time.Timer

	mu          sync.Mutex
	bar         *progressbar.ProgressBar
	text        string
	total, read int // where repositories are counted
}

// showProgress begins to show what is read, unless nobody wants or sees it.
func (p *Program) showProgress(quiet bool) *progress {
	g := &progress{}
	if !quiet && isTerminal(p.Stderr) {
		g.w, g.later = p.Stderr, time.AfterFunc(progressDelay, g.begin)
	}
	return g
}

// begin draws the spinner, which goes on by itself.
func (g *progress) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bar = progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(g.w),
		progressbar.OptionSpinnerType(14),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionClearOnFinish(),
	)
	g.bar.Describe(g.text)
}

// reading names what is being read.
func (g *progress) reading(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.text = "reading " + name
	if g.total > 0 {
		g.text = fmt.Sprintf("reading repositories %d/%d", g.read, g.total)
	}
	if g.bar != nil {
		g.bar.Describe(g.text)
	}
}

// expect adds to how many repositories will be read, and has them counted.
func (g *progress) expect(n int) {
	g.mu.Lock()
	g.total += n
	g.mu.Unlock()
	g.reading("")
}

// of returns a source that tells what is read from src.
func (g *progress) of(src card.Source) card.Source {
	return card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		g.reading(req.Repo)
		c, err := src.Card(ctx, req)
		g.mu.Lock()
		g.read++
		g.mu.Unlock()
		g.reading(req.Repo)
		return c, err
	})
}

// done removes what is shown.
func (g *progress) done() {
	if g.later != nil {
		g.later.Stop()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bar != nil {
		_ = g.bar.Finish() // a terminal that is gone is nobody's problem
	}
}
