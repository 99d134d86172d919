package preview

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// policy lets an app's page take scripts, styles and data from where a reader's
// browser could: the server itself and the web, but not from other ports of
// this machine. Bokeh 3.1.1 to 3.2.2 writes such addresses, and would seem to
// work for its author alone.
const policy = "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data: https:; " +
	"style-src 'self' 'unsafe-inline' blob: data: https:; " +
	"connect-src 'self' blob: data: https: wss:"

// maxPage is how much of a page is looked into.
const maxPage = 32 << 20

// change gives what an app answers the policy, and its page other addresses for
// the scripts of CDNs that are out of reach.
func (h *Hub) change(r *http.Response) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "text/html" || r.StatusCode == http.StatusSwitchingProtocols {
		return nil
	}
	r.Header.Add("Content-Security-Policy", policy)
	if h.o.CDN == nil {
		return nil
	}
	return changeBody(r, h.o.CDN.rewrite)
}

// changeBody reads the page of an answer, and gives it what is made of that.
func changeBody(r *http.Response, change func([]byte) []byte) error {
	page, err := io.ReadAll(io.LimitReader(r.Body, maxPage+1))
	if err != nil {
		return err
	}
	if len(page) > maxPage {
		return fmt.Errorf("a page of more than %d bytes", maxPage)
	}
	return replaceBody(r, change(page))
}

// replaceBody gives an answer another body.
func replaceBody(r *http.Response, body []byte) error {
	err := r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	r.Header.Del("Etag")
	return err
}
