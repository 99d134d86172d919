package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/paths"
	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/base/scratch"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/post/expand"
	"github.com/bokehbinder/bokehbinder/internal/site"
	"github.com/bokehbinder/bokehbinder/internal/site/lock"
)

type expandOptions struct {
	readingFlags
	hub      string
	hubs     []string
	output   string
	cards    string
	form     string
	inPlace  bool
	check    bool
	collapse bool
	force    bool
}

func (p *Program) newExpandCommand() *cobra.Command {
	var o expandOptions
	cmd := &cobra.Command{
		Use:   "expand [FILE|DIR|-]...",
		Short: "Put the embeds into posts that another generator builds",
		Long: `Put the embed in the place of each tag of a post, in a form that comes through
whatever reads the post, and leave every other byte as it was. The post goes to
standard output, or with --in-place back into its file.

The form is HTML in one line for Markdown, behind any template language, an
element for MDX, and the directive raw for reStructuredText. It is told by the
file's name, for .md by the configuration of Docusaurus, too, or by --for.

The tag stays in a comment at the beginning of its embed, so that running it
again updates the embed; --collapse gives the post back as it was. An embed that
was edited by hand is left alone, and an error, without --force. To change a tag
in place, edit it in the comment.

Tags in code, comments, {% raw %} and front matter are left alone. In a heading,
a table or a link the tag becomes the launch link; reStructuredText has no place
for it there.

Cards are read from --cards, a folder of them that bokehbinder wrote, by default
bokehbinder in the nearest folder assets; without one from the repositories.`,
		Example: `  bokehbinder expand post.md > build/post.md
  bokehbinder expand --in-place docs
  bokehbinder expand --check docs`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.take(args); err != nil {
				return err
			}
			return p.runExpand(cmd.Context(), &o, args)
		},
	}
	o.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.hub, "hub", "", "the `URL` of the BinderHub, or several with commas between them, for tags that name none (default "+tag.Default("hub")+")")
	flags.StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	flags.StringVar(&o.cards, "cards", "", "take the cards from this `folder`, and read no repository")
	flags.StringVar(&o.form, "for", "", "the `form` of the posts: "+formNames()+" (default by the file's name and the site)")
	flags.BoolVar(&o.inPlace, "in-place", false, "write each post back into its file")
	flags.BoolVar(&o.check, "check", false, "write nothing; fail if a post has a tag without embed, or an embed that is out of date")
	flags.BoolVar(&o.collapse, "collapse", false, "put the tags back in the place of their embeds")
	flags.BoolVar(&o.force, "force", false, "overwrite embeds that were edited by hand")
	exclusive(cmd, "in-place", "check")
	exclusive(cmd, "in-place", "output")
	exclusive(cmd, "check", "output")
	exclusive(cmd, "check", "collapse")
	exclusive(cmd, "check", "force")
	return cmd
}

// take checks the options against the arguments.
func (o *expandOptions) take(args []string) error {
	if o.hub != "" {
		if err := tag.Check("hub", o.hub); err != nil {
			return errors.New("--" + err.Error())
		}
		o.hubs = tag.Items(o.hub)
	}
	if o.form != "" && !slices.Contains(form.Forms, form.Form(o.form)) {
		return fmt.Errorf("--for: %q is no form; valid: %s", o.form, formNames())
	}
	if o.cards != "" && !isFolder(o.cards) {
		return errors.New("--cards: there is no folder " + o.cards)
	}
	many := len(args) > 1 || len(args) == 1 && isDir(args[0])
	switch {
	case slices.Contains(args, ""):
		return errors.New("FILE is empty; write - for standard input")
	case many && !o.inPlace && !o.check:
		return errors.New("several posts are written with --in-place, or looked at with --check")
	case o.inPlace && (len(args) == 0 || slices.Contains(args, "-")):
		return errors.New("--in-place needs a FILE or DIR")
	}
	return nil
}

func formNames() string {
	var names []string
	for _, f := range form.Forms {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// expanding is a post to expand.
type expanding struct {
	path string // empty for standard input
	name string // in messages
	form form.Form
	old  []byte
	text []byte
}

func (p *Program) runExpand(ctx context.Context, o *expandOptions, args []string) error {
	posts, err := p.expandable(o, args)
	if err != nil {
		return err
	}
	var failed error
	for _, e := range posts {
		err := p.expandPost(ctx, o, e)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = joinFailures(failed, err)
	}
	switch {
	case failed != nil:
		return failed
	case o.check:
		return outdated(posts)
	case o.inPlace:
		return p.writeBack(posts)
	}
	return p.writeOutput(o.output, posts[0].text)
}

// expandable reads the posts that the arguments name.
func (p *Program) expandable(o *expandOptions, args []string) (posts []*expanding, err error) {
	if len(args) == 0 {
		args = []string{"-"}
	}
	for _, arg := range args {
		files := []string{arg}
		if isDir(arg) {
			if files, err = postsIn(arg); err != nil {
				return nil, failFile(arg, err, "")
			}
		}
		for _, file := range files {
			name, data, err := p.readInput(file)
			if err != nil {
				return nil, err
			}
			e := &expanding{name: name, old: data}
			if name != stdinName {
				e.path = file
			}
			reads, err := e.setForm(o.form)
			if err != nil {
				return nil, err
			}
			if reads || file == arg {
				posts = append(posts, e)
			}
		}
	}
	return posts, nil
}

// setForm finds out the form in which the post is read, and whether its site's
// generator reads it at all.
func (e *expanding) setForm(named string) (reads bool, err error) {
	ext := filepath.Ext(e.path)
	switch {
	case named != "":
		e.form = form.Form(named)
		return true, nil
	case ext == "":
		e.form = form.Markdown
		return true, nil
	}
	if _, known := form.ByName(e.path); !known {
		return false, fail(e.name, fmt.Errorf("the form of a file named %s is not known", ext), "say it: --for "+formNames())
	}
	if !bytes.Contains(e.old, []byte("bokehbinder")) { // as most of the files that a hook names
		e.form, _ = form.ByName(e.path)
		return true, nil
	}
	e.form, reads, err = site.Reading(e.path, e.old)
	if errors.Is(err, site.ErrForm) {
		return false, fail(e.name, err, "say it: --for markdown, or --for mdx")
	}
	if err != nil {
		return false, failPost(err)
	}
	return reads, nil
}

// postsIn lists the posts of a folder with the word bokehbinder in them.
func postsIn(dir string) (files []string, err error) {
	err = paths.Walk(dir, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case file != dir && (strings.HasPrefix(d.Name(), ".") || d.IsDir() && (d.Name() == "node_modules" || site.IsMade(file))):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		if _, known := form.ByName(file); !known {
			return nil
		}
		data, err := os.ReadFile(file)
		if bytes.Contains(data, []byte("bokehbinder")) {
			files = append(files, file)
		}
		return err
	})
	return files, err
}

// expandPost fills in the post's new text.
func (p *Program) expandPost(ctx context.Context, o *expandOptions, e *expanding) error {
	text, problems, err := expand.Collapse(e.name, e.old, e.form, o.force)
	if err != nil {
		return failPost(err)
	}
	if len(problems) > 0 {
		failed := &failure{}
		for _, w := range problems {
			failed.problems = append(failed.problems, problem{Where: w.Pos.String(), Err: errors.New(w.Message),
				Hint: "take it back from version control, or run expand --force"})
		}
		return failed
	}
	if e.text = text; o.collapse {
		return nil
	}
	root, source, err := o.source(e.path)
	if err != nil {
		return fail(o.cards, err, "")
	}
	shown := p.showProgress(o.quiet)
	limits := extension.DefaultLimits()
	limits.Time += o.timeout
	r, err := expand.Expand(ctx, e.name, text, expand.Options{
		Form: e.form, Source: shown.of(source), Hubs: o.hubs, Limits: limits, File: nameBelow(root, e.path),
	})
	shown.done()
	if err != nil {
		return failPost(err)
	}
	if !o.quiet {
		printWarnings(p.Stderr, append(r.Warnings, tagWarnings(r.Tags)...))
	}
	if len(r.Errors) > 0 {
		failed := &failure{}
		_, locked := source.(*extension.Folder)
		for _, e := range r.Errors {
			hint := e.Hint
			if missing := new(card.Error); locked && errors.As(e, &missing) && missing.Reason == card.ReasonNotFound {
				hint = "run bokehbinder sync and commit what it writes"
			}
			failed.problems = append(failed.problems, problem{Err: e, Hint: hint})
		}
		return failed
	}
	e.text = r.Text
	return nil
}

// source is where the cards of a post come from, and the folder from which its name
// counts: that of the cards, else the post's own.
func (o *expandOptions) source(file string) (root string, source card.Source, err error) {
	dir := filepath.Dir(file)
	if file == "" {
		dir = "."
	}
	root, kept := dir, o.cards
	if kept == "" {
		if root, kept = cardsAbove(dir); kept == "" {
			return dir, o.live(), nil
		}
	}
	folder, err := extension.NewFolder(kept, extension.FolderOptions{})
	return root, folder, err
}

// cardsAbove finds the nearest folder, from one upwards, that keeps cards.
func cardsAbove(dir string) (root, kept string) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir, ""
	}
	for ; ; abs = filepath.Dir(abs) {
		kept = filepath.Join(abs, "assets", lock.Folder)
		if isDir(filepath.Join(kept, "cards")) {
			return abs, kept
		}
		if abs == filepath.Dir(abs) {
			return dir, ""
		}
	}
}

// nameBelow is a post's name from a folder, the same on every machine.
func nameBelow(root, file string) string {
	if rel, ok := paths.Rel(root, file); ok && file != "" {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(file)
}

// outdated says which posts are not as they would be written.
func outdated(posts []*expanding) error {
	failed := &failure{}
	for _, e := range posts {
		if !bytes.Equal(e.old, e.text) {
			failed.problems = append(failed.problems, problem{Where: e.name, Err: errors.New("its embeds are not up to date"), Hint: "run bokehbinder expand --in-place"})
		}
	}
	if len(failed.problems) > 0 {
		return failed
	}
	return nil
}

// writeBack writes the posts that have changed, all of them or, unless a disk fails
// at the very end, none.
func (p *Program) writeBack(posts []*expanding) (err error) {
	edits := make(map[string][]rewrite.Edit)
	var dirs []string
	for _, e := range posts {
		scratch.Sweep(filepath.Dir(e.path)) // another run may have finished what a killed one began
		if bytes.Equal(e.old, e.text) {
			continue
		}
		dir, before, after := filepath.Dir(e.path), string(e.old), string(e.text)
		if edits[dir] == nil {
			dirs = append(dirs, dir)
		}
		edits[dir] = append(edits[dir], rewrite.Edit{Path: filepath.Base(e.path), Old: &before, New: &after})
	}
	plans := make([]*rewrite.Plan, len(dirs))
	for i, dir := range dirs {
		if plans[i], err = rewrite.Check(dir, edits[dir]); err != nil {
			return failFile(dir, err, outputHint(err))
		}
		defer plans[i].Close()
	}
	for i, dir := range dirs {
		if err := plans[i].Stage(); err != nil {
			return failFile(dir, err, outputHint(err))
		}
	}
	for i, dir := range dirs {
		if _, err := plans[i].Apply(); err != nil {
			return failFile(dir, err, "")
		}
	}
	return nil
}
