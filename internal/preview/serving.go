package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bokehbinder/bokehbinder/internal/preview/supervise"
)

const (
	// patient is how long nothing is said of what is waited for.
	patient = 10 * time.Second
	// lookAgain is how often an address is looked for, and asked.
	lookAgain = 200 * time.Millisecond
)

// settle is how long a better address may take to show up once one answers so: another
// server may listen before the site's. What is no page at all is none.
var settle = map[int]time.Duration{sitePage: 2 * time.Second, htmlPage: 5 * time.Second}

// Command is how a site's own generator serves it.
type Command struct {
	// Args are its words.
	Args []string
	// Dir is the folder that it runs in.
	Dir string
	// Site is where it serves the site; nil to find out.
	Site *url.URL
	// Output gets what it prints.
	Output io.Writer
	// Say is told in a sentence what is waited for.
	Say func(string)
}

// Serving is such a command that runs.
type Serving struct {
	c       *Command
	process *supervise.Process
	printed *addresses
}

// Start starts the command. It ends with ctx, and with this program.
func (c *Command) Start(ctx context.Context) (*Serving, error) {
	args := slices.Clone(c.Args)
	if !strings.ContainsRune(args[0], filepath.Separator) {
		path, err := exec.LookPath(args[0])
		if err != nil {
			return nil, fmt.Errorf("there is no %s command", args[0])
		}
		args[0] = path
	}
	printed := &addresses{ctx: ctx, next: c.Output}
	process, err := supervise.Start(ctx, supervise.Command{
		// The page to look at is the preview's.
		Args: args, Dir: c.Dir, Env: append(os.Environ(), "BROWSER=none"), Output: printed,
	})
	if err != nil {
		return nil, err
	}
	return &Serving{c: c, process: process, printed: printed}, nil
}

// Done is closed when it has ended.
func (s *Serving) Done() <-chan struct{} { return s.process.Done() }

// Address waits until the command serves the site, and returns where: an address
// that it prints, or one that it listens on.
func (s *Serving) Address(ctx context.Context) (*url.URL, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &looking{ctx: ctx, answers: make(chan answer), places: map[string]*place{}}
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	since, said := time.Now(), ""
	for {
		for _, p := range s.places() {
			l.ask(p)
		}
		if found := l.best(); found != nil {
			return found, nil
		}
		if text := l.state(strings.Join(s.c.Args, " ")); time.Since(since) > patient && text != said {
			said = text
			s.c.Say(text)
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-s.Done():
			return nil, fmt.Errorf("%s has ended with exit code %d, before it served the site", strings.Join(s.c.Args, " "), s.process.Code())
		case a := <-l.answers:
			l.places[a.place].note(a)
		case <-tick.C:
		}
	}
}

// place is where the site may be.
type place struct {
	url *url.URL
	// given, printed and heard say how it is known: the author has named it, the
	// command has printed it, it listens there.
	given, printed, heard bool
	// rank of its answer, and since when there is one.
	rank  int
	since time.Time
}

// answer is one of a place.
type answer struct {
	place string
	rank  int
}

// What a place answers, the better the more.
const (
	silence  = iota
	anything // that is HTTP
	htmlPage // such as that there is none at the address
	sitePage // or the way to it
)

func (p *place) note(a answer) {
	if a.rank > p.rank {
		p.rank, p.since = a.rank, time.Now()
	}
}

// isSite reports whether this is where the site is, since nothing better is to come.
func (p *place) isSite() bool {
	switch wait, page := settle[p.rank]; {
	case p.given, p.rank == sitePage && p.printed && p.heard:
		return true
	default:
		return page && time.Since(p.since) > wait
	}
}

// places lists where the site may be, those first that the command has printed.
func (s *Serving) places() []*place {
	if s.c.Site != nil {
		return []*place{{url: s.c.Site, given: true}}
	}
	var out []*place
	listening := s.process.Listening()
	for _, u := range s.printed.list() {
		heard := slices.ContainsFunc(listening, func(a netip.AddrPort) bool { return portOf(u) == fmt.Sprint(a.Port()) })
		out = append(out, &place{url: u, printed: true, heard: heard})
	}
	for _, a := range listening {
		if slices.ContainsFunc(out, func(p *place) bool { return portOf(p.url) == fmt.Sprint(a.Port()) }) {
			continue
		}
		out = append(out, &place{url: &url.URL{Scheme: "http", Host: reachable(a).String(), Path: "/"}, heard: true})
	}
	return out
}

func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// reachable returns an address for one that stands for all of a machine.
func reachable(a netip.AddrPort) netip.AddrPort {
	switch a.Addr() {
	case netip.IPv4Unspecified():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), a.Port())
	case netip.IPv6Unspecified():
		return netip.AddrPortFrom(netip.IPv6Loopback(), a.Port())
	}
	return a
}

// looking asks places.
type looking struct {
	ctx     context.Context
	answers chan answer
	places  map[string]*place
	order   []string
}

// ask asks a place, if it is a new one, until it answers.
func (l *looking) ask(p *place) {
	key := p.url.String()
	if known := l.places[key]; known != nil {
		known.heard = known.heard || p.heard
		return
	}
	l.places[key] = p
	l.order = append(l.order, key)
	go func() {
		for {
			if rank := rankOf(l.ctx, p.url); rank > silence {
				select {
				case l.answers <- answer{key, rank}:
				case <-l.ctx.Done():
				}
				if rank == sitePage {
					return
				}
			}
			select {
			case <-l.ctx.Done():
				return
			case <-time.After(lookAgain):
			}
		}
	}()
}

// rankOf asks a place once.
func rankOf(ctx context.Context, at *url.URL) int {
	res, err := Visit(ctx, at)
	if err != nil {
		return silence
	}
	defer res.Body.Close()
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400, res.StatusCode == http.StatusOK && kind == "text/html":
		return sitePage
	case kind == "text/html":
		return htmlPage
	}
	return anything
}

// Visit asks a site's server for a page, without following where it leads.
func Visit(ctx context.Context, at *url.URL) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/html")
	transport := siteTransport(at)
	transport.DisableKeepAlives = true
	return transport.RoundTrip(req)
}

// best returns where the site is, nil while that may still show.
func (l *looking) best() *url.URL {
	var best *place
	for _, key := range l.order {
		if p := l.places[key]; p.rank > silence && (best == nil || p.worth() > best.worth()) {
			best = p
		}
	}
	if best == nil || !best.isSite() {
		return nil
	}
	return best.url
}

// worth compares places that answer.
func (p *place) worth() int {
	worth := 4 * p.rank
	if p.heard {
		worth += 2
	}
	if p.printed {
		worth++
	}
	return worth
}

// state says what is waited for.
func (l *looking) state(command string) string {
	text := "waiting for " + command + ": "
	if len(l.order) == 0 {
		return text + "it has printed no address of this machine, and listens on no port; if it serves the site elsewhere, name the address with --site"
	}
	return text + "no page of a site answers yet at " + strings.Join(l.order, ", ") + "; if it serves the site elsewhere, name the address with --site"
}

// addresses finds those of this machine in what a command prints.
type addresses struct {
	ctx  context.Context // when it has ended, nobody wants to know
	next io.Writer

	mu    sync.Mutex
	line  []byte
	found []*url.URL
}

var (
	// colour is what makes a terminal's text bold, coloured or a link.
	colour = regexp.MustCompile(`\x1b(?:\[[0-9;?]*[A-Za-z]|\].*?(?:\x07|\x1b\\))`)
	// whole is an address in a sentence.
	whole = regexp.MustCompile("https?://[^\\s\"'`<>()\\x00-\\x1f]+")
)

// longest is how much of a line is looked into.
const longest = 16 << 10

// Write implements [io.Writer].
func (a *addresses) Write(p []byte) (int, error) {
	if a.ctx.Err() != nil {
		return len(p), nil
	}
	a.mu.Lock()
	a.line = append(a.line, p...)
	for {
		i := bytes.IndexAny(a.line, "\r\n")
		if i < 0 {
			break
		}
		a.read(a.line[:i])
		a.line = a.line[i+1:]
	}
	if len(a.line) > longest {
		a.line = nil
	}
	a.mu.Unlock()
	_, _ = a.next.Write(p)
	return len(p), nil
}

// read looks for addresses in a line.
func (a *addresses) read(line []byte) {
	for _, text := range whole.FindAllString(colour.ReplaceAllString(string(line), ""), -1) {
		u, err := url.Parse(strings.TrimRight(text, ".,;:!?]}*"))
		if err != nil || !isLoopback(u.Hostname()) {
			continue
		}
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsUnspecified() {
			u.Host = net.JoinHostPort(reachable(netip.AddrPortFrom(ip, 0)).Addr().String(), portOf(u))
		}
		if u.Path == "" {
			u.Path = "/"
		}
		if !slices.ContainsFunc(a.found, func(b *url.URL) bool { return b.String() == u.String() }) {
			a.found = append(a.found, u)
		}
	}
}

func (a *addresses) list() []*url.URL {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.found)
}

// ParseSite reads the address of a site's server.
func ParseSite(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, errors.New("it is no address of a site's server; valid: such as http://localhost:4000/")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery, u.Fragment = "", ""
	return u, nil
}
