package probe

import (
	"bytes"
	"context"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

// NotRunningError means that there is no picture, since the app does not run.
type NotRunningError struct{ Outcome *Outcome }

// Error says what failed.
func (e *NotRunningError) Error() string {
	failed := e.Outcome.Failure()
	return "the app does not run: " + failed.Name + ": " + failed.Text
}

// fit is JavaScript that gives the app the whole stage, as a poster has it,
// without the handle that changes its height. The look's rules are important, and
// only a style of the element's own that is important, too, wins over them.
const fit = `(() => {
	const frame = ` + embed + `.querySelector("iframe");
	frame.style.setProperty("height", "100%", "important");
	frame.parentElement.style.setProperty("resize", "none", "important");
	frame.scrollIntoView();
})()`

// box is JavaScript that says where the app's frame is on the page.
const box = `(() => {
	const box = ` + embed + `.querySelector("iframe").getBoundingClientRect();
	return { x: Math.round(box.x + scrollX), y: Math.round(box.y + scrollY), width: Math.round(box.width), height: Math.round(box.height) };
})()`

// Picture runs the first app of the target's page in the browser at a path, and
// returns a picture of it as PNG, as large as its frame. Of the target only the
// page is needed.
func Picture(ctx context.Context, t Target, path string) ([]byte, error) {
	v, err := visit(ctx, t, path)
	if err != nil {
		return nil, err
	}
	defer v.close()
	if outcome := v.seen.judge(t); outcome.Failure() != nil {
		return nil, &NotRunningError{outcome}
	}
	var b browse.Box
	if err := v.page.Eval(ctx, box, &b); err != nil {
		return nil, err
	}
	// All of the frame is within the window: only what is there can be drawn.
	if err := v.page.Resize(ctx, width, max(height, int(b.Height)+margin)); err != nil {
		return nil, err
	}
	if err := v.page.Eval(ctx, fit, nil); err != nil {
		return nil, err
	}
	return v.still(ctx)
}

// margin is more than the frame grows by when it is given the whole stage.
const margin = 100

// tries is how many pictures are taken at most of an app that goes on moving.
const tries = 20

// still takes pictures until two are the same: what has just been drawn may
// still move to its place.
func (v *visitor) still(ctx context.Context) ([]byte, error) {
	var before []byte
	for range tries {
		var b browse.Box
		if err := v.page.Eval(ctx, box, &b); err != nil {
			return nil, err
		}
		now, err := v.page.Screenshot(ctx, b)
		if err != nil || bytes.Equal(now, before) {
			return now, err
		}
		before = now
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(250 * time.Millisecond):
		}
	}
	return before, nil
}
