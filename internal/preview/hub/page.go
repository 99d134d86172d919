package hub

import (
	_ "embed"
	"html/template"
	"net/http"
	"time"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page.html").Parse(pageText))

// servePage answers a launch link: a page that runs the build in the reader's
// browser and then goes to the server. It is 200 whatever the spec, may be
// framed, and its builds do not count against the rate limit.
func (h *Hub) servePage(w http.ResponseWriter, r *http.Request, provider, spec string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := pageTemplate.Execute(w, map[string]string{
		"Spec":  provider + "/" + spec,
		"Build": h.base() + "build/" + provider + "/" + spec,
		"Token": h.buildTokens().issue(provider+"/"+spec, r.Host, time.Now()),
	})
	if err != nil { // the client has gone
		return
	}
}
