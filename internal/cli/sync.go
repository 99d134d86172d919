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
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/repository/binder"
	"github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
	"github.com/bokehbinder/bokehbinder/internal/source/forge"
	"github.com/bokehbinder/bokehbinder/internal/source/lockfile"
)

type syncOptions struct {
	readingFlags
	update bool
	check  bool
	watch  bool
	prune  bool
	hugo   string

	dir   string          // the site
	repos []forge.Address // to update; empty is all
	names []string        // of them, as they were written
}

func (p *Program) newSyncCommand() *cobra.Command {
	var o syncOptions
	cmd := &cobra.Command{
		Use:   "sync [SITE] [REPO]...",
		Short: "Read the repositories that a Hugo site shows, for its next build",
		Long: `Find the tags and shortcodes in the content of a Hugo site, read the
repositories that have no card there yet, and write their cards to
assets/bokehbinder, to be committed with the site. Hugo builds from them alone.

What has a card stays at its commit, until --update moves its branch forward: of
the repositories named, or of all, and says which pieces of files, such as
app/main.py#L10-L30, show other lines then, or are gone. A card that was damaged
or changed is read again, at its commit. Nothing is removed but by --prune: the
cards that no page uses, if all that pages use could be read.

Of the site of another generator, such as Jekyll or Sphinx, the posts are read
that it reads, and the cards are for expand.

SITE is the folder of the site's configuration, by default the one that you are
in or the nearest one above that has one. The hugo command, if there is one, is
asked what that configuration means.`,
		Example: `  bokehbinder sync
  bokehbinder sync --update https://github.com/owner/name
  bokehbinder sync --check`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.take(args); err != nil {
				return err
			}
			if o.dir == "" {
				o.dir = siteHere(cmd.Context())
			}
			return p.runSync(cmd.Context(), &o)
		},
	}
	o.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&o.update, "update", false, "read repositories that have a card again, at the commit where their branch is now")
	flags.BoolVar(&o.prune, "prune", false, "remove the cards that no page uses")
	flags.BoolVar(&o.check, "check", false, "write nothing; fail if a card is missing, changed or does not match its tag")
	flags.BoolVar(&o.watch, "watch", false, "keep running, beside hugo server, and sync whenever the content changes")
	flags.StringVar(&o.hugo, "hugo", "hugo", "the hugo `command` to ask")
	exclusive(cmd, "check", "update")
	exclusive(cmd, "check", "watch")
	exclusive(cmd, "check", "prune")
	exclusive(cmd, "watch", "prune")
	return cmd
}

// take divides the command's arguments into the site and repositories.
func (o *syncOptions) take(args []string) error {
	if len(args) > 0 && (!o.update || isFolder(args[0])) {
		o.dir, args = args[0], args[1:]
	}
	if len(args) > 0 && !o.update {
		return fmt.Errorf("%q is one argument too many: repositories are named with --update", args[0])
	}
	for _, repo := range args {
		a, err := forge.Parse(repo)
		if err != nil {
			return err
		}
		o.repos, o.names = append(o.repos, a), append(o.names, repo)
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

// hintSite says which folder to name instead of one that is no site.
func hintSite(err error, dir string) string {
	if abs, absErr := filepath.Abs(dir); absErr == nil && errors.Is(err, site.ErrNoSite) {
		for parent := filepath.Dir(abs); parent != filepath.Dir(parent); parent = filepath.Dir(parent) {
			if site.Is(parent) {
				return "it is a part of the site in " + parent + ": name that folder"
			}
		}
	}
	return "name the folder of the site's configuration, or run the command there"
}

// fits fails where the site's templates and this program are of versions that do
// not understand each other, before anything is written that a build refuses.
func fits(s *site.Site) error {
	fit, err := s.Fits()
	switch {
	case err != nil:
		return failFile(s.Root, err, "")
	case fit != nil:
		return fail(s.Root, errors.New(fit.Message), "run the version that the site has: "+fit.Command)
	}
	return nil
}

// readContent reads a site's configuration and content. What is wrong with
// them is in the result; an error means that there is none.
func (p *Program) readContent(ctx context.Context, o *syncOptions) (*content, error) {
	s, err := site.Open(ctx, o.dir, site.Options{Hugo: o.hugo})
	if _, other := site.GeneratorOf(o.dir); other && errors.Is(err, site.ErrNoSite) {
		s, err = site.OpenOther(o.dir)
	}
	if err != nil {
		return nil, fail("", err, hintSite(err, o.dir))
	}
	if err := fits(s); err != nil {
		return nil, err
	}
	if s.Guessed != "" && !o.quiet {
		printLine(p.Stderr, "warning", "", s.Guessed+"; only the site's own files are read, without what modules add")
	}
	uses, wrong, err := s.Uses()
	if err != nil {
		return nil, failFile(s.Root, err, "")
	}
	var setup []site.Problem
	if !s.Other {
		if setup, err = s.Setup(uses); err != nil {
			return nil, failFile(s.Root, err, "")
		}
	}
	wrong = slices.DeleteFunc(wrong, func(w site.Problem) bool {
		if w.Harmless && !o.quiet {
			printLine(p.Stderr, "warning", w.Where, w.Message)
		}
		return w.Harmless
	})
	c := &content{site: s, uses: uses, unread: len(wrong) > 0}
	for _, w := range append(wrong, setup...) {
		c.problems = append(c.problems, problem{Where: w.Where, Err: errors.New(w.Message), Hint: w.Hint, Paste: w.Paste})
	}
	return c, nil
}

func (c *content) folder() lockfile.Folder {
	return lockfile.Folder{Dir: filepath.Join(c.site.Assets, lock.Folder)}
}

func (c *content) wants() []lock.Want {
	wants := make([]lock.Want, len(c.uses))
	for i, u := range c.uses {
		wants[i] = lock.Want{Address: u.Address, Repo: u.Repo, Ref: u.Ref, Files: u.Files, App: u.App, Where: u.Pos.String()}
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
		if err := c.showsAll(o.repos, o.names); err != nil {
			return c, err
		}
	}
	_, err = os.Stat(c.site.Assets)
	fresh := errors.Is(err, os.ErrNotExist)
	shown := p.showProgress(o.quiet)
	report, err := lock.Sync(ctx, c.folder(), shown.of(o.live()), c.wants(), lock.Options{
		Update: o.update, Only: o.repos, Prune: o.prune && !c.unread, Reading: shown.expect,
	})
	shown.done()
	if err != nil {
		return c, failFile(c.site.Assets, err, siteHint(err))
	}
	p.printReport(c, report, o)
	if o.prune && (c.unread || len(report.Failures) > 0) {
		printLine(p.Stderr, "warning", "", "nothing is removed, since not all that pages use could be read")
	}
	if fresh && !c.site.Other && len(report.Written) > 0 && !o.quiet {
		printLine(p.Stderr, "warning", c.site.Name(c.site.Assets), "the folder is new; hugo server sees it when it is started again")
	}
	if !o.quiet {
		if err := p.noteSummary(c, report.Pins); err != nil {
			return c, failFile(c.site.Root, err, "")
		}
	}
	return c, c.failure(ctx, report)
}

// showsAll says which of the repositories no page shows.
func (c *content) showsAll(repos []forge.Address, names []string) error {
	var shown []string
	for _, u := range c.uses {
		shown = append(shown, u.Address.URL)
	}
	slices.Sort(shown)
	hint := "no page shows any repository"
	if shown = slices.Compact(shown); len(shown) > 0 {
		hint = "pages show " + strings.Join(shown, ", ")
	}
	var problems []problem
	for i, repo := range repos {
		if !slices.Contains(shown, repo.URL) {
			problems = append(problems, problem{Err: fmt.Errorf("no page shows %s", names[i]), Hint: hint})
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
		problems = append(problems, problem{Where: strings.Join(f.Where, ", "), Err: f.Err, Hint: f.Hint})
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
	for _, pin := range report.Mended {
		fmt.Fprintf(p.Stdout, "mended %s %s at %s\n", pin.Repo, pin.Ref, pin.New)
	}
	if report.Moved > 0 {
		fmt.Fprintf(p.Stdout, "moved the cards of an older version over: %d; commit all of %s\n", report.Moved, filepath.ToSlash(c.site.Name(c.folder().Dir)))
	}
	for _, file := range report.Removed {
		fmt.Fprintf(p.Stdout, "removed %s\n", c.site.Name(file))
	}
	if links := c.launchLinks(report.Pins); o.update && len(links) > 0 {
		fmt.Fprintln(p.Stdout, "open each link once, since the first launch of a new commit builds its image:")
		for _, link := range links {
			fmt.Fprintln(p.Stdout, "  "+link)
		}
	}
	if o.quiet {
		return
	}
	for _, pin := range report.Left {
		printLine(p.Stderr, "warning", pin.Repo, fmt.Sprintf("the card of %s in the index of an older version is damaged, and no page shows it; sync --prune drops it", pin.Ref))
	}
	for _, n := range report.News {
		printLine(p.Stderr, "warning", strings.Join(n.Where, ", "), n.Message+"; "+n.Hint)
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

// noteSummary says of the pages of repositories that were added whether their
// automatic summaries hold an embed: of one page, which stands for all.
func (p *Program) noteSummary(c *content, pins []lock.Pin) error {
	var added []site.Use
	for _, u := range c.uses {
		if slices.ContainsFunc(pins, func(pin lock.Pin) bool { return pin.Old == "" && isPinned(u, pin) }) {
			added = append(added, u)
		}
	}
	found, err := c.site.InSummaries(added)
	if err != nil || len(found) == 0 {
		return err
	}
	message := found[0].Message
	if len(found) > 1 {
		message += fmt.Sprintf(" (1 of %d pages)", len(found))
	}
	printLine(p.Stderr, "note", found[0].Where, message+"; "+found[0].Hint)
	return nil
}

// isPinned reports whether a place shows what a pin is of.
func isPinned(u site.Use, pin lock.Pin) bool {
	return u.Address.URL == pin.Repo && (u.Ref == pin.Ref || u.Ref == "" && pin.Ref == "HEAD")
}

// findingLine is a finding as one message.
func findingLine(f card.Finding) string {
	text := f.Message
	if where := place(position.Position{File: f.Path, Line: f.Line, Column: f.Column}); where != "" {
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
			if !isPinned(u, pin) {
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
	hubs, urlpath := tag.Hubs(u.Hubs, c.site.Params.Hubs), u.URLPath
	if app := shown.App(u.App); urlpath == "" && app != nil {
		urlpath = app.URLPath
	}
	return binder.LaunchURL(hubs[0], shown.Provider, shown.Spec, urlpath)
}

// checkCards compares the cards with the content.
func (p *Program) checkCards(ctx context.Context, o *syncOptions) error {
	c, err := p.readContent(ctx, o)
	if err != nil {
		return err
	}
	return p.check(c, o.quiet)
}

// check says what is wrong with the content, and where it and the cards differ.
func (p *Program) check(c *content, quiet bool) error {
	found, err := lock.Check(c.folder(), c.wants())
	if err != nil {
		return failFile(c.site.Assets, err, "")
	}
	problems := c.problems
	for _, f := range found {
		if f.Note {
			if !quiet {
				printLine(p.Stderr, "note", c.site.Name(f.Where[0]), f.Message+"; "+f.Hint)
			}
			continue
		}
		problems = append(problems, problem{
			Where: strings.Join(f.Where, ", "), Err: errors.New(f.Message), Hint: f.Hint,
		})
	}
	if len(problems) > 0 {
		return &failure{problems: problems}
	}
	return nil
}
