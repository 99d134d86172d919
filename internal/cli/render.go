package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/extension"
	"github.com/bokehbinder/bokehbinder/internal/base/glob"
	"github.com/bokehbinder/bokehbinder/internal/base/position"
	"github.com/bokehbinder/bokehbinder/internal/page/form"
	"github.com/bokehbinder/bokehbinder/internal/page/tag"
	"github.com/bokehbinder/bokehbinder/internal/page/tryout"
	"github.com/bokehbinder/bokehbinder/internal/post"
	"github.com/bokehbinder/bokehbinder/internal/source/piece"
)

type renderOptions struct {
	readingFlags
	hub       string
	hubs      []string
	output    string
	page      bool // nobody but a browser reads it
	smart     smart
	keepGoing bool

	// source answers instead of git, and previewHub is the hub of all tags,
	// where a post is previewed.
	source     card.Source
	previewHub string
}

func (p *Program) newRenderCommand() *cobra.Command {
	var o renderOptions
	cmd := &cobra.Command{
		Use:   "render [FILE|-]",
		Short: "Render a Markdown post with its tags into HTML",
		Long: `Render a Markdown post, from FILE or standard input, into an HTML fragment, or
with --page into a complete page with style and script inside.

The embeds in a fragment come through what reads it next, Markdown or a template
language, as they are.

Front matter may be YAML, TOML or JSON. Markdown is read as Jekyll reads it:
footnotes, tables, definition lists, attribute lists, {% highlight %}.

When a tag cannot be shown, all that is wrong is said and nothing is written.
With --keep-going the post is written all the same, with the reason in the tag's
place; the exit code still says that something is wrong.`,
		Example: `  bokehbinder render --page -o post.html post.md
  bokehbinder render < post.md > fragment.html`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "" {
				return errors.New("FILE is empty; write - for standard input")
			}
			return p.runRender(cmd.Context(), &o, strings.Join(args, ""))
		},
	}
	o.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.hub, "hub", "", "the `URL` of the BinderHub, or several with commas between them, for tags that name none (default "+tag.Default("hub")+")")
	flags.StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	flags.BoolVar(&o.page, "page", false, "write a complete page")
	o.smart.register(cmd, "use smart punctuation: curly quotes, dashes, ellipses")
	flags.BoolVar(&o.keepGoing, "keep-going", false, "write the post even if a tag cannot be shown")
	return cmd
}

// smart is whether a post has smart punctuation.
type smart struct {
	flag *pflag.Flag
	set  bool
}

func (s *smart) register(cmd *cobra.Command, usage string) {
	cmd.Flags().BoolVar(&s.set, "smart", false, usage+" (default on for posts of Jekyll, which has it on)")
	s.flag = cmd.Flags().Lookup("smart")
}

// on reports what holds for a post's file.
func (s *smart) on(file string) bool {
	if s.flag != nil && s.flag.Changed {
		return s.set
	}
	return post.IsJekyll(file)
}

func (p *Program) runRender(ctx context.Context, o *renderOptions, path string) error {
	if o.hub != "" {
		if err := tag.Check("hub", o.hub); err != nil {
			return fmt.Errorf("--%w", err)
		}
		o.hubs = tag.Items(o.hub)
	}
	name, data, err := p.readInput(path)
	if err != nil {
		return err
	}
	entry, err := post.Parse(name, data)
	if err != nil {
		return failPost(err)
	}
	html, failed, err := p.renderPost(ctx, o, entry)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fail(name, err, "")
	}
	if failed != nil && !o.keepGoing {
		return failed
	}
	if o.page {
		if html, err = makePage(&entry.Meta, titleOf(name), html); err != nil {
			return fail(name, err, "")
		}
	}
	return joinFailures(p.writeOutput(o.output, html), failed)
}

// titleOf makes a title for a post that has none.
func titleOf(name string) string {
	if name == stdinName {
		return "Untitled"
	}
	return strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
}

// renderPost returns the post's HTML, and as failed what is wrong with its
// tags.
func (p *Program) renderPost(ctx context.Context, o *renderOptions, entry *post.Post) (html []byte, failed, err error) {
	read := o.source
	if read == nil {
		read = o.live()
	}
	shown := p.showProgress(o.quiet)
	limits := extension.DefaultLimits()
	limits.Time += o.timeout
	var problems []problem
	extenders := []goldmark.Extender{&extension.Extender{
		Source: shown.of(read), Hubs: o.hubs, IDPrefix: o.idPrefix(entry), Limits: limits, Language: entry.Meta.Language(),
		OnError: func(e *extension.Error) {
			problems = append(problems, problem{Err: e, Hint: e.Hint})
		},
	}}
	extenders = append(extenders, post.NearTags)
	if o.page {
		extenders = append(extenders, post.Alone)
	}
	if o.smart.on(entry.File) {
		extenders = append(extenders, post.Smart)
	}
	var document parser.Context
	var buf bytes.Buffer
	warnings, err := entry.Render(&buf, post.Markdown(extenders...), func(pc parser.Context) {
		document = pc
		extension.SetContext(ctx, pc)
		if !o.page && o.previewHub == "" {
			form.Set(pc, form.As{Form: form.Markdown})
		}
		tryout.Set(pc, tryout.As{Hub: o.previewHub, Loopback: true})
		extension.SetOrigin(pc, extension.Origin{File: entry.File, Line: entry.FirstLine})
	})
	shown.done()
	if !o.quiet {
		printWarnings(p.Stderr, append(warnings, tagWarnings(extension.Tags(document))...))
	}
	if len(problems) > 0 {
		failed = &failure{problems: problems}
	}
	return buf.Bytes(), failed, err
}

// idPrefix begins the ids of a post's embeds: in a fragment, beside which a page may
// have others, with what only this text has.
func (o *renderOptions) idPrefix(entry *post.Post) string {
	if o.page || o.previewHub != "" {
		return "bb"
	}
	hash := fnv.New32a()
	_, _ = hash.Write(entry.Body)
	return fmt.Sprintf("bb-%x", hash.Sum32())
}

// tagWarnings says which tags show less than their author may expect.
func tagWarnings(tags []*extension.Tag) (warnings []post.Warning) {
	for _, t := range tags {
		c := t.Card()
		if c == nil {
			continue
		}
		warn := func(message string) {
			warnings = append(warnings, post.Warning{Pos: position.Of(t.Position), Message: message})
		}
		if len(c.Apps) == 0 && t.Arg("urlpath") == "" && t.Arg("show") == "" {
			warn(c.Repo + ": " + whyNoApp(c) + "; only the launch link and the files are shown, and urlpath says where an app answers")
		}
		for _, pattern := range t.Request().Files {
			if piece.Of(c, pattern) == nil && !matchesAny(pattern, c.Files) {
				warn(fmt.Sprintf("files: %s has no file that %q stands for", c.Repo, pattern))
			}
		}
	}
	return warnings
}

// whyNoApp says why a card offers no app, in the words of its finding.
func whyNoApp(c *card.Card) string {
	said := func(of func(card.Finding) bool) int { return slices.IndexFunc(c.Findings, of) }
	i := said(func(f card.Finding) bool { return f.ID == "no-app-start" })
	if i < 0 {
		i = said(func(f card.Finding) bool { return f.Level == card.LevelError })
	}
	if i < 0 {
		return "no app in the repository can be opened, as far as can be told"
	}
	return c.Findings[i].Message
}

func matchesAny(pattern string, files []card.File) bool {
	p, err := glob.CompileStars(pattern)
	return err == nil && slices.ContainsFunc(files, func(f card.File) bool { return p.Match(f.Path) })
}

func printWarnings(w io.Writer, warnings []post.Warning) {
	for _, warning := range warnings {
		printLine(w, "warning", warning.Pos.String(), warning.Message)
	}
}

// failPost makes a failure of what keeps a post from being read.
func failPost(err error) error {
	var e *post.Error
	if errors.As(err, &e) {
		return fail(e.Pos.String(), errors.New(e.Message), "")
	}
	return fail("", err, "")
}
