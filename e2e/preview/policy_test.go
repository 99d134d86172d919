package preview_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/internal/preview"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// answering is a runtime whose servers are the handler, so that a page can be
// anything.
type answering struct{ http.Handler }

func (a answering) Build(context.Context, string, string, []string, io.Writer) (preview.Image, error) {
	return a, nil
}
func (a answering) Name() string  { return "page" }
func (a answering) Remove() error { return nil }
func (a answering) Start(context.Context, launch.ServerOptions) (preview.Server, error) {
	return &answeringServer{httptest.NewServer(a), make(chan struct{}), sync.Once{}}, nil
}

type answeringServer struct {
	*httptest.Server
	done chan struct{}
	once sync.Once
}

func (s *answeringServer) Addr() string          { return s.Listener.Addr().String() }
func (s *answeringServer) Done() <-chan struct{} { return s.done }
func (s *answeringServer) Stop()                 { s.once.Do(func() { s.Close(); close(s.done) }) }

// TestPolicy has an app's page take scripts from other ports of this machine, as
// Bokeh 3.1.1 to 3.2.2 does: they do not run, since no reader has them.
func TestPolicy(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, "window.ran += ' elsewhere'")
	}))
	defer elsewhere.Close()
	port := elsewhere.URL[strings.LastIndex(elsewhere.URL, ":"):]
	app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, "window.ran += ' own'")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!doctype html><title>App</title><script>window.ran = "inline"</script><script src="own.js"></script>
			<script src="http://localhost%[1]s/a.js"></script><script src="http://127.0.0.1%[1]s/a.js"></script>
			<script>window.ran += " end"; fetch("http://127.0.0.1%[1]s/").then(() => window.ran += " fetched", () => window.ran += " refused")</script>`, port)
	})
	browser.Each(t, func(t *testing.T, b *browser.Browser) {
		a, err := forge.Parse("demo/sine")
		if err != nil {
			t.Fatal(err)
		}
		repositories := &preview.Repositories{}
		repositories.Use(a, t.TempDir())
		h, err := preview.NewHub(preview.HubOptions{Page: "http://localhost:1", Repositories: repositories, Runtime: answering{app}})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		v := b.Open(t, browser.Options{})
		v.GoTo(h.URL + "v2/gh/demo/sine/HEAD?urlpath=app")
		v.Wait("window.ran?.includes(' end')")
		v.Wait("/fetched|refused/.test(window.ran)")
		if ran := v.Text("window.ran"); ran != "inline own end refused" {
			t.Errorf("ran: %s", ran)
		}
	})
}
