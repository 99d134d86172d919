package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

// ServerOptions say how a server is started.
type ServerOptions struct {
	// BaseURL is the path that it lives under, with slashes at both ends. Empty
	// is "/".
	BaseURL string
	// Token opens it. It is required: without, any page could run code.
	Token string
	// Port it listens on; 0 is any that is free.
	Port int
	// Log gets what it prints; it may be nil.
	Log io.Writer
	// Variables are added to those of the image.
	Variables []string
}

func (o ServerOptions) base() string {
	if o.BaseURL == "" {
		return "/"
	}
	return o.BaseURL
}

// variables are those of the image, these ones, and what JupyterHub tells each
// server, below which address it is: some packages and scripts go by it.
func (o ServerOptions) variables(image []string) []string {
	return slices.Concat(image, []string{"JUPYTERHUB_SERVICE_PREFIX=" + o.base()}, o.Variables)
}

// startTime is how long a server may take to answer, where the context
// has no deadline of its own: as long as JupyterHub's chart waits, whose
// singleuser.startTimeout is 300 seconds.
const startTime = 5 * time.Minute

// Server is a running Jupyter server with all that it started.
type Server struct {
	port    int
	process *supervise.Process
}

// StartError says that a server ended, or did not answer in time.
type StartError struct {
	// ExitCode of the server; -1 if it runs and does not answer.
	ExitCode int
	// Log has the last lines that it printed.
	Log string
}

// Error says what happened. The log is for the caller to show.
func (e *StartError) Error() string {
	if e.ExitCode < 0 {
		return "the Jupyter server does not answer"
	}
	return fmt.Sprintf("the Jupyter server ended with exit code %d before it answered", e.ExitCode)
}

// Start starts a server and returns when it answers. ctx is for the start: a
// server that has started runs until it is stopped. An app's port that somebody
// else listens on is a *[supervise.Error] with a *[PortError], a server that does
// not come up a *[StartError].
func (i *Image) Start(ctx context.Context, o ServerOptions) (*Server, error) {
	if err := free(ctx, fixedPorts(i.read().Facts)); err != nil {
		return nil, err
	}
	return startServer(ctx, o, func(port int) (supervise.Command, error) {
		args, err := i.spawnerCommand(o, port)
		return supervise.Command{Args: args, Dir: i.Dir, Env: i.variables(o.variables(i.more))}, err
	})
}

// startServer starts a server by the command that a function gives for a port.
func startServer(ctx context.Context, o ServerOptions, serve func(port int) (supervise.Command, error)) (*Server, error) {
	if o.Token == "" {
		return nil, errors.New("launch: a server needs a token")
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, startTime)
		defer cancel()
	}
	// Between the choice of a port and its use somebody else may take it.
	for try := 1; ; try++ {
		port := o.Port
		if port == 0 {
			var err error
			if port, err = FreePort(); err != nil {
				return nil, err
			}
		}
		c, err := serve(port)
		if err != nil {
			return nil, err
		}
		s, err := startOn(ctx, o, port, c)
		var failed *StartError
		taken := errors.As(err, &failed) && (strings.Contains(failed.Log, "already in use") || strings.Contains(failed.Log, "already allocated"))
		if err == nil || !taken || o.Port != 0 || try == 3 {
			return s, err
		}
	}
}

// startOn starts a server's command and waits until it answers.
func startOn(ctx context.Context, o ServerOptions, port int, c supervise.Command) (*Server, error) {
	log := &supervise.Tail{Next: o.Log}
	c.Output = log
	// The context is for the start alone.
	p, err := supervise.Start(context.WithoutCancel(ctx), c)
	if err != nil {
		return nil, err
	}
	s := &Server{port: port, process: p}
	if s.answers(ctx, o) {
		return s, nil
	}
	failed := &StartError{ExitCode: -1}
	select {
	case <-p.Done():
		failed.ExitCode = p.Code()
	default:
		p.Stop()
		if err := ctx.Err(); errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	failed.Log = log.Lines(20)
	return nil, failed
}

// answers waits until the server answers, or has ended, or the context has.
func (s *Server) answers(ctx context.Context, o ServerOptions) bool {
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // no proxy
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-s.process.Done():
			return false
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
		// Only the server that was started knows the token.
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Addr()+o.base()+"api/status", nil)
		if err != nil {
			return false
		}
		req.Header.Set("Authorization", "token "+o.Token)
		if res, err := client.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
	}
}

// Addr is where it listens: "127.0.0.1:PORT".
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Done is closed when it has ended, with all that it started.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Stop ends the server and all that it started, and returns when they are gone.
// It may be called several times.
func (s *Server) Stop() { s.process.Stop() }
