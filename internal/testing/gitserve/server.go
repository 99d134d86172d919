package gitserve

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cgi"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// Options change what a [Server] does. The zero value is a server like the
// public forges': protocol version 2 with filters, open to everybody.
type Options struct {
	// NoFilter ignores the client's object filters, as old servers do.
	NoFilter bool
	// OldProtocol speaks protocol version 0 only.
	OldProtocol bool
	// Password, if not empty, is asked for, as are missing repositories'.
	Password string
	// Status, if not 0, is the answer to every request.
	Status int
	// NotGit answers every request with a web page.
	NotGit bool
	// HangAfter, if not 0, stops sending for ever after so many bytes of an
	// answer's body; -1 stops before the first.
	HangAfter int64
	// From is the first request, counted from 1, that NotGit, Status and
	// HangAfter apply to; 0 is the first of all.
	From int
}

// Server serves the bare repositories below a folder.
type Server struct {
	// URL of the server, without a final slash.
	URL string
	// Root holds the repositories: Root/HOST/PATH.git is what the public
	// address https://HOST/PATH is mapped to by Env.
	Root string

	http     *http.Server
	listener *countingListener
	backend  string
	done     chan struct{}
	closing  sync.Once
	hanging  atomic.Int32

	mu       sync.Mutex
	options  Options
	requests []string
}

// NewServer starts a server on a free port of the loopback interface.
func NewServer(root string, options Options) (*Server, error) {
	execPath, err := runGit(nil, "--exec-path")
	if err != nil {
		return nil, err
	}
	backend, err := exec.LookPath(filepath.Join(execPath, "git-http-backend"))
	if err != nil {
		return nil, fmt.Errorf("find git's HTTP server: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL: "http://" + l.Addr().String(), Root: root, options: options,
		listener: &countingListener{Listener: l}, backend: backend, done: make(chan struct{}),
	}
	s.http = &http.Server{Handler: s}
	go s.http.Serve(s.listener)
	return s, nil
}

// Close stops the server. It may be called more than once.
func (s *Server) Close() error {
	s.closing.Do(func() { close(s.done) })
	return s.http.Close()
}

// Set changes the options and forgets the requests counted so far.
func (s *Server) Set(o Options) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options, s.requests = o, nil
	s.listener.in.Store(0)
	s.listener.out.Store(0)
}

// Hanging returns how many answers have stopped in the middle.
func (s *Server) Hanging() int { return int(s.hanging.Load()) }

// Requests returns the requests since the start or the last Set, as "GET
// /path?query".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Bytes returns how many bytes were sent to clients and received from them
// since the start or the last Set, headers included.
func (s *Server) Bytes() (sent, received int64) {
	return s.listener.out.Load(), s.listener.in.Load()
}

// Env returns the environment that makes git take the repositories of the
// public forges, and of the further hosts, from this server, untouched by the
// configuration of user and machine.
func (s *Server) Env(hosts ...string) []string {
	return environment(s.URL, hosts)
}

// FolderEnv is Env without the server: git speaks the same protocol with a git
// of its own at the repositories' folders, which takes half the time.
func (s *Server) FolderEnv(hosts ...string) []string {
	return environment("file://"+filepath.ToSlash(s.Root), hosts)
}

// environment makes git take the hosts' repositories from below an address.
func environment(address string, hosts []string) []string {
	env := isolation()
	hosts = append(forge.PublicHosts(), hosts...)
	for i, host := range hosts {
		n := strconv.Itoa(i)
		env = append(env, "GIT_CONFIG_KEY_"+n+"=url."+address+"/"+host+"/.insteadOf",
			"GIT_CONFIG_VALUE_"+n+"=https://"+host+"/")
	}
	return append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(hosts)))
}

// RepoDir returns where the repository that address names belongs, such as
// "github.com/owner/name".
func (s *Server) RepoDir(address string) string {
	return filepath.Join(s.Root, filepath.FromSlash(strings.TrimSuffix(address, ".git"))+".git")
}

// ServeHTTP answers one request of git's.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	o := s.options
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	n := len(s.requests)
	s.mu.Unlock()
	if n < o.From {
		o = Options{NoFilter: o.NoFilter, OldProtocol: o.OldProtocol, Password: o.Password}
	}
	if o.Password != "" {
		if _, password, _ := r.BasicAuth(); password != o.Password {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
	}
	switch {
	case o.Status != 0:
		http.Error(w, http.StatusText(o.Status), o.Status)
	case o.NotGit:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintln(w, "<!doctype html><title>Hello</title><p>Hello")
	default:
		if o.HangAfter != 0 {
			w = &hangingWriter{ResponseWriter: w, left: max(o.HangAfter, 0), request: r, done: s.done, hanging: &s.hanging}
		}
		s.serveGit(w, r, o)
	}
}

// serveGit lets git http-backend answer.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request, o Options) {
	if err := bufferBody(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	protocol := r.Header.Get("Git-Protocol")
	if o.OldProtocol {
		protocol = ""
		r.Header.Del("Git-Protocol")
	}
	env := append(gitEnv(),
		"GIT_PROJECT_ROOT="+s.Root, "GIT_HTTP_EXPORT_ALL=1", "GIT_PROTOCOL="+protocol,
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=uploadpack.allowFilter",
		"GIT_CONFIG_VALUE_0="+strconv.FormatBool(!o.NoFilter))
	// What goes wrong in a request the client hears of: it is often wanted.
	h := &cgi.Handler{Path: s.backend, Env: env, Stderr: io.Discard, Logger: log.New(io.Discard, "", 0)}
	h.ServeHTTP(w, r)
}
