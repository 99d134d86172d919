package hubtest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"testing"
)

// site is one HTTP server on loopback that can go down and come up again.
type site struct {
	tb      testing.TB
	handler http.Handler
	tls     *tls.Config
	server  *http.Server
	address string
}

// newSite starts a server on a free port; it ends with the test.
func newSite(tb testing.TB, config *tls.Config, handler http.Handler) *site {
	tb.Helper()
	s := &site{tb: tb, handler: handler, tls: config, address: "127.0.0.1:0"}
	s.up()
	tb.Cleanup(s.down)
	return s
}

// up listens, at the address of the first time.
func (s *site) up() {
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.tb.Fatalf("listen on %s: %v", s.address, err)
	}
	s.address = listener.Addr().String()
	// Clients that break off a TLS handshake are part of the tests.
	quiet := log.New(io.Discard, "", 0)
	server := &http.Server{Handler: s.handler, TLSConfig: s.tls.Clone(), ErrorLog: quiet}
	s.server = server
	if s.tls != nil {
		go func() { _ = server.ServeTLS(listener, "", "") }()
		return
	}
	go func() { _ = server.Serve(listener) }()
}

// down closes the listener and breaks all connections.
func (s *site) down() { _ = s.server.Close() }

// url is the site's address without a final slash, under another name if one
// is given.
func (s *site) url(name string) string {
	host, port, _ := net.SplitHostPort(s.address)
	if name == "" {
		name = host
	}
	scheme := "http"
	if s.tls != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(name, port)
}
