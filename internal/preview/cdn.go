package preview

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
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

// cdnHosts are the addresses that it answers for.
var cdnHosts = []string{"https://cdn.bokeh.org/", "https://cdn.holoviz.org/"}

// cdnFile is where packages have a file of a CDN. In the address, NAME, VERSION
// and so on stand for the groups of the expression.
type cdnFile struct {
	address *regexp.Regexp
	// info is the folder that is there only in the right version, file the
	// file, both below site-packages.
	info, file string
}

var cdnFiles = []cdnFile{
	{
		regexp.MustCompile(`^/cdn\.bokeh\.org/bokeh/(?:release|dev)/(bokeh(?:-[a-z]+)*)-(\d[\w.]*?)((?:\.min)?\.js)$`),
		"bokeh-$2.dist-info", "bokeh/server/static/js/$1$3",
	},
	{
		regexp.MustCompile(`^/cdn\.holoviz\.org/panel/(\d[\w.]*)/dist/([^?]*)$`),
		"panel-$1.dist-info", "panel/dist/$2",
	},
}

// ServeHTTP answers with a file of the version that is asked for, or that there
// is none.
func (c *CDN) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	for _, f := range cdnFiles {
		m := f.address.FindStringSubmatchIndex(r.URL.Path)
		if m == nil || path.Clean(r.URL.Path) != r.URL.Path {
			continue
		}
		info := string(f.address.ExpandString(nil, f.info, r.URL.Path, m))
		file := string(f.address.ExpandString(nil, f.file, r.URL.Path, m))
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
	for _, host := range cdnHosts {
		page = bytes.ReplaceAll(page, []byte(host), []byte(cdnPath+strings.TrimPrefix(host, "https://")))
	}
	return page
}

// Reachable reports whether Bokeh's CDN answers this machine, within a moment.
func Reachable(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, cdnHosts[0]+"bokeh/release/", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil
}
