package preview

import (
	"bytes"
	"crypto/subtle"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
)

//go:embed preview.js
var script []byte

//go:embed hub.js
var hubScript []byte

// cookiePrefix begins the names of the cookies of all previews.
const cookiePrefix = "bokehbinder-"

// The paths that the front answers itself.
const (
	ownPath     = "/.bokehbinder/"
	scriptPath  = ownPath + "preview.js"
	hubPath     = ownPath + "hub.js"
	changesPath = ownPath + "changes"
)

// Front serves the page of a preview on localhost, to whoever knows the token
// of its address, and tells the page when something has changed.
type Front struct {
	// Origin of its pages: "http://localhost:PORT".
	Origin string

	token     string // in the address that is opened
	session   string // in the cookie, which other ports of localhost are sent, too
	cookie    string // its name
	host      string
	listeners []net.Listener
	server    *http.Server
	page      http.Handler
	changes   changes
}

// NewFront listens on a port of localhost, on a free one for 0. Serve answers
// there.
func NewFront(port int) (*Front, error) {
	v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	_, number, _ := net.SplitHostPort(v4.Addr().String())
	f := &Front{
		host: "localhost:" + number, token: hub.NewToken(), session: hub.NewToken(), cookie: cookiePrefix + number,
		listeners: []net.Listener{v4},
	}
	f.Origin = "http://" + f.host
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: time.Minute}
	// Browsers may try localhost's other address first. Where there is no such
	// protocol nobody listens there; where somebody does, the port is taken.
	v6, err := net.Listen("tcp6", net.JoinHostPort("::1", number))
	switch {
	case err == nil:
		f.listeners = append(f.listeners, v6)
	case errors.Is(err, syscall.EADDRINUSE):
		v4.Close()
		if port == 0 {
			return NewFront(0)
		}
		return nil, err
	}
	return f, nil
}

// URL is the address to open: it has the token, which is then kept in a cookie.
func (f *Front) URL() string { return f.Origin + "/?token=" + f.token }

// Serve answers with what page does, until Close.
func (f *Front) Serve(page http.Handler) error {
	f.page = page
	ended := make(chan error, len(f.listeners))
	for _, l := range f.listeners {
		go func() { ended <- f.server.Serve(l) }()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close ends Serve, and all that it answers.
func (f *Front) Close() error {
	f.changes.close()
	err := f.server.Close()
	for _, l := range f.listeners { // the server knows them only once it serves
		l.Close()
	}
	return err
}

// Changed has open pages load anew.
func (f *Front) Changed() { f.changes.tell() }

// ServeHTTP lets those in who have the token, from the page itself.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Host != f.host {
		// Also to 127.0.0.1: that is the hub's, and must be another site.
		http.Error(w, "this page is at "+f.Origin+" only", http.StatusMisdirectedRequest)
		return
	}
	w.Header().Add("Content-Security-Policy", "frame-ancestors 'self'")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this page is there to be read", http.StatusMethodNotAllowed)
		return
	}
	if !f.isOwn(r) && !isVisit(r) {
		http.Error(w, "another site may link to this page, and use nothing of it", http.StatusForbidden)
		return
	}
	if isEqual(r.URL.Query().Get("token"), f.token) {
		f.enter(w, r)
		return
	}
	if cookie, err := r.Cookie(f.cookie); err != nil || !isEqual(cookie.Value, f.session) {
		http.Error(w, "open the address that the preview command printed: it has a token", http.StatusForbidden)
		return
	}
	switch r.URL.Path {
	case scriptPath:
		serveScript(w, script)
	case hubPath:
		serveScript(w, hubScript)
	case changesPath:
		f.changes.serve(w, r)
	default:
		f.page.ServeHTTP(w, r)
	}
}

// isOwn reports whether a request is the page's own or the address bar's, as
// browsers say it (Fetch Metadata). What says nothing of it is no browser, or an
// old one, which names the origin of what could be read.
func (f *Front) isOwn(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
		origin := r.Header.Get("Origin")
		return origin == "" || origin == f.Origin
	}
	return false
}

// isVisit reports whether a browser's tab goes to the page.
func isVisit(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, ownPath) &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
}

// isEqual compares secrets in constant time.
func isEqual(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// enter gives whoever knows the token a cookie, and takes the token out of the
// page's address.
func (f *Front) enter(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: f.cookie, Value: f.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	query := r.URL.Query()
	query.Del("token")
	to := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
	if strings.HasPrefix(to.Path, "//") {
		to.Path = "/"
	}
	// A page that a cookie of this strictness is set on is entered by a step of
	// its own: after a redirect from another site's link it would not be sent.
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Referrer-Policy", "no-referrer")
	fmt.Fprintf(w, "<!doctype html><title>Preview</title><meta http-equiv=\"refresh\" content=\"0;url=%s\">\n", to.String())
}

func serveScript(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(text)
}

// beforeScripts is what comes before all scripts of a page: all that may come before
// the first element of its head.
var beforeScripts = regexp.MustCompile(`(?is)^\x{FEFF}?(?:\s+|<!--.*?-->|<!doctype[^>]*>|<(?:html|head)(?:\s(?:"[^"]*"|'[^']*'|[^>"'])*)?>)*`)

// inject puts scripts into a page, before all others.
func inject(page []byte, scripts string) []byte {
	at := len(beforeScripts.Find(page))
	return bytes.Join([][]byte{page[:at], []byte(scripts), page[at:]}, nil)
}

// reloading is the preview's script as each page has it.
const reloading = `<script src="` + scriptPath + `" defer></script>`

// changes tells open pages that something has changed.
type changes struct {
	mu     sync.Mutex
	closed bool
	open   map[chan struct{}]bool
}

// tell tells all.
func (c *changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ch := range c.open {
		select {
		case ch <- struct{}{}:
		default: // it was told already
		}
	}
}

func (c *changes) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for ch := range c.open {
		close(ch)
	}
	c.open = nil
}

// join opens a channel that is told; nil when there is nothing more to tell.
func (c *changes) join() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	if c.open == nil {
		c.open = map[chan struct{}]bool{}
	}
	ch := make(chan struct{}, 1)
	c.open[ch] = true
	return ch
}

func (c *changes) leave(ch chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, ch)
}

// serve is an event stream with an event for each change.
func (c *changes) serve(w http.ResponseWriter, r *http.Request) {
	ch := c.join()
	if ch == nil {
		http.Error(w, "the preview has ended", http.StatusServiceUnavailable)
		return
	}
	defer c.leave(ch)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w).Flush
	fmt.Fprint(w, ": connected\n\n")
	for flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case _, ok := <-ch:
			if !ok {
				return
			}
			fmt.Fprint(w, "data: changed\n\n")
		}
	}
}
