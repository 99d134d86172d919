package browse_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// site is a page on localhost with a frame on 127.0.0.1, which sets cookies and
// says which it got.
func site(tb testing.TB) string {
	tb.Helper()
	mux := http.NewServeMux()
	var frame string
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<!doctype html><body style='margin: 0; background: #012345'><iframe src='%s/frame'></iframe>", frame)
	})
	mux.HandleFunc("/frame", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "plain", Value: "1", Secure: true, SameSite: http.SameSiteNoneMode})
		http.SetCookie(w, &http.Cookie{Name: "kept", Value: "1", Path: "/", Secure: true, SameSite: http.SameSiteNoneMode, Partitioned: true})
		http.Redirect(w, r, "/framed", http.StatusFound)
	})
	mux.HandleFunc("/framed", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<!doctype html><p>%s</p><script src=missing.js></script><script>console.error('oh no')</script>", r.Header.Get("Cookie"))
	})
	mux.HandleFunc("/missing.js", http.NotFound)
	server := httptest.NewServer(mux)
	tb.Cleanup(server.Close)
	frame = server.URL
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

func open(tb testing.TB, url string) (context.Context, *browse.Page) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience.Limit)
	tb.Cleanup(cancel)
	b, err := browse.Start(ctx, need.Program(tb, "chromium", "chromium", "chromium-browser", "google-chrome"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(b.Close)
	p, err := b.Open(ctx, 800, 600)
	if err == nil {
		err = p.GoTo(ctx, url)
	}
	if err == nil {
		err = p.Wait(ctx, "document.readyState === 'complete' && document.querySelector('iframe')")
	}
	if err != nil {
		tb.Fatal(err)
	}
	return ctx, p
}

// TestFrame looks into a frame of another site, which gets partitioned cookies
// alone, and at what was asked for on its behalf.
func TestFrame(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Run("page", func(t *testing.T) {
		url := site(t)
		ctx, p := open(t, url)
		var cookies string
		if err := p.EvalFrame(ctx, "document.querySelector('p').textContent", &cookies); err != nil {
			t.Fatal(err)
		}
		if cookies != "kept=1" {
			t.Errorf("the frame gets the cookies %q", cookies)
		}
		traffic := p.Traffic()
		var framed, missing bool
		for _, r := range traffic.Exchanges {
			framed = framed || r.Kind == "Document" && r.Status == 200 && strings.HasSuffix(r.URL, "/framed") && len(r.From) == 1
			missing = missing || r.Kind == "Script" && r.Status == 404
		}
		if !framed || !missing {
			t.Errorf("%+v", traffic.Exchanges)
		}
		if len(traffic.Problems) != 1 || traffic.Problems[0] != "oh no" {
			t.Errorf("%q", traffic.Problems)
		}
	})
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestScreenshot takes a part of the page.
func TestScreenshot(t *testing.T) {
	ctx, p := open(t, site(t))
	data, err := p.Screenshot(ctx, browse.Box{X: 400, Y: 300, Width: 30, Height: 20})
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := picture.At(15, 10).RGBA(); picture.Bounds().Dx() != 30 || picture.Bounds().Dy() != 20 || r>>8 != 0x01 || g>>8 != 0x23 || b>>8 != 0x45 {
		t.Errorf("%v, %x %x %x", picture.Bounds(), r>>8, g>>8, b>>8)
	}
}

// TestErrors are those of a page's script, of an address that nobody answers at,
// and of a page without a frame.
func TestErrors(t *testing.T) {
	ctx, p := open(t, site(t))
	if err := p.Eval(ctx, "nothing.here", nil); err == nil || !strings.Contains(err.Error(), "ReferenceError") {
		t.Error(err)
	}
	if err := p.GoTo(ctx, "http://localhost:1/"); err == nil {
		t.Error("nobody answers there")
	}
	// It takes a moment until the frame is known to be gone.
	gone := func() (bool, error) { return errors.Is(p.EvalFrame(ctx, "1", nil), browse.ErrNoFrame), nil }
	if err := browse.Until(ctx, gone); err != nil {
		t.Error(err)
	}
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	if err := p.Wait(short, "false"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
