package preview

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

// launcher is the hub's side that does the work; see [hub.Launcher].
type launcher struct{ *Hub }

// Launch builds and starts what a request asks for.
func (l launcher) Launch(ctx context.Context, req hub.BuildRequest, s *hub.Stream) {
	l.work.Add(1)
	defer l.work.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	if !l.reserve() {
		_ = s.Send(hub.Full())
		return
	}
	defer l.release()
	_ = s.Send(hub.Waiting("Waiting for build to start...\n"))
	checkout := l.open(ctx, req, s)
	if checkout == nil {
		return
	}
	image, scratch := l.build(ctx, req, checkout, s)
	if image == nil {
		checkout.Remove()
		return
	}
	l.start(ctx, req, checkout, image, scratch, s)
}

// reserve takes one of the places for servers.
func (h *Hub) reserve() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.running)+h.starting >= h.o.Servers {
		return false
	}
	h.starting++
	return true
}

func (h *Hub) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.starting--
}

// open finds the files of the repository, or says why there are none.
func (l launcher) open(ctx context.Context, req hub.BuildRequest, s *hub.Stream) *Checkout {
	log := &logWriter{stream: s, phase: hub.PhaseFetching}
	fmt.Fprintf(log, "Looking for %s at %s\n", req.Repo, req.Ref)
	checkout, err := l.o.Repositories.Open(ctx, req.Repo, req.Ref, l.scratch.Path)
	if err == nil {
		fmt.Fprintf(log, "Found it in %s\n", checkout.Folder)
		return checkout
	}
	fmt.Fprintln(log, err)
	l.o.Say(fmt.Sprintf("%s was not launched: %v", req.Repo, err))
	var unread *card.Error
	switch {
	case errors.Is(err, errNotConfirmed):
		_ = s.Send(hub.NotAllowed(req))
	case errors.As(err, &unread):
		_ = s.Send(hub.Unresolved(req))
	default:
		_ = s.Send(hub.Failed(err.Error() + "\n"))
	}
	return nil
}

// build makes the image, or says why there is none. It returns the folder that
// the image is in, too.
func (l launcher) build(ctx context.Context, req hub.BuildRequest, checkout *Checkout, s *hub.Stream) (Image, string) {
	scratch, err := os.MkdirTemp(l.scratch.Path, "image-")
	if err != nil {
		_ = s.Send(hub.Failed(err.Error() + "\n"))
		return nil, ""
	}
	log := &logWriter{stream: s, phase: hub.PhaseBuilding}
	image, err := l.o.Runtime.Build(ctx, checkout.Folder, scratch, variables(req, checkout), log)
	log.flush()
	if err == nil {
		return image, scratch
	}
	os.RemoveAll(scratch)
	if ctx.Err() != nil {
		return nil, ""
	}
	l.o.Say(fmt.Sprintf("%s was not built: %v", req.Repo, err))
	for _, line := range hints(err) {
		fmt.Fprintln(log, line)
	}
	_ = s.Send(hub.BuildFailed(err.Error(), "")...)
	<-ctx.Done() // as BinderHub does
	return nil, ""
}

// hints are further lines that an error has for the author.
func hints(err error) []string {
	var e *supervise.Error
	if errors.As(err, &e) && e.Hint != "" {
		return []string{"hint: " + e.Hint}
	}
	return nil
}

// start starts the image's server, and puts it behind the hub.
func (l launcher) start(ctx context.Context, req hub.BuildRequest, checkout *Checkout, image Image, scratch string, s *hub.Stream) {
	clean := func() {
		_ = image.Remove()
		os.RemoveAll(scratch)
		checkout.Remove()
	}
	_ = s.Send(hub.Built(image.Name()), hub.Launching("Launching server...\n"), hub.Launching("Server requested\n"), hub.Launching("Spawning server...\n"))
	name, token := hub.NewName(req.Slug), hub.NewToken()
	path := l.servers.Path(name)
	server, err := image.Start(ctx, launch.ServerOptions{BaseURL: path, Token: token, Log: l.o.Output, Variables: variables(req, checkout)})
	if err != nil {
		clean()
		if ctx.Err() == nil {
			l.spawnFailed(req, err, s)
		}
		return
	}
	session := newSession(name, req.Repo, checkout.Folder, image, server, l.change)
	l.add(session, clean)
	_ = s.Send(hub.Launching("Server ready at " + path + "\n"))
	if ctx.Err() != nil { // nobody will ever know its token
		session.stop()
		return
	}
	_ = s.Send(hub.Ready(req, hub.Server{
		URL: "http://" + l.host + path, Token: token, Image: image.Name(),
		RepoURL: req.Repo, RefURL: req.Repo, Commit: checkout.Commit,
	}))
}

// spawnFailed says why a server does not start.
func (l launcher) spawnFailed(req hub.BuildRequest, err error, s *hub.Stream) {
	l.o.Say(fmt.Sprintf("the server of %s did not start: %v", req.Repo, err))
	log := &logWriter{stream: s, phase: hub.PhaseLaunching}
	var start *launch.StartError
	if errors.As(err, &start) {
		fmt.Fprintln(log, start.Log)
	}
	for _, line := range hints(err) {
		fmt.Fprintln(log, line)
	}
	message := "Spawn failed: " + err.Error() + "\n"
	_ = s.Send(hub.Launching(message), hub.FailedStatus(http.StatusInternalServerError, message))
}

// add lets a session answer until its server has ended; then it is cleaned up.
func (h *Hub) add(s *session, clean func()) {
	h.mu.Lock()
	h.running[s.name] = s
	h.mu.Unlock()
	h.servers.Add(s.name, s)
	h.work.Go(func() {
		<-s.server.Done()
		h.servers.Remove(s.name)
		clean()
		h.mu.Lock()
		delete(h.running, s.name)
		h.mu.Unlock()
		close(s.ended)
	})
}

// variables are those that BinderHub gives to builds and servers.
func variables(req hub.BuildRequest, checkout *Checkout) []string {
	return []string{
		"BINDER_LAUNCH_HOST=" + req.LaunchHost,
		"BINDER_REPO_URL=" + req.Repo,
		"BINDER_REF_URL=" + req.Repo,
		"BINDER_REQUEST=v2/" + req.Provider + "/" + req.Spec,
		"BINDER_PERSISTENT_REQUEST=v2/" + req.Resolved(checkout.Commit),
	}
}

// logWriter sends whole lines as events of a phase.
type logWriter struct {
	stream *hub.Stream
	phase  string
	rest   string
}

// Write implements io.Writer. It fails never: who builds goes on when nobody
// looks any more, until its context ends.
func (w *logWriter) Write(p []byte) (int, error) {
	w.rest += string(p)
	var events []hub.Event
	for {
		i := strings.IndexAny(w.rest, "\r\n")
		if i < 0 {
			break
		}
		events = append(events, hub.Log(w.phase, w.rest[:i+1]))
		w.rest = w.rest[i+1:]
	}
	if len(events) > 0 {
		_ = w.stream.Send(events...)
	}
	return len(p), nil
}

// flush sends a line that was not ended.
func (w *logWriter) flush() {
	if w.rest != "" {
		fmt.Fprintln(w)
	}
}
