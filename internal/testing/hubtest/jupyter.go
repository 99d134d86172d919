package hubtest

import (
	_ "embed"
	"net/http"
	"strings"
)

//go:embed app.html
var appPage string

// jupyter stands in for a server that BinderHub starts: a Jupyter server with a
// proxied app. Every path that is not Jupyter's own is the app's, but below
// "hang" an app that never answers.
type jupyter struct {
	base  string
	token string
	app   http.Handler
	stop  func()
}

// ServeHTTP answers as jupyter-lab 4 does when it was started with
// --ServerApp.allow_origin=*: its API may be read from other sites, its pages
// may not be framed by them, and a request without the token is sent to the
// login page. The proxied app has no headers of its own.
func (j *jupyter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, j.base)
	page, _, _ := strings.Cut(path, "/")
	own := page == "" || page == "lab" || page == "tree" || page == "login" || page == "api"
	if own {
		w.Header().Set("Content-Security-Policy", "frame-ancestors 'self'; report-uri "+j.base+"api/security/csp-report")
	}
	if page == "login" {
		writePage(w, "<!doctype html><title>Login</title><main>Token authentication is enabled</main>")
		return
	}
	if !j.allowed(r) {
		if page == "api" {
			http.Error(w, `{"message": "Forbidden"}`, http.StatusForbidden)
			return
		}
		http.Redirect(w, r, j.base+"login?next="+strings.ReplaceAll(r.URL.Path, "/", "%2F"), http.StatusFound)
		return
	}
	if r.URL.Query().Get("token") != "" {
		http.SetCookie(w, &http.Cookie{Name: "username-" + strings.ReplaceAll(r.Host, ":", "-"), Value: j.token, Path: j.base, HttpOnly: true})
	}
	switch {
	case page == "api":
		j.serveAPI(w, r, path)
	case own:
		writePage(w, "<!doctype html><title>JupyterLab</title><main>JupyterLab</main>")
	case page == "hang":
		<-r.Context().Done()
	case page == "proxy" && j.app != nil:
		_, below, _ := strings.Cut(strings.TrimPrefix(path, "proxy/"), "/")
		http.StripPrefix(strings.TrimSuffix(r.URL.Path, "/"+below), j.app).ServeHTTP(w, r)
	default:
		writePage(w, appPage)
	}
}

// serveAPI answers what a page of another site may ask.
func (j *jupyter) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Headers", "accept, content-type, authorization, x-xsrftoken")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodOptions:
	case path == "api/status" && r.Method == http.MethodGet:
		_, _ = w.Write([]byte(`{"connections": 0, "kernels": 0, "last_activity": "2026-11-20T10:00:00.000000Z", "started": "2026-11-20T09:59:00.000000Z"}`))
	case path == "api/shutdown" && r.Method == http.MethodPost:
		j.stop()
	default:
		http.NotFound(w, r)
	}
}

// allowed looks for the token where Jupyter does.
func (j *jupyter) allowed(r *http.Request) bool {
	if r.Method == http.MethodOptions {
		return true
	}
	if r.URL.Query().Get("token") == j.token || r.Header.Get("Authorization") == "token "+j.token {
		return true
	}
	cookie, err := r.Cookie("username-" + strings.ReplaceAll(r.Host, ":", "-"))
	return err == nil && cookie.Value == j.token
}

func writePage(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(text))
}
