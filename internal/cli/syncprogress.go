package cli

import (
	"context"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/bokehbinder/bokehbinder/card"
)

// counter shows on a terminal how many of the repositories have been read. Its
// zero value shows nothing.
type counter struct {
	p     *Program
	mu    sync.Mutex
	bar   *progressbar.ProgressBar
	begun time.Time
	total int
	read  int
}

// countProgress returns a source that counts what is read from src.
func (p *Program) countProgress(src card.Source, quiet bool) (card.Source, *counter) {
	if quiet || !isTerminal(p.Stderr) {
		return src, &counter{}
	}
	c := &counter{p: p, begun: time.Now()}
	return card.SourceFunc(func(ctx context.Context, req card.Request) (*card.Card, error) {
		read, err := src.Card(ctx, req)
		c.count()
		return read, err
	}), c
}

// expect adds to what will be read.
func (c *counter) expect(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total += n
	c.show()
}

func (c *counter) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read++
	c.show()
}

// show draws the bar, once reading takes longer than a moment.
func (c *counter) show() {
	if c.p == nil || c.total == 0 || time.Since(c.begun) < progressDelay && c.bar == nil {
		return
	}
	if c.bar == nil {
		c.bar = progressbar.NewOptions(c.total,
			progressbar.OptionSetWriter(c.p.Stderr),
			progressbar.OptionSetDescription("reading repositories"),
			progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(),
		)
	}
	c.bar.ChangeMax(c.total)
	_ = c.bar.Set(c.read) // a terminal that is gone is nobody's problem
}

// done removes the bar.
func (c *counter) done() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar != nil {
		_ = c.bar.Clear()
	}
}
