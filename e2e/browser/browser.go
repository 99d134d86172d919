package browser

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bokehbinder/bokehbinder/e2e/internal/need"
)

// Hosts are the names, beside localhost, that browsers find on loopback. No
// other name resolves.
var Hosts = []string{"blog.example", "hub.test", "member.test", "servers.test"}

// Browser is one running browser.
type Browser struct {
	// Name is "chromium" or "firefox".
	Name   string
	driver driver
}

// driver starts pages; there is one for each protocol.
type driver interface {
	open(o Options) (tab, error)
}

// Options of a page. The zero value is a desktop-sized page with scripts, in a
// light theme.
type Options struct {
	// Width and Height of the window, where they are 0 as 1280 by 800.
	Width, Height int
	// NoScript turns JavaScript off.
	NoScript bool
	// Preload is JavaScript that runs in each document before its own.
	Preload string
	// Media sets media features, such as "prefers-color-scheme": "dark". Only
	// Chromium can do it.
	Media map[string]string
}

// Cookies says what a browser does with the cookies of sites that a page embeds.
type Cookies string

// What browsers can be told about the cookies of other sites. The zero value
// leaves it to the browser: pages of Chromium are private here and get none,
// Firefox keeps them apart by the page's site.
const (
	CookiesAllowed Cookies = "allowed"
	CookiesBlocked Cookies = "blocked"
)

// Setup is how a browser is started. With its zero value it is as it comes, and
// finds [Hosts] alone.
type Setup struct {
	Cookies Cookies
	// Proxy is the host:port of an HTTP proxy that everything goes through, also
	// what is asked of localhost. With it, Hosts count for nothing.
	Proxy string
	// Trusts is the one certificate that is taken, by its [Fingerprint]. Without it all
	// are, also those that no browser trusts. Only Chromium can do it.
	Trusts string
}

// key tells a browser from others.
type key struct {
	name  string
	setup Setup
}

// running are the browsers of this process, each started by the first test that
// needs it.
var running struct {
	sync.Mutex
	browsers map[key]*Browser
	stop     []func()
}

// starters start a browser from its executable. The returned function ends it.
var starters = map[string]func(path string, s Setup) (driver, func(), error){
	"chromium": startChromium,
	"firefox":  startFirefox,
}

// Start returns the running browser with a name, and starts it if need be. The
// test is skipped where it is not installed.
func Start(tb testing.TB, name string) *Browser {
	tb.Helper()
	return Setup{}.Start(tb, name)
}

// Start is the function Start for a browser that is set up so.
func (s Setup) Start(tb testing.TB, name string) *Browser {
	tb.Helper()
	candidates := map[string][]string{
		"chromium": {"chromium", "chromium-browser", "google-chrome"},
		"firefox":  {"firefox-esr", "firefox"},
	}
	path := need.Program(tb, name, candidates[name]...)
	running.Lock()
	defer running.Unlock()
	id := key{name, s}
	if b := running.browsers[id]; b != nil {
		return b
	}
	driver, stop, err := starters[name](path, s)
	if err != nil {
		tb.Fatalf("start %s: %v", path, err)
	}
	if running.browsers == nil {
		running.browsers = map[key]*Browser{}
	}
	running.browsers[id] = &Browser{Name: name, driver: driver}
	running.stop = append(running.stop, stop)
	return running.browsers[id]
}

// Each runs a test in every browser.
func Each(t *testing.T, test func(t *testing.T, b *Browser)) {
	for _, name := range []string{"chromium", "firefox"} {
		t.Run(name, func(t *testing.T) { test(t, Start(t, name)) })
	}
}

// Main runs a package's tests and then ends the browsers. TestMain calls it.
func Main(m *testing.M) {
	code := m.Run()
	running.Lock()
	for _, stop := range running.stop {
		stop()
	}
	running.Unlock()
	os.Exit(code)
}

// profile makes an empty folder for a browser's profile.
func profile(name string) (dir string, remove func(), err error) {
	dir, err = os.MkdirTemp("", "bokehbinder-"+name+"-")
	// A browser that is ending may still write into it.
	return dir, func() {
		for range 10 {
			if os.RemoveAll(dir) == nil {
				return
			}
		}
	}, err
}

// variables is what a browser is started with: nothing of the user's own
// settings, and its home in its profile.
func variables(dir string) []string {
	env := []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "XDG_CACHE_HOME=" + filepath.Join(dir, "cache")}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		switch name {
		case "PATH", "TMPDIR", "LANG", "LC_ALL", "FONTCONFIG_PATH", "FONTCONFIG_FILE":
			env = append(env, pair)
		}
	}
	return env
}
