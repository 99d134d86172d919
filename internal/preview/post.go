package preview

import (
	"context"
	"net/http"
	"os"
	"path"
	"strings"
)

// Post is a page that is rendered each time it is asked for, and the files
// beside it, such as pictures.
type Post struct {
	// Render returns the page.
	Render func(ctx context.Context) ([]byte, error)
	// Folder of the post; empty where there are no files beside it.
	Folder string
}

// ServeHTTP answers with the page at /, and below it with the files of the
// folder, but for those whose names begin with a dot.
func (p *Post) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		p.serveFile(w, r)
		return
	}
	page, err := p.Render(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(inject(page, reloading))
}

func (p *Post) serveFile(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if p.Folder == "" || strings.HasPrefix(name, ".") || strings.Contains(name, "/.") {
		http.NotFound(w, r)
		return
	}
	root, err := os.OpenRoot(p.Folder)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err != nil || !info.Mode().IsRegular() { // opening a pipe would wait for a writer
		http.NotFound(w, r)
		return
	}
	f, err := root.Open(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, name, info.ModTime(), f)
}
