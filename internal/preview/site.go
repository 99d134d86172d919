package preview

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/lock"
	"github.com/bokehbinder/bokehbinder/internal/site"
)

// Site is a Hugo site that is shown by hugo server, with the cards of work
// trees in place of those that are committed.
type Site struct {
	// Site is the site on disk.
	Site *site.Site
	// Hugo is the hugo command.
	Hugo string
	// Repositories have the work trees.
	Repositories *Repositories
	// Output gets what hugo server prints.
	Output io.Writer

	scratch string
	address string
}

// assets is the folder that is laid over the site's assets.
func (s *Site) assets() string { return filepath.Join(s.scratch, "assets") }

// Start starts hugo server for pages at the origin, which launch on the hub.
// uses are what the site's content shows. Hugo ends with ctx; ended is closed
// then, or when it ends by itself.
func (s *Site) Start(ctx context.Context, origin, hub string, uses []site.Use) (ended <-chan struct{}, err error) {
	if s.scratch, err = os.MkdirTemp("", "bokehbinder-site-"); err != nil {
		return nil, err
	}
	remove := func() { os.RemoveAll(s.scratch) }
	if err := s.Update(ctx, uses); err != nil {
		remove()
		return nil, err
	}
	args, err := s.Site.Overlay(ctx, s.Hugo, filepath.Join(s.scratch, "preview.json"), s.assets(), map[string]any{"preview": hub})
	if err != nil {
		remove()
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		remove()
		return nil, err
	}
	s.address = net.JoinHostPort("127.0.0.1", port)
	at, _ := url.Parse(origin)
	args = append([]string{
		"server", "--bind", "127.0.0.1", "--port", port, "--baseURL", origin + "/", "--appendPort=false",
		"--liveReloadPort", at.Port(), "--renderToMemory", "--noBuildLock", "--buildDrafts", "--buildFuture",
	}, args...)
	cmd := exec.CommandContext(ctx, s.Hugo, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Site.Root, s.Output, s.Output
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		remove()
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		remove()
		close(done)
	}()
	return done, s.await(ctx, done)
}

// await waits until Hugo answers.
func (s *Site) await(ctx context.Context, done <-chan struct{}) error {
	for {
		conn, err := net.DialTimeout("tcp", s.address, time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-done:
			return errors.New("hugo server has ended; what it printed says why")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Update writes anew the cards of work trees, and the index that has them in
// place of those that the site has committed. Hugo notices.
func (s *Site) Update(ctx context.Context, uses []site.Use) error {
	index, err := lock.Store{Dir: filepath.Join(s.Site.Assets, lock.Folder)}.Index()
	if err != nil {
		return err
	}
	if index.Repos == nil {
		index.Repos = map[string]*lock.Repo{}
	}
	if index.Names == nil {
		index.Names = map[string]string{}
	}
	wants := map[string]*want{}
	for _, u := range uses {
		a, err := forge.Parse(u.Repo)
		if err != nil || s.Repositories.WorkTree(a) == "" {
			continue
		}
		index.Names[u.Repo] = a.URL
		ref := u.Ref
		if ref == "" {
			ref = "HEAD"
		}
		key := a.URL + " " + ref
		if wants[key] == nil {
			wants[key] = &want{address: a, ref: ref}
		}
		wants[key].files = append(wants[key].files, u.Files...)
	}
	number := 0
	for _, key := range slices.Sorted(maps.Keys(wants)) {
		number++
		if err := s.put(ctx, index, wants[key], number); err != nil {
			return err
		}
	}
	return writeJSON(filepath.Join(s.assets(), lock.Folder, "index.json"), index)
}

// want is a repository at a ref, with all the files that pages want of it.
type want struct {
	address forge.Address
	ref     string
	files   []string
}

// put writes the card of a work tree and notes it in the index.
func (s *Site) put(ctx context.Context, index *lock.Index, w *want, number int) error {
	c, err := TreeCard(ctx, s.Repositories.WorkTree(w.address), w.address, card.Request{Repo: w.address.URL, Ref: w.ref, Files: w.files})
	if err != nil {
		return err
	}
	path := fmt.Sprintf("cards/preview/%d.json", number)
	var text bytes.Buffer
	if err := c.Write(&text); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(s.assets(), lock.Folder, filepath.FromSlash(path)), text.Bytes()); err != nil {
		return err
	}
	r := index.Repos[w.address.URL]
	if r == nil {
		r = &lock.Repo{Refs: map[string]string{}, Cards: map[string]lock.Entry{}}
		index.Repos[w.address.URL] = r
	}
	// No commit has this name, which is that of nothing but the index.
	name := fmt.Sprintf("work tree %d", number)
	r.Refs[w.ref] = name
	r.Cards[name] = lock.Entry{Path: path, Files: w.files}
	return nil
}

func writeJSON(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeFile(path, text)
}

// writeFile writes a file where it is another one than before.
func writeFile(path string, text []byte) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// Handler answers with what Hugo does.
func (s *Site) Handler() http.Handler {
	target := &url.URL{Scheme: "http", Host: s.address}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Accept-Encoding")
			r.Out.Header.Del("Cookie")
		},
		ModifyResponse: func(r *http.Response) error {
			kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if kind != "text/html" {
				return nil
			}
			page, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			return replaceBody(r, inject(page))
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "hugo server does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}
}

// freePort returns a port that nobody listens on now.
func freePort() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
