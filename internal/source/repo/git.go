package repo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/base/budget"
)

// The causes with which a running git is stopped.
var (
	errTimeout  = errors.New("git took too long")
	errTooLarge = errors.New("more came from the server than is allowed")
)

// git runs git commands on one repository in a temporary folder.
type git struct {
	command   string
	dir       string // the bare repository
	url       string // what is asked
	host      string // as its author knows it
	mayRead   func(host string) bool
	trace     *bytes.Buffer // of what servers answer, where that is wanted
	left      time.Duration // time that the commands may still take
	maxBytes  int64         // of what is stored
	maxMemory int64         // of each process, as address space, and of one allocation
	format    string        // the repository's hashes, "" before init
}

// gitError says that a git command failed.
type gitError struct {
	command string // such as "fetch"
	stderr  string
	err     error
}

// Error names the command and its last line of complaint.
func (e *gitError) Error() string { return "git " + e.command + ": " + e.complaint() }

// complaint returns git's last line, or how git ended if it said nothing.
func (e *gitError) complaint() string {
	if line := lastLine(e.stderr); line != "" {
		return line
	}
	return e.err.Error()
}

// Unwrap returns what running the command gave.
func (e *gitError) Unwrap() error { return e.err }

// run runs one git command. consume, if not nil, gets its standard output; an
// error of consume stops git and is returned. While the command runs, the
// repository's packs are watched.
func (g *git) run(ctx context.Context, stdin io.Reader, consume func(io.Reader) error, args ...string) error {
	if err := budget.Draw(ctx, budget.Processes, 1); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	start := time.Now()
	ctx, stop := context.WithTimeoutCause(ctx, g.left, errTimeout)
	defer stop()
	defer func() { g.left = max(g.left-time.Since(start), 0) }()

	cmd := exec.CommandContext(ctx, g.command, append(options[:len(options):len(options)], args...)...)
	cmd.Dir, cmd.Env = g.dir, append(variables(os.Environ()), "GIT_DIR="+g.dir, "GIT_ALLOC_LIMIT="+strconv.FormatInt(g.maxMemory, 10))
	if g.trace != nil {
		cmd.Env = append(cmd.Env, "GIT_TRACE_CURL=1", "GIT_TRACE_CURL_NO_DATA=1")
	}
	ownGroup(cmd)
	// After a kill, do not wait for a helper that kept the pipes open.
	cmd.WaitDelay = 2 * time.Second
	cmd.Stdin = stdin
	var stderr tail
	cmd.Stderr = &stderr
	err := g.supervise(ctx, cancel, cmd, consume)
	complaint := stderr.String()
	if g.trace != nil {
		g.trace.WriteString(strings.Join(tracing.FindAllString(complaint, -1), ""))
		complaint = strings.TrimSpace(tracing.ReplaceAllString(complaint, ""))
	}
	switch cause := context.Cause(ctx); {
	case err == nil:
		return nil
	case cause != nil:
		return cause
	}
	return &gitError{command: args[0], stderr: complaint, err: err}
}

// supervise runs the command to its end. What stops it early is the cause of
// ctx.
func (g *git) supervise(ctx context.Context, cancel context.CancelCauseFunc, cmd *exec.Cmd, consume func(io.Reader) error) error {
	consumed := make(chan error, 1)
	var out *io.PipeWriter
	if consume != nil {
		var in *io.PipeReader
		in, out = io.Pipe()
		cmd.Stdout = out
		go func() {
			err := consume(in)
			if err != nil {
				cancel(err)
			}
			in.CloseWithError(err)
			consumed <- err
		}()
	}
	ended := make(chan struct{})
	go g.watch(cancel, ended)
	err := cmd.Start()
	if err == nil {
		limitMemory(cmd.Process.Pid, g.maxMemory)
		err = cmd.Wait()
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // git is done; a helper of its, such as a cache of passwords, is not
	}
	close(ended)
	if consume != nil {
		out.Close()
		if e := <-consumed; e != nil {
			return e
		}
	}
	if err == nil && g.stored() > g.maxBytes {
		cancel(errTooLarge)
		return errTooLarge
	}
	return err
}

// watch stops git when more is stored than is allowed. git has no limit of its
// own for fetches.
func (g *git) watch(cancel context.CancelCauseFunc, ended <-chan struct{}) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ticker.C:
			if g.stored() > g.maxBytes {
				cancel(errTooLarge)
				return
			}
		}
	}
}

// stored returns how many bytes of packs there are, unfinished ones included.
func (g *git) stored() int64 {
	var sum int64
	entries, _ := os.ReadDir(filepath.Join(g.dir, "objects", "pack"))
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".idx") || strings.HasSuffix(e.Name(), ".rev") {
			continue
		}
		if info, err := e.Info(); err == nil {
			sum += info.Size()
		}
	}
	return sum
}

// tail keeps the end of what is written to it.
type tail struct{ buf []byte }

const tailSize = 16 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p...)
	if len(t.buf) > 2*tailSize {
		t.buf = append(t.buf[:0], t.buf[len(t.buf)-tailSize:]...)
	}
	return len(p), nil
}

// String returns the end.
func (t *tail) String() string { return string(bytes.TrimSpace(t.buf)) }
