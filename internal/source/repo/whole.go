package repo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
)

// errBrokenOff says that a server ended its answer inside of the headers.
var errBrokenOff = errors.New("the headers of the server's answer did not end")

// sure runs a command that asks the server, and makes sure of its outcome where that is
// also what git makes of an answer that ended, without an error, inside of its headers: a
// server of plain files, with no refs in them; an older git says that it cannot read a
// section. Such a command runs once more, and now it
// is looked at how the answers end.
func (g *git) sure(ctx context.Context, stdin string, consume func(io.Reader) error, args ...string) error {
	silent := true
	hear := consume
	if consume != nil {
		hear = func(out io.Reader) error { return consume(&heard{out, &silent}) }
	}
	err := g.run(ctx, strings.NewReader(stdin), hear, args...)
	if nothing := err == nil && consume != nil && silent; !nothing && !said(err, "couldn't find remote ref", "dumb http transport", "fetch failed", "error reading section header") {
		return err
	}
	headers, err := g.traced(ctx, stdin, consume, args...)
	if !whole(headers) {
		return errBrokenOff
	}
	return err
}

// heard notes that something can be read.
type heard struct {
	io.Reader
	silent *bool
}

// Read implements [io.Reader].
func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	*h.silent = *h.silent && n == 0
	return n, err
}

// traced runs a command, and returns the lines of the headers that servers answered with,
// each answer's with the empty one at their end.
func (g *git) traced(ctx context.Context, stdin string, consume func(io.Reader) error, args ...string) (headers []string, err error) {
	g.trace = &bytes.Buffer{}
	err = g.run(ctx, strings.NewReader(stdin), consume, args...)
	for _, found := range received.FindAllStringSubmatch(g.trace.String(), -1) {
		headers = append(headers, strings.TrimSpace(found[1]))
	}
	g.trace = nil
	return headers, err
}

// whole reports whether the headers of each answer came to their end.
func whole(headers []string) bool {
	ended := true
	for _, line := range headers {
		if strings.HasPrefix(line, "HTTP/") {
			if !ended {
				return false
			}
			ended = false
		}
		ended = ended || line == ""
	}
	return ended
}

var (
	// tracing is a line of git's trace, and received one with a header.
	tracing  = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d\.\d+ http\.c:.*\n?`)
	received = regexp.MustCompile(`(?m)<= Recv header:(.*)$`)
)
