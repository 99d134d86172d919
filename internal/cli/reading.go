package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/cards"
	"github.com/bokehbinder/bokehbinder/internal/lint"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

// defaultTimeout bounds the reading of one repository.
const defaultTimeout = time.Minute

// readingFlags are the flags of every command that reads repositories.
type readingFlags struct {
	allowHosts []string
	timeout    time.Duration
	quiet      bool
}

func (f *readingFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.allowHosts, "allow-host", nil, "also read repositories from this `host` (host or host:port; repeatable)")
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "read one repository for at most this `duration`")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "show no progress and no warnings")
	cmd.PreRunE = func(*cobra.Command, []string) error { return f.check() }
}

// check refuses what would silently mean something else, and brings hosts into
// the form in which addresses have them.
func (f *readingFlags) check() error {
	if f.timeout <= 0 {
		return fmt.Errorf("--timeout: %v is no time to read anything in; valid: a duration such as 30s or 2m", f.timeout)
	}
	for i, host := range f.allowHosts {
		known, err := forge.ParseHost(host)
		if err != nil {
			return fmt.Errorf("--allow-host: %w", err)
		}
		f.allowHosts[i] = known
	}
	return nil
}

// reader returns a reader of repositories that obeys the flags.
func (f *readingFlags) reader() *repo.Reader {
	return &repo.Reader{AllowedHosts: f.allowHosts, Timeout: f.timeout}
}

// live returns a source that reads repositories with git.
func (f *readingFlags) live() *cards.Live {
	return &cards.Live{Reader: f.reader()}
}

// requested is what the arguments REPO and REF of a command ask for.
func requested(ctx context.Context, args []string) (req card.Request, err error) {
	switch len(args) {
	case 0:
		req.Repo = folderHere(ctx)
	case 1:
		req.Repo = args[0]
	default:
		req.Repo, req.Ref = args[0], args[1]
		if isFolder(req.Repo) {
			err = errors.New("a local folder has no REF: its work tree is read as it is")
		}
	}
	return req, err
}

// read reads and checks a folder or a repository.
func (p *Program) read(ctx context.Context, f *readingFlags, req card.Request) (*lint.Report, error) {
	var r *lint.Report
	var err error
	if isFolder(req.Repo) {
		r, err = cards.CheckFolder(ctx, req.Repo, forge.Address{}, req.Files)
	} else {
		shown := p.showProgress(f.quiet)
		defer shown.done()
		shown.reading(req.Repo)
		r, err = f.live().Check(ctx, req)
	}
	if err != nil {
		return nil, fail("", err, folderHint(req.Repo, err))
	}
	return r, nil
}

// folderHint says of an argument that is no address that it is no folder either.
func folderHint(arg string, err error) string {
	var e *card.Error
	if !errors.As(err, &e) || e.Reason != card.ReasonAddress || strings.Contains(arg, "://") {
		return ""
	}
	return fmt.Sprintf("%s; there is no folder %s here", e.Hint, arg)
}

// isFolder reports whether a command's REPO argument means a local folder: it
// looks like a path, or there is a folder of that name. An URL never does.
func isFolder(arg string) bool {
	if strings.Contains(arg, "://") {
		return false
	}
	// On Windows, a backslash is as good as a slash.
	first, _, _ := strings.Cut(filepath.ToSlash(arg), "/")
	if first == "." || first == ".." || filepath.IsAbs(arg) || arg != "" && os.IsPathSeparator(arg[0]) {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}
