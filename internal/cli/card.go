package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bokehbinder/bokehbinder/card"
	"github.com/bokehbinder/bokehbinder/internal/tag"
)

type cardOptions struct {
	readingFlags
	files  []string
	output string
}

func (p *Program) newCardCommand() *cobra.Command {
	var o cardOptions
	cmd := &cobra.Command{
		Use:   "card REPO [REF]",
		Short: "Print what a repository holds at a ref, as JSON",
		Long: `Print the card of a repository: its apps, its Binder files with their text,
and where Binder launches it, as JSON.

REPO is an https URL, owner/name for GitHub, or a local folder. A folder of
the name comes before a repository; write the URL to mean the repository. A
folder is read as it is: it has no commit, and nothing can launch it.
REF is a branch, a tag or a full commit; without it, the default branch.`,
		Example: `  bokehbinder card https://github.com/owner/name main
  bokehbinder card .`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 && isFolder(args[0]) {
				return errors.New("a local folder has no REF: its work tree is read as it is")
			}
			for _, glob := range o.files {
				if err := tag.Check("files", glob); err != nil {
					return fmt.Errorf("--%w", err)
				}
			}
			return p.runCard(cmd.Context(), &o, args)
		},
	}
	o.register(cmd)
	cmd.Flags().StringSliceVar(&o.files, "files", nil, "also include the files that match this `glob` (repeatable)")
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "write to this `file` instead of standard output")
	return cmd
}

func (p *Program) runCard(ctx context.Context, o *cardOptions, args []string) error {
	c, err := p.readCard(ctx, o, args)
	if err != nil {
		return fail("", err, "")
	}
	var buf bytes.Buffer
	if err := c.Write(&buf); err != nil {
		return fail("", err, "")
	}
	return p.writeOutput(o.output, buf.Bytes())
}

func (p *Program) readCard(ctx context.Context, o *cardOptions, args []string) (*card.Card, error) {
	if isFolder(args[0]) {
		return folderCard(ctx, args[0], o.files)
	}
	req := card.Request{Repo: args[0], Files: o.files}
	if len(args) == 2 {
		req.Ref = args[1]
	}
	src, done := p.withProgress(o.live(), o.quiet)
	defer done()
	return src.Card(ctx, req)
}
