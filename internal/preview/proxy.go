package preview

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"syscall"

	"github.com/bokehbinder/bokehbinder/internal/base/element"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/preview/hub"
)

// Proxy passes a site through that its own server serves, with its embeds pointed
// at the preview's hub. It knows nothing of the site's generator.
type Proxy struct {
	// Site is the address of the site's home page on its server.
	Site *url.URL
	// Origin is that of the pages of the preview.
	Origin string
	// Hub is the preview's.
	Hub string
	// Named is told of each repository that an embed names on a page which the
	// reader has come to by the site itself, or by its address. It may be nil.
	Named func(repo string)
	// Say is told in a sentence what the author should know; it may be nil.
	Say func(string)

	policies policies
	scripts  string
	own      *regexp.Regexp // the origin of the site's server, by all its names
}

// Handler answers with what the site's server does.
func (p *Proxy) Handler() (http.Handler, error) {
	at, err := url.Parse(p.Hub)
	if err != nil {
		return nil, err
	}
	p.Hub = strings.TrimSuffix(p.Hub, "/")
	p.policies.hub, p.policies.say = originOf(at), p.Say
	p.scripts = fmt.Sprintf(`<script src="%s" data-hub="%s" data-launch="%s"></script>`+reloading,
		hubPath, html.EscapeString(p.Hub), html.EscapeString(hub.LaunchLink.String()))
	p.own = origins(p.Site)
	return homeAt(p.Site.EscapedPath(), &httputil.ReverseProxy{
		Rewrite:        p.rewrite,
		ModifyResponse: p.change,
		Transport:      siteTransport(p.Site),
		FlushInterval:  -1,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "the site's own server does not answer: "+err.Error(), http.StatusBadGateway)
		},
	}), nil
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// siteTransport asks servers on this machine or in its network alone: a page of any
// other would be handed the key to the hub, which runs code here.
func siteTransport(site *url.URL) *http.Transport {
	dialer := &net.Dialer{ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if ip := at.Addr().Unmap(); err != nil || !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() {
			return ErrElsewhere
		}
		return nil
	}}
	return &http.Transport{
		DialContext:        dialer.DialContext,
		DisableCompression: true,
		// Such a server has made its certificate itself.
		TLSClientConfig: &tls.Config{InsecureSkipVerify: isLoopback(site.Hostname())},
	}
}

// ErrElsewhere means that a site is served by another machine than this one and those
// beside it.
var ErrElsewhere = errors.New("it is not in this machine's own network, and its pages would be handed the key to the hub, which runs code here")

// rewrite makes of a request to the preview one to the site's server.
func (p *Proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(&url.URL{Scheme: p.Site.Scheme, Host: p.Site.Host})
	r.Out.URL.RawQuery = r.In.URL.RawQuery // also where it is none that Go reads
	header := r.Out.Header
	// Pages are looked into.
	header.Set("Accept-Encoding", "identity")
	// Servers ask whether it is their own page that opens a websocket.
	for _, name := range []string{"Origin", "Referer"} {
		if rest, own := strings.CutPrefix(header.Get(name), p.Origin); own && (rest == "" || rest[0] == '/') {
			header.Set(name, originOf(p.Site)+rest)
		}
	}
	header["Cookie"] = withoutPreviews(header["Cookie"])
}

// withoutPreviews takes the cookies of all previews out: browsers send those of
// one port of this machine to all.
func withoutPreviews(headers []string) []string {
	var out []string
	for _, header := range headers {
		var kept []string
		for cookie := range strings.SplitSeq(header, ";") {
			if cookie = strings.TrimSpace(cookie); !strings.HasPrefix(cookie, cookiePrefix) {
				kept = append(kept, cookie)
			}
		}
		if len(kept) > 0 {
			out = append(out, strings.Join(kept, "; "))
		}
	}
	return out
}

// origins matches the origin of a server, which it writes where it makes whole
// addresses, and what follows. On this machine it has several names.
func origins(site *url.URL) *regexp.Regexp {
	hosts := regexp.QuoteMeta(site.Host)
	if port := site.Port(); isLoopback(site.Hostname()) {
		hosts += `|(?:localhost|127\.0\.0\.1|\[::1?\]|0\.0\.0\.0)`
		if port != "" {
			hosts += ":" + port
		}
	}
	// Where the name or the port goes on, it is another's.
	return regexp.MustCompile(`(?i)` + site.Scheme + `://(?:` + hosts + `)([^0-9a-z.:@_-]|$)`)
}

// move puts the preview's origin in the place of the server's.
func (p *Proxy) move(text string) string { return p.own.ReplaceAllString(text, p.Origin+"$1") }

// isLoopback reports whether a host is this machine by its name, or an address that
// servers print who listen on all.
func isLoopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback() || ip.IsUnspecified()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// change makes of an answer of the site's server one of the preview.
func (p *Proxy) change(r *http.Response) error {
	if to := r.Header.Get("Location"); to != "" {
		r.Header.Set("Location", p.move(to))
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "text/html" || r.StatusCode == http.StatusSwitchingProtocols || r.StatusCode == http.StatusPartialContent {
		return nil
	}
	// What is kept of a page would name a hub that has ended.
	for _, name := range []string{"Etag", "Last-Modified", "Expires"} {
		r.Header.Del(name)
	}
	r.Header.Set("Cache-Control", "no-store")
	if r.Request.Method == http.MethodHead || r.StatusCode == http.StatusNotModified || r.StatusCode == http.StatusNoContent {
		r.Header.Del("Content-Length")
		return nil
	}
	return changeBody(r, func(page []byte) []byte { return p.changePage(r, string(page)) })
}

// changePage points a page's embeds at the hub, and puts the scripts in. What a
// script of a page asks for is put into a page that has them.
func (p *Proxy) changePage(r *http.Response, text string) []byte {
	text, found := p.point(text)
	published := tag.Hubs()[0]
	if len(found.hubs) > 0 {
		published = found.hubs[0]
	}
	if len(found.repositories) > 0 {
		p.policies.letHubInAnswer(r, published)
	}
	page := p.policies.letHubInMeta([]byte(text), published)
	asked := r.Request.Header
	if site := asked.Get("Sec-Fetch-Site"); p.Named != nil && (site == "" || site == "none" || site == "same-origin") {
		for _, repo := range found.repositories {
			p.Named(repo)
		}
	}
	if asked.Get("Sec-Fetch-Dest") == "empty" {
		return page
	}
	return inject(page, p.scripts)
}

// found is what a page's embeds name.
type found struct{ hubs, repositories []string }

// point points the embeds of a page, and launch links, at the preview's hub, and the
// addresses of the site's server at the preview. Launch links are told by the mark
// that ours have.
func (p *Proxy) point(text string) (string, found) {
	var f found
	var b strings.Builder
	done := 0
	element.Each(text, func(name string, attributes []element.Attribute) {
		values := map[string]string{}
		for _, a := range attributes {
			if _, again := values[a.Name]; !again { // of two, the first holds
				values[a.Name] = a.Value
			}
		}
		if name == "bokeh-binder" {
			f.note(values)
		}
		for _, a := range attributes {
			if to := p.pointed(name, a, values); to != a.Value && a.End > 0 {
				b.WriteString(text[done:a.Start] + html.EscapeString(to))
				done = a.End
			}
		}
	})
	b.WriteString(text[done:])
	return b.String(), f
}

// pointed returns the value that an attribute gets.
func (p *Proxy) pointed(name string, a element.Attribute, all map[string]string) string {
	switch {
	case name == "bokeh-binder" && a.Name == "data-hub":
		return p.Hub
	case name == "a" && a.Name == "href" && hasWord(all["rel"], "nofollow"):
		if m := hub.LaunchLink.FindStringSubmatch(a.Value); m != nil {
			return p.Hub + m[1]
		}
	}
	return p.move(a.Value)
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// note notes what an embed names.
func (f *found) note(values map[string]string) {
	f.hubs = append(f.hubs, strings.Fields(values["data-hub"])...)
	if repo, err := hub.Repository(values["data-provider"], values["data-spec"]); err == nil {
		f.repositories = append(f.repositories, repo)
	}
}
