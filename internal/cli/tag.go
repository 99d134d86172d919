package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/internal/base/rewrite"
	"github.com/bokehbinder/bokehbinder/internal/site"
)

func (p *Program) newTagCommand() *cobra.Command {
	var hugo string
	cmd := &cobra.Command{
		Use:   "tag [SITE]",
		Short: "Set a Hugo site up for the tag, beside the shortcode",
		Long: `Write what a Hugo site needs to show the tag <<< bokehbinder … >>>; shortcodes
need nothing. It is render hooks, which do with mathematics and the like what
the site and its theme do with them now, and delimiters: the site's, its themes'
and the tag's.

Run it again when the theme changes its hook; sync and check say so. SITE is
found as for sync.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := ""
			if len(args) > 0 {
				dir = args[0]
			} else {
				dir = siteHere(cmd.Context())
			}
			return p.runTag(cmd.Context(), dir, hugo)
		},
	}
	cmd.Flags().StringVar(&hugo, "hugo", "hugo", "the hugo `command` to ask")
	return cmd
}

func (p *Program) runTag(ctx context.Context, dir, hugo string) error {
	s, err := site.Open(ctx, dir, site.Options{Hugo: hugo})
	if err != nil {
		return fail("", err, hintSite(err, dir))
	}
	if err := fits(s); err != nil {
		return err
	}
	if s.Guessed != "" {
		return fail("", errors.New(s.Guessed), "install Hugo, or name it with --hugo: it knows what themes and modules add")
	}
	files, err := s.TagFiles()
	if err != nil {
		return failFile(s.Root, err, "")
	}
	root, err := os.OpenRoot(s.Root)
	if err != nil {
		return failFile(s.Root, err, "")
	}
	defer root.Close()
	for _, f := range files {
		name := filepath.FromSlash(f.Name)
		if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, []byte(f.Text)) {
			continue
		}
		if err := rewrite.WriteFile(root, name, []byte(f.Text), 0o644); err != nil {
			return failFile(name, err, siteHint(err))
		}
		fmt.Fprintln(p.Stdout, "wrote "+f.Name)
	}
	return p.stillWrong(ctx, dir, hugo)
}

// stillWrong says what the files have not mended, since it is the author's own.
func (p *Program) stillWrong(ctx context.Context, dir, hugo string) error {
	s, err := site.Open(ctx, dir, site.Options{Hugo: hugo})
	if err != nil {
		return fail("", err, "")
	}
	problems, err := s.TagSetup("")
	if err != nil {
		return failFile(s.Root, err, "")
	}
	var failed failure
	for _, w := range problems {
		failed.problems = append(failed.problems, problem{Where: w.Where, Err: errors.New(w.Message), Hint: w.Hint, Paste: w.Paste})
	}
	if len(failed.problems) > 0 {
		return &failed
	}
	return nil
}
