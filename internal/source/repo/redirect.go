package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/bokehbinder/bokehbinder/card"
)

// maxRedirects is how often a server may point elsewhere: a repository that was renamed
// more than once, and its site, too.
const maxRedirects = 5

// ask runs a git command that asks the server, which args makes for its address. git
// would go wherever a server points, also to hosts that only this machine reaches. So
// it goes nowhere, and a redirect is followed here, once its host is one that may be
// read.
func (g *git) ask(ctx context.Context, stdin string, consume func(io.Reader) error, args func(url string) []string) error {
	for n := 0; ; n++ {
		err := g.sure(ctx, stdin, consume, args(g.url)...)
		if !isRedirect(err) {
			return err
		}
		if n == maxRedirects {
			return g.refuse("again and again")
		}
		to, err := g.redirected(ctx)
		if err != nil {
			return err
		}
		g.url = to
	}
}

var redirectStatus = complaint{pattern: re(`(?:returned error:|HTTP) 30[12378]\b`)}

// isRedirect reports whether a command failed since the server points elsewhere.
func isRedirect(err error) bool {
	var e *gitError
	if !errors.As(err, &e) {
		return false
	}
	_, found := redirectStatus.find(e.stderr)
	return found != nil
}

// refuse is the error for a redirect that is not followed.
func (g *git) refuse(why string) error {
	return &refError{reason: card.ReasonServer, message: g.host + " redirects " + why, hint: "the repository may have moved: check the address"}
}

// location is the header that says where a server points.
var location = regexp.MustCompile(`(?i)^location: *(\S+)`)

// redirected returns where the server says that the repository is.
func (g *git) redirected(ctx context.Context) (string, error) {
	var asked string
	err := g.run(ctx, nil, func(out io.Reader) error {
		text, err := io.ReadAll(io.LimitReader(out, maxRecord))
		asked = strings.TrimSpace(string(text))
		return err
	}, "ls-remote", "--get-url", g.url) // what insteadOf makes of it
	if err != nil {
		return "", err
	}
	headers, err := g.traced(ctx, "", nil, "ls-remote", "--quiet", "--heads", "--", g.url)
	switch {
	case err == nil:
		return "", g.refuse("once and then no more")
	case !isRedirect(err):
		return "", err
	}
	from, err := url.Parse(asked + serviceSuffix)
	if err != nil {
		return "", err
	}
	var found []string
	for _, line := range headers {
		if m := location.FindStringSubmatch(line); m != nil {
			found = m
		}
	}
	if found == nil {
		return "", g.refuse("without saying where to")
	}
	to, err := from.Parse(found[1])
	if err != nil {
		return "", g.refuse("to what is no address")
	}
	return g.follow(from, to)
}

// serviceSuffix is what git asks for first below a repository's address.
const serviceSuffix = "/info/refs"

// follow returns the repository's address where one server points to another, if that
// may be read.
func (g *git) follow(from, to *url.URL) (string, error) {
	path, ok := strings.CutSuffix(to.EscapedPath(), serviceSuffix)
	same := to.Host == from.Host && to.Scheme == from.Scheme
	switch {
	case !ok || to.User != nil:
		return "", g.refuse("to what is no repository")
	case !same && to.Scheme != "https":
		return "", g.refuse("to an address that is not https")
	case !same && !g.mayRead(to.Host):
		return "", g.refuse(fmt.Sprintf("to %s, which may not be read", printable(to.Host)))
	}
	return to.Scheme + "://" + to.Host + path, nil
}
