package hub

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"sync"
)

// Servers is JupyterHub's side: an [http.Handler] below which every started
// server has its own path, /user/NAME/. Its zero value has no servers.
type Servers struct {
	mu      sync.Mutex
	running map[string]http.Handler
}

// Path is where the server with a name answers.
func (*Servers) Path(name string) string { return "/user/" + name + "/" }

// Add makes h answer for the server with the given name.
func (s *Servers) Add(name string, h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		s.running = map[string]http.Handler{}
	}
	s.running[name] = h
}

// Remove forgets a server, as when it was stopped or culled.
func (s *Servers) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, name)
}

// Names lists the running servers in alphabetical order.
func (s *Servers) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make([]string, 0, len(s.running))
	for name := range s.running {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// ServeHTTP passes a request to its server. For a server that is not there it
// does as JupyterHub does: it redirects to the hub and from there to a login
// page that answers 403, none of it readable by or framed in another site.
func (s *Servers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rest, ok := strings.CutPrefix(r.URL.Path, "/user/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		s.mu.Lock()
		server := s.running[name]
		s.mu.Unlock()
		if server != nil {
			server.ServeHTTP(w, r)
			return
		}
	}
	w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'")
	switch {
	case strings.HasPrefix(r.URL.Path, "/user/"):
		http.Redirect(w, r, "/hub"+r.URL.RequestURI(), http.StatusFound)
	case strings.HasPrefix(r.URL.Path, "/hub/user/"):
		http.Redirect(w, r, "/hub/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusFound)
	case r.URL.Path == "/hub/login":
		http.Error(w, "403 : Forbidden", http.StatusForbidden)
	default:
		http.NotFound(w, r)
	}
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// NewName makes a name for a server as BinderHub does: the beginning of the
// repository's path and eight random characters.
func NewName(slug string) string {
	slug = strings.Trim(notInName.ReplaceAllString(strings.ToLower(slug), "-"), "-")
	if len(slug) > 32 {
		slug = slug[:32]
	}
	return slug + "-" + NewToken()[:8]
}

// NewToken makes a token for a server.
func NewToken() string { return strings.ToLower(rand.Text()) }
