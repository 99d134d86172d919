package preview

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// session is one running server, behind the hub.
type session struct {
	name, repo, folder string
	image              Image
	server             Server
	proxy              *httputil.ReverseProxy
	ended              chan struct{}

	mu   sync.Mutex
	open int // requests that are being answered, websockets among them
	last time.Time
}

// newSession puts a server behind the hub.
func newSession(name, repo, folder string, image Image, server Server, change func(*http.Response) error) *session {
	target := &url.URL{Scheme: "http", Host: server.Addr()}
	return &session{
		name: name, repo: repo, folder: folder, image: image, server: server,
		ended: make(chan struct{}), last: time.Now(),
		proxy: &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(target)
				r.Out.Host = r.In.Host
				// Pages are looked into, so they come uncompressed.
				r.Out.Header.Del("Accept-Encoding")
			},
			ModifyResponse: change,
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'")
				http.Error(w, "the server does not answer: "+err.Error(), http.StatusServiceUnavailable)
			},
		},
	}
}

// ServeHTTP hands a request to the server.
func (s *session) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.count(1)
	defer s.count(-1)
	s.proxy.ServeHTTP(w, r)
}

func (s *session) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += n
	s.last = time.Now()
}

// idle reports whether nothing was asked for so long.
func (s *session) idle(limit time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open == 0 && time.Since(s.last) > limit
}

// stop ends the server and waits until its image is removed, too.
func (s *session) stop() {
	s.server.Stop()
	<-s.ended
}
