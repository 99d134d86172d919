package preview

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
)

// defaultServers is the default of [HubOptions].
const defaultServers = 4

// HubOptions are what a hub is made of.
type HubOptions struct {
	// Page is the origin of the pages that may use the hub, such as
	// "http://localhost:8000".
	Page string
	// Repositories are what it launches.
	Repositories *Repositories
	// Runtime builds and starts them.
	Runtime Runtime
	// Idle is how long a server may go without a request or an open websocket;
	// 0 is mybinder.org's.
	Idle time.Duration
	// Servers is how many may run at the same time; 0 is defaultServers.
	Servers int
	// Output gets what the servers print; nil drops it.
	Output io.Writer
	// Say is told in a sentence what the author should know; it may be nil.
	Say func(string)
	// CDN answers for the hosts of Bokeh's and Panel's scripts where those are
	// out of reach; nil leaves pages as they are.
	CDN *CDN
}

// Hub is a BinderHub on this machine. Only pages that know its address can use
// it: the address has a secret.
type Hub struct {
	// URL is the hub's address, with a final slash.
	URL string

	o        HubOptions
	host     string // 127.0.0.1:PORT
	base     string // the path of URL
	scratch  *scratch.Dir
	handler  *hub.Hub
	servers  hub.Servers
	listener net.Listener
	server   *http.Server
	ctx      context.Context // ends with the hub
	stop     context.CancelFunc
	work     sync.WaitGroup

	mu       sync.Mutex
	running  map[string]*session
	starting int
}

// NewHub starts a hub on a free port of 127.0.0.1. Close ends it.
func NewHub(o HubOptions) (*Hub, error) {
	if o.Idle == 0 {
		o.Idle = binder.MyBinder().Idle()
	}
	if o.Servers == 0 {
		o.Servers = defaultServers
	}
	if o.Output == nil {
		o.Output = io.Discard
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	dir, err := scratch.New("", "hub")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		_ = dir.Remove()
		return nil, err
	}
	h := &Hub{
		o: o, host: listener.Addr().String(), base: "/" + hub.NewToken() + "/",
		scratch: dir, listener: listener, running: map[string]*session{},
	}
	h.URL = "http://" + h.host + h.base
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.handler = &hub.Hub{Launcher: launcher{h}, Base: h.base}
	h.server = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = h.server.Serve(listener) }()
	go h.cull()
	return h, nil
}

// Close ends all servers and the hub.
func (h *Hub) Close() error {
	h.stop()
	err := h.server.Close()
	h.stopServers(func(*session) bool { return true })
	h.work.Wait()
	return errors.Join(err, h.scratch.Remove())
}

// ServeHTTP refuses what does not come from the page, and hands on the rest: to
// the protocol below the secret, and to the servers below /user/.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A name that an attacker's DNS points here is not the hub's.
	if r.Host != h.host {
		http.Error(w, "this hub answers at http://"+h.host+" only", http.StatusMisdirectedRequest)
		return
	}
	isHub := strings.HasPrefix(r.URL.Path, h.base)
	if origin := r.Header.Get("Origin"); !h.allowed(origin, isHub) {
		http.Error(w, "pages of "+origin+" may not use this hub", http.StatusForbidden)
		return
	}
	switch {
	case isHub:
		h.handler.ServeHTTP(w, r)
	case h.o.CDN != nil && strings.HasPrefix(r.URL.Path, cdnPath):
		http.StripPrefix(strings.TrimSuffix(cdnPath, "/"), h.o.CDN).ServeHTTP(w, r)
	default:
		h.servers.ServeHTTP(w, r)
	}
}

// allowed reports whether a page of an origin may ask. The sandboxed frame of an
// app has no origin, "null"; it has the server's token.
func (h *Hub) allowed(origin string, isHub bool) bool {
	switch origin {
	case "", h.o.Page, "http://" + h.host:
		return true
	case "null":
		return !isHub
	}
	return false
}

// Changed ends the servers that were started from a folder, since they run what
// is not there any more.
func (h *Hub) Changed(folder string) {
	h.stopServers(func(s *session) bool { return s.folder == folder })
}

// Running is how many servers run, or leave something that is being removed.
func (h *Hub) Running() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.running)
}

// stopServers ends those servers that are chosen, all at the same time.
func (h *Hub) stopServers(chosen func(*session) bool) {
	h.mu.Lock()
	var stopping []*session
	for _, s := range h.running {
		if chosen(s) {
			stopping = append(stopping, s)
		}
	}
	h.mu.Unlock()
	var wg sync.WaitGroup
	for _, s := range stopping {
		wg.Go(s.stop)
	}
	wg.Wait()
}

// cull ends servers that nobody uses, as JupyterHub's culler does.
func (h *Hub) cull() {
	tick := time.NewTicker(min(h.o.Idle/4, time.Minute))
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		h.stopServers(func(s *session) bool {
			if !s.idle(h.o.Idle) {
				return false
			}
			h.o.Say(fmt.Sprintf("the server of %s was stopped: nobody used it for %v", s.repo, h.o.Idle))
			return true
		})
	}
}
