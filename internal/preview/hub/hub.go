package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// version is the release of BinderHub whose protocol is spoken, as /versions
// tells it.
const version = "0.2.0"

// Launcher builds what a request asks for and starts a server for it.
type Launcher interface {
	// Launch tells of each step through s, up to [Ready] or [Failed]. The
	// stream ends when Launch returns: BinderHub does so at once for a cached
	// image and for most errors, and 60 s later after a build. ctx ends when
	// the client has left.
	Launch(ctx context.Context, req BuildRequest, s *Stream)
}

// Hub is a BinderHub: an [http.Handler] for everything below its base path.
// Servers are somewhere else; see [Servers].
type Hub struct {
	// Launcher does the work. It is required.
	Launcher Launcher
	// Base is the path that the hub lives under, with slashes at both ends.
	// Empty is "/".
	Base string
	// Limit of build requests a client; nil is no limit.
	Limit *Limiter
	// KeepAlive is the time between comments; 0 is keepAlive.
	KeepAlive time.Duration

	tokens     tokens
	tokensOnce sync.Once
}

// ServeHTTP answers the requests that a reader's page makes.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Allow-Headers", "cache-control")
	if r.Method == http.MethodOptions {
		return
	}
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), h.base())
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind, rest, _ := strings.Cut(path, "/")
	provider, spec, _ := strings.Cut(rest, "/")
	switch {
	case kind == "build" && spec != "":
		h.serveBuild(w, r, provider, spec)
	case kind == "v2" && spec != "":
		h.servePage(w, r, provider, spec)
	case path == "versions":
		writeJSON(w, map[string]any{"builder_info": map[string]any{}, "binderhub": version})
	case path == "health":
		writeJSON(w, map[string]any{"ok": true, "checks": []any{}})
	default:
		http.NotFound(w, r)
	}
}

func (h *Hub) base() string {
	if h.Base == "" {
		return "/"
	}
	return h.Base
}

// serveBuild answers a build request: always 200, always a stream.
func (h *Hub) serveBuild(w http.ResponseWriter, r *http.Request, provider, spec string) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	if r.Method == http.MethodHead {
		return
	}
	stream := newStream(w)
	if refusal := h.refuse(w, r, provider+"/"+spec); refusal != "" {
		_ = stream.Send(refusal)
		return
	}
	req, err := parseSpec(provider, spec)
	if err != nil {
		_ = stream.Send(Failed(err.Error() + "\n"))
		return
	}
	req.ClientIP, _, _ = net.SplitHostPort(r.RemoteAddr)
	req.LaunchHost = h.address(r)

	every := h.KeepAlive
	if every == 0 {
		every = keepAlive
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer stream.keepAlive(ctx, every)()
	defer cancel()
	// A page learns that its request was accepted from the headers, which may
	// be long before the first event.
	_ = stream.Write("")
	h.Launcher.Launch(ctx, req, stream)
}

// refuse checks what BinderHub checks before it looks at the spec, and returns
// the event to refuse with, or none.
func (h *Hub) refuse(w http.ResponseWriter, r *http.Request, spec string) Event {
	if !accepts(r.Header.Get("Accept")) {
		return FailedStatus(http.StatusBadRequest, "Missing Accept header: text/event-stream\n")
	}
	query := r.URL.Query()
	token := query.Get("build_token")
	if token != "" && !h.buildTokens().valid(token, spec, origin(r), time.Now()) {
		return FailedStatus(http.StatusForbidden, "Invalid build token\n")
	}
	if token == "" && h.Limit != nil && h.Limit.Requests > 0 {
		client, _, _ := net.SplitHostPort(r.RemoteAddr)
		left, reset, ok := h.Limit.take(client, time.Now())
		if !ok {
			return FailedStatus(http.StatusTooManyRequests,
				fmt.Sprintf("Rate limit exceeded. Try again in %.0f seconds.\n", h.Limit.Window.Seconds()))
		}
		w.Header().Set("X-Ratelimit-Remaining", fmt.Sprint(left))
		w.Header().Set("X-Ratelimit-Reset", fmt.Sprint(reset.Unix()))
		w.Header().Set("X-Ratelimit-Limit", fmt.Sprint(h.Limit.Requests))
	}
	if strings.EqualFold(query.Get("build_only"), "true") {
		return FailedStatus(http.StatusBadRequest, "Building but not launching is not permitted when"+
			" the API only mode was not enabled by setting `enable_api_only_mode` to True. \n")
	}
	return ""
}

// accepts reports whether an Accept header is one that BinderHub takes for an
// EventSource's: it looks for the type between semicolons, so a list of types
// is refused.
func accepts(header string) bool {
	for item := range strings.SplitSeq(header, ";") {
		if strings.EqualFold(strings.TrimSpace(item), "text/event-stream") {
			return true
		}
	}
	return false
}

// address is the hub's own address as the client knows it.
func (h *Hub) address(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + h.base()
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
