package stack_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview"
)

// The sites of the tests. The first two are different sites, as a blog and a hub
// are.
const (
	blogHost = "blog.example"
	hubHost  = "hub.test"
)

// exchange is one request of a browser's, and how it was answered.
type exchange struct {
	// URL is the address without scheme and query.
	URL    string
	Status int
}

// web is what browsers take for the internet: a proxy that answers in the name
// of the hosts of the tests, over https, and knows no others. So localhost is the
// reader's own machine, on which nothing listens.
type web struct {
	// Addr of the proxy.
	Addr string

	conns  *connections
	config *tls.Config

	mu        sync.Mutex
	servers   map[string]*httputil.ReverseProxy // by base URL
	exchanges []exchange
	packages  []string // folders of Python packages
}

// network returns the web of all tests of this process.
var network = sync.OnceValue(newWeb)

func newWeb() *web {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	w := &web{
		Addr: listener.Addr().String(), config: certificate(),
		conns:   &connections{make(chan net.Conn), listener.Addr()},
		servers: map[string]*httputil.ReverseProxy{},
	}
	silent := log.New(io.Discard, "", 0)
	go func() { _ = (&http.Server{Handler: http.HandlerFunc(w.proxy), ErrorLog: silent}).Serve(listener) }()
	go func() { _ = (&http.Server{Handler: http.HandlerFunc(w.answer), ErrorLog: silent}).Serve(w.conns) }()
	return w
}

// certificate is one that no browser trusts, which the tests' browsers overlook.
func certificate() *tls.Config {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{blogHost, hubHost}, NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// connections is a listener of connections that come from elsewhere.
type connections struct {
	come chan net.Conn
	addr net.Addr
}

func (c *connections) Accept() (net.Conn, error) { return <-c.come, nil }
func (c *connections) Close() error              { return nil }
func (c *connections) Addr() net.Addr            { return c.addr }

// proxy opens tunnels to the hosts of the tests. What is asked of any other host
// is noted, and fails.
func (w *web) proxy(rw http.ResponseWriter, r *http.Request) {
	host, port, _ := net.SplitHostPort(r.Host)
	if r.Method != http.MethodConnect || port != "443" || w.handler(host) == nil {
		w.note(r.Host, http.StatusBadGateway)
		http.Error(rw, "no such host", http.StatusBadGateway)
		return
	}
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		return
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connected\r\n\r\n"); err != nil {
		conn.Close()
		return
	}
	w.conns.come <- tls.Server(conn, w.config)
}

// handler returns what answers for a host.
func (w *web) handler(host string) http.Handler {
	switch host {
	case blogHost:
		return http.HandlerFunc(blog)
	case hubHost:
		return http.HandlerFunc(w.hub)
	case "cdn.bokeh.org", "cdn.holoviz.org":
		return http.HandlerFunc(w.cdn)
	}
	return nil
}

// answer serves a request and notes it.
func (w *web) answer(rw http.ResponseWriter, r *http.Request) {
	s := &statusWriter{ResponseWriter: rw, note: func(status int) { w.note(r.Host+r.URL.Path, status) }}
	w.handler(r.Host).ServeHTTP(s, r)
	s.seen(http.StatusOK)
}

func (w *web) note(url string, status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchanges = append(w.exchanges, exchange{url, status})
}

// seen lists what browsers asked so far.
func (w *web) seen() []exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.exchanges[:len(w.exchanges):len(w.exchanges)]
}

// statusWriter notes the status of an answer when it is known: a websocket's is
// when it opens.
type statusWriter struct {
	http.ResponseWriter
	note func(status int)
}

// seen notes the first status.
func (s *statusWriter) seen(status int) {
	if s.note != nil {
		s.note(status)
		s.note = nil
	}
}

func (s *statusWriter) WriteHeader(status int) {
	s.seen(status)
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	s.seen(http.StatusSwitchingProtocols)
	return http.NewResponseController(s.ResponseWriter).Hijack()
}

// blog is a page with an app in an iframe.
func blog(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(rw, "<!doctype html><title>A post</title><h1>A post</h1><iframe src=%q style='border:0;width:1000px;height:600px'></iframe>", r.URL.Query().Get("app"))
}

// host adds a Jupyter server to the hub, until the test ends.
func (w *web) host(base, addr string) (remove func()) {
	target := &url.URL{Scheme: "http", Host: addr}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host
			p.SetXForwarded()
			p.Out.Header.Set("X-Forwarded-Proto", "https")
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.servers[base] = proxy
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.servers, base)
	}
}

// hub passes on what is asked of a user's server. It has nothing of its own at
// its root.
func (w *web) hub(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/control" {
		control(rw, r)
		return
	}
	w.mu.Lock()
	var to http.Handler
	for base, server := range w.servers {
		if strings.HasPrefix(r.URL.Path, base) {
			to = server
		}
	}
	w.mu.Unlock()
	if to == nil {
		http.NotFound(rw, r)
		return
	}
	to.ServeHTTP(rw, r)
}

// control is a page that works only with a cookie: the one that it sets itself.
// It asks for its own address again, and shows which cookies came along.
func control(rw http.ResponseWriter, r *http.Request) {
	attributes := "; Path=/; SameSite=None; Secure"
	if r.URL.Query().Has("partitioned") {
		attributes += "; Partitioned"
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Set-Cookie", "control=1"+attributes)
	came, _ := r.Cookie("control")
	fmt.Fprintf(rw, `<!doctype html><title>control</title><p id=came>%t</p>
<script>if (!location.hash) { location.hash = "again"; location.reload() } else { document.body.dataset.done = "" }</script>`, came != nil)
}

// serve has the CDNs serve the files of the packages that are installed in a
// virtual environment, besides those that they serve already.
func (w *web) serve(prefix string) error {
	found, err := filepath.Glob(filepath.Join(prefix, "lib", "python3*", "site-packages"))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.packages = append(w.packages, found...)
	return err
}

// cdn answers for the CDNs as a preview does, under their own names.
func (w *web) cdn(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	packages := slices.Clone(w.packages)
	w.mu.Unlock()
	inner := r.Clone(r.Context())
	inner.URL.Path = "/" + r.Host + r.URL.Path
	(&preview.CDN{Packages: func() []string { return packages }}).ServeHTTP(rw, inner)
}

// TestWeb shows that the proxy knows the tests' hosts alone.
func TestWeb(t *testing.T) {
	w := network()
	proxied := &http.Client{Transport: &http.Transport{
		Proxy:           http.ProxyURL(&url.URL{Scheme: "http", Host: w.Addr}),
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	for address, want := range map[string]int{
		"https://blog.example/?app=x": 200, "https://hub.test/static/js/bokeh.min.js": 404, "http://nowhere.test/": 502,
	} {
		r, err := proxied.Get(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%s: %s", address, r.Status)
		}
	}
	if _, err := proxied.Get("https://nowhere.test/"); err == nil {
		t.Error("a host that is not there answers")
	}
}
