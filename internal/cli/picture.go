package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
	"github.com/bokehbinder/bokehbinder/internal/preview/probe"
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
	picture, size, err := encodePicture(s.o.picture, picture)
	if err != nil {
		return fail(s.o.picture, err, "")
	}
	if err := s.writeOutput(s.o.picture, picture); err != nil {
		return err
	}
	if s.o.picture == "-" {
		return nil
	}
	fmt.Fprintf(s.Stdout, "wrote %s, %d by %d pixels\n", s.o.picture, size.X, size.Y)
	printLine(s.output, "hint", "", "put it beside the post or among your site's static files, and name it in the tag: poster="+filepath.Base(s.o.picture))
	return nil
}

// isJPEG says of each ending that a picture's name may have whether it is a JPEG's.
var isJPEG = map[string]bool{".png": false, ".jpg": true, ".jpeg": true}

// checkPicture refuses a name that is no picture's. Standard output gets a PNG.
func checkPicture(name string) error {
	if _, ok := isJPEG[strings.ToLower(filepath.Ext(name))]; ok || name == "" || name == "-" {
		return nil
	}
	return fmt.Errorf("--screenshot: %s is no name of a PNG or a JPEG; valid: poster.png, poster.jpg, or - for standard output", name)
}

// quality is a JPEG's in which text stays readable.
const quality = 90

// encodePicture makes of a PNG what its file's name says.
func encodePicture(name string, picture []byte) (encoded []byte, size image.Point, err error) {
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, size, err
	}
	size = decoded.Bounds().Size()
	if !isJPEG[strings.ToLower(filepath.Ext(name))] {
		return picture, size, nil
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, decoded, &jpeg.Options{Quality: quality})
	return b.Bytes(), size, err
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
