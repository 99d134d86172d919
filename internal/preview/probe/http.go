package probe

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/doors"
	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

// maxBody is how much of an answer is read.
const maxBody = 32 << 20

// HTTP opens the app without a browser: with the requests that one would
// make. The error says why that could not be tried.
func HTTP(ctx context.Context, t Target) (*Outcome, error) {
	var s seen
	if err := s.launch.listen(ctx, t); err != nil {
		return nil, err
	}
	if s.launch.url == "" {
		return s.judge(t), nil
	}
	app, err := t.below(s.launch.url, s.launch.token)
	if err != nil {
		return nil, err
	}
	c := newClient(t)
	r, body, err := c.open(ctx, app, &s)
	if err != nil {
		return nil, err
	}
	s.traffic.Exchanges = append(s.traffic.Exchanges, r)
	if r.Status != http.StatusOK || r.Error != "" || r.Type != "text/html" {
		return s.judge(t), nil
	}
	page := readPage(body)
	for _, part := range page.parts {
		address, err := c.resolve(r.URL, part.address)
		if err != nil {
			continue // a browser passes over it, too
		}
		got, _ := c.get(ctx, address, part.kind)
		s.traffic.Exchanges = append(s.traffic.Exchanges, got)
	}
	s.view = view{Bokeh: page.bokeh, Roots: page.roots}
	if page.token != "" {
		s.traffic.Sockets = append(s.traffic.Sockets, c.socket(ctx, r.URL, page.token))
	}
	return s.judge(t), ctx.Err()
}

// client makes requests as a frame on another site does. Of cookies it keeps
// the partitioned ones alone.
type client struct {
	http    http.Client
	cookies []*http.Cookie
	origin  string
	frame   string // the frame's origin
}

func newClient(t Target) *client {
	c := &client{origin: t.origin(), frame: "null"} // that of a sandbox
	if t.Cookie {
		if u, err := url.Parse(t.Hub); err == nil {
			c.frame = u.Scheme + "://" + u.Host
		}
	}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// resolve returns an address of a page as an absolute one.
func (c *client) resolve(page, address string) (string, error) {
	base, err := url.Parse(page)
	if err != nil {
		return "", err
	}
	u, err := base.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", errors.New("no address on the web")
	}
	return u.String(), nil
}

// open asks for the app's page. A server that answers an error is asked again
// for a while, as by a reader: the app's may not have been ready.
func (c *client) open(ctx context.Context, address string, s *seen) (r browse.Exchange, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, doors.AppTime())
	defer cancel()
	var failing time.Time // since when it answers with an error
	err = browse.Until(ctx, func() (bool, error) {
		r, body = c.get(ctx, address, "Document")
		if r.Status < 500 {
			s.late = s.late && r.Status > 0
			return true, nil
		}
		if failing.IsZero() {
			failing = time.Now()
		}
		s.late = time.Since(failing) < graceTime
		return !s.late, nil
	})
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return r, body, err
}

// get asks for something, and follows redirects.
func (c *client) get(ctx context.Context, address, kind string) (r browse.Exchange, body []byte) {
	ctx, cancel := context.WithTimeout(ctx, doors.AppTime())
	defer cancel()
	r = browse.Exchange{URL: address, Kind: kind}
	for range 20 { // as many as browsers follow
		res, err := c.send(ctx, r.URL, kind)
		if err != nil {
			r.Error = err.Error()
			return r, nil
		}
		body, err = io.ReadAll(io.LimitReader(res.Body, maxBody))
		res.Body.Close()
		if to, redirected := location(res); redirected {
			r.From, r.URL = append(r.From, r.URL), to
			continue
		}
		r.Status = res.StatusCode
		r.Type, _, _ = mime.ParseMediaType(res.Header.Get("Content-Type"))
		switch {
		case err != nil:
			r.Error = err.Error()
		case kind == "Document" && !framed(res.Header, c.origin):
			r.Error = "its headers let no other site do so"
		}
		return r, body
	}
	r.Error = "it is redirected again and again"
	return r, nil
}

// location returns where an answer leads.
func location(res *http.Response) (string, bool) {
	if res.StatusCode < 300 || res.StatusCode >= 400 {
		return "", false
	}
	to, err := res.Location()
	if err != nil {
		return "", false
	}
	return to.String(), true
}

// destinations are what browsers say that a request is for.
var destinations = map[string]string{"Document": "iframe", "Script": "script", "Stylesheet": "style"}

// send makes one request.
func (c *client) send(ctx context.Context, address, kind string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "*/*")
	req.Header.Set("Sec-Fetch-Dest", destinations[kind])
	if kind == "Document" {
		req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		req.Header.Set("Sec-Fetch-Mode", "navigate")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	c.addCookies(req)
	res, err := c.http.Do(req)
	if err != nil {
		var e *url.Error
		if errors.As(err, &e) {
			err = e.Err // without the address, which has the token
		}
		return nil, err
	}
	for _, cookie := range res.Cookies() {
		if cookie.Partitioned && cookie.Secure && cookie.SameSite == http.SameSiteNoneMode {
			c.cookies = append(c.cookies, cookie)
		}
	}
	return res, nil
}

// addCookies adds those that the app's own server has set.
func (c *client) addCookies(req *http.Request) {
	for _, cookie := range c.cookies {
		if loopback(req.URL.Hostname()) && strings.HasPrefix(req.URL.Path, cookie.Path) {
			req.AddCookie(&http.Cookie{Name: cookie.Name, Value: cookie.Value})
		}
	}
}

// framed says whether an answer may be shown in a frame of a page's origin.
func framed(h http.Header, origin string) bool {
	for _, policy := range h.Values("Content-Security-Policy") {
		for directive := range strings.SplitSeq(policy, ";") {
			words := strings.Fields(directive)
			if len(words) == 0 || !strings.EqualFold(words[0], "frame-ancestors") {
				continue
			}
			return allows(words[1:], origin)
		}
	}
	return h.Get("X-Frame-Options") == ""
}

// allows says whether sources of a policy name an origin.
func allows(sources []string, origin string) bool {
	for _, source := range sources {
		if source == "*" || strings.EqualFold(source, "http:") || strings.EqualFold(source, origin) {
			return true
		}
	}
	return false
}

// socketTime is how long a websocket may take to open and to answer.
const socketTime = time.Minute
