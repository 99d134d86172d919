package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/repo"
)

type badgeOptions struct {
	readingFlags
	format, hub, app, output string
}

func (p *Program) newBadgeCommand() *cobra.Command {
	var o badgeOptions
	formats := strings.Join(binder.BadgeFormats(), ", ")
	cmd := &cobra.Command{
		Use:   "badge [REPO [REF]]",
		Short: "Print a badge that launches a repository's app",
		Long: `Print the hub's badge for a readme or a page, with a link that launches the
repository at REF and opens its app. It follows a branch, and without REF the
default one. Of a folder it leads to where the folder was cloned from: push
first what the badge is to launch.

REPO and REF are what they are for bokehbinder card.`,
		Example: `  bokehbinder badge
  bokehbinder badge --format rst https://github.com/owner/name main`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			req, err := requested(cmd.Context(), args)
			if err == nil && len(args) == 0 {
				req.Repo = repositoryHere(cmd.Context())
			}
			if err = cmp.Or(err, o.checkBadge()); err != nil {
				return err
			}
			return p.runBadge(cmd.Context(), &o, req)
		},
	}
	o.register(cmd)
	cmd.Flags().StringVar(&o.format, "format", binder.BadgeFormats()[0], "for this `markup`: "+formats)
	cmd.Flags().StringVar(&o.hub, "hub", tag.Default("hub"), "the `URL` of the BinderHub")
	cmd.Flags().StringVar(&o.app, "app", "", "open the app of this `name` instead of the first")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(binder.BadgeFormats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (o *badgeOptions) checkBadge() error {
	if !slices.Contains(binder.BadgeFormats(), o.format) {
		return fmt.Errorf("--format: %q is not valid; valid: %s", o.format, strings.Join(binder.BadgeFormats(), ", "))
	}
	if err := tag.Check("hub", o.hub); err != nil {
		return fmt.Errorf("--%w", err)
	}
	if len(tag.Items(o.hub)) > 1 {
		return errors.New("--hub: a badge leads to one hub")
	}
	return nil
}

func (p *Program) runBadge(ctx context.Context, o *badgeOptions, req card.Request) error {
	r, err := p.read(ctx, &o.readingFlags, req)
	if err != nil {
		return err
	}
	address := r.Facts.Address
	if isFolder(req.Repo) {
		if address, err = launchable(ctx, req.Repo); err != nil {
			return err
		}
	}
	urlpath, err := p.badgeTarget(o, r.Card())
	if err != nil {
		return err
	}
	provider, spec := binder.LaunchSpec(address, cmp.Or(req.Ref, "HEAD"))
	text := binder.Badge(o.format, o.hub, binder.LaunchURL(o.hub, provider, spec, urlpath))
	return p.writeOutput(o.output, []byte(text+"\n"))
}

// launchable is where a hub finds what was pushed of a folder.
func launchable(ctx context.Context, folder string) (forge.Address, error) {
	const hint = "name the repository: bokehbinder badge REPO"
	address := repo.Origin(ctx, folder)
	switch top, ok := repo.Top(ctx, folder); {
	case ok && !paths.Same(top, folder):
		return address, fail(folder, errors.New("the folder is a part of a repository, and a hub launches the whole"), hint)
	case !ok || address.URL == "":
		return address, fail(folder, errors.New("git knows no address that the folder was cloned from"), hint)
	}
	return address, nil
}

// badgeTarget is where the app answers that the badge is to open, "" for Jupyter
// itself.
func (p *Program) badgeTarget(o *badgeOptions, c *card.Card) (string, error) {
	switch app := c.App(o.app); {
	case app != nil:
		return app.URLPath, nil
	case o.app != "" && len(c.Apps) > 0:
		return "", fail("", fmt.Errorf("the repository has no app %q", o.app), "its apps are "+strings.Join(c.AppNames(), ", "))
	case o.app != "":
		return "", fail("", fmt.Errorf("the repository has no app %q", o.app), "bokehbinder check says what starts there")
	}
	if !o.quiet {
		printLine(p.Stderr, "warning", "", "nothing is known to start an app there; the badge opens Jupyter")
	}
	return "", nil
}
