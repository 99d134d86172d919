package probe

import (
	"net/url"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

// seen is what happened when an app was opened.
type seen struct {
	launch  launch
	traffic browse.Traffic
	view    view
	// late says that the page answered an error at first, and then did not.
	late bool
}

// view is what is in the app's frame.
type view struct {
	// Known says that it was looked at in a browser.
	Known bool `json:"-"`
	// Bokeh says that it is a page of Bokeh's.
	Bokeh bool `json:"bokeh"`
	// Documents and Roots are how many there are; Idle says that all of them
	// are drawn.
	Documents int  `json:"documents"`
	Roots     int  `json:"roots"`
	Idle      bool `json:"idle"`
	// Visible says that there is something to be seen.
	Visible bool `json:"visible"`
}

// drawn says whether a reader sees the app.
func (v view) drawn() bool {
	if v.Bokeh {
		return v.Roots > 0 && v.Idle && v.Visible
	}
	return v.Visible
}

// first is the address that was asked for at first.
func first(r browse.Exchange) string {
	if len(r.From) > 0 {
		return r.From[0]
	}
	return r.URL
}

// page is the last request for the app's page; nil where there was none.
func (s *seen) page() *browse.Exchange {
	var page *browse.Exchange
	for i, r := range s.traffic.Exchanges {
		asked := first(r)
		if r.Kind == "Document" && s.launch.url != "" && strings.HasPrefix(asked, s.launch.url) {
			page = &s.traffic.Exchanges[i]
		}
	}
	return page
}

// parts are the requests for scripts and style sheets of the app's page, which
// are not those of the page around it, nor what data: addresses hold.
func (s *seen) parts(t Target) []browse.Exchange {
	var parts []browse.Exchange
	for _, r := range s.traffic.Exchanges {
		asked := first(r)
		if (r.Kind == "Script" || r.Kind == "Stylesheet") && strings.HasPrefix(asked, "http") && !strings.HasPrefix(asked, t.origin()+"/") {
			parts = append(parts, r)
		}
	}
	return parts
}

// state tells what became of a request.
type state int

const (
	stateLoaded      state = iota
	stateMissing           // an error status
	stateLogin             // redirected to a page to log in
	stateLocal             // asked of this machine itself
	stateBlocked           // not used by the browser
	stateUnreachable       // a host of the web that did not answer
)

// stateOf tells what became of a request of an app on the server.
func stateOf(r browse.Exchange, server string) state {
	own, _ := url.Parse(server)
	u, err := url.Parse(r.URL)
	foreign := err == nil && own != nil && u.Host != own.Host
	switch {
	case foreign && loopback(u.Hostname()):
		return stateLocal
	case isLogin(r):
		return stateLogin
	case r.Status >= 400:
		return stateMissing
	case r.Error != "" && foreign && r.Status == 0 && !strings.HasPrefix(r.Error, "blocked"):
		return stateUnreachable
	case r.Error != "" || r.Status == 0:
		return stateBlocked
	}
	return stateLoaded
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// isLogin says whether a request ended at a page to log in.
func isLogin(r browse.Exchange) bool {
	u, err := url.Parse(r.URL)
	return err == nil && len(r.From) > 0 && strings.HasSuffix(u.Path, "/login")
}

// short is an address without what is the same for all of a server's.
func short(address, server string) string {
	address, _, _ = strings.Cut(address, "?")
	if rest, ok := strings.CutPrefix(address, server); ok {
		return "/" + rest
	}
	own, err := url.Parse(server)
	if err != nil {
		return address
	}
	if rest, ok := strings.CutPrefix(address, own.Scheme+"://"+own.Host); ok {
		return rest + " at the server's root"
	}
	return address
}
