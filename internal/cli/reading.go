package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/recipe"
	"github.com/bokehbinder/bokehbinder/internal/repo"
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
	flags.DurationVar(&f.timeout, "timeout", defaultTimeout, "how `long` reading one repository may take")
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
		if slices.Contains(forge.PublicHosts(), host) {
			continue
		}
		a, err := forge.Parse("https://" + host + "/owner/name")
		if err != nil || a.Path != "owner/name" {
			return fmt.Errorf("--allow-host: %q is not a host; valid: a name such as git.example.org, with a port if it has one", host)
		}
		f.allowHosts[i] = a.Host
	}
	return nil
}

// reader returns a reader of repositories that obeys the flags.
func (f *readingFlags) reader() *repo.Reader {
	return &repo.Reader{AllowedHosts: f.allowHosts, Timeout: f.timeout}
}

// live returns a source that reads repositories with git.
func (f *readingFlags) live() card.Source {
	return &recipe.Live{Reader: f.reader()}
}

// isFolder reports whether a command's REPO argument means a local folder: it
// looks like a path, or there is a folder of that name. An URL never does.
func isFolder(arg string) bool {
	if strings.Contains(arg, "://") {
		return false
	}
	if arg == "." || arg == ".." || strings.HasPrefix(arg, "./") || strings.HasPrefix(arg, "../") || strings.HasPrefix(arg, "/") {
		return true
	}
	info, err := os.Stat(arg)
	return err == nil && info.IsDir()
}

// folderCard makes the card of a local folder's work tree.
func folderCard(ctx context.Context, path string, files []string) (*card.Card, error) {
	tree, err := repo.OpenDir(path)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	r, err := recipe.Inspect(ctx, tree, files)
	if err != nil {
		return nil, err
	}
	return r.Card(), nil
}
