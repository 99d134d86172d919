package preview

import (
	"context"
	"errors"
	"io"
	"io/fs"
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
	"strconv"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/preview/launch"
	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
	"github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

// Site is a Hugo site that is shown by hugo server, with the cards of work
// trees in place of those that are committed. Hugo writes nothing below the
// site's folder, unless the site asks it to with build.buildStats.
type Site struct {
	// Site is the site on disk.
	Site *site.Site
	// Hugo is the hugo command.
	Hugo string
	// Repositories have the work trees.
	Repositories *Repositories
	// Output gets the errors and warnings that hugo server prints.
	Output io.Writer
	// Say is told in a sentence what the author should know; it may be nil.
	Say func(string)

	scratch  *scratch.Dir
	address  string
	path     string // of the site's address: "/blog/"
	policies policies
}

// theme is the one that is laid under the site's, with the cards of work trees.
func (s *Site) theme() string { return filepath.Join(s.scratch.Path, "theme") }

// cards is where the cards of work trees are.
func (s *Site) cards() string {
	return filepath.Join(s.theme(), "assets", lock.Folder, cardsFolder)
}

// cardsFolder is the folder of cards, below [lock.Folder], that the templates
// look into in a preview.
const cardsFolder = "preview"

// Start starts hugo server for pages at the origin, which launch on the hub.
// uses are what the site's content shows. Hugo ends with ctx; ended is closed
// then, or when it ends by itself.
func (s *Site) Start(ctx context.Context, origin, hub string, uses []site.Use) (ended <-chan struct{}, err error) {
	if s.Site.Multihost {
		return nil, errors.New("each language of the site has a baseURL of its own, and a preview has one address for all")
	}
	if s.scratch, err = scratch.New("", "site"); err != nil {
		return nil, err
	}
	hugo, err := s.start(ctx, origin, hub, uses)
	if err != nil {
		_ = s.scratch.Remove()
		return nil, err
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		<-hugo.Done()
		_ = s.scratch.Remove()
	}()
	return gone, s.await(ctx, gone)
}

func (s *Site) start(ctx context.Context, origin, hub string, uses []site.Use) (*supervise.Process, error) {
	command, err := exec.LookPath(s.Hugo)
	if err != nil {
		return nil, err
	}
	if _, err := s.Update(ctx, uses); err != nil {
		return nil, err
	}
	resources, err := s.copyResources()
	if err != nil {
		return nil, err
	}
	args, env, err := s.Site.WithTheme(s.theme(), map[string]string{"preview": hub})
	if err != nil {
		return nil, err
	}
	number, err := launch.FreePort()
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(number)
	s.address = net.JoinHostPort("127.0.0.1", port)
	at, err := url.Parse(hub)
	if err != nil {
		return nil, err
	}
	s.policies.hub, s.policies.say = originOf(at), s.Say
	if at, err = url.Parse(origin); err != nil {
		return nil, err
	}
	s.path = "/"
	if base, err := url.Parse(s.Site.BaseURL); err == nil && strings.Trim(base.Path, "/") != "" {
		s.path = "/" + strings.Trim(base.EscapedPath(), "/") + "/"
	}
	args = append([]string{
		command, "server", "--bind", "127.0.0.1", "--port", port, "--baseURL", origin + s.path, "--appendPort=false",
		"--liveReloadPort", at.Port(), "--renderToMemory", "--noBuildLock", "--buildDrafts", "--buildFuture",
	}, args...)
	env = append(append(os.Environ(), env...), "HUGO_RESOURCEDIR="+resources)
	return supervise.Start(ctx, supervise.Command{Args: args, Dir: s.Site.Root, Env: env, Errors: s.Output})
}

// copyResources copies what Hugo has made for the site before: it may be
// committed, since not every machine can make it, and Hugo adds to it.
func (s *Site) copyResources() (folder string, err error) {
	folder = filepath.Join(s.scratch.Path, "resources")
	if _, err := os.Stat(s.Site.Resources); errors.Is(err, fs.ErrNotExist) {
		return folder, os.Mkdir(folder, 0o700)
	}
	return folder, os.CopyFS(folder, os.DirFS(s.Site.Resources))
}

// await waits until Hugo answers, which it does when the site is built.
func (s *Site) await(ctx context.Context, ended <-chan struct{}) error {
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-ended:
			cancel()
		case <-asking.Done():
		}
	}()
	for asking.Err() == nil {
		req, err := http.NewRequestWithContext(asking, http.MethodHead, "http://"+s.address+s.path, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultTransport.RoundTrip(req); err == nil {
			return res.Body.Close()
		}
		select {
		case <-asking.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.New("hugo server has ended; what it printed says why")
}

// Update writes anew the cards of work trees, which templates take in place of
// those that the site has committed. Where that changed something,
// Hugo notices, and has open pages load anew.
func (s *Site) Update(ctx context.Context, uses []site.Use) (changed bool, err error) {
	wants := map[string]*want{}
	for _, u := range uses {
		a := u.Address
		if s.Repositories.workTree(a) == "" {
			continue
		}
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
	for _, key := range slices.Sorted(maps.Keys(wants)) {
		wrote, err := s.put(ctx, wants[key])
		if err != nil {
			return changed, err
		}
		changed = changed || wrote
	}
	if changed {
		return true, lockfile.Folder{Dir: s.cards()}.Changed()
	}
	return false, nil
}

// want is a repository at a ref, with all the files that pages want of it.
type want struct {
	address forge.Address
	ref     string
	files   []string
}

// put writes the card of a work tree.
func (s *Site) put(ctx context.Context, w *want) (wrote bool, err error) {
	c, err := TreeCard(ctx, s.Repositories.workTree(w.address), w.address, card.Request{Repo: w.address.URL, Ref: w.ref, Files: w.files})
	if err != nil {
		return false, err
	}
	return lockfile.Folder{Dir: s.cards()}.Write(&lockfile.Entry{Ref: w.ref, Files: w.files, Card: c})
}

// Handler answers with what Hugo does, and at / with the way to the site's home
// page where that is elsewhere.
func (s *Site) Handler() http.Handler { return homeAt(s.path, s.proxy()) }

// homeAt leads from / to a site's home page where that is elsewhere.
func homeAt(home string, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && home != "/" && home != "" {
			http.Redirect(w, r, home, http.StatusFound)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

func (s *Site) proxy() http.Handler {
	target := &url.URL{Scheme: "http", Host: s.address}
	published := tag.Hubs(s.Site.Params.Hubs)[0]
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.Header.Del("Accept-Encoding")
			r.Out.Header.Del("Cookie")
		},
		ModifyResponse: func(r *http.Response) error {
			s.policies.letHubInAnswer(r, published)
			kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if kind != "text/html" {
				return nil
			}
			page, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			return replaceBody(r, inject(s.policies.letHubInMeta(page, published), reloading))
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "hugo server does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}
}
