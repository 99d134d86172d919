package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The causes with which a running git is stopped.
var (
	errTimeout  = errors.New("git took too long")
	errTooLarge = errors.New("more came from the server than is allowed")
)

// git runs git commands on one repository in a temporary folder.
type git struct {
	command  string
	dir      string        // the bare repository
	url      string        // what is asked
	left     time.Duration // time that the commands may still take
	maxBytes int64         // of what is stored
	format   string        // the repository's hashes, "" before init
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

// options are given to every command; they win over the user's configuration.
var options = []string{
	"-c", "protocol.version=2",
	// Redirects do not lead from https to http; a user's insteadOf may.
	"-c", "protocol.http.allow=user",
	// Hooks and other programs that a configuration may name are not needed.
	"-c", "core.hooksPath=" + os.DevNull,
	"-c", "core.fsmonitor=false",
	// Nothing outlives the read.
	"-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "fetch.writeCommitGraph=false",
	// Packs stay packs, so that what comes in can be watched as it grows.
	"-c", "fetch.unpackLimit=1", "-c", "transfer.unpackLimit=1",
	// Only what is asked for is wanted; there is no common history to find.
	"-c", "fetch.negotiationAlgorithm=noop",
	// Large files are passed through, not held in memory.
	"-c", "core.bigFileThreshold=8m",
	// A server that sends nothing for so long is given up, as is a slow one
	// when the whole time is over.
	"-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30",
	"-c", "color.ui=false",
}

// run runs one git command. consume, if not nil, gets its standard output; an
// error of consume stops git and is returned. While the command runs, the
// repository's packs are watched.
func (g *git) run(ctx context.Context, stdin io.Reader, consume func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	start := time.Now()
	ctx, stop := context.WithTimeoutCause(ctx, g.left, errTimeout)
	defer stop()
	defer func() { g.left = max(g.left-time.Since(start), 0) }()

	cmd := exec.CommandContext(ctx, g.command, append(options[:len(options):len(options)], args...)...)
	cmd.Dir, cmd.Env = g.dir, append(environment(os.Environ()), "GIT_DIR="+g.dir)
	ownGroup(cmd)
	// After a kill, do not wait for a helper that kept the pipes open.
	cmd.WaitDelay = 2 * time.Second
	cmd.Stdin = stdin
	var stderr tail
	cmd.Stderr = &stderr
	err := g.supervise(ctx, cancel, cmd, consume)
	switch cause := context.Cause(ctx); {
	case err == nil:
		return nil
	case cause != nil:
		return cause
	}
	return &gitError{command: args[0], stderr: stderr.String(), err: err}
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
	err := cmd.Run()
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

// init makes the repository, empty, for hashes of a format.
func (g *git) init(ctx context.Context, format string) error {
	if g.format == format {
		return nil
	}
	g.format = format
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(g.dir, e.Name())); err != nil {
			return err
		}
	}
	return g.run(ctx, nil, nil, "init", "--quiet", "--bare", "--template=", "--object-format="+format)
}

// fetch fetches what the refspec names, at depth 1: its trees, and its files'
// content only if blobs is set or the server cannot leave them out.
func (g *git) fetch(ctx context.Context, refspec string, blobs bool) error {
	config := filepath.Join(g.dir, "config")
	before, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	args := []string{"--", g.url, refspec}
	if !blobs {
		args = append([]string{"--filter=blob:none"}, args...)
	}
	args = slices.Concat([]string{"fetch", "--quiet", "--depth=1"}, fetchOptions, args)
	fetchErr := g.run(ctx, nil, nil, args...)
	// A filtered fetch makes the server a promisor: from then on commands fetch
	// missing objects one by one, and fetches filter. Only git 2.44 can be told
	// not to by GIT_NO_LAZY_FETCH.
	if err := os.WriteFile(config, before, 0o600); err != nil {
		return err
	}
	if !blobs && said(fetchErr, "filter 'blob:none' not supported") {
		return g.fetch(ctx, refspec, true)
	}
	return fetchErr
}

var fetchOptions = []string{"--no-tags", "--no-recurse-submodules", "--no-auto-maintenance"}

// fetchObjects fetches objects by their hashes, all with one request.
func (g *git) fetchObjects(ctx context.Context, hashes []string) error {
	args := append([]string{"fetch", "--quiet", "--no-write-fetch-head", "--stdin"}, fetchOptions...)
	in := strings.NewReader(strings.Join(hashes, "\n") + "\n")
	return g.run(ctx, in, nil, append(args, "--", g.url)...)
}

// fetched returns the hash of what the last fetch got.
func (g *git) fetched() (string, error) {
	data, err := os.ReadFile(filepath.Join(g.dir, "FETCH_HEAD"))
	if err != nil {
		return "", err
	}
	hash, _, _ := strings.Cut(string(data), "\t")
	if !fullHash.MatchString(hash) {
		return "", fmt.Errorf("git fetched %q, which is not a hash", hash)
	}
	return hash, nil
}

// remove removes the repository. A killed child of git may still write for a
// moment.
func (g *git) remove() error {
	var err error
	for range 20 {
		if err = os.RemoveAll(g.dir); err == nil || errors.Is(err, fs.ErrPermission) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

// passed are the beginnings of the names of those of git's variables that say
// how to reach a server. All others are about another repository, or make git
// talk.
var passed = []string{
	"GIT_CONFIG_", "GIT_SSH", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_EXEC_PATH",
	"GIT_ALLOW_PROTOCOL", "GIT_PROTOCOL_FROM_USER",
}

// environment returns the variables that git gets.
func environment(env []string) []string {
	out := make([]string, 0, len(env)+10)
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "GIT_") && !hasPrefix(name, passed) || name == "LANGUAGE" || name == "LC_ALL" {
			continue
		}
		out = append(out, kv)
	}
	if _, ok := os.LookupEnv("GCM_INTERACTIVE"); !ok {
		out = append(out, "GCM_INTERACTIVE=never")
	}
	return append(out,
		"LC_ALL=C",
		// An empty askpass is none, whatever the configuration says.
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never",
		"GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LFS_SKIP_SMUDGE=1")
}

// hasPrefix says whether s begins with one of the prefixes.
func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
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
