package browser

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// firefox is a Firefox that is driven through WebDriver BiDi. JavaScript can
// only be turned off for a whole process, so there are up to two.
type firefox struct {
	path  string
	setup Setup

	mu        sync.Mutex
	processes map[bool]*bidi // by whether scripts run
	stop      []func()
}

func startFirefox(path string, s Setup) (driver, func(), error) {
	f := &firefox{path: path, setup: s, processes: map[bool]*bidi{}}
	_, err := f.process(true)
	return f, f.end, err
}

func (f *firefox) end() {
	for _, stop := range f.stop {
		stop()
	}
}

// preferences make Firefox find our hosts and no others. What else a test wants
// of it, Firefox does itself when it is driven.
var preferences = map[string]any{
	"network.dns.localDomains": strings.Join(Hosts, ","),
	// Clicks go the way of a mouse's, and so into frames of other sites.
	"remote.events.async.mouse.enabled": true,
	// A proxy that is not there takes all other names.
	"network.proxy.type":          1,
	"network.proxy.http":          "127.0.0.1",
	"network.proxy.http_port":     9,
	"network.proxy.ssl":           "127.0.0.1",
	"network.proxy.ssl_port":      9,
	"network.proxy.no_proxies_on": "localhost,127.0.0.1," + strings.Join(Hosts, ","),
}

// setupPreferences are those of a setup.
func setupPreferences(s Setup) map[string]any {
	p := map[string]any{}
	if behavior, ok := map[Cookies]int{CookiesAllowed: 0, CookiesBlocked: 1}[s.Cookies]; ok {
		p["network.cookie.cookieBehavior"] = behavior
	}
	if host, port, err := net.SplitHostPort(s.Proxy); err == nil {
		number, _ := strconv.Atoi(port)
		p["network.proxy.http"], p["network.proxy.http_port"] = host, number
		p["network.proxy.ssl"], p["network.proxy.ssl_port"] = host, number
		p["network.proxy.no_proxies_on"] = ""
		p["network.proxy.allow_hijacking_localhost"] = true
	}
	return p
}

// process returns the connection to a Firefox with or without scripts, and
// starts it if need be.
func (f *firefox) process(scripts bool) (*bidi, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b := f.processes[scripts]; b != nil {
		return b, nil
	}
	dir, remove, err := profile("firefox")
	if err != nil {
		return nil, err
	}
	if err := writePreferences(dir, scripts, setupPreferences(f.setup)); err != nil {
		remove()
		return nil, err
	}
	cmd := exec.Command(f.path, "--headless", "--no-remote", "--profile", dir, "--remote-debugging-port", "0")
	cmd.Env = append(variables(dir), "MOZ_HEADLESS=1", "MOZ_CRASHREPORTER_DISABLE=1")
	address, err := startPrinting(cmd, "WebDriver BiDi listening on ")
	if err != nil {
		remove()
		return nil, err
	}
	end := func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		remove()
	}
	b, err := dialBiDi(address + "/session")
	if err == nil {
		err = newSession(b)
	}
	if err != nil {
		end()
		return nil, err
	}
	f.processes[scripts] = b
	f.stop = append(f.stop, end)
	return b, nil
}

func writePreferences(dir string, scripts bool, more map[string]any) error {
	var b strings.Builder
	all := maps.Clone(preferences)
	maps.Copy(all, more)
	for name, value := range all {
		text, _ := json.Marshal(value)
		fmt.Fprintf(&b, "user_pref(%q, %s);\n", name, text)
	}
	fmt.Fprintf(&b, "user_pref(\"javascript.enabled\", %t);\n", scripts)
	return os.WriteFile(filepath.Join(dir, "user.js"), []byte(b.String()), 0o600)
}

// startPrinting starts a command and waits for the rest of the line that it
// prints, on standard error, after a prefix.
func startPrinting(cmd *exec.Cmd, prefix string) (string, error) {
	out, err := cmd.StderrPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	found := make(chan string, 1)
	go func() {
		defer close(found)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, rest, ok := strings.Cut(lines.Text(), prefix); ok {
				found <- strings.TrimSpace(rest)
			}
		}
	}()
	select {
	case text, ok := <-found:
		if ok {
			return text, nil
		}
		err = errors.New("it ended before it listened")
	case <-time.After(patience.Limit):
		err = errors.New("it does not listen")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return "", err
}

func newSession(b *bidi) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience.Limit)
	defer cancel()
	capabilities := map[string]any{"alwaysMatch": map[string]any{"acceptInsecureCerts": true}}
	if err := b.call(ctx, "session.new", map[string]any{"capabilities": capabilities}, nil); err != nil {
		return err
	}
	return b.call(ctx, "session.subscribe", map[string]any{
		"events": []string{"network.beforeRequestSent", "log.entryAdded"},
	}, nil)
}

// open opens a tab in a container of its own, which has its own storage.
func (f *firefox) open(o Options) (tab, error) {
	b, err := f.process(!o.NoScript)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &firefoxTab{bidi: b, ctx: ctx, cancel: cancel}
	b.listen(t.event)
	if err := t.create(o); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// create makes the tab and prepares it.
func (t *firefoxTab) create(o Options) error {
	var user struct{ UserContext string }
	if err := t.call(t.ctx, "browser.createUserContext", nil, &user); err != nil {
		return err
	}
	t.user = user.UserContext
	var made struct{ Context string }
	if err := t.call(t.ctx, "browsingContext.create", map[string]any{"type": "tab", "userContext": t.user}, &made); err != nil {
		return err
	}
	t.mu.Lock()
	t.id = made.Context
	t.mu.Unlock()
	if o.Preload != "" {
		err := t.call(t.ctx, "script.addPreloadScript", map[string]any{
			"functionDeclaration": "() => {" + o.Preload + "}",
			"contexts":            []string{t.id},
		}, nil)
		if err != nil {
			return err
		}
	}
	return t.resize(o.Width, o.Height)
}

// close waits until the tab is gone: Firefox cannot close one and open another
// at the same time.
func (t *firefoxTab) close() {
	_ = t.call(t.ctx, "browser.removeUserContext", map[string]any{"userContext": t.user}, nil)
	t.cancel()
}

// firefoxTab is one tab of Firefox.
type firefoxTab struct {
	*bidi
	ctx    context.Context
	cancel context.CancelFunc
	user   string

	mu    sync.Mutex
	id    string
	asked []string
	wrong []string
}

// event notes what happens in the tab and in its frames of the same process.
func (t *firefoxTab) event(method string, params json.RawMessage) {
	var e struct {
		Context string
		Request struct{ URL string }
		Source  struct{ Context string }
		Level   string
		Text    string
	}
	if json.Unmarshal(params, &e) != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if e.Context != t.id && e.Source.Context != t.id {
		return
	}
	switch {
	case method == "network.beforeRequestSent":
		t.asked = append(t.asked, e.Request.URL)
	case method == "log.entryAdded" && e.Level == "error":
		t.wrong = append(t.wrong, e.Text)
	}
}

func (t *firefoxTab) requests() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.asked...)
}

func (t *firefoxTab) problems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.wrong...)
}

// goTo loads a page. Firefox was seen to load one and never to say so; it is then
// told to load it once more.
func (t *firefoxTab) goTo(url string) error {
	var err error
	for _, limit := range []time.Duration{patience.Limit / 4, patience.Limit} {
		ctx, cancel := context.WithTimeout(t.ctx, limit)
		err = t.call(ctx, "browsingContext.navigate", map[string]any{"context": t.id, "url": url, "wait": "complete"}, nil)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return err
}

func (t *firefoxTab) history(delta int) error {
	return t.call(t.ctx, "browsingContext.traverseHistory", map[string]any{"context": t.id, "delta": delta}, nil)
}

func (t *firefoxTab) evaluate(expression string) (string, error) {
	return t.evaluateIn(t.id, expression)
}

func (t *firefoxTab) evaluateFrame(expression string) (string, error) {
	var tree struct {
		Contexts []struct{ Children []struct{ Context string } }
	}
	if err := t.call(t.ctx, "browsingContext.getTree", map[string]any{"root": t.id}, &tree); err != nil {
		return "", err
	}
	if len(tree.Contexts) == 0 || len(tree.Contexts[0].Children) == 0 {
		return "", errNoFrame
	}
	return t.evaluateIn(tree.Contexts[0].Children[0].Context, expression)
}

// evaluateIn runs an expression in a browsing context.
func (t *firefoxTab) evaluateIn(id, expression string) (string, error) {
	var answer struct {
		Type             string
		Result           struct{ Value json.RawMessage }
		ExceptionDetails struct{ Text string }
	}
	err := t.call(t.ctx, "script.evaluate", map[string]any{
		"expression":     expression,
		"target":         map[string]any{"context": id},
		"awaitPromise":   true,
		"userActivation": false,
	}, &answer)
	if err != nil {
		return "", err
	}
	if answer.Type == "exception" {
		return "", errors.New(answer.ExceptionDetails.Text)
	}
	var text string
	err = json.Unmarshal(answer.Result.Value, &text)
	return text, err
}

func (t *firefoxTab) click(x, y float64) error {
	return t.act(map[string]any{
		"type": "pointer", "id": "mouse",
		"actions": []map[string]any{
			{"type": "pointerMove", "x": int(x), "y": int(y)},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerUp", "button": 0},
		},
	})
}

func (t *firefoxTab) drag(x1, y1, x2, y2 float64) error {
	return t.act(map[string]any{
		"type": "pointer", "id": "mouse",
		"actions": []map[string]any{
			{"type": "pointerMove", "x": int(x1), "y": int(y1)},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerMove", "x": int(x2), "y": int(y2), "duration": 100},
			{"type": "pointerUp", "button": 0},
		},
	})
}

// firefoxKeys are the code points by which WebDriver names keys.
var firefoxKeys = map[string]string{
	"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", " ": " ", "Shift": "\ue008", "Control": "\ue009",
	"ArrowDown": "\ue015", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowLeft": "\ue012", "End": "\ue010", "Home": "\ue011",
}

func (t *firefoxTab) press(key string, modifiers ...string) error {
	var actions []map[string]any
	step := func(kind, key string) {
		value := firefoxKeys[key]
		if value == "" {
			value = key
		}
		actions = append(actions, map[string]any{"type": kind, "value": value})
	}
	for _, m := range modifiers {
		step("keyDown", m)
	}
	step("keyDown", key)
	step("keyUp", key)
	for _, m := range modifiers {
		step("keyUp", m)
	}
	return t.act(map[string]any{"type": "key", "id": "keyboard", "actions": actions})
}

func (t *firefoxTab) act(actions map[string]any) error {
	return t.call(t.ctx, "input.performActions", map[string]any{"context": t.id, "actions": []any{actions}}, nil)
}

func (t *firefoxTab) screenshot(full bool) ([]byte, error) {
	origin := "viewport"
	if full {
		origin = "document"
	}
	var answer struct{ Data string }
	err := t.call(t.ctx, "browsingContext.captureScreenshot", map[string]any{"context": t.id, "origin": origin}, &answer)
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(answer.Data)
}

func (t *firefoxTab) resize(width, height int) error {
	return t.call(t.ctx, "browsingContext.setViewport", map[string]any{
		"context":  t.id,
		"viewport": map[string]any{"width": width, "height": height},
	}, nil)
}

func (t *firefoxTab) force(string, []string) error {
	return errors.New("this browser cannot be told")
}

func (t *firefoxTab) media(map[string]string) error {
	return errors.New("this browser cannot be told")
}

func (t *firefoxTab) print() error {
	return t.call(t.ctx, "browsingContext.print", map[string]any{"context": t.id}, nil)
}

func (t *firefoxTab) tabs() ([]string, error) {
	var tree struct {
		Contexts []struct{ URL, UserContext string }
	}
	if err := t.call(t.ctx, "browsingContext.getTree", map[string]any{"maxDepth": 0}, &tree); err != nil {
		return nil, err
	}
	var urls []string
	for _, c := range tree.Contexts {
		if c.UserContext == t.user {
			urls = append(urls, c.URL)
		}
	}
	return urls, nil
}
