package hubtest

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
)

// Options of a hub. The zero value is a hub at the root of 127.0.0.1, in plain
// HTTP, without a rate limit.
type Options struct {
	// Base is the path of the hub, as in [hub.Hub].
	Base string
	// Limit of build requests.
	Limit *hub.Limiter
	// KeepAlive is the time between keep-alive comments.
	KeepAlive time.Duration
	// Name and ServersName are the host names by which clients know the hub
	// and its servers; both listen on 127.0.0.1 whatever the names.
	Name, ServersName string
	// TLS makes both speak HTTPS.
	TLS *tls.Config
	// App answers for the app of each server, at the paths below proxy/PORT.
	// Where it is nil a page of our own does.
	App http.Handler
}

// Hub is a running BinderHub and, on another port, the JupyterHub behind it.
type Hub struct {
	// URL of the hub, with a final slash.
	URL string
	// ServersURL is below which the servers are, with a final slash.
	ServersURL string

	tb      testing.TB
	handler *hub.Hub
	servers hub.Servers
	binder  *site
	jupyter *site
	app     http.Handler

	mu       sync.Mutex
	scripts  map[string][]Script
	front    func(http.ResponseWriter, *http.Request) bool
	requests []Request
	builds   []*Build
	started  []*Server
}

// Request is one request that the hub or one of its servers got.
type Request struct {
	Method string
	// URL as it was asked, with the host.
	URL string
	// Header of the request.
	Header http.Header
}

// Build is one build request that reached the launcher.
type Build struct {
	hub.BuildRequest
	// Origin header of the page.
	Origin string
	// done is closed when the stream has ended, from either side.
	done chan struct{}
}

// Done is closed when the stream has ended, from either side.
func (b *Build) Done() <-chan struct{} { return b.done }

// Server is a server that was started.
type Server struct {
	hub.Server
	Name string
}

// New starts a hub that ends with the test. Until a script is given, every
// build is [Cached].
func New(tb testing.TB, o Options) *Hub {
	tb.Helper()
	h := &Hub{tb: tb, scripts: map[string][]Script{}, app: o.App}
	h.handler = &hub.Hub{Launcher: launcher{h}, Base: o.Base, Limit: o.Limit, KeepAlive: o.KeepAlive}
	h.binder = newSite(tb, o.TLS, h.record(http.HandlerFunc(h.serve)))
	h.jupyter = newSite(tb, o.TLS, h.record(&h.servers))
	base := o.Base
	if base == "" {
		base = "/"
	}
	h.URL = h.binder.url(o.Name) + base
	h.ServersURL = h.jupyter.url(o.ServersName) + "/"
	return h
}

// Script says what the builds of a spec ("gh/demo/sine/HEAD") get: the first
// request the first script, and so on; the last one is kept for all others. The
// empty spec stands for every spec without scripts.
func (h *Hub) Script(spec string, scripts ...Script) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.scripts[spec] = scripts
}

// Front puts something in front of the hub that answers requests itself when it
// returns true. nil takes it away.
func (h *Hub) Front(f func(http.ResponseWriter, *http.Request) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.front = f
}

// Requests lists what the hub and its servers were asked, in order.
func (h *Hub) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Request(nil), h.requests...)
}

// Builds lists the build requests that were played a script, in order.
func (h *Hub) Builds() []*Build {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*Build(nil), h.builds...)
}

// Started lists the servers that were ever started, in order.
func (h *Hub) Started() []*Server {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*Server(nil), h.started...)
}

// Running lists the names of the servers that still run.
func (h *Hub) Running() []string { return h.servers.Names() }

// StartServer starts a stand-in for the Jupyter server of a request.
func (h *Hub) StartServer(req hub.BuildRequest) *Server {
	s := &Server{Name: hub.NewName(req.Slug)}
	commit := commitOf(req)
	s.Server = hub.Server{
		URL:     strings.TrimSuffix(h.ServersURL, "/") + h.servers.Path(s.Name),
		Token:   hub.NewToken(),
		Image:   imageOf(req),
		RepoURL: req.Repo,
		RefURL:  req.Repo + "/tree/" + commit,
		Commit:  commit,
	}
	h.servers.Add(s.Name, &jupyter{
		base:  h.servers.Path(s.Name),
		token: s.Token,
		app:   h.app,
		stop:  func() { h.servers.Remove(s.Name) },
	})
	h.mu.Lock()
	h.started = append(h.started, s)
	h.mu.Unlock()
	return s
}

// StopServer ends a server, as when it is culled.
func (h *Hub) StopServer(name string) { h.servers.Remove(name) }

// Down makes the hub itself unreachable; running servers are not touched.
func (h *Hub) Down() { h.binder.down() }

// Up makes it reachable again, at the same address.
func (h *Hub) Up() { h.binder.up() }

// serve answers for the hub, or lets what is in front of it answer.
func (h *Hub) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	front := h.front
	h.mu.Unlock()
	if front != nil && front(w, r) {
		return
	}
	h.handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), originKey{}, r.Header.Get("Origin"))))
}

// record notes each request before it is answered.
func (h *Hub) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme := "http://"
		if r.TLS != nil {
			scheme = "https://"
		}
		h.mu.Lock()
		h.requests = append(h.requests, Request{r.Method, scheme + r.Host + r.URL.RequestURI(), r.Header.Clone()})
		h.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// originKey is the context key of the Origin header of a build request.
type originKey struct{}

// launcher plays scripts.
type launcher struct{ *Hub }

// Launch plays the script that is next for the request's spec.
func (l launcher) Launch(ctx context.Context, req hub.BuildRequest, s *hub.Stream) {
	b := &Build{BuildRequest: req, done: make(chan struct{})}
	b.Origin, _ = ctx.Value(originKey{}).(string)
	defer close(b.done)
	l.mu.Lock()
	l.builds = append(l.builds, b)
	script := l.next(req.Provider + "/" + req.Spec)
	l.mu.Unlock()
	play(&Play{Context: ctx, Request: req, Stream: s, Hub: l.Hub}, script)
}

// next takes the script for a spec. The caller holds the lock.
func (h *Hub) next(spec string) Script {
	if len(h.scripts[spec]) == 0 {
		spec = ""
	}
	left := h.scripts[spec]
	if len(left) == 0 {
		return Cached()
	}
	if len(left) > 1 {
		h.scripts[spec] = left[1:]
	}
	return left[0]
}
