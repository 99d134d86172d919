package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/budget"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
)

// failures turns what went wrong while a repository was read into a
// [card.Error].
type failures struct {
	address   forge.Address
	repo, ref string // as the author wrote them
	timeout   time.Duration
	maxBytes  int64
	maxMemory int64
	maxFiles  int
	reading   bool // files' content, not the tree
}

const (
	hintLater  = "try again later"
	hintExists = "check the address; for a private repository give git a credential helper that may read it"
)

// of returns the error for a cause.
func (f *failures) of(ctx context.Context, err error) error {
	e := &card.Error{Repo: f.repo, Ref: f.ref, Err: err}
	var ref *refError
	var g *gitError
	var spent *budget.Spent
	switch {
	case errors.As(err, &spent):
		e.Reason, e.Message, e.Hint = card.ReasonLimit, spent.Error(), spent.Hint()
	case errors.As(err, &ref):
		e.Reason, e.Message, e.Hint, e.Err = ref.reason, ref.message, ref.hint, ref.err
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		e.Reason, e.Message = card.ReasonCanceled, "reading was canceled"
	case errors.Is(err, errTimeout) || errors.Is(err, context.DeadlineExceeded):
		e.Reason = card.ReasonTimeout
		e.Message, e.Hint = f.address.Host+" did not answer in time", "try again, or allow more time with --timeout"
		if errors.Is(err, errTimeout) {
			e.Message = fmt.Sprintf("%s did not answer within %s", f.address.Host, f.timeout)
		}
	case errors.Is(err, errTooLarge):
		e.Reason = card.ReasonTooLarge
		e.Message = fmt.Sprintf("the repository is too large: more than %d MiB to read", f.maxBytes>>20)
		e.Hint = "its server cannot leave out files that are not needed: put the app into a repository of its own"
		if f.reading {
			e.Message = fmt.Sprintf("the wanted files are too large: more than %d MiB together", f.maxBytes>>20)
			e.Hint = "name fewer or smaller files"
		}
	case errors.Is(err, errTooMany):
		e.Reason, e.Message = card.ReasonTooLarge, fmt.Sprintf("the repository has more than %d files", f.maxFiles)
		e.Hint = "put the app into a repository of its own"
	case errors.Is(err, errIncomplete):
		e.Reason, e.Message, e.Hint = card.ReasonServer, err.Error(), hintLater
	case errors.Is(err, errBrokenOff):
		e.Reason, e.Message, e.Hint = card.ReasonServer, f.address.Host+" broke off its answer", hintLater
	case errors.As(err, &g):
		f.ofGit(e, g)
	default:
		e.Reason, e.Message = card.ReasonGit, fmt.Sprintf("cannot store what is read: %v", err)
		e.Hint = "check that the folder for temporary files (TMPDIR) exists, can be written and has room"
	}
	return e
}

// ofGit fills in the error for a failed git command.
func (f *failures) ofGit(e *card.Error, g *gitError) {
	var exit *exec.ExitError
	if !errors.As(g.err, &exit) {
		e.Reason, e.Message, e.Hint = card.ReasonGit, "git cannot be run", "check the installation of git"
		if errors.Is(g.err, exec.ErrNotFound) || errors.Is(g.err, fs.ErrNotExist) {
			e.Message, e.Hint = "git is not installed, or not in PATH", "install git 2.30 or newer"
		}
		return
	}
	for _, c := range complaints {
		if line, found := c.find(g.stderr); found != nil {
			e.Reason, e.Hint = c.reason, c.hint
			e.Message = strings.NewReplacer("HOST", f.address.Host, "$1", printable(found[len(found)-1])).Replace(c.message)
			e.Err = &gitError{command: g.command, stderr: line, err: g.err}
			return
		}
	}
	e.Reason, e.Message = card.ReasonGit, "git failed: "+g.complaint()
}

// complaint is one way in which git fails.
type complaint struct {
	pattern       *regexp.Regexp
	reason        card.Reason
	message, hint string // HOST and $1, the pattern's last group, are filled in
}

// quoted is what git quotes: addresses and names, in which anything may stand.
var quoted = regexp.MustCompile(`'[^'\n]*'`)

// find returns the first line that is such a complaint, and the pattern's
// groups. What the server says is no complaint of git's.
func (c complaint) find(stderr string) (line string, groups []string) {
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "remote: ") {
			continue
		}
		m := c.pattern.FindStringSubmatch(quoted.ReplaceAllString(line, "''"))
		if m == nil {
			continue
		}
		if whole := c.pattern.FindStringSubmatch(line); whole != nil {
			m = whole
		}
		return line, m
	}
	return "", nil
}

// complaints are what git 2.30 to 2.50 say, the telling before the general.
var complaints = []complaint{
	{re(`unknown option|unknown switch|usage: git`), card.ReasonGit,
		"the installed git is too old", "install git 2.30 or newer"},
	{re(`[Oo]ut of memory|malloc failed|mmap failed|attempting to allocate|unable to create thread`), card.ReasonTooLarge,
		"the repository holds more than git can read with the memory that it may have", "put the app into a repository of its own"},
	{re(`No space left on device|Disk quota exceeded|unable to write file|write error|unable to create (?:temporary|directory)|could not (?:set|lock|write)`), card.ReasonGit,
		"what is read cannot be stored", "make room in the folder for temporary files (TMPDIR)"},
	{re(`is not a git command|[Uu]nable to find remote helper`), card.ReasonGit,
		"the installed git cannot fetch over https", "install git with its https support"},
	{re(`bad config|bad (?:numeric|boolean) config|unable to access '':.*(?:config|[Pp]ermission)|missing value for '`), card.ReasonGit,
		"git's configuration is not valid", "check it with git config --list"},
	{re(`transport '' not allowed`), card.ReasonGit,
		"git's configuration does not allow the protocol", "check protocol.* and url.*.insteadOf in git's configuration"},
	{re(`from proxy after CONNECT|Could not resolve proxy|Proxy CONNECT aborted`), card.ReasonUnreachable,
		"the proxy does not connect to HOST", "check http.proxy in git's configuration, or https_proxy"},
	{re(`could not read (?:Username|Password)|terminal prompts disabled|Authentication failed|returned error: 401|Permission denied|Access denied|Host key verification failed`), card.ReasonNotFound,
		"HOST asks for a password: the repository does not exist, or it is private", hintExists},
	{re(`returned error: 403`), card.ReasonNotFound,
		"HOST does not let the repository be read: it may be private", hintExists},
	{re(`repository '' not found|returned error: (?:404|410)|[Rr]epository not found|does not appear to be a git repository`), card.ReasonNotFound,
		"there is no such repository on HOST, or it is private", hintExists},
	{re(`Could not resolve host|Name or service not known|nodename nor servname`), card.ReasonUnreachable,
		"the host HOST is not known", "check the name and the connection to the network"},
	{re(`(?i)certificate|gnutls_|ssl[_ ]|schannel|tls connect`), card.ReasonUnreachable,
		"there is no secure connection to HOST", "its certificate may have expired, or be from an authority that git does not know (http.sslCAInfo)"},
	{re(`Operation too slow|timed out`), card.ReasonTimeout,
		"HOST did not answer in time", hintLater},
	{re(`Failed to connect|Could(?:n't| not) connect|Connection refused|Network is unreachable|No route to host`), card.ReasonUnreachable,
		"there is no connection to HOST", "check the address and the connection to the network"},
	{re(`(?:returned error:|HTTP) 429`), card.ReasonServer,
		"HOST wants fewer requests (status 429)", hintLater},
	{re(`(?:returned error:|HTTP) (5\d\d)\b`), card.ReasonServer,
		"HOST answers with a server error (status $1)", hintLater},
	{re(`(?:returned error:|HTTP) ([1-9]\d\d)\b`), card.ReasonServer,
		"HOST answers with status $1", "check the address"},
	{re(`dumb http transport|fetch failed`), card.ReasonServer,
		"HOST serves the repository as plain files, which git cannot read in part", "serve it with git's smart HTTP"},
	{re(`did not send all necessary objects|not our ref`), card.ReasonServer,
		"HOST does not send what it has listed", hintLater},
	{re(`not valid: is this a git repository|HTTP/0\.9|server doesn't support|bad line length|unable to parse|invalid server response|bogus|protocol error: bad line`), card.ReasonServer,
		"the answer of HOST is not git's", "check that the address is that of a repository"},
	{re(`early EOF|hung up|RPC failed|unexpected disconnect|error reading section header|error processing (?:shallow info|wanted refs|acks)|Empty reply|Connection reset|transfer closed|expected (?:flush|'')|unexpectedly|index-pack|inflate|protocol error`), card.ReasonServer,
		"HOST broke off its answer", hintLater},
	{re(`remote error: (.*)`), card.ReasonServer,
		"HOST refuses: $1", ""},
	{re(`unable to access '': (.*)`), card.ReasonServer,
		"the answer of HOST cannot be read: $1", hintLater},
}

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }

// said says whether err is from git and its complaint holds one of the texts.
func said(err error, texts ...string) bool {
	var g *gitError
	if !errors.As(err, &g) {
		return false
	}
	for _, text := range texts {
		if strings.Contains(g.stderr, text) {
			return true
		}
	}
	return false
}

// lastLine returns the last line of s, fit to be printed.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return printable(s[strings.LastIndexByte(s, '\n')+1:])
}

// secret is a user name or password in an address, which a user's insteadOf may
// bring in.
var secret = regexp.MustCompile(`://[^/@\s]+@`)

// printable makes a line of git's fit to be printed: short, without secrets and
// without what a terminal would obey, since a server has a say in it.
func printable(line string) string {
	const most = 300
	line = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(strings.TrimSpace(secret.ReplaceAllString(line, "://…@")), "\uFFFD"))
	if runes := []rune(line); len(runes) > most {
		line = string(runes[:most]) + "…"
	}
	return line
}
