package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/binder"
	"github.com/bokehbinder/bokehbinder/internal/forge"
	"github.com/bokehbinder/bokehbinder/internal/lock"
	"github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/view"
)

type syncOptions struct {
	readingFlags
	update bool
	check  bool
	watch  bool
	hugo   string

	dir   string   // the site
	repos []string // to update; empty is all
}

func (p *Program) newSyncCommand() *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync [SITE] [REPO]...",
		Short: "Read the repositories that a Hugo site shows, for its next build",
		Long: `Find the tags and shortcodes in the content of a Hugo site, read the
repositories that have no card there yet, and write their cards to
assets/bokehbinder, to be committed with the site. Hugo builds from them alone.

What has a card stays as it is, until --update moves its branch forward: of the
repositories named, or of all. Cards that no page uses are removed.

SITE is the folder of the site's configuration, by default the current one. The
hugo command, if there is one, is asked what that configuration means.`,
		Example: `  bokehbinder sync
  bokehbinder sync --update https://github.com/owner/name
  bokehbinder sync --check`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.take(args); err != nil {
				return err
			}
			return p.runSync(cmd.Context(), &o)
		},
	}
	o.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.update, "update", false, "read again what has a card, at the commit where its branch is now")
	flags.BoolVar(&o.check, "check", false, "write nothing; fail if a card is missing, unused or does not match its tag")
	flags.BoolVar(&o.watch, "watch", false, "keep going, whenever the content changes, while hugo server runs")
	flags.StringVar(&o.hugo, "hugo", "hugo", "the hugo `command` to ask")
	cmd.MarkFlagsMutuallyExclusive("check", "update")
	cmd.MarkFlagsMutuallyExclusive("check", "watch")
	return cmd
}

// take divides the command's arguments into the site and repositories.
func (o *syncOptions) take(args []string) error {
	o.dir = "."
	if len(args) > 0 && (!o.update || isFolder(args[0])) {
		o.dir, args = args[0], args[1:]
	}
	o.repos = args
	if len(args) > 0 && !o.update {
		return fmt.Errorf("%q is one argument too many: repositories are named with --update", args[0])
	}
	for _, repo := range args {
		if _, err := forge.Parse(repo); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) runSync(ctx context.Context, o *syncOptions) error {
	switch {
	case o.watch:
		return p.watchSite(ctx, o)
	case o.check:
		return p.checkCards(ctx, o)
	}
	_, err := p.syncSite(ctx, o)
	return err
}

// content is what a site's content asks for.
type content struct {
	site     *site.Site
	uses     []site.Use
	problems []problem
	// unread says that some of the content could not be read, so that what it
	// uses is not known.
	unread bool
}

// readContent reads a site's configuration and content. What is wrong with
// them is in the result; an error means that there is none.
func (p *Program) readContent(ctx context.Context, o *syncOptions) (*content, error) {
	s, err := site.Open(ctx, o.dir, site.Options{Hugo: o.hugo})
	if err != nil {
		return nil, fail("", err, "name the folder of the site's configuration, or run the command there")
	}
	if s.Guessed != "" && !o.quiet {
		printLine(p.Stderr, "warning", "", s.Guessed+"; the site's own files are taken by their plain meaning, without what modules add")
	}
	uses, wrong, err := s.Uses()
	if err != nil {
		return nil, failFile(s.Root, err, "")
	}
	setup, err := s.Setup(uses)
	if err != nil {
		return nil, failFile(s.Root, err, "")
	}
	c := &content{site: s, uses: uses, unread: len(wrong) > 0}
	for _, w := range append(wrong, setup...) {
		c.problems = append(c.problems, problem{Where: w.Where, Err: errors.New(w.Message), Hint: w.Hint, Paste: w.Paste})
	}
	return c, nil
}

func (c *content) store() lock.Store {
	return lock.Store{Dir: filepath.Join(c.site.Assets, lock.Folder)}
}

func (c *content) wants() []lock.Want {
	wants := make([]lock.Want, len(c.uses))
	for i, u := range c.uses {
		wants[i] = lock.Want{Repo: u.Repo, Ref: u.Ref, Files: u.Files, App: u.App, Where: u.Pos.String()}
	}
	return wants
}

// syncSite does one round of reading and writing.
func (p *Program) syncSite(ctx context.Context, o *syncOptions) (*content, error) {
	c, err := p.readContent(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.update {
		if err := c.showsAll(o.repos); err != nil {
			return c, err
		}
	}
	_, err = os.Stat(c.site.Assets)
	fresh := errors.Is(err, os.ErrNotExist)
	src, bar := p.countProgress(o.live(), o.quiet)
	report, err := lock.Sync(ctx, c.store(), src, c.wants(), lock.Options{
		Update: o.update, Only: o.repos, Keep: c.unread, Reading: bar.expect,
	})
	bar.done()
	if err != nil {
		return c, failFile(c.site.Assets, err, outputHint(err))
	}
	p.printReport(c, report, o)
	if fresh && len(report.Written) > 0 && !o.quiet {
		printLine(p.Stderr, "warning", c.site.Name(c.site.Assets), "the folder is new; hugo server sees it when it is started again")
	}
	return c, c.failure(ctx, report)
}

// showsAll says which of the repositories no page shows.
func (c *content) showsAll(repos []string) error {
	var shown []string
	for _, u := range c.uses {
		if a, err := forge.Parse(u.Repo); err == nil {
			shown = append(shown, a.URL)
		}
	}
	slices.Sort(shown)
	hint := "no page shows any repository"
	if shown = slices.Compact(shown); len(shown) > 0 {
		hint = "pages show " + strings.Join(shown, ", ")
	}
	var problems []problem
	for _, repo := range repos {
		if a, err := forge.Parse(repo); err == nil && !slices.Contains(shown, a.URL) {
			problems = append(problems, problem{Err: fmt.Errorf("no page shows %s", repo), Hint: hint})
		}
	}
	if len(problems) > 0 {
		return &failure{problems: append(slices.Clone(c.problems), problems...)}
	}
	return nil
}

// failure joins what is wrong with the content and what could not be read.
func (c *content) failure(ctx context.Context, report *lock.Report) error {
	problems := c.problems
	for _, f := range report.Failures {
		problems = append(problems, problem{Where: strings.Join(f.Where, ", "), Err: f.Err})
		if ctx.Err() != nil {
			break // the others were cancelled, too
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &failure{problems: problems}
}

// printReport says what has changed in the site, and what the author should
// know of the repositories that were read.
func (p *Program) printReport(c *content, report *lock.Report, o *syncOptions) {
	for _, pin := range report.Pins {
		if pin.Old == "" {
			fmt.Fprintf(p.Stdout, "added %s %s at %s\n", pin.Repo, pin.Ref, pin.New)
		} else {
			fmt.Fprintf(p.Stdout, "moved %s %s from %s to %s\n", pin.Repo, pin.Ref, pin.Old, pin.New)
		}
	}
	for _, file := range report.Removed {
		fmt.Fprintf(p.Stdout, "removed %s\n", c.site.Name(file))
	}
	if links := c.launchLinks(report.Pins); o.update && len(links) > 0 {
		fmt.Fprintln(p.Stdout, "open once, since the first launch of a new commit builds its image:")
		for _, link := range links {
			fmt.Fprintln(p.Stdout, "  "+link)
		}
	}
	if o.quiet {
		return
	}
	for _, written := range report.Written {
		for _, f := range written.Findings {
			if f.Level == card.LevelNote {
				continue // check tells them
			}
			printLine(p.Stderr, "warning", written.Repo, findingLine(f))
		}
	}
}

// findingLine is a finding as one message.
func findingLine(f card.Finding) string {
	text := f.Message
	if f.Path != "" {
		where := f.Path
		if f.Line > 0 {
			where = fmt.Sprintf("%s:%d", f.Path, f.Line)
		}
		text = where + ": " + text
	}
	if f.Fix != "" {
		text += "; " + f.Fix
	}
	return text
}

// launchLinks lists the links by which pages launch the new commits.
func (c *content) launchLinks(pins []lock.Pin) []string {
	var links []string
	for _, pin := range pins {
		if pin.Card == nil || pin.Card.Spec == "" {
			continue
		}
		for _, u := range c.uses {
			a, err := forge.Parse(u.Repo)
			if err != nil || a.URL != pin.Repo || (u.Ref != pin.Ref && !(u.Ref == "" && pin.Ref == "HEAD")) {
				continue
			}
			if link := c.launchLink(u, pin.Card); !slices.Contains(links, link) {
				links = append(links, link)
			}
		}
	}
	return links
}

func (c *content) launchLink(u site.Use, shown *card.Card) string {
	hub, urlpath := u.Hub, u.URLPath
	if hub == "" {
		hub = c.site.Params.Hub
	}
	if hub == "" {
		hub = view.DefaultHub
	}
	if app := shown.App(u.App); urlpath == "" && app != nil {
		urlpath = app.URLPath
	}
	return binder.LaunchURL(hub, shown.Provider, shown.Spec, urlpath)
}

// checkCards compares the cards with the content.
func (p *Program) checkCards(ctx context.Context, o *syncOptions) error {
	c, err := p.readContent(ctx, o)
	if err != nil {
		return err
	}
	return c.check()
}

// check says what is wrong with the content, and where it and the cards differ.
func (c *content) check() error {
	found, err := lock.Check(c.store(), c.wants())
	if err != nil {
		return failFile(c.site.Assets, err, "")
	}
	problems := c.problems
	for _, f := range found {
		problems = append(problems, problem{
			Where: strings.Join(f.Where, ", "), Err: errors.New(f.Message), Hint: f.Hint,
		})
	}
	if len(problems) > 0 {
		return &failure{problems: problems}
	}
	return nil
}
