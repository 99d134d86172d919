package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/browse"
	"github.com/bokehbinder/bokehbinder/internal/probe"
)

// takePicture runs the first app of the page, and saves a picture of it.
func (s *previewSession) takePicture(ctx context.Context, pages http.Handler, log *lastLines) error {
	path, err := browse.Find()
	if err != nil {
		return fail("--screenshot", err, "install one of them, or put it on PATH")
	}
	page, err := url.Parse(s.front.URL())
	if err != nil {
		return fail("", err, "")
	}
	if s.o.page != "" {
		page.Path = s.o.page
	}
	fmt.Fprintln(s.output, "running the app to take its picture")
	s.serveAside(ctx, pages)
	picture, err := probe.Picture(ctx, probe.Target{Page: page.String(), Output: log.lines}, path)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return s.failPicture(err)
	}
	if err := s.writeOutput(s.o.picture, picture); err != nil {
		return err
	}
	if s.o.picture == "-" {
		return nil
	}
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return fail(s.o.picture, err, "")
	}
	fmt.Fprintf(s.Stdout, "wrote %s, %d by %d pixels\n", s.o.picture, size.Width, size.Height)
	printLine(s.output, "hint", "", "put it beside the post or among your site's static files, and name it in the tag: poster="+filepath.Base(s.o.picture))
	return nil
}

// serveAside answers with pages until the front is closed.
func (s *previewSession) serveAside(ctx context.Context, pages http.Handler) {
	context.AfterFunc(ctx, func() { s.front.Close() })
	go func() { _ = s.front.Serve(pages) }()
}

// failPicture says why there is no picture.
func (s *previewSession) failPicture(err error) error {
	var broken *probe.NotRunningError
	switch {
	case errors.Is(err, probe.ErrNoEmbed) && s.o.page == "":
		return fail("--screenshot", err, "of a site, say with --page /posts/pendulum/ which page has one")
	case errors.As(err, &broken):
		if failed := broken.Outcome.Failure(); failed != nil {
			writeLog(s.output, failed.Log)
		}
		return fail("--screenshot", err, "bokehbinder check --run says more")
	}
	return fail("--screenshot", err, "")
}

// writeLog writes what was printed, set off from what is said.
func writeLog(w io.Writer, lines []string) {
	for _, line := range lines {
		fmt.Fprintln(w, strings.TrimRight("    | "+line, " "))
	}
}
