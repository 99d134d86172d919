package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// chromium is a Chromium that is driven through its DevTools protocol.
type chromium struct {
	ctx context.Context
}

func startChromium(path string, s Setup) (driver, func(), error) {
	dir, remove, err := profile("chromium")
	if err != nil {
		return nil, nil, err
	}
	if err := writeCookieControls(dir, s.Cookies); err != nil {
		remove()
		return nil, nil, err
	}
	rules := []string{"MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1"}
	for _, host := range Hosts {
		// The first rule that fits is taken.
		rules = append([]string{"MAP " + host + " 127.0.0.1"}, rules...)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(dir),
		chromedp.NoInheritEnv,
		chromedp.Env(variables(dir)...),
		chromedp.NoSandbox,
		chromedp.Headless,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		// A process that waits for a next page, of each page's storage.
		chromedp.Flag("disable-features", "SpareRendererForSitePerProcess"),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("host-resolver-rules", strings.Join(rules, ", ")),
	}
	if s.Trusts == "" {
		options = append(options, chromedp.Flag("ignore-certificate-errors", true))
	} else {
		options = append(options, chromedp.Flag("ignore-certificate-errors-spki-list", s.Trusts))
	}
	if s.Proxy != "" {
		// Without this rule, localhost would not go through it.
		options = append(options, chromedp.ProxyServer(s.Proxy), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	end := func() {
		cancel()
		stop()
		remove()
	}
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, err
	}
	return &chromium{ctx}, end, nil
}

// writeCookieControls sets the preference for the cookies of other sites, which
// private windows share. Its default blocks them in private windows alone.
func writeCookieControls(dir string, c Cookies) error {
	mode, ok := map[Cookies]string{CookiesAllowed: "0", CookiesBlocked: "1"}[c]
	if !ok {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(dir, "Default"), 0o700); err != nil {
		return err
	}
	text := `{"profile": {"cookie_controls_mode": ` + mode + `}}`
	return os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(text), 0o600)
}

// open opens a tab in a browser context of its own, which has its own storage.
func (c *chromium) open(o Options) (tab, error) {
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	t := &chromiumTab{ctx: ctx, cancel: cancel}
	if err := chromedp.Listen(ctx, t.event); err != nil {
		cancel()
		return nil, err
	}
	setUp := []error{
		call(ctx, network.Enable, network.EnableParams{}),
		call(ctx, cdplog.Enable, cdp.Empty{}),
		t.resize(o.Width, o.Height),
	}
	if o.NoScript {
		setUp = append(setUp, call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	}
	if o.Preload != "" {
		setUp = append(setUp, call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: o.Preload}))
	}
	if o.Media != nil {
		setUp = append(setUp, t.media(o.Media))
	}
	for _, err := range setUp {
		if err != nil {
			cancel()
			return nil, err
		}
	}
	return t, nil
}

// chromiumTab is one tab of Chromium.
type chromiumTab struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu    sync.Mutex
	asked []string
	wrong []string
}

// event notes what happens in the tab and in its frames of the same site.
func (t *chromiumTab) event(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		t.asked = append(t.asked, e.Request.URL)
	case *runtime.EventExceptionThrown:
		t.wrong = append(t.wrong, exceptionText(e.ExceptionDetails))
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError {
			t.wrong = append(t.wrong, e.Entry.Text)
		}
	}
}

func (t *chromiumTab) close() { t.cancel() }

// call sends a command whose answer nobody needs.
func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

func (t *chromiumTab) requests() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.asked...)
}

func (t *chromiumTab) problems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.wrong...)
}

func (t *chromiumTab) goTo(url string) error {
	return t.limited(chromedp.Navigate(url))
}

// limited runs steps for as long as a test has patience.
func (t *chromiumTab) limited(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience.Limit)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// history does not wait for a load event: a page that the browser kept has none.
func (t *chromiumTab) history(delta int) error {
	list, err := chromedp.Call(t.ctx, page.GetNavigationHistory, cdp.Empty{})
	if err != nil {
		return err
	}
	entry := list.Entries[int(list.CurrentIndex)+delta]
	return call(t.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: entry.ID})
}

func (t *chromiumTab) evaluate(expression string) (string, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience.Limit)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
}

// evaluateFrame attaches to the first frame of another site each time: such
// frames have processes of their own, which a navigation may change.
func (t *chromiumTab) evaluateFrame(expression string) (string, error) {
	targets, err := chromedp.Targets(t.ctx)
	if err != nil {
		return "", err
	}
	mine := chromedp.FromContext(t.ctx).BrowserContextID
	for _, target := range targets {
		if target.Type != "iframe" || target.BrowserContextID != mine {
			continue
		}
		ctx, cancel := context.WithTimeout(t.ctx, patience.Limit)
		defer cancel()
		ctx, detach := chromedp.NewContext(ctx, chromedp.WithTargetID(target.TargetID), chromedp.WithDetachOnCancel())
		defer detach()
		return chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	}
	return "", errNoFrame
}

func (t *chromiumTab) click(x, y float64) error {
	return t.limited(
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y),
		chromedp.MouseClickXY(x, y),
	)
}

func (t *chromiumTab) drag(x1, y1, x2, y2 float64) error {
	return t.limited(chromedp.DragAndDropXY(x1, y1, x2, y2))
}

// chromiumKeys are the runes by which package kb names keys.
var chromiumKeys = map[string]string{
	"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "ArrowDown": kb.ArrowDown, "ArrowUp": kb.ArrowUp,
	"ArrowRight": kb.ArrowRight, "ArrowLeft": kb.ArrowLeft, "End": kb.End, "Home": kb.Home,
}

var chromiumModifiers = map[string]kb.Modifier{"Shift": kb.ModifierShift, "Control": kb.ModifierCtrl}

// press sends what a keyboard does: one event for the key that goes down, text
// included, so that a page that handles it gets no text, and one for the key
// that goes up.
func (t *chromiumTab) press(key string, modifiers ...string) error {
	if code := chromiumKeys[key]; code != "" {
		key = code
	}
	events := kb.Encode([]rune(key)[0])
	down, up := events[0], events[len(events)-1]
	if len(events) == 3 {
		down.Text = events[1].Text
	} else {
		down.Type = input.DispatchKeyEventTypeRawKeyDown
	}
	for _, m := range modifiers {
		down.Modifiers |= int64(chromiumModifiers[m])
		up.Modifiers |= int64(chromiumModifiers[m])
	}
	if err := call(t.ctx, input.DispatchKeyEvent, *down); err != nil {
		return err
	}
	return call(t.ctx, input.DispatchKeyEvent, *up)
}

func (t *chromiumTab) screenshot(full bool) ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience.Limit)
	defer cancel()
	if full {
		return chromedp.Run(ctx, chromedp.FullScreenshot(100))
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

func (t *chromiumTab) resize(width, height int) error {
	return t.limited(chromedp.EmulateViewport(int64(width), int64(height)))
}

func (t *chromiumTab) print() error {
	ctx, cancel := context.WithTimeout(t.ctx, patience.Limit)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.PrintToPDF())
	return err
}

func (t *chromiumTab) media(features map[string]string) error {
	var params emulation.SetEmulatedMediaParams
	for name, value := range features {
		if name == "type" {
			params.Media = value
			continue
		}
		params.Features = append(params.Features, &emulation.MediaFeature{Name: name, Value: value})
	}
	return call(t.ctx, emulation.SetEmulatedMedia, params)
}

func (t *chromiumTab) force(selector string, states []string) error {
	if err := call(t.ctx, dom.Enable, dom.EnableParams{}); err != nil {
		return err
	}
	if err := call(t.ctx, css.Enable, cdp.Empty{}); err != nil {
		return err
	}
	document, err := chromedp.Call(t.ctx, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil {
		return err
	}
	found, err := chromedp.Call(t.ctx, dom.QuerySelectorAll, dom.QuerySelectorAllParams{NodeID: document.Root.NodeID, Selector: selector})
	if err != nil {
		return err
	}
	for _, id := range found.NodeIDs {
		if err := call(t.ctx, css.ForcePseudoState, css.ForcePseudoStateParams{NodeID: id, ForcedPseudoClasses: states}); err != nil {
			return err
		}
	}
	return nil
}

func (t *chromiumTab) tabs() ([]string, error) {
	targets, err := chromedp.Targets(t.ctx)
	if err != nil {
		return nil, err
	}
	mine := chromedp.FromContext(t.ctx).BrowserContextID
	var urls []string
	for _, target := range targets {
		if target.Type == "page" && target.BrowserContextID == mine {
			urls = append(urls, target.URL)
		}
	}
	return urls, nil
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception != nil {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}
