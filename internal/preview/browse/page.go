package browse

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Page is one page of a browser.
type Page struct {
	b       *Browser
	session string

	// These are guarded by the browser's lock.
	frames  []frame
	traffic collector
}

// frame is a frame of the page that is of another site.
type frame struct{ session, parent string }

// Open opens an empty page of a size in CSS pixels.
func (b *Browser) Open(ctx context.Context, width, height int) (*Page, error) {
	var target struct {
		ID string `json:"targetId"`
	}
	if err := b.conn.call(ctx, "", "Target.createTarget", object{"url": "about:blank"}, &target); err != nil {
		return nil, err
	}
	var attached struct {
		Session string `json:"sessionId"`
	}
	if err := b.conn.call(ctx, "", "Target.attachToTarget", object{"targetId": target.ID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	p := &Page{b: b, session: attached.Session}
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	if err := p.Resize(ctx, width, height); err != nil {
		return nil, err
	}
	return p, p.watch(ctx, p.session)
}

// object is a JSON object.
type object = map[string]any

// watch has a session tell what happens in it and in its frames. Those wait
// until they are watched, too.
func (p *Page) watch(ctx context.Context, session string) error {
	var errs []error
	for _, method := range []string{"Network.enable", "Runtime.enable", "Page.enable"} {
		errs = append(errs, p.b.conn.call(ctx, session, method, nil, nil))
	}
	attach := object{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}
	errs = append(errs, p.b.conn.call(ctx, session, "Target.setAutoAttach", attach, nil))
	return errors.Join(errs...)
}

// handle takes the browser's events.
func (b *Browser) handle(e event) {
	b.mu.Lock()
	p := b.pages[e.session]
	if p != nil {
		p.traffic.take(e)
	}
	b.mu.Unlock()
	if p == nil {
		return
	}
	switch e.method {
	case "Target.attachedToTarget":
		p.attached(e)
	case "Target.detachedFromTarget":
		p.detached(e)
	}
}

// attached watches a new frame, or a worker, and lets it go on.
func (p *Page) attached(e event) {
	var a struct {
		Session string `json:"sessionId"`
		Target  struct {
			Type string `json:"type"`
		} `json:"targetInfo"`
	}
	if json.Unmarshal(e.params, &a) != nil {
		return
	}
	p.b.mu.Lock()
	p.b.pages[a.Session] = p
	if a.Target.Type == "iframe" {
		p.frames = append(p.frames, frame{a.Session, e.session})
	}
	p.b.mu.Unlock()
	// However busy the machine is: one that has gone meanwhile may never answer,
	// which the end of the browser ends.
	go func() {
		// Workers know less; what they do not know is not missed.
		_ = p.watch(context.Background(), a.Session)
		_ = p.b.conn.call(context.Background(), a.Session, "Runtime.runIfWaitingForDebugger", nil, nil)
	}()
}

func (p *Page) detached(e event) {
	var d struct {
		Session string `json:"sessionId"`
	}
	if json.Unmarshal(e.params, &d) != nil {
		return
	}
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	delete(p.b.pages, d.Session)
	p.frames = slices.DeleteFunc(p.frames, func(f frame) bool { return f.session == d.Session })
}

// Resize gives the page another size, in CSS pixels.
func (p *Page) Resize(ctx context.Context, width, height int) error {
	metrics := object{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}
	return p.b.conn.call(ctx, p.session, "Emulation.setDeviceMetricsOverride", metrics, nil)
}

// GoTo begins to load an address.
func (p *Page) GoTo(ctx context.Context, url string) error {
	var got struct {
		Error string `json:"errorText"`
	}
	if err := p.b.conn.call(ctx, p.session, "Page.navigate", object{"url": url}, &got); err != nil {
		return err
	}
	if got.Error != "" {
		return errors.New(url + ": " + got.Error)
	}
	return nil
}

// Eval evaluates a JavaScript expression in the page, waits for its value if it
// is a promise, and decodes it into out unless that is nil.
func (p *Page) Eval(ctx context.Context, expression string, out any) error {
	return p.eval(ctx, p.session, expression, out)
}

// ErrNoFrame means that the page has no frame of another site.
var ErrNoFrame = errors.New("the page has no frame of another site")

// EvalFrame is Eval in the page's newest frame that is of another site. The
// error is [ErrNoFrame] where there is none.
func (p *Page) EvalFrame(ctx context.Context, expression string, out any) error {
	p.b.mu.Lock()
	session := ""
	for _, f := range p.frames {
		if f.parent == p.session {
			session = f.session
		}
	}
	p.b.mu.Unlock()
	if session == "" {
		return ErrNoFrame
	}
	return p.eval(ctx, session, expression, out)
}

func (p *Page) eval(ctx context.Context, session, expression string, out any) error {
	var got struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *thrown `json:"exceptionDetails"`
	}
	params := object{"expression": expression, "awaitPromise": true, "returnByValue": true}
	if err := p.b.conn.call(ctx, session, "Runtime.evaluate", params, &got); err != nil {
		return err
	}
	if got.Exception != nil {
		return errors.New(got.Exception.String())
	}
	if out == nil || got.Result.Value == nil {
		return nil
	}
	return json.Unmarshal(got.Result.Value, out)
}

// Wait waits until a JavaScript expression is true in the page.
func (p *Page) Wait(ctx context.Context, expression string) error {
	return Until(ctx, func() (bool, error) {
		var is bool
		// While a document goes and the next one comes, there is nothing to ask.
		err := p.Eval(ctx, "!!("+expression+")", &is)
		if errors.Is(err, errEnded) {
			return false, err
		}
		return err == nil && is, nil
	})
}

// Until asks again and again until the answer is yes, an error, or ctx ends.
func Until(ctx context.Context, ask func() (bool, error)) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if yes, err := ask(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

// Box is a rectangle of a page, in CSS pixels from its beginning.
type Box struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// Screenshot takes a picture of a part of the page that is in the window, as a
// PNG with one pixel for each CSS pixel.
func (p *Page) Screenshot(ctx context.Context, b Box) ([]byte, error) {
	var got struct {
		Data []byte `json:"data"` // in base64, as encoding/json reads bytes
	}
	clip := object{"x": b.X, "y": b.Y, "width": b.Width, "height": b.Height, "scale": 1}
	err := p.b.conn.call(ctx, p.session, "Page.captureScreenshot", object{"format": "png", "clip": clip}, &got)
	return got.Data, err
}

// thrown is an exception of a page's script.
type thrown struct {
	Text      string `json:"text"`
	Exception struct {
		Description string `json:"description"`
	} `json:"exception"`
}

func (t *thrown) String() string {
	first, _, _ := strings.Cut(t.Exception.Description, "\n")
	return strings.TrimSpace(t.Text + " " + first)
}
