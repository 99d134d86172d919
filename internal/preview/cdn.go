package preview

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/repository/framework"
)

// cdnPath is below which the hub answers for CDNs.
const cdnPath = "/cdn/"

// CDN answers for the hosts that Bokeh's and Panel's pages take their scripts
// from, with the files of the packages that are installed here. As an
// [http.Handler] it takes the address without "https:/": /cdn.bokeh.org/….
type CDN struct {
	// Packages lists folders of Python packages ("site-packages") to look in.
	// It is asked for each file.
	Packages func() []string
}

// cdns lists the hosts that it answers for.
func cdns() []*framework.CDN {
	var out []*framework.CDN
	for _, f := range framework.All() {
		if f.CDN != nil {
			out = append(out, f.CDN)
		}
	}
	return out
}

// ServeHTTP answers with a file of the version that is asked for, or that there
// is none.
func (c *CDN) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	for _, cdn := range cdns() {
		p, ok := strings.CutPrefix(r.URL.Path, "/"+cdn.Host+"/")
		m := cdn.Path.FindStringSubmatchIndex(p)
		if !ok || m == nil || path.Clean(p) != p {
			continue
		}
		info := string(cdn.Path.ExpandString(nil, cdn.Info, p, m))
		file := string(cdn.Path.ExpandString(nil, cdn.File, p, m))
		for _, dir := range c.Packages() {
			if c.serve(w, r, dir, info, file) {
				return
			}
		}
	}
	http.NotFound(w, r)
}

// serve answers with a file of one folder of packages, if it is there.
func (c *CDN) serve(w http.ResponseWriter, r *http.Request, dir, info, file string) bool {
	if _, err := os.Stat(filepath.Join(dir, info)); err != nil {
		return false
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return false
	}
	defer root.Close()
	f, err := root.Open(filepath.FromSlash(file))
	if err != nil {
		return false
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil || stat.IsDir() {
		return false
	}
	http.ServeContent(w, r, file, stat.ModTime(), f)
	return true
}

// rewrite makes a page take its scripts from the hub.
func (c *CDN) rewrite(page []byte) []byte {
	for _, cdn := range cdns() {
		page = bytes.ReplaceAll(page, []byte("https://"+cdn.Host+"/"), []byte(cdnPath+cdn.Host+"/"))
	}
	return page
}

// Reachable reports whether the CDNs answer this machine, within a moment.
func Reachable(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	all := cdns()
	answers := make(chan bool, len(all))
	for _, cdn := range all {
		go func() { answers <- isReachable(ctx, cdn) }()
	}
	for range all {
		if !<-answers {
			return false
		}
	}
	return true
}

func isReachable(ctx context.Context, cdn *framework.CDN) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, "https://"+cdn.Host+"/"+cdn.Folder, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil
}
