package hubtest

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Federation is a hub that hands each build and each launch link on to one of
// its members, as mybinder.org does: by chance, with a 307 that any page may
// follow. What else is asked of it, its first member answers.
type Federation struct {
	// URL of the whole, with a final slash.
	URL string
	// Members, in the order in which they were made.
	Members []*Hub

	base  string
	front *site
	mu    sync.Mutex
	in    []*Hub // those in the rotation
	sent  map[string]int
}

// NewFederation starts a federation of n hubs with the same options. It ends
// with the test.
func NewFederation(tb testing.TB, n int, o Options) *Federation {
	tb.Helper()
	f := &Federation{base: o.Base, sent: make(map[string]int)}
	if f.base == "" {
		f.base = "/"
	}
	for range n {
		f.Members = append(f.Members, New(tb, o))
	}
	f.in = slices.Clone(f.Members)
	f.front = newSite(tb, o.TLS, f)
	f.URL = f.front.url(o.Name) + f.base
	return f
}

// ServeHTTP redirects what a member is to do.
func (f *Federation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, f.base)
	if !strings.HasPrefix(path, "build/") && !strings.HasPrefix(path, "v2/") {
		f.Members[0].handler.ServeHTTP(w, r)
		return
	}
	f.mu.Lock()
	member := f.in[rand.IntN(len(f.in))]
	f.sent[path]++
	f.mu.Unlock()
	w.Header().Set("Access-Control-Allow-Origin", "*")
	http.Redirect(w, r, strings.TrimSuffix(member.URL, f.base)+r.URL.RequestURI(), http.StatusTemporaryRedirect)
}

// Leave takes a member out of the rotation and makes it unreachable.
func (f *Federation) Leave(member *Hub) {
	f.mu.Lock()
	f.in = slices.DeleteFunc(f.in, func(h *Hub) bool { return h == member })
	f.mu.Unlock()
	member.Down()
}

// Sent counts how often a build of a spec was handed on to some member.
func (f *Federation) Sent(spec string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sent["build/"+spec]
}

// Asked lists the members that were asked to build a spec, one for each request.
func (f *Federation) Asked(spec string) []*Hub {
	var asked []*Hub
	for _, member := range f.Members {
		for _, r := range member.Requests() {
			if strings.HasSuffix(r.URL, "/build/"+spec) {
				asked = append(asked, member)
			}
		}
	}
	return asked
}
