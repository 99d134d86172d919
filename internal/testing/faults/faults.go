// Package faults is a proxy on loopback in front of a real server, which fails as
// networks and servers do: at a byte, for ever, or in what it answers.
package faults

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// Fault is what goes wrong. The zero value is nothing.
type Fault struct {
	// Refuse has nobody listen.
	Refuse bool
	// Mute accepts connections, reads, and never answers.
	Mute bool
	// Reset breaks the connection once so many bytes were sent to clients, headers
	// included, Close ends it properly there, and Flip changes that byte. They count from
	// 1 and over all connections.
	Reset, Close, Flip int64
	// Cut ends an answer's body after so many bytes of all bodies, as if that were all.
	Cut int64
	// Pause is made before each byte.
	Pause time.Duration
	// Answer, if not nil, answers requests itself; it returns false where the server is to.
	Answer func(http.ResponseWriter, *http.Request) bool
	// Swap changes the body of each request.
	Swap func(body []byte) []byte
	// From is the first request, counted from 1, that Answer and Swap apply to.
	From int
}

// Proxy is in front of a server.
type Proxy struct {
	// URL of the proxy, without a final slash.
	URL string

	address  string
	config   *tls.Config
	handler  http.Handler
	listener net.Listener
	server   *http.Server

	mu       sync.Mutex
	fault    Fault
	open     map[net.Conn]bool
	sent     int64 // to clients, since Set
	bodies   int64 // of those, of bodies before Cut
	requests int
	released chan struct{} // ends what is mute
}

// New starts a proxy that ends with the test, in front of the server of an address. With
// a configuration it speaks HTTPS.
func New(tb testing.TB, target string, config *tls.Config) *Proxy {
	tb.Helper()
	to, err := url.Parse(target)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{address: "127.0.0.1:0", config: config, open: map[net.Conn]bool{}, released: make(chan struct{})}
	quiet := log.New(io.Discard, "", 0)
	p.handler = &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(to) },
		FlushInterval: -1, ErrorLog: quiet,
		ModifyResponse: func(r *http.Response) error {
			r.Body = &cutBody{ReadCloser: r.Body, proxy: p}
			if p.now().Cut > 0 { // its length is another one
				r.ContentLength = -1
				r.Header.Del("Content-Length")
			}
			return nil
		},
	}
	p.listen(tb)
	p.address = p.listener.Addr().String()
	p.URL = "http://" + p.address
	if config != nil {
		p.URL = "https://" + p.address
	}
	tb.Cleanup(func() {
		p.Set(tb, Fault{})
		p.server.Close()
	})
	return p
}

// listen starts to serve. Its port may be another program's for a moment.
func (p *Proxy) listen(tb testing.TB) {
	tb.Helper()
	var l net.Listener
	patience.Eventually(tb, "the proxy's port is free", func() (free bool) {
		var err error
		l, err = net.Listen("tcp", p.address)
		return err == nil
	})
	p.listener = l
	var serve net.Listener = &listener{l, p}
	if p.config != nil {
		serve = tls.NewListener(serve, p.config)
	}
	p.server = &http.Server{Handler: p, ErrorLog: log.New(io.Discard, "", 0)}
	go func(s *http.Server) { _ = s.Serve(serve) }(p.server)
}

// Set has the fault happen from now on, and counts anew. Connections that are open end.
func (p *Proxy) Set(tb testing.TB, f Fault) {
	tb.Helper()
	p.mu.Lock()
	refused := p.fault.Refuse
	close(p.released)
	for c := range p.open {
		c.Close()
	}
	p.fault, p.sent, p.bodies, p.requests, p.released = f, 0, 0, 0, make(chan struct{})
	p.mu.Unlock()
	switch {
	case f.Refuse && !refused:
		p.server.Close()
	case refused && !f.Refuse:
		p.listen(tb)
	}
}

// Sent is how many bytes were sent to clients since Set, how many of those in bodies,
// and in how many answers.
func (p *Proxy) Sent() (bytes, bodies int64, answers int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent, p.bodies, p.requests
}

func (p *Proxy) now() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// ServeHTTP lets the server answer, or does so itself.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests++
	f, n, released := p.fault, p.requests, p.released
	p.mu.Unlock()
	if f.Mute {
		<-released
		return
	}
	if n >= f.From && f.Answer != nil && f.Answer(w, r) {
		return
	}
	if n >= f.From && f.Swap != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		body = f.Swap(body)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	p.handler.ServeHTTP(w, r)
}

// cutBody is an answer's body that may end early.
type cutBody struct {
	io.ReadCloser
	proxy *Proxy
}

func (b *cutBody) Read(data []byte) (int, error) {
	n, err := b.ReadCloser.Read(data)
	p := b.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.bodies
	p.bodies += int64(n)
	if cut := p.fault.Cut; cut > 0 && p.bodies >= cut {
		return int(max(cut-before, 0)), io.EOF
	}
	return n, err
}

type listener struct {
	net.Listener
	proxy *Proxy
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	p := l.proxy
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[c] = true
	return &conn{Conn: c, proxy: p}, nil
}

// conn is a connection from a client.
type conn struct {
	net.Conn
	proxy *Proxy
}

// Close implements [net.Conn].
func (c *conn) Close() error {
	c.proxy.mu.Lock()
	delete(c.proxy.open, c.Conn)
	c.proxy.mu.Unlock()
	return c.Conn.Close()
}

// Write sends to the client what the fault lets through.
func (c *conn) Write(data []byte) (int, error) {
	p := c.proxy
	f := p.now()
	if f.Pause == 0 {
		return c.send(data, f)
	}
	for i := range data {
		time.Sleep(f.Pause)
		if _, err := c.send(data[i:i+1], f); err != nil {
			return i, err
		}
	}
	return len(data), nil
}

func (c *conn) send(data []byte, f Fault) (int, error) {
	p := c.proxy
	p.mu.Lock()
	before := p.sent
	p.sent += int64(len(data))
	after := p.sent
	p.mu.Unlock()
	if at := f.Flip - 1 - before; f.Flip > before && f.Flip <= after {
		data = bytes.Clone(data)
		data[at] ^= 1
	}
	end := max(f.Reset, f.Close)
	if end == 0 || after < end {
		return c.Conn.Write(data)
	}
	n, _ := c.Conn.Write(data[:max(end-before, 0)])
	if tcp, ok := c.Conn.(*net.TCPConn); ok && f.Reset > 0 {
		_ = tcp.SetLinger(0)
	}
	c.Close()
	return n, net.ErrClosed
}

// Status answers with a status.
func Status(code int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Error(w, http.StatusText(code), code)
		return true
	}
}

// Headers ends the connection, without an error, after the beginning of an answer's
// headers.
func Headers(begin string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		c, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(c, begin)
			_ = c.Close()
		}
		return true
	}
}

// Redirect sends clients to the same path below another address.
func Redirect(to string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, strings.TrimSuffix(to, "/")+r.URL.RequestURI(), http.StatusFound)
		return true
	}
}
