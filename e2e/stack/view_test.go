package stack_test

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bokehbinder/bokehbinder/e2e/browser"
	"github.com/bokehbinder/bokehbinder/e2e/internal/app"
	"github.com/bokehbinder/bokehbinder/internal/testing/patience"
)

// browsers are those that a view is looked at in.
var browsers = []string{"chromium", "firefox"}

// show is a way in which an app is shown: in a tab of its own, or in an iframe
// on another site's page.
type show string

const (
	inTab     show = "tab"
	inAllowed show = "frame, cookies of other sites allowed"
	inDefault show = "frame, as the browser comes"
	inBlocked show = "frame, cookies of other sites blocked"
)

// view is an app as a reader sees it.
type view struct {
	app.View
	// since is how many exchanges there were before it.
	since   int
	base    string // the path of its server
	address string // of the page
}

// open opens an address in a browser, with empty storage.
func open(tb testing.TB, name string, how show, address string) *view {
	tb.Helper()
	setup := browser.Setup{Proxy: network().Addr}
	switch how {
	case inAllowed:
		setup.Cookies = browser.CookiesAllowed
	case inBlocked, inTab:
		setup.Cookies = browser.CookiesBlocked // a tab needs none of another site
	}
	v := &view{View: app.View{Page: setup.Start(tb, name).Open(tb, browser.Options{}), Framed: how != inTab}, since: len(network().seen())}
	if v.Framed {
		address = "https://" + blogHost + "/?app=" + url.QueryEscape(address)
	}
	v.address = address
	v.GoTo(address)
	return v
}

// answer matches what the apps of the tests say once their slider was moved from
// 3: what Python computes of its value.
const answer = `(([, n, square]) => +n !== 3 && n * n === +square)(text().match(/(\d+) squared is (\d+)/) ?? [, 3])`

// lost is how long an answer may take before a move is taken for lost: a page that is
// not ready moves its slider and tells nobody. It is then loaded once more, and so is
// Voilà's page that stays at "Loading widget" for good, as readers do.
const lost = 2 * time.Minute

// works moves the app's slider and waits for the server's answer.
func (v *view) works() error {
	err := v.Move()
	if errors.Is(err, app.ErrNoSlider) {
		v.GoTo(v.address)
		err = v.Move()
	}
	if err != nil {
		return fmt.Errorf("%w; the page shows %q%s", err, v.Text(), v.said())
	}
	since := time.Now()
	if !patience.Until(func() bool {
		if time.Since(since) > lost {
			since = time.Now()
			v.GoTo(v.address)
			_ = v.Move()
		}
		return v.Is(answer)
	}) {
		return fmt.Errorf("the server's answer is not seen; the page shows %q%s", v.Text(), v.said())
	}
	return nil
}

// said is what the browser complained of and what it asked for, for a message.
func (v *view) said() string {
	var b strings.Builder
	for _, p := range v.Problems() {
		fmt.Fprintf(&b, "\nproblem: %s", p)
	}
	for _, e := range network().seen()[v.since:] {
		// Others' servers, and what browsers ask for themselves, say nothing.
		if strings.Contains(e.URL, v.base) || !strings.Contains(e.URL, "/user/") && !strings.HasSuffix(e.URL, ":443") {
			fmt.Fprintf(&b, "\nasked: %d %s", e.Status, e.URL)
		}
	}
	return b.String()
}

// TestCookies is the control of all views: a page that needs a cookie in an
// iframe of another site works or not as the browser is told, and everywhere in
// a tab.
func TestCookies(t *testing.T) {
	tests := []struct {
		how                show
		plain, partitioned map[string]bool
	}{
		{inTab, map[string]bool{"chromium": true, "firefox": true}, map[string]bool{"chromium": true, "firefox": true}},
		{inAllowed, map[string]bool{"chromium": true, "firefox": true}, map[string]bool{"chromium": true, "firefox": true}},
		{inDefault, map[string]bool{"chromium": false, "firefox": true}, map[string]bool{"chromium": true, "firefox": true}},
		// This is Firefox's setting for all cookies of other sites, not its default.
		{inBlocked, map[string]bool{"chromium": false, "firefox": false}, map[string]bool{"chromium": true, "firefox": false}},
	}
	for _, tt := range tests {
		for _, name := range browsers {
			t.Run(string(tt.how)+"/"+name, func(t *testing.T) {
				for query, want := range map[string]bool{"": tt.plain[name], "?partitioned": tt.partitioned[name]} {
					v := open(t, name, tt.how, "https://"+hubHost+"/control"+query)
					said := ""
					patience.Eventually(t, "the page is loaded again", func() bool {
						return v.Try("return document.body?.dataset.done === '' ? document.querySelector('#came').textContent : ''", &said) == nil && said != ""
					})
					if said != strconv.FormatBool(want) {
						t.Errorf("%q: the cookie comes: %s", query, said)
					}
				}
			})
		}
	}
}
