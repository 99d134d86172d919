package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

// The size of the window, and of the widest picture.
const (
	width  = 1280
	height = 900
)

// Browser opens the app in the browser at a path. The error says why that could
// not be tried.
func Browser(ctx context.Context, t Target, path string) (*Outcome, error) {
	v, err := visit(ctx, t, path)
	if err != nil {
		return nil, err
	}
	defer v.close()
	return v.seen.judge(t), nil
}

// visitor is a reader with a browser.
type visitor struct {
	t       Target
	browser *browse.Browser
	page    *browse.Page
	seen    seen
}

func (v *visitor) close() { v.browser.Close() }

// visit opens the page, runs its first embed, and waits for what comes of it.
func visit(ctx context.Context, t Target, path string) (*visitor, error) {
	b, err := browse.Start(ctx, path)
	if err != nil {
		return nil, err
	}
	v := &visitor{t: t, browser: b}
	if err := v.run(ctx); err != nil {
		v.close()
		return nil, err
	}
	return v, nil
}

// ErrNoEmbed means that a page has nothing that can be run.
var ErrNoEmbed = errors.New("the page has no app that can be run in it")

// embed is JavaScript that finds it.
const embed = "document.querySelector('bokeh-binder:has([data-bb=run])')"

func (v *visitor) run(ctx context.Context) error {
	var err error
	if v.page, err = v.browser.Open(ctx, width, height); err != nil {
		return err
	}
	if err := v.page.GoTo(ctx, v.t.Page); err != nil {
		return err
	}
	if err := v.find(ctx); err != nil {
		return err
	}
	if err := v.page.Eval(ctx, embed+".querySelector('[data-bb=run]').click()", nil); err != nil {
		return err
	}
	return v.look(ctx)
}

// find waits until the page has an embed that can be run. The page's first
// document only sets a cookie.
func (v *visitor) find(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	const loaded = "!new URLSearchParams(location.search).has('token') && document.readyState === 'complete'"
	if err := v.page.Wait(ctx, loaded); err != nil {
		return fmt.Errorf("the page does not load: %w", err)
	}
	var has bool
	if err := v.page.Eval(ctx, "!!"+embed, &has); err != nil {
		return err
	}
	if !has {
		return ErrNoEmbed
	}
	if err := v.page.Wait(ctx, "customElements.get('bokeh-binder')"); err != nil {
		return fmt.Errorf("the page's script does not run: %w", err)
	}
	return nil
}

// look waits until the app is drawn, or it is known that it will not be.
func (v *visitor) look(ctx context.Context) error {
	if err := v.settle(ctx); err != nil {
		return err
	}
	if page := v.seen.page(); page != nil && page.Status >= 500 {
		if err := v.again(ctx); err != nil {
			return err
		}
	}
	if page := v.seen.page(); page == nil || page.Status >= 400 || page.Error != "" || isLogin(*page) {
		return nil
	}
	return v.draw(ctx)
}

// settle waits until the embed says that its frame has loaded, or what failed.
func (v *visitor) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, doors.LaunchTime()+doors.AppTime())
	defer cancel()
	err := v.page.Wait(ctx, "/ready|failed|ended/.test("+embed+".dataset.state)")
	v.note()
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // what was seen says how far it came
	}
	return err
}

// note takes down what was seen so far.
func (v *visitor) note() {
	v.seen.traffic = v.page.Traffic()
	v.seen.launch = launch{}
	for _, data := range v.seen.traffic.Messages {
		v.seen.launch.hear(data)
	}
}

// again loads the frame anew for a while, as a reader would who sees an error:
// the app's server may not have been ready.
func (v *visitor) again(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, graceTime)
	defer cancel()
	err := browse.Until(ctx, func() (bool, error) {
		v.note()
		page := v.seen.page()
		switch {
		case page.Status == 0 && page.Error == "": // it is on its way
			return false, nil
		case page.Status < 500:
			v.seen.late = true
			return true, nil
		}
		return false, v.page.Eval(ctx, embed+".querySelector('iframe').src += ''", nil)
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// glance is JavaScript that says what is in the app's frame, as [view] has it.
const glance = `(() => {
	const visible = (root) => [...root.querySelectorAll("*")].some((e) => {
		if (/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE)$/.test(e.nodeName)) return false;
		if (e.shadowRoot && visible(e.shadowRoot)) return true;
		const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
		if (!text && !/^(canvas|img|svg|video|input|button|select|textarea)$/i.test(e.nodeName)) return false;
		const box = e.getBoundingClientRect();
		return box.width > 0 && box.height > 0 && e.checkVisibility?.({ visibilityProperty: true }) !== false;
	});
	const documents = window.Bokeh?.documents ?? [];
	return {
		bokeh: !!window.Bokeh || /\bBokeh\b/.test([...document.scripts].map((s) => s.text).join("")),
		documents: documents.length,
		roots: documents.reduce((n, d) => n + d.roots().length, 0),
		idle: documents.every((d) => d.is_idle !== false),
		visible: !!document.body && visible(document.body),
	};
})()`

// draw waits until the app is drawn.
func (v *visitor) draw(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, drawTime)
	defer cancel()
	var hopeless time.Time
	quiet, asked := time.Now(), 0
	err := browse.Until(ctx, func() (bool, error) {
		now := view{Known: true}
		if v.page.EvalFrame(ctx, glance, &now) == nil {
			v.seen.view = now
		}
		v.note()
		if n := len(v.seen.traffic.Exchanges) + len(v.seen.traffic.Sockets); n > asked || v.loading() {
			quiet, asked = time.Now(), n
		}
		if now.drawn() && v.answered() && (now.Bokeh || time.Since(quiet) > quietTime) {
			return true, nil
		}
		if !v.hopeless() {
			hopeless = time.Time{}
		} else if hopeless.IsZero() {
			hopeless = time.Now()
		}
		return !hopeless.IsZero() && time.Since(hopeless) > graceTime, nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// quietTime is how long a page of another framework than Bokeh must ask for
// nothing more until it is taken to be drawn: at first it says "Loading".
const quietTime = 2 * time.Second

// loading says whether a script or a style sheet is on its way.
func (v *visitor) loading() bool {
	for _, r := range v.seen.parts(v.t) {
		if r.Status == 0 && r.Error == "" {
			return true
		}
	}
	return false
}

// answered says whether the app's server has answered over its websocket, where
// the page has one.
func (v *visitor) answered() bool {
	for _, s := range v.seen.traffic.Sockets {
		if s.Received > 0 {
			return true
		}
	}
	return len(v.seen.traffic.Sockets) == 0 && !v.seen.view.Bokeh
}

// hopeless says that something is missing that a page needs to be drawn.
func (v *visitor) hopeless() bool {
	for _, r := range v.seen.parts(v.t) {
		if is := stateOf(r, v.seen.launch.url); r.Kind == "Script" && (r.Status > 0 || r.Error != "") && is != stateLoaded {
			return true
		}
	}
	for _, s := range v.seen.traffic.Sockets {
		if s.Error != "" || s.Status > 101 || s.Closed && s.Received == 0 {
			return true
		}
	}
	return v.seen.view.Documents > 0 && v.seen.view.Roots == 0
}
